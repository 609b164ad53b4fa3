"""The key beside the database: what only this installation may read is sealed with it.

A stolen database holds no secret of a second factor that works: the key is a file of its own,
readable by its owner only, and never in the database.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from levator.errors import CallerError, system_reason
from levator.records.people import User
from levator.records.repository import Repository

KEY_FILE = "levator-key"
_KEY_BYTES = 32
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class SealKey:
    """AES-256-GCM. `context` binds a sealed text to its place, such as the id of a user."""

    key: bytes = field(default_factory=lambda: secrets.token_bytes(_KEY_BYTES), repr=False)

    def seal(self, text: str, context: str) -> str:
        """Return text that only this key opens, in the same context."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(self.key).encrypt(nonce, text.encode(), context.encode())
        return base64.urlsafe_b64encode(nonce + sealed).decode()

    def unseal(self, sealed: str, context: str) -> str | None:
        """Return the text; None where another key sealed it, or for another context."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            raw = base64.urlsafe_b64decode(sealed)
            nonce, body = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
            return AESGCM(self.key).decrypt(nonce, body, context.encode()).decode()
        except (InvalidTag, ValueError):
            return None


def new_key_file(folder: Path) -> Path:
    """Return where a new key waits to take the place of the old one."""
    return folder / f"{KEY_FILE}.new"


def key_for(repository: Repository, folder: Path) -> SealKey:
    """Return the key with which a database's secrets are sealed, made where there are none.

    Raises CallerError where a new key would leave them sealed for good.
    """
    if not (folder / KEY_FILE).exists() and _holds_sealed(repository):
        raise CallerError(
            "The key file %(file)s is not there, and second factors are sealed with it; put the "
            "copy of it back. Where it is lost, make another with levator clinic key make: then "
            "apps for codes must be set up again.",
            file=str(folder / KEY_FILE),
        )
    return key_beside(folder)


def _holds_sealed(repository: Repository) -> bool:
    with repository.work(writes=False) as work:
        return any(user.totp_sealed for user in work.find(User, None))


def key_beside(folder: Path) -> SealKey:
    """Return the key of a folder, made the first time; raises CallerError where it is unfit."""
    if new_key_file(folder).exists():
        raise CallerError(
            "The key file in %(folder)s is being exchanged; finish it with levator clinic key "
            "exchange.",
            folder=str(folder),
        )
    file = folder / KEY_FILE
    return key_of(file) if file.exists() else key_made(file)


def key_of(file: Path) -> SealKey:
    """Return the key in a file; raises CallerError."""
    with _usable(file):
        return _read(file)


def key_made(file: Path) -> SealKey:
    """Return a new key in a file of its own; raises CallerError."""
    with _usable(file):
        return _made(file)


@contextmanager
def _usable(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CallerError(
            "The key file %(file)s cannot be used (%(reason)s); it stands beside the database.",
            file=str(file),
            reason=system_reason(error),
        ) from error


def _made(file: Path) -> SealKey:
    made = SealKey()
    kept = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(kept, "wb") as opened:
        opened.write(base64.b64encode(made.key) + b"\n")
        opened.flush()
        os.fsync(opened.fileno())
    return made


def _read(file: Path) -> SealKey:
    if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise CallerError(
            "Others can read the key file %(file)s; let only its owner: chmod 600.",
            file=str(file),
        )
    try:
        key = base64.b64decode(file.read_bytes().strip(), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != _KEY_BYTES:
        raise CallerError(
            "%(file)s is no key of levator; put back the one of the backup.", file=str(file)
        )
    return SealKey(key)
