"""Which cryptography is used, on the line and at rest, and that there is no other."""

import ast
import re
import socket
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from levator.clinic.certificates import Tls
from levator.clinic.factors import digest
from levator.clinic.passwords import Passwords
from levator.clinic.seal_key import SealKey
from levator.formats import backup_file
from levator.web.server import CIPHERS
from tests.security.sources import calls, imports, trees
from tests.web.served import Served
from tests.web.test_tls import NAME, server, tls, trusting  # noqa: F401, fixtures


def line(server: Served, context: ssl.SSLContext) -> tuple[str, str]:  # noqa: F811
    """Version and cipher that the server agrees to."""
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=NAME) as locked,
    ):
        cipher = locked.cipher()
        assert cipher is not None
        return str(locked.version()), cipher[0]


def context_of(tls: Tls, most: ssl.TLSVersion, ciphers: str = "") -> ssl.SSLContext:  # noqa: F811
    context = trusting(tls)
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.maximum_version = most
    if ciphers:
        context.set_ciphers(ciphers)
    return context


def test_the_newest_tls_is_taken_first(server: Served, tls: Tls) -> None:  # noqa: F811
    assert line(server, trusting(tls))[0] == "TLSv1.3"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize("most", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_tls_is_refused(server: Served, tls: Tls, most: ssl.TLSVersion) -> None:  # noqa: F811
    context = context_of(tls, most, "ALL:@SECLEVEL=0")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        line(server, context)


def test_tls_12_has_only_ciphers_with_forward_secrecy_that_authenticate(
    server: Served,  # noqa: F811
    tls: Tls,  # noqa: F811
) -> None:
    version, cipher = line(server, context_of(tls, ssl.TLSVersion.TLSv1_2))
    assert version == "TLSv1.2"
    assert re.fullmatch(r"ECDHE-(ECDSA|RSA)-(AES\d+-GCM|CHACHA20-POLY1305)(-SHA\d+)?", cipher)
    for weak in ("ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384", "AES128-GCM-SHA256"):
        with pytest.raises((ssl.SSLError, ConnectionError)):
            line(server, context_of(tls, ssl.TLSVersion.TLSv1_2, weak))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(CIPHERS)
    assert all(one["strength_bits"] >= 128 for one in context.get_ciphers())


def test_without_tls_the_port_answers_nothing(server: Served) -> None:  # noqa: F811
    """No page and no redirect: a request in the clear does not go unnoticed."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as plain:
        plain.sendall(f"GET /sign-in HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
        plain.shutdown(socket.SHUT_WR)
        try:
            answer = plain.recv(1000)
        except ConnectionError:
            answer = b""
    assert b"HTTP" not in answer


def test_keys_of_certificates_are_p256_and_signed_with_sha256(tls: Tls) -> None:  # noqa: F811
    for file in (tls.certificate, tls.certificate.with_name("authority.crt")):
        certificate = x509.load_pem_x509_certificate(file.read_bytes())
        key = certificate.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        assert key.curve.name == "secp256r1"
        algorithm = certificate.signature_hash_algorithm
        assert algorithm is not None
        assert algorithm.name == "sha256"


#: Whose work the cryptography is; nothing of ours mixes bytes itself.
MAKERS = {"argon2", "cryptography", "hashlib", "hmac", "pyotp", "secrets", "ssl", "webauthn"}
STRANGERS = {"Crypto", "Cryptodome", "nacl", "rsa", "ecdsa", "bcrypt", "passlib", "md5", "sha"}


def test_the_cryptography_is_of_known_makers() -> None:
    roots = {module.partition(".")[0] for _, module in imports()}
    assert roots >= MAKERS - {"ssl"}
    assert not roots & STRANGERS


def test_only_sha256_and_scrypt_are_taken_of_hashlib() -> None:
    taken = {
        node.attr
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "hashlib"
    }
    assert taken == {"sha256", "scrypt"}
    assert len(digest("x")) * 4 == 256


def test_only_aes_gcm_encrypts() -> None:
    ciphers = {
        module for _, module in imports() if module.startswith("cryptography.hazmat.primitives.")
    }
    ciphering = {one for one in ciphers if "cipher" in one}
    assert ciphering == {
        "cryptography.hazmat.primitives.ciphers.aead",
        "cryptography.hazmat.primitives.ciphers.aead.AESGCM",
    }
    assert not [one for one in ciphers if "padding" in one or "modes" in one]


def test_keys_have_256_bits_and_no_two_seals_are_the_same() -> None:
    key = SealKey()
    assert len(key.key) == 32
    assert len({key.seal("one secret", "user") for _ in range(50)}) == 50


def test_stretching_costs_what_is_advised() -> None:
    """scrypt as OWASP advises (N 2^17, r 8, p 1); Argon2id as RFC 9106 for little memory."""
    assert backup_file._SCRYPT["n"] >= 2**17
    assert (backup_file._SCRYPT["r"], backup_file._SCRYPT["p"]) == (8, 1)
    assert "m=65536,t=3,p=4" in Passwords()._of_nobody


def test_secrets_are_compared_in_constant_time() -> None:
    compared = {path for path, name, _ in calls() if name == "hmac.compare_digest"}
    assert {"web/formcheck.py", "clinic/factors.py", "clinic/setup.py"} <= compared


def test_no_key_and_no_password_stands_in_the_source() -> None:
    names = r"\b(?:password|secret|api_?key|token)"
    secret = re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY|" + names + r"\s*=\s*['\"][^'\"\s]{8,}['\"]",
        re.IGNORECASE,
    )
    found = [
        (path, node.lineno)
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.keyword | ast.Constant)
        and secret.search(
            ast.unparse(node) if not isinstance(node, ast.Constant) else str(node.value)
        )
    ]
    assert found == []
    assert secret.search('password = "' + "hunter2hunter2" + '"')
