"""TLS: a certificate of the clinic's own, or one of a local authority that is made here.

The authority may speak for the names that it was made with and for no others (a critical
name constraint), so a tablet that trusts it trusts it for this clinic only.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from levator.errors import CallerError, system_reason

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509 import Certificate, CertificateBuilder, GeneralName, Name

TLS_FOLDER = "levator-tls"
_AUTHORITY, _AUTHORITY_KEY = "authority.crt", "authority.key"
_SERVER, _SERVER_KEY = "server.crt", "server.key"
AUTHORITY_LASTS = timedelta(days=3650)
#: Browsers refuse certificates that last longer than 398 days.
SERVER_LASTS = timedelta(days=397)
RENEWED_BEFORE = timedelta(days=60)
#: Clocks of tablets are off.
_EARLIER = timedelta(days=1)
#: This computer itself, among the names of every certificate that is made here.
_ALWAYS = ("localhost", "127.0.0.1")


@dataclass(frozen=True, slots=True)
class Tls:
    """What the server shows. `names`: under which it may be opened. `authority`: DER, if ours."""

    certificate: Path
    key: Path
    names: tuple[str, ...]
    authority: bytes | None = None


# --- Somebody else's certificate, or one that was made before


def checked(certificate: Path, key: Path, now: datetime) -> Tls:
    """Return what the server shows; raises CallerError with what is the matter, in a sentence."""
    shown = _read(certificate)
    if now >= shown.not_valid_after_utc:
        raise CallerError(
            "The certificate %(file)s has expired on %(day)s; renew it, then start again.",
            file=str(certificate),
            day=shown.not_valid_after_utc.date().isoformat(),
        )
    if now < shown.not_valid_before_utc:
        raise CallerError(
            "The certificate %(file)s holds from %(day)s only; look at this computer's clock.",
            file=str(certificate),
            day=shown.not_valid_before_utc.date().isoformat(),
        )
    _check_key(certificate, key)
    names = _names_in(shown)
    if not names:
        raise CallerError(
            "The certificate %(file)s names no host; ask for one with the server's name in it.",
            file=str(certificate),
        )
    return Tls(certificate, key, names)


def end_of(tls: Tls) -> datetime:
    """Return when what is shown ends."""
    return _read(tls.certificate).not_valid_after_utc


def again(tls: Tls, now: datetime) -> Tls:
    """Return what lies there now, renewed where it is ours and ends soon; see `checked`."""
    if tls.authority is not None:
        return tls_in(tls.certificate.parent.parent, now) or tls
    return checked(tls.certificate, tls.key, now)


def check_name(tls: Tls, name: str) -> None:
    """Raise CallerError where the certificate is not for a name."""
    from fnmatch import fnmatch

    if not any(fnmatch(name.lower(), one) for one in tls.names):
        raise CallerError(
            "The certificate is for %(names)s, not for %(name)s; choose one that fits.",
            names=tls.names,
            name=name,
        )


def _read(file: Path) -> Certificate:
    from cryptography.x509 import load_pem_x509_certificate

    try:
        return load_pem_x509_certificate(file.read_bytes())
    except OSError as error:
        raise _unreadable(file, error) from error
    except ValueError as error:
        raise CallerError("%(file)s holds no certificate in PEM form.", file=str(file)) from error


def _unreadable(file: Path, error: OSError) -> CallerError:
    return CallerError(
        "%(file)s cannot be read (%(reason)s).", file=str(file), reason=system_reason(error)
    )


def _check_key(certificate: Path, key: Path) -> None:
    if not key.is_file():
        raise CallerError("The key %(file)s of the certificate is not there.", file=str(key))
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
    except (ssl.SSLError, OSError, ValueError) as error:
        raise CallerError(
            "The key %(key)s does not belong to the certificate %(file)s, or is locked with a "
            "password; both come from the same maker, and the key without a password.",
            key=str(key),
            file=str(certificate),
        ) from error


def _names_in(shown: Certificate) -> tuple[str, ...]:
    from cryptography import x509

    try:
        names = shown.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    hosts = [name.lower() for name in names.get_values_for_type(x509.DNSName)]
    return (*hosts, *map(str, names.get_values_for_type(x509.IPAddress)))


def fingerprint(certificate: bytes) -> str:
    """Return the digest by which people compare certificates, in groups."""
    digest = hashlib.sha256(certificate).hexdigest().upper()
    return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))


# --- An authority of our own


def make_authority(folder: Path, clinic: str, names: Sequence[str], now: datetime) -> Tls:
    """Make an authority for these names in a folder, and the server's first certificate."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

    if not names:
        raise CallerError("Name at least one host or address under which tablets open levator.")
    place, own = folder / TLS_FOLDER, _generals([*names, *_ALWAYS])
    if (place / _AUTHORITY).exists():
        raise CallerError(
            "%(folder)s holds an authority that tablets trust; move it away to make another.",
            folder=str(place),
        )
    key, name = ec.generate_private_key(ec.SECP256R1()), _name(f"levator, {clinic}"[:64])
    usage = x509.KeyUsage(*_USAGE_OF_AUTHORITY)
    made = (
        _begun(name, name, key, now, AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.NameConstraints([_subtree(one) for one in own], None), critical=True)
        .sign(key, _hash())
    )
    place.mkdir(mode=0o700, exist_ok=True)
    _write(place / _AUTHORITY, _pem(made))
    _write_key(place / _AUTHORITY_KEY, key)
    return _renewed(place, own, now)


