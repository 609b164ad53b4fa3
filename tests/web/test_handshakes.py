"""Silent connections over TLS are waited for shortly; hundreds of them shut nobody out."""

import os
import resource
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

import httpx
import pytest
from websockets.sync.client import connect

from levator.clinic import Clinic
from levator.clinic.certificates import Tls, make_authority
from levator.storage.memory import MemoryRepository
from levator.web import handshakes
from levator.web import server as pages
from levator.web.server import Reach
from tests.clinic.people import clinic_of_all_roles, signed_in
from tests.web.served import Served, served

COOKIE = "__Host-levator"


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    folder = tmp_path_factory.mktemp("tls")
    return make_authority(folder, "Praktijk Bos", ["levator.test"], datetime.now(UTC))


@pytest.fixture(scope="module")
def server(tls: Tls) -> Iterator[Served]:
    clinic = Clinic(MemoryRepository())
    clinic_of_all_roles(clinic.accounts)
    with served(clinic, Reach(tls=tls, names=tls.names)) as server:
        yield server


@pytest.fixture(scope="module")
def trusting(tls: Tls) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(tls.certificate.with_name("authority.crt")))


@contextmanager
def silent(server: Served, count: int, address: str = "127.0.0.1") -> Iterator[list[socket.socket]]:
    """Connections that say nothing."""
    with ExitStack() as stack:
        there = ("127.0.0.1", server.port)
        yield [
            stack.enter_context(socket.create_connection(there, 5, source_address=(address, 0)))
            for _ in range(count)
        ]


def is_open(one: socket.socket, wait_s: float = 0.001) -> bool:
    """Whether the other side has not ended it; a last word of TLS may come before the end."""
    one.settimeout(wait_s)
    try:
        while one.recv(100):
            pass
    except TimeoutError:
        return True
    except OSError:
        pass
    return False


def answers(server: Served, trusting: ssl.SSLContext) -> bool:
    address = f"https://127.0.0.1:{server.port}/health"
    return httpx.get(address, verify=trusting, timeout=3).status_code == 200


def test_hundreds_of_silent_ones_shut_out_nobody_and_end_no_live_screen(
    server: Served, trusting: ssl.SSLContext
) -> None:
    token = signed_in(server.clinic.accounts, "therapist")
    origin = f"https://127.0.0.1:{server.port}"
    headers = {"Cookie": f"{COOKIE}={token}", "Origin": origin}
    with connect(
        f"wss://127.0.0.1:{server.port}/board/line", ssl=trusting, additional_headers=headers
    ) as live:
        with silent(server, 400) as made:
            for _ in range(5):
                assert answers(server, trusting)
            assert live.ping().wait(3)
            assert len(made) == 400
        assert live.ping().wait(3)


def test_of_one_address_the_oldest_make_room(server: Served, trusting: ssl.SSLContext) -> None:
    with silent(server, 3, "127.0.0.2") as others, silent(server, 450) as made:
        assert answers(server, trusting)
        left = [is_open(one) for one in made]
        assert not any(left[: -handshakes.MOST_OF_ONE])
        assert sum(left) in (handshakes.MOST_OF_ONE - 1, handshakes.MOST_OF_ONE)
        assert all(map(is_open, others))


def test_of_many_addresses_those_with_most_make_room(
    server: Served, trusting: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as stack:
        few = stack.enter_context(silent(server, 5, "127.0.0.2"))
        many = [
            stack.enter_context(silent(server, 99, f"127.0.0.{number}")) for number in range(3, 9)
        ]
        assert answers(server, trusting)
        assert all(map(is_open, few))
        left = [sum(map(is_open, made)) for made in many]
        assert sum(left) in range(handshakes.MOST - 7, handshakes.MOST - 4)


def test_it_goes_on_once_a_file_is_free_again(server: Served, trusting: ssl.SSLContext) -> None:
    limits, free = resource.getrlimit(resource.RLIMIT_NOFILE), os.dup(0)
    with socket.socket() as one:
        os.close(free)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (free, limits[1]))
            one.connect(("127.0.0.1", server.port))
            time.sleep(0.3)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        assert answers(server, trusting)


def test_a_silent_one_is_not_waited_for(tls: Tls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handshakes, "HANDSHAKE_S", 0.2)
    clinic = Clinic(MemoryRepository())
    with served(clinic, Reach(tls=tls, names=tls.names)) as quick, silent(quick, 1) as [one]:
        assert is_open(one)
        assert not is_open(one, 3)


def test_the_server_may_have_more_files_open_than_silent_ones_can_take() -> None:
    before, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(before, 1000), most))
    try:
        pages.more_files()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(most, pages.MOST_FILES)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (before, most))


def test_what_is_no_handshake_is_closed(server: Served, trusting: ssl.SSLContext) -> None:
    with silent(server, 1) as [one]:
        one.sendall(b"GET / HTTP/1.1\r\n\r\n")
        one.settimeout(3)
        assert b"HTTP" not in one.recv(100)
    assert answers(server, trusting)
