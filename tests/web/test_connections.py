"""Half a request keeps nobody else out, a live socket is never counted, and a length is one."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from httpx import Client
from websockets.exceptions import ConnectionClosed

from levator.web import admission, connections
from tests.waiting import wait_for
from tests.web.forms import opened
from tests.web.served import Served

HALF = b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1"


@contextmanager
def half_sent(server: Served, count: int, start: bytes = HALF) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        made = []
        for _ in range(count):
            one = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), 5))
            one.sendall(start)
            made.append(one)
        yield made


def is_open(one: socket.socket, wait_s: float = 0.05) -> bool:
    one.settimeout(wait_s)
    try:
        return one.recv(1) != b""
    except TimeoutError:
        return True
    except OSError:
        return False


def answer(server: Served, raw: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), 5) as one:
        one.sendall(raw)
        one.settimeout(5)
        got = b""
        while piece := one.recv(65536):
            got += piece
        return got


@pytest.mark.parametrize("has_body", [False, True])
def test_the_longest_waiting_makes_room(
    server: Served, stranger: Client, monkeypatch: pytest.MonkeyPatch, *, has_body: bool
) -> None:
    monkeypatch.setattr(connections, "MOST_WAITING", 5)
    name = f"Host: 127.0.0.1:{server.port}\r\nOrigin: {server.address}\r\n"
    body = f"POST /sign-in HTTP/1.1\r\n{name}Content-Length: 99\r\n\r\nem".encode()
    start = body if has_body else HALF
    with half_sent(server, 12, start) as made:
        assert stranger.get("/health").status_code == 200
        wait_for(lambda: sum(map(is_open, made)) <= 5)
    assert stranger.get("/health").status_code == 200


def test_a_head_that_does_not_come_whole_is_not_waited_for(
    server: Served, stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEAD_S", 0.2)
    with half_sent(server, 1) as [one]:
        assert not is_open(one, 3)
    first = f"GET /health HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()
    with half_sent(server, 1, first) as [one]:
        one.settimeout(3)
        assert one.recv(65536).startswith(b"HTTP/1.1 200")
        one.sendall(HALF)
        assert not is_open(one, 3)


def test_live_sockets_are_never_counted_out(
    server: Served, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MOST_WAITING", 2)
    monkeypatch.setattr(connections, "HEAD_S", 0.2)
    opened(client)
    with ExitStack() as stack:
        lines = [stack.enter_context(server.line(client, "/board/line")) for _ in range(4)]
        with half_sent(server, 9):
            time.sleep(0.3)
            for line in lines:
                assert line.ping().wait(3)


def test_one_login_has_a_most_of_sockets(
    server: Served, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "MOST_SOCKETS", 3)
    opened(client)
    with ExitStack() as stack:
        lines = [stack.enter_context(server.line(client, "/board/line")) for _ in range(3)]
        assert all(line.ping().wait(3) for line in lines)
        more = stack.enter_context(server.line(client, "/board/line"))
        with pytest.raises(ConnectionClosed) as closed:
            more.recv(3)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == admission.COME_AGAIN


LENGTH, CHUNKED = b"Content-Length: 6\r\n", b"Transfer-Encoding: chunked\r\n"


@pytest.mark.parametrize("lengths", [LENGTH + CHUNKED, CHUNKED + LENGTH])
def test_a_request_with_two_lengths_is_refused_and_closed(server: Served, lengths: bytes) -> None:
    name = f"Host: 127.0.0.1:{server.port}\r\n".encode()
    origin = f"Origin: {server.address}\r\n".encode()
    hidden = b"GET /health HTTP/1.1\r\n" + name + b"\r\n"
    raw = b"POST /sign-in HTTP/1.1\r\n" + name + origin + lengths + b"\r\n0\r\n\r\n" + hidden
    got = answer(server, raw)
    assert got.startswith(b"HTTP/1.1 400")
    assert got.count(b"HTTP/1.1 ") == 1
    assert b"connection: close" in got.lower()
    assert b"content-security-policy" in got.lower()
