"""The socket of a live screen, and that of the board."""

import contextlib
import json

import pytest
from httpx import Client
from websockets.exceptions import ConnectionClosed

from levator.live.room import Room
from levator.records.treatment import Session
from levator.records.work import where
from tests.live.seats import sitting_at, until
from tests.web.forms import close_code, code_on, hear, hello, opened, ticket_of
from tests.web.served import Served


def test_a_screen_gets_a_picture_frames_and_answers(client: Client, server: Served) -> None:
    address = opened(client)
    with server.line(client, f"{address}/line") as socket:
        socket.send('{"type": "sync", "at_s": 5.0}')
        assert hear(socket)["at_s"] == 5.0
        hello(socket)
        assert hear(socket)["type"] == "picture"
        socket.send('{"type": "command", "id": "12345678", "kind": "start"}')
        seen: set[str] = set()
        while not {"answer", "frame", "picture"} <= seen:
            said = hear(socket)
            seen.add("frame" if isinstance(said, bytes) else said["type"])


def test_a_command_that_comes_twice_is_done_once(client: Client, server: Served) -> None:
    address = opened(client)
    with server.line(client, f"{address}/line") as socket:
        codes = []
        for _ in range(2):
            socket.send('{"type": "command", "id": "12345678", "kind": "code"}')
            assert hear(socket) == {"type": "answer", "id": "12345678"}
            codes.append(code_on(server))
    assert codes[0] == codes[1]


def test_nonsense_is_passed_over(client: Client, server: Served) -> None:
    address = opened(client)
    with server.line(client, f"{address}/line") as socket:
        socket.send("nonsense")
        socket.send('{"type": "sync", "at_s": 1}')
        assert hear(socket)["type"] == "sync"


def test_a_message_of_bytes_ends_the_line_with_a_code(client: Client, server: Served) -> None:
    with server.line(client, f"{opened(client)}/line") as line:
        hello(line)
        line.send(b"\xff\xfe")
        with contextlib.suppress(ConnectionClosed):
            while line.recv(timeout=20):
                pass
        assert line.close_code == 1003


def test_a_screen_that_cannot_be_painted_is_closed_and_comes_back(
    client: Client, server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = opened(client)
    room = server.the_room()

    def broken(role: str, language: str) -> str:
        raise ValueError("this cannot be painted")

    with monkeypatch.context() as fault:
        fault.setattr(room.audience, "picture", broken)
        with server.line(client, f"{address}/line") as socket:
            hello(socket)
            with pytest.raises(ConnectionClosed) as closed:
                hear(socket)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1011
    with server.line(client, f"{address}/line") as socket:
        hello(socket)
        assert hear(socket)["type"] == "picture"


def test_a_stop_before_calibration_ends_the_room(client: Client, server: Served) -> None:
    address = opened(client)
    room = server.the_room()
    with server.line(client, f"{address}/line") as socket:
        hello(socket)
        socket.send('{"type": "command", "id": "12345678", "kind": "stop"}')
        while not isinstance(said := hear(socket), dict) or said.get("room") != "over":
            pass
    assert room.is_over


def test_the_board_shows_the_rooms_of_the_clinic_in_any_browser(
    client: Client, stranger: Client, server: Served
) -> None:
    opened(client)
    for browser in (client, stranger):
        with server.line(browser, "/board/line") as socket:
            first = hear(socket)
            assert [tile["name"] for tile in first["tiles"]] == ["M. J."]
            assert list(first["levels"].values()) == [None]
    with server.stranger() as nobody:
        assert close_code(server.line(nobody, "/board/line")) == 4401


def test_a_command_that_cannot_be_read_is_answered_and_not_sent_for_ever(
    client: Client, server: Served
) -> None:
    async def opening() -> Room:
        return await server.clinic.open_room(sitting_at(server.clinic))

    room = server.call(opening())
    address = f"/rooms/{room.number}/therapist"
    assert client.get(address).status_code == 200
    with server.line(client, f"{address}/line") as socket:
        dose = {"force_percent_mvc": None, "rise_s": 3}
        command = {"type": "command", "id": "12345678", "kind": "dose", "dose": dose}
        for text in ("nonsense", '{"type": "command", "id": 5}', json.dumps(command)):
            socket.send(text)
        answer = {"type": "answer", "id": "12345678", "is_read": False}
        assert json.loads(socket.recv(timeout=20)) == answer
        # Whoever asks for an end gets it, whatever else is in the message.
        stop = {"type": "command", "id": "87654321", "kind": "stop", "drawn_index": "x"}
        socket.send(json.dumps(stop))
        assert json.loads(socket.recv(timeout=20)) == {"type": "answer", "id": "87654321"}
        assert room.is_over


def test_pain_that_her_phone_sends_once_the_room_is_over_is_answered_and_kept(
    client: Client, stranger: Client, server: Served
) -> None:
    opened(client)
    room = server.the_room()
    assert stranger.get(f"/enter/{ticket_of(server)}").status_code == 303
    hers = f"/rooms/{room.number}/patient/line"

    async def over() -> None:
        room.stop("therapist", "stop")
        await until(lambda: server.clinic.sittings.led(room) is None)

    server.call(over())
    with server.line(stranger, hers) as socket:
        socket.send('{"type": "command", "id": "12345678", "kind": "pain"}')
        assert hear(socket) == {"type": "answer", "id": "12345678"}
    who = room.sitting
    server.call(server.clinic.sittings.settled(who.tenant_id, who.patient_id))
    with server.clinic.repository.work(writes=False) as work:
        (kept,) = work.find(Session, who.tenant_id, where(patient_id=who.patient_id))
    assert kept.had_pain
    # A server that was started anew knows of no such room: her page is told of nothing kept.
    server.clinic.rooms.forget(room)
    heard = []
    with server.line(stranger, hers) as socket, contextlib.suppress(ConnectionClosed):
        socket.send('{"type": "command", "id": "87654321", "kind": "pain"}')
        heard.append(socket.recv(timeout=20))
    assert (heard, socket.close_code) == ([], 4401)
