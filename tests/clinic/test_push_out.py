"""A message has no content, is signed with the clinic's key, and goes nowhere else."""

import base64
import ssl
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from levator.clinic.push_key import SERVICES, PushKey
from levator.clinic.push_out import PushOut, is_public, public_address
from tests.clinic.push_service import HOST, Service, push_service

KEY = PushKey("mailto:it@clinic.example", (HOST, "*.notify.example.org"))
NOW_S = 1_796_000_000.0
HERS = f"https://{HOST}/wpush/v2/abc?x=1"


def test_a_message_has_no_body_and_nothing_but_the_key_and_how_long_it_is_kept(
    service: Service,
) -> None:
    assert service.out(KEY, NOW_S).send(HERS) == 201
    [(path, headers, body)] = service.got
    assert (path, body) == ("/wpush/v2/abc?x=1", b"")
    assert set(headers) == {"Host", "Accept-Encoding", "Authorization", "TTL", "Content-Length"}
    assert (headers["Host"], headers["Content-Length"], headers["TTL"]) == (HOST, "0", "3600")


def test_the_signature_is_that_of_the_key_that_browsers_were_given(service: Service) -> None:
    service.out(KEY, NOW_S).send(HERS)
    scheme, _, rest = service.got[0][1]["Authorization"].partition(" ")
    parts = dict(one.strip().split("=", 1) for one in rest.split(","))
    assert (scheme, set(parts), parts["k"]) == ("vapid", {"t", "k"}, KEY.public)
    point = base64.urlsafe_b64decode(parts["k"] + "=" * (-len(parts["k"]) % 4))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    checks = {"audience": f"https://{HOST}", "options": {"verify_exp": False}}
    claims = jwt.decode(parts["t"], public, algorithms=["ES256"], **checks)
    told = {"aud": f"https://{HOST}", "exp": NOW_S + 3600, "sub": KEY.contact}
    assert claims == told
    other = ec.generate_private_key(ec.SECP256R1()).public_key()
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(parts["t"], other, algorithms=["ES256"], **checks)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_where_an_answer_points_is_not_gone_to(service: Service, status: int) -> None:
    service.answers.append(status)
    assert service.out(KEY).send(HERS) == status
    assert len(service.got) == 1


@pytest.mark.parametrize(
    "endpoint",
    [
        f"http://{HOST}/a",
        f"https://{HOST}:8443/a",
        f"https://{HOST}:0/a",
        f"https://{HOST}:99999/a",
        f"https://somebody@{HOST}/a",
        f"https://{HOST}.evil.example/a",
        f"https://evil.example/{HOST}",
        f"https://a.{HOST}/a",
        "https://notify.example.org/a",
        "https://a.b.notify.example.org/a",
        "https://.notify.example.org/a",
        f"https://{'a' * 64}.notify.example.org/a",
        "https://-.notify.example.org/a",
        "https://%31.notify.example.org/a",
        "https://x;y.notify.example.org/a",
        "https://*.notify.example.org/a",
        "https://127.0.0.1/a",
        "https://[::1]/a",
        "https://localhost/a",
        f"https://{HOST}/a#b",
        f"https://{HOST}/a b",
        f"https://{HOST}/a\r\nHost: evil.example",
        f"https://{HOST}/é",
        f"https://{HOST}/{'a' * 2000}",
        f"//{HOST}/a",
        "https://[/a",
        "",
    ],
)
def test_no_other_place_is_called(service: Service, endpoint: str) -> None:
    assert KEY.service_of(endpoint) is None
    assert service.out(KEY).send(endpoint) is None
    assert service.got == []


def test_what_is_allowed_is_known_in_each_way_of_writing_it() -> None:
    assert KEY.service_of(f"https://{HOST}:443/a") == HOST
    assert KEY.service_of("https://db5p.notify.example.org/w?token=1") == "db5p.notify.example.org"
    ours = PushKey("mailto:it@clinic.example")
    for one in SERVICES:
        host = one.replace("*", "wns2-by3p")
        assert ours.service_of(f"https://{host}/send/abc") == host


OWN = """
    127.0.0.1 10.0.0.1 172.16.0.1 192.168.1.20 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.251
    255.255.255.255 ::1 :: fe80::1 fe80::1%eth0 fd00::1 ff02::1 ::ffff:10.0.0.1 ::ffff:127.0.0.1
    64:ff9b::a00:1 64:ff9b::7f00:1 64:ff9b:1::1 2002:a00:1::1 2002:7f00:1:: ::10.0.0.1 fec0::1
"""


@pytest.mark.parametrize("address", OWN.split())
def test_an_address_of_the_own_network_is_told_from_one_of_the_internet(address: str) -> None:
    assert not is_public(address)
    assert is_public("142.250.102.188")
    assert is_public("2a00:1450:4013:c00::bc")
    assert is_public("64:ff9b::8efa:66bc")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_an_address_of_the_own_network_is_never_called(host: str) -> None:
    with pytest.raises(OSError, match="open internet"):
        public_address(host)


def test_it_is_looked_at_where_a_name_leads_before_anything_is_sent() -> None:
    assert (
        PushOut(PushKey("mailto:it@clinic.example", ("localhost.localdomain",)), float).send(
            "https://localhost.localdomain/a"
        )
        is None
    )
    assert PushOut(KEY, float).resolve is public_address


def test_a_service_with_another_name_or_another_authority_gets_nothing(
    service: Service, tmp_path: Path
) -> None:
    stranger = PushOut(KEY, float, lambda host: ("127.0.0.1", service.port))
    assert stranger.send(HERS) is None
    with push_service(tmp_path, "another.example.org") as other:
        assert other.out(KEY).send(HERS) is None
        assert other.got == []
    assert service.got == []
    assert stranger.trusted.verify_mode is ssl.CERT_REQUIRED


def test_a_name_that_is_none_is_no_fault_of_ours() -> None:
    def looked_up(host: str) -> tuple[str, int]:
        return public_address("." + host)

    assert PushOut(KEY, float, looked_up).send(HERS) is None


def test_a_service_that_is_gone_is_no_fault_of_ours(tmp_path: Path) -> None:
    with push_service(tmp_path) as service:
        out = service.out(KEY)
    assert out.send(HERS) is None
