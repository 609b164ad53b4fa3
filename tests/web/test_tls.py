"""Over TLS: under the names of the certificate only, with the strictest cookie, and by a proxy."""

import ssl
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from levator.clinic import Clinic
from levator.clinic.certificates import TLS_FOLDER, Tls, fingerprint, make_authority
from levator.storage.memory import MemoryRepository
from levator.web.guard import HSTS, covers
from levator.web.server import Reach
from levator.web.signed import FORM_TOKEN_HEADER, form_token_for
from tests.clinic.people import clinic_of_all_roles, signed_in
from tests.web.served import Served, served

NAME = "levator.test"
COOKIE = "__Host-levator"
ENGLISH = {"accept-language": "en"}


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return make_authority(tmp_path_factory.mktemp("tls"), "Praktijk Bos", [NAME], datetime.now(UTC))


@pytest.fixture(scope="module")
def server(tls: Tls) -> Iterator[Served]:
    clinic = Clinic(MemoryRepository())
    clinic_of_all_roles(clinic.accounts)
    with served(clinic, Reach(tls=tls, names=tls.names)) as server:
        yield server


def trusting(tls: Tls) -> ssl.SSLContext:
    """Trusts the clinic's authority and nobody else."""
    return ssl.create_default_context(cafile=str(tls.certificate.with_name("authority.crt")))


def browser(server: Served, tls: Tls) -> httpx.Client:
    return httpx.Client(base_url=f"https://127.0.0.1:{server.port}", verify=trusting(tls))


def test_the_address_is_that_of_the_certificate(server: Served) -> None:
    assert server.address.startswith(f"https://{NAME}:")


def test_who_trusts_the_authority_gets_in_and_is_kept_to_tls(server: Served, tls: Tls) -> None:
    with browser(server, tls) as client:
        answer = client.get("/sign-in", headers={"host": NAME})
        assert answer.status_code == 200
        assert answer.headers["strict-transport-security"] == HSTS
        assert client.get("/sign-in", headers={"host": "other.test"}).status_code == 403
        assert client.get("/sign-in").status_code == 200


def test_who_does_not_trust_it_does_not(server: Served) -> None:
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"https://127.0.0.1:{server.port}/sign-in")


def test_the_cookie_is_bound_to_this_host_and_to_tls(server: Served, tls: Tls) -> None:
    token = signed_in(server.clinic.accounts, "therapist")
    with browser(server, tls) as client:
        client.headers["origin"] = str(client.base_url).rstrip("/")
        client.headers[FORM_TOKEN_HEADER] = form_token_for(token)
        client.cookies.set(COOKIE, token)
        assert client.get("/").status_code == 200
        gone = client.post("/sign-out").headers["set-cookie"]
        for part in (COOKIE, "Secure", "HttpOnly", "Path=/", "SameSite=lax"):
            assert part in gone
        assert "domain" not in gone.lower()


def test_a_form_sent_without_tls_to_the_same_name_is_another_origin(
    server: Served, tls: Tls
) -> None:
    with browser(server, tls) as client:
        plain = str(client.base_url).replace("https", "http").rstrip("/")
        answer = client.post("/sign-in", data={}, headers={"origin": plain})
        assert answer.status_code == 403


def test_the_authority_is_given_out_with_its_fingerprint(server: Served, tls: Tls) -> None:
    assert tls.authority is not None
    with browser(server, tls) as client:
        assert client.get("/authority.crt").content == tls.authority
        assert fingerprint(tls.authority) in client.get("/authority").text


def test_without_one_the_page_says_so() -> None:
    with served() as plain, plain.stranger() as client:
        assert "no authority of its own" in client.get("/authority", headers=ENGLISH).text
        assert client.get("/authority.crt").status_code == 404
        assert "strict-transport-security" not in client.get("/authority").headers


