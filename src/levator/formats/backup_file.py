"""One file that holds a whole database: whole, or refused; sealed with a passphrase if asked.

`LEVBACK1`, the length of the header, the header (JSON), the body, and the SHA-256 of all that.
The body is the length of the manifest, the manifest (JSON lines) and the database, an SQLite
file; with a passphrase it lies in pieces under AES-GCM, whose key scrypt makes of it, each bound
to its place, to whether it is the last, and to the header.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from levator.errors import CallerError, StorageError, system_reason
from levator.records.model import PlainDict

MAGIC = b"LEVBACK1"
PIECE_BYTES = 2**20
_LENGTH = struct.Struct("<I")
_SIZE = struct.Struct("<Q")
_DIGEST_BYTES = hashlib.sha256().digest_size
#: What scrypt costs: a quarter of a second, 64 MiB.
_SCRYPT = {"n": 2**17, "r": 8, "p": 1}
_SCRYPT_MEMORY = 256 * 2**20
#: What a header may ask of scrypt: no more memory than that, and no more than a second or two.
_MOST_SCRYPT = {"n": 2**20, "r": 16, "p": 4}
_SALT_BYTES, _PREFIX_BYTES, _TAG_BYTES = 16, 7, 16
_LONGEST_HEADER = 2**16
_CIPHER, _KDF = "AES-256-GCM", "scrypt"


def write_backup(
    file: Path, database: Path, manifest: Path, about: PlainDict, passphrase: str | None = None
) -> None:
    """Write a backup, whole or not at all; only its owner can read it.

    It is made beside `database`, which lies on the same disk.
    about : what the header says besides, such as when it was made.
    """
    partial = database.with_name(file.name + ".part")
    header = about | {"encryption": None if passphrase is None else _new_encryption()}
    text = json.dumps(header, sort_keys=True).encode()
    try:
        with os.fdopen(os.open(partial, _MAKE, 0o600), "wb") as out:
            start = MAGIC + _LENGTH.pack(len(text)) + text
            body = _body(manifest, database)
            pieces = (
                body if passphrase is None else _locked(body, _cipher(header, passphrase, text))
            )
            digest = hashlib.sha256(start)
            out.write(start)
            for piece in pieces:
                digest.update(piece)
                out.write(piece)
            out.write(digest.digest())
            out.flush()
            os.fsync(out.fileno())
        os.replace(partial, file)
    finally:
        partial.unlink(missing_ok=True)
    make_names_durable(file.parent)


_MAKE = os.O_CREAT | os.O_WRONLY | os.O_TRUNC


def make_names_durable(folder: Path) -> None:
    """Let what was renamed in a folder survive a power cut."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _body(manifest: Path, database: Path) -> Iterator[bytes]:
    yield _SIZE.pack(manifest.stat().st_size)
    yield from _pieces(manifest)
    yield from _pieces(database)


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as source:
        while piece := source.read(PIECE_BYTES):
            yield piece


