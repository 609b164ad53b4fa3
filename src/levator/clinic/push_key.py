"""The clinic's own keys for messages to browsers (VAPID, RFC 8292), and to whom they may go.

One file beside the database, readable by its owner only. Without it levator calls nobody.
"""

from __future__ import annotations

import base64
import json
import os
import re
import stat
import tomllib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from levator.errors import CallerError, system_reason

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

PUSH_FILE = "levator-push.toml"
#: The services of the browsers: Chrome and most on Android, Firefox, Safari, Edge. A name with
#: `*.` stands for any one part there.
SERVICES = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "web.push.apple.com",
    "*.notify.windows.com",
)
#: Whom a service asks where something is wrong: an address of mail or of the web.
_CONTACT = re.compile(r"(mailto:[^\s@]+@[^\s@]+\.[^\s@]+|https://[^\s/]+\S*)", re.ASCII)
_HOST = r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
_SERVICE = re.compile(rf"(\*\.)?{_HOST}")
LONGEST_ENDPOINT = 2000


@dataclass(frozen=True, slots=True)
class PushKey:
    """key : PKCS 8, PEM. contact : see `_CONTACT`. services : hosts to which messages may go."""

    contact: str
    services: tuple[str, ...] = SERVICES
    key: str = field(default_factory=lambda: _made(), repr=False)

    @property
    def private(self) -> EllipticCurvePrivateKey:
        """The key that signs; raises ValueError for what is none of this kind."""
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        found = load_pem_private_key(self.key.encode(), None)
        if not isinstance(found, ec.EllipticCurvePrivateKey) or found.curve.name != "secp256r1":
            raise ValueError("no key of P-256")
        return found

    @property
    def public(self) -> str:
        """The public half as browsers and services take it: a point, base64url."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        point = self.private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        return base64.urlsafe_b64encode(point).rstrip(b"=").decode()

    def service_of(self, endpoint: str) -> str | None:
        """Return the host of a browser's address; None where no message may go there."""
        if len(endpoint) > LONGEST_ENDPOINT or not re.fullmatch(r"[!-~]+", endpoint):
            return None
        try:
            parts = urlsplit(endpoint)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            return None
        is_plain = parts.netloc in (host, f"{host}:443") and port in (None, 443)
        is_name = re.fullmatch(_HOST, host) is not None
        is_web = parts.scheme == "https" and not parts.fragment and is_plain and is_name
        return host if is_web and any(_is_of(one, host) for one in self.services) else None


def push_key_in(folder: Path) -> PushKey | None:
    """Return the keys of a folder, None where there are none; raises CallerError."""
    file = folder / PUSH_FILE
    try:
        if not file.exists():
            return None
        if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise CallerError(
                "Others can read the key file %(file)s; let only its owner: chmod 600.",
                file=str(file),
            )
        return _read(file)
    except OSError as error:
        raise _unusable(file, error) from error


def _read(file: Path) -> PushKey:
    try:
        told = tomllib.loads(file.read_text("utf-8"))
        found = PushKey(**{**told, "services": tuple(told["services"])})
        _check(found.contact, found.services)
        found.private  # noqa: B018, it raises for what is no key
    except (AttributeError, KeyError, TypeError, ValueError, CallerError) as error:
        raise CallerError(
            "%(file)s is no file of keys for messages; put back its copy, or make another with "
            "levator clinic push.",
            file=str(file),
        ) from error
    return found


def set_push(folder: Path, contact: str, services: Sequence[str] = ()) -> PushKey:
    """Keep keys in a folder, made the first time; what is kept already keeps its key.

    services : instead of those of the browsers. Raises CallerError.
    """
    wanted = tuple(one.lower() for one in services) or SERVICES
    _check(contact, wanted)
    before, file = push_key_in(folder), folder / PUSH_FILE
    made = PushKey(contact, wanted, before.key) if before else PushKey(contact, wanted)
    try:
        _write(file, made)
    except OSError as error:
        raise _unusable(file, error) from error
    return made


def drop_push(folder: Path) -> bool:
    """Take the keys away for good; return whether there were any."""
    file = folder / PUSH_FILE
    try:
        was_there = file.exists()
        file.unlink(missing_ok=True)
    except OSError as error:
        raise _unusable(file, error) from error
    return was_there


def _write(file: Path, push: PushKey) -> None:
    fresh = file.with_suffix(".new")
    told = (
        f"contact = {json.dumps(push.contact)}\n"
        f"services = {json.dumps(list(push.services))}\n"
        f'key = """\n{push.key}"""\n'
    )
    with suppress(FileNotFoundError):
        fresh.unlink()
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(told)
        opened.flush()
        os.fsync(opened.fileno())
    fresh.replace(file)


def _made() -> str:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _check(contact: str, services: Sequence[str]) -> None:
    if not _CONTACT.fullmatch(contact):
        raise CallerError(
            "Say whom a push service asks: mailto:somebody@clinic.example or an address with https."
        )
    for one in services:
        if not _SERVICE.fullmatch(one):
            raise CallerError(
                "%(text)s is no name of a push service; write for example push.example.org.",
                text=one,
            )


def _is_of(service: str, host: str) -> bool:
    if service.startswith("*."):
        return host.partition(".")[2] == service[2:]
    return host == service


def _unusable(file: Path, error: OSError) -> CallerError:
    return CallerError(
        "The key file %(file)s cannot be used (%(reason)s); it stands beside the database.",
        file=str(file),
        reason=system_reason(error),
    )