def test_openssl_finds_the_chain_good_for_the_name_and_for_no_other(tls: Tls) -> None:
    authority = tls.certificate.with_name("authority.crt")
    for host, is_good in ((NAME, True), ("other.test", False)):
        command = ["openssl", "verify", "-verify_hostname", host, "-CAfile", authority]
        done = subprocess.run([*command, tls.certificate], capture_output=True, check=False)
        assert (done.returncode == 0) is is_good


@pytest.mark.parametrize(
    ("name", "host", "fits"),
    [
        ("levator.test", "levator.test", True),
        ("*.bos.example", "levator.bos.example", True),
        ("*.bos.example", "bos.example", False),
        ("*.bos.example", "a.b.bos.example", False),
        ("levator.test", "xlevator.test", False),
        ("192.168.1.20", "192.168.1.20", True),
    ],
)
def test_a_name_covers_itself_and_a_star_one_part(name: str, host: str, fits: bool) -> None:
    assert covers(name, host) is fits


# --- Behind a proxy


@pytest.fixture(scope="module")
def proxied() -> Iterator[Served]:
    clinic = Clinic(MemoryRepository())
    clinic_of_all_roles(clinic.accounts)
    with served(clinic, Reach(names=(NAME,), proxies=("127.0.0.1",))) as server:
        yield server


@pytest.fixture(scope="module")
def strangers_proxy() -> Iterator[Served]:
    """levator trusts another address than the one that asks."""
    with served(Clinic(MemoryRepository()), Reach(names=(NAME,), proxies=("10.9.9.9",))) as server:
        yield server


PASSED_ON = {"host": NAME, "x-forwarded-for": "192.168.1.7", "x-forwarded-proto": "https"}


def direct(server: Served) -> httpx.Client:
    return httpx.Client(base_url=f"http://127.0.0.1:{server.port}")


def test_a_trusted_proxys_word_is_taken(proxied: Served) -> None:
    assert proxied.address == f"https://{NAME}"
    with direct(proxied) as proxy:
        answer = proxy.get("/sign-in", headers=PASSED_ON)
        assert answer.status_code == 200
        assert answer.headers["strict-transport-security"] == HSTS


@pytest.mark.parametrize(
    "change",
    [
        {"x-forwarded-proto": "http"},
        {"host": "other.test"},
        {"host": "localhost"},
        {"host": "127.0.0.1"},
        {"host": "localhost", "x-forwarded-proto": "http"},
    ],
)
def test_plain_http_another_name_and_a_pretended_loopback_are_refused(
    proxied: Served, change: dict[str, str]
) -> None:
    with direct(proxied) as proxy:
        assert proxy.get("/sign-in", headers=PASSED_ON | change).status_code == 403


@pytest.mark.parametrize("host", [NAME, "127.0.0.1"])
def test_the_word_of_anybody_else_is_not_taken(strangers_proxy: Served, host: str) -> None:
    """Nor is what a proxy passes on without being trusted taken for somebody at this computer."""
    with direct(strangers_proxy) as proxy:
        assert proxy.get("/set-up", headers=PASSED_ON | {"host": host}).status_code == 403


def test_the_first_run_is_not_offered_through_a_proxy() -> None:
    reach = Reach(names=(NAME,), proxies=("127.0.0.1",))
    with served(Clinic(MemoryRepository()), reach) as server, direct(server) as proxy:
        assert proxy.get("/set-up", headers=PASSED_ON).status_code == 404


@pytest.mark.parametrize(
    "name",
    ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"],
)
def test_whatever_a_proxy_says_of_itself_nobody_is_taken_for_somebody_here(name: str) -> None:
    with served(Clinic(MemoryRepository())) as server, server.stranger() as browser:
        assert browser.get("/set-up").status_code == 200
        assert browser.get("/set-up", headers={name: "192.168.1.7"}).status_code == 403


def test_the_folder_of_the_certificate_is_for_its_owner_only(tls: Tls) -> None:
    folder = tls.certificate.parent
    assert folder.name == TLS_FOLDER
    assert folder.stat().st_mode & 0o077 == 0
    assert all(Path(one).stat().st_mode & 0o077 == 0 for one in folder.iterdir())
