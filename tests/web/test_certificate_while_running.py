"""A certificate is renewed while a server runs, and told about before it ends."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509

from levator.clinic import Clinic
from levator.clinic.certificates import make_authority
from levator.clinic.showing import Showing
from levator.storage.memory import MemoryRepository
from levator.web.server import Reach
from tests.clinic.people import clinic_of_all_roles, signed_in
from tests.web.served import Served, served


@pytest.fixture
def showing(tmp_path: Path) -> Showing:
    """A certificate made so long ago that it ends in 50 days."""
    now = datetime.now(UTC)
    made = make_authority(tmp_path, "Praktijk Bos", ["levator.test"], now - timedelta(days=347))
    return Showing(made)


@pytest.fixture
def server(showing: Showing) -> Iterator[Served]:
    clinic = Clinic(MemoryRepository())
    clinic_of_all_roles(clinic.accounts)
    clinic.showing = showing
    with served(clinic, Reach(tls=showing.tls, names=showing.tls.names, showing=showing)) as server:
        yield server


def trusting(showing: Showing) -> ssl.SSLContext:
    authority = showing.tls.certificate.with_name("authority.crt")
    return ssl.create_default_context(cafile=str(authority))


def serial_shown(server: Served, showing: Showing) -> int:
    plain = socket.create_connection(("127.0.0.1", server.port))
    with plain, trusting(showing).wrap_socket(plain, server_hostname="localhost") as line:
        shown = line.getpeercert(binary_form=True)
    assert shown is not None
    return x509.load_der_x509_certificate(shown).serial_number


def test_a_server_that_runs_shows_the_renewed_certificate(server: Served, showing: Showing) -> None:
    before = serial_shown(server, showing)
    names = showing.tls.names
    assert showing.look() is False
    after = serial_shown(server, showing)
    assert after != before
    assert showing.tls.names == names
    showing.look()
    assert serial_shown(server, showing) == after


def test_the_people_page_says_that_it_ends_soon(server: Served, showing: Showing) -> None:
    token = signed_in(server.clinic.accounts, "clinic_admin")
    trusts = ssl.create_default_context(
        cafile=str(showing.tls.certificate.with_name("authority.crt"))
    )
    with httpx.Client(base_url=f"https://127.0.0.1:{server.port}", verify=trusts) as admin:
        admin.cookies.set("__Host-levator", token)
        english = {"accept-language": "en"}
        assert "expires on" not in admin.get("/users", headers=english).text
        showing.now = lambda: datetime.now(UTC) + timedelta(days=21)
        assert "certificate of this server expires on" in admin.get("/users", headers=english).text