# --- Reading


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup whose every byte is as it was written."""

    file: Path
    header: PlainDict
    body_at: int
    body_end: int

    @property
    def is_encrypted(self) -> bool:
        """Return whether a passphrase is needed."""
        return self.header["encryption"] is not None

    def unpack(self, manifest: Path, database: Path, passphrase: str | None = None) -> None:
        """Write manifest and database; raises CallerError for a passphrase that does not fit."""
        body = self._read()
        if self.is_encrypted:
            if passphrase is None:
                raise CallerError("This backup is locked; give the passphrase it was made with.")
            text = json.dumps(self.header, sort_keys=True).encode()
            body = _unlocked(body, _cipher(self.header, passphrase, text))
        try:
            _part(body, manifest, database)
        except ValueError:
            raise _damaged(self.file) from None

    def _read(self) -> Iterator[bytes]:
        with self.file.open("rb") as source:
            source.seek(self.body_at)
            left = self.body_end - self.body_at
            while left:
                piece = source.read(min(PIECE_BYTES, left))
                left -= len(piece)
                yield piece


def header_in(file: Path) -> PlainDict:
    """Return what a backup says of itself; the rest of it is not looked at.

    Raises StorageError for what is no backup, OSError for what cannot be read.
    """
    with file.open("rb") as source:
        start = source.read(len(MAGIC) + _LENGTH.size)
        if not start.startswith(MAGIC) or len(start) < len(MAGIC) + _LENGTH.size:
            raise _damaged(file)
        text = source.read(min(_LENGTH.unpack(start[len(MAGIC) :])[0], _LONGEST_HEADER))
    try:
        header: PlainDict = json.loads(text)
    except ValueError:
        raise _damaged(file) from None
    return header


def open_backup(file: Path) -> Backup:
    """Look at every byte of a backup; raises StorageError where one is not as it was written."""
    try:
        with file.open("rb") as source:
            return _checked(file, source)
    except OSError as error:
        raise StorageError(
            "The backup %(file)s cannot be read (%(reason)s); check the name and the disk.",
            file=str(file),
            reason=system_reason(error),
        ) from error


def _checked(file: Path, source: BinaryIO) -> Backup:
    start = source.read(len(MAGIC) + _LENGTH.size)
    if not start.startswith(MAGIC) or len(start) < len(MAGIC) + _LENGTH.size:
        raise _no_backup(file)
    end = os.fstat(source.fileno()).st_size - _DIGEST_BYTES
    [length] = _LENGTH.unpack(start[len(MAGIC) :])
    body_at = len(start) + length
    if body_at > end or length > _LONGEST_HEADER:
        raise _damaged(file)
    digest, left = hashlib.sha256(start), end - len(start)
    header = b""
    while left:
        piece = source.read(min(PIECE_BYTES, left))
        digest.update(piece)
        header += piece[: max(0, body_at - len(start) - len(header))]
        left -= len(piece)
    if source.read() != digest.digest():
        raise _damaged(file)
    return Backup(file, _header_in(file, header), body_at, end)


def _header_in(file: Path, text: bytes) -> PlainDict:
    """Return a header that a backup can have; a digest alone does not make one."""
    try:
        header = json.loads(text)
        told = header["encryption"]
        is_right = told is None or _is_encryption(told)
    except (KeyError, RecursionError, TypeError, ValueError):
        is_right = False
    if not is_right:
        raise _no_backup(file)
    found: PlainDict = header
    return found


def _is_encryption(told: PlainDict) -> bool:
    costs = [told[name] for name in _MOST_SCRYPT]
    if any(type(cost) is not int for cost in costs):
        return False
    n, r, _ = costs
    is_bearable = all(1 <= told[name] <= most for name, most in _MOST_SCRYPT.items())
    return (
        (told["cipher"], told["kdf"]) == (_CIPHER, _KDF)
        and is_bearable
        and n > 1
        and n & (n - 1) == 0
        and 128 * n * r < _SCRYPT_MEMORY
        and len(bytes.fromhex(told["salt"])) == _SALT_BYTES
        and len(bytes.fromhex(told["prefix"])) == _PREFIX_BYTES
    )


def _no_backup(file: Path) -> StorageError:
    return StorageError(
        "%(file)s is no backup of levator, or its beginning is damaged; take another one.",
        file=str(file),
    )


def _damaged(file: Path) -> StorageError:
    return StorageError(
        "The backup %(file)s is damaged or was not written to its end; nothing was restored, "
        "take another one.",
        file=str(file),
    )


def _part(body: Iterable[bytes], manifest: Path, database: Path) -> None:
    """Write the two files that the body holds one after the other."""
    held = b""
    left: int | None = None
    with manifest.open("wb") as first, database.open("wb") as second:
        for piece in body:
            held += piece
            if left is None and len(held) >= _SIZE.size:
                [left] = _SIZE.unpack(held[: _SIZE.size])
                held = held[_SIZE.size :]
            if left is not None:
                first.write(held[:left])
                second.write(held[left:])
                left, held = max(0, left - len(held)), b""
    if left != 0:
        raise ValueError("the body ends within its list")


# --- The passphrase


@dataclass(slots=True)
class _Cipher:
    key: bytes
    prefix: bytes
    bound_to: bytes

    def nonce(self, place: int, is_last: bool) -> bytes:
        """Return a nonce that no other piece has; the order and the end are part of it."""
        return self.prefix + place.to_bytes(4, "big") + bytes([is_last])


def _new_encryption() -> PlainDict:
    return {
        "cipher": _CIPHER,
        "kdf": _KDF,
        **_SCRYPT,
        "salt": secrets.token_hex(_SALT_BYTES),
        "prefix": secrets.token_hex(_PREFIX_BYTES),
    }


def _cipher(header: PlainDict, passphrase: str, bound_to: bytes) -> _Cipher:
    told = header["encryption"]
    key = hashlib.scrypt(
        passphrase.encode(),
        salt=bytes.fromhex(told["salt"]),
        n=told["n"],
        r=told["r"],
        p=told["p"],
        maxmem=_SCRYPT_MEMORY,
        dklen=32,
    )
    return _Cipher(key, bytes.fromhex(told["prefix"]), bound_to)


def _even(body: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield pieces of one size, and whether each is the last."""
    held = b""
    for piece in body:
        held += piece
        while len(held) > PIECE_BYTES:
            yield held[:PIECE_BYTES], False
            held = held[PIECE_BYTES:]
    yield held, True


def _locked(body: Iterable[bytes], cipher: _Cipher) -> Iterator[bytes]:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    lock = AESGCM(cipher.key)
    for place, (piece, is_last) in enumerate(_even(body)):
        locked = lock.encrypt(cipher.nonce(place, is_last), piece, cipher.bound_to)
        yield _LENGTH.pack(len(locked)) + locked


def _unlocked(body: Iterable[bytes], cipher: _Cipher) -> Iterator[bytes]:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    lock = AESGCM(cipher.key)
    try:
        for place, (piece, is_last) in enumerate(_framed(body)):
            yield lock.decrypt(cipher.nonce(place, is_last), piece, cipher.bound_to)
    except InvalidTag:
        raise CallerError(
            "The passphrase does not fit this backup; it is the one that was given when the "
            "backup was made."
        ) from None


def _framed(body: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield the pieces as they were locked, and whether each is the last."""
    held = b""
    waiting: bytes | None = None
    for part in body:
        held += part
        while len(held) >= _LENGTH.size:
            [length] = _LENGTH.unpack(held[: _LENGTH.size])
            if length > PIECE_BYTES + _TAG_BYTES:
                raise ValueError("no piece is so long")
            end = _LENGTH.size + length
            if len(held) < end:
                break
            if waiting is not None:
                yield waiting, False
            waiting, held = held[_LENGTH.size : end], held[end:]
    yield waiting or b"", True
