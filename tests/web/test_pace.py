"""One socket may talk so fast, and a stop is heard at any pace."""

import json

import pytest
from httpx import Client
from websockets.exceptions import ConnectionClosed

from levator.web.pace import AT_ONCE, PASSED_OVER, PER_S, Pace
from tests.web.forms import opened
from tests.web.served import Served, served


def test_a_bucket_empties_and_fills_again() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])
    assert [pace.allows() for _ in range(int(AT_ONCE) + 1)] == [True] * int(AT_ONCE) + [False]
    now[0] = 1.0
    assert sum(pace.allows() for _ in range(100)) == PER_S


def flood(server: Served, client: Client, path: str) -> None:
    with server.line(client, path) as socket:
        for _ in range(PASSED_OVER + 400):
            socket.send('{"type": "present", "drawn_index": 1, "age_ms": 9}')
        while True:
            socket.recv(timeout=20)


def test_a_flood_is_closed_and_a_stop_in_it_is_heard() -> None:
    with served() as server, server.client() as client:
        path = f"{opened(client)}/line"
        with pytest.raises(ConnectionClosed) as closed:
            flood(server, client, path)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1008
        with server.line(client, path) as socket:
            for _ in range(int(AT_ONCE) * 3):
                socket.send('{"type": "present", "drawn_index": 1, "age_ms": 9}')
            socket.send(json.dumps({"type": "command", "id": "12345678", "kind": "stop"}))
            while '"answer"' not in str(socket.recv(timeout=20)):
                pass
        assert server.the_room().is_over