@contextmanager
def _used(place: Path) -> Iterator[None]:
    """Say in a sentence where the folder is closed to whoever runs levator."""
    try:
        yield
    except OSError as error:
        raise CallerError(
            "%(file)s cannot be used (%(reason)s); it belongs to who runs levator.",
            file=str(place if os.path.exists(place) else place.parent),
            reason=system_reason(error),
        ) from error


def check_names(folder: Path, names: Sequence[str]) -> None:
    """Raise CallerError for names of which a folder's authority could make no certificate."""
    wanted, place = _generals(names), folder / TLS_FOLDER
    with _used(place):
        if (place / _AUTHORITY).exists():
            _check_permitted(place, wanted)


def made_or_renewed(folder: Path, clinic: str, names: Sequence[str], now: datetime) -> Tls:
    """Make authority and certificate, or renew the certificate of the authority that is there.

    This computer itself is always among the names; those that are there stay.
    """
    place = folder / TLS_FOLDER
    check_names(folder, names)
    with _used(place):
        if not (place / _AUTHORITY).exists():
            return make_authority(folder, clinic, names, now)
        return _renewed(place, _generals(names), now)


def _renewed(place: Path, names: Sequence[GeneralName], now: datetime) -> Tls:
    """Make the server's certificate anew, by the authority beside it.

    names : come first, before those that are there and that tablets believe.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    authority = _read(place / _AUTHORITY)
    there = _generals(_names_in(_read(place / _SERVER))) if (place / _SERVER).exists() else []
    believed = [one for one in there if _subtree(one) in _permitted(authority)]
    every = list(dict.fromkeys([*names, *believed, *_generals(_ALWAYS)]))
    signer = load_pem_private_key((place / _AUTHORITY_KEY).read_bytes(), None)
    if not isinstance(signer, ec.EllipticCurvePrivateKey):
        raise CallerError("%(file)s is no key of levator's authority.", file=_AUTHORITY_KEY)
    key = ec.generate_private_key(ec.SECP256R1())
    lasts = min(SERVER_LASTS, authority.not_valid_after_utc - now)
    made = (
        _begun(_name(str(every[0].value)[:64]), authority.subject, key, now, lasts)
        .add_extension(x509.SubjectAlternativeName(every), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([x509.OID_SERVER_AUTH]), critical=False)
        .sign(signer, _hash())
    )
    _write_key(place / _SERVER_KEY, key)
    _write(place / _SERVER, _pem(made) + _pem(authority))
    return _ours(place, now)


def tls_in(folder: Path, now: datetime) -> Tls | None:
    """Return what `levator clinic init` made, renewed where it ends soon; None where it did not."""
    place = folder / TLS_FOLDER
    with _used(place):
        if not (place / _SERVER).exists():
            return None
        shown = _read(place / _SERVER)
        if shown.not_valid_after_utc - now < RENEWED_BEFORE and (place / _AUTHORITY_KEY).exists():
            return _renewed(place, [], now)
        return _ours(place, now)


def _ours(place: Path, now: datetime) -> Tls:
    from cryptography.hazmat.primitives.serialization import Encoding

    found = checked(place / _SERVER, place / _SERVER_KEY, now)
    authority = _read(place / _AUTHORITY).public_bytes(Encoding.DER)
    return Tls(found.certificate, found.key, found.names, authority)


def _check_permitted(place: Path, names: Sequence[GeneralName]) -> None:
    """Raise CallerError for a name of which no tablet would believe the authority."""
    permitted = _permitted(_read(place / _AUTHORITY))
    for name in names:
        if _subtree(name) not in permitted:
            raise CallerError(
                "Tablets trust the authority in %(folder)s for %(names)s only, not for %(name)s; "
                "move that folder away, then make certificate and authority anew with every name, "
                "and install it on each tablet.",
                folder=str(place),
                names=[str(one.value).removesuffix("/32") for one in permitted],
                name=str(name.value),
            )


def _permitted(authority: Certificate) -> Sequence[GeneralName]:
    from cryptography import x509

    bounds = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    return bounds.permitted_subtrees or []


#: Of an authority: it signs certificates and lists of revoked ones, nothing else.
_USAGE_OF_AUTHORITY = (False, False, False, False, False, True, True, False, False)


def _begun(
    whose: Name, by: Name, key: EllipticCurvePrivateKey, now: datetime, lasts: timedelta
) -> CertificateBuilder:
    from cryptography import x509

    return (
        x509.CertificateBuilder()
        .subject_name(whose)
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(now + lasts)
    )


def _name(text: str) -> Name:
    from cryptography import x509

    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _generals(names: Sequence[str]) -> list[GeneralName]:
    """Return each name once, in the order given."""
    return list(dict.fromkeys(map(_general, names)))


def _general(name: str) -> GeneralName:
    """Return a host name or an address as certificates hold it; raises CallerError."""
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        pass
    labels = name.lower().split(".")
    if not all(one.replace("-", "").isalnum() and one.isascii() for one in labels):
        raise CallerError(
            "%(name)r is no name of a host; write for example levator.local or 192.168.1.20.",
            name=name,
        )
    return x509.DNSName(name.lower())


def _subtree(name: GeneralName) -> GeneralName:
    """Return a name as a constraint: an address stands for itself only."""
    from cryptography import x509

    if isinstance(name, x509.IPAddress):
        return x509.IPAddress(ipaddress.ip_network(str(name.value)))
    return name


def _hash() -> SHA256:
    from cryptography.hazmat.primitives.hashes import SHA256

    return SHA256()


def _pem(certificate: Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM)


def _write_key(file: Path, key: EllipticCurvePrivateKey) -> None:
    from cryptography.hazmat.primitives import serialization

    form = serialization.PrivateFormat.PKCS8
    none = serialization.NoEncryption()
    _write(file, key.private_bytes(serialization.Encoding.PEM, form, none))


def _write(file: Path, content: bytes) -> None:
    """Write a file whole or not at all, for its owner only."""
    fresh = file.with_suffix(".new")
    try:
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        fresh.replace(file)
    except OSError as error:
        raise _unreadable(file, error) from error
