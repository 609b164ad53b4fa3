"""Pages and sockets over a real clinic: who is let in, and what is said to the others."""

import asyncio
import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Client, Response
from starlette.applications import Starlette
from starlette.routing import Route
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection

from levator.course.entry import Locked
from levator.errors import DeviceLostError, StorageError
from levator.live.sitting import Sitting
from levator.texts import speaker
from levator.web.guard import POLICY
from levator.web.looks import Looks
from levator.web.refusals import speak_refusals
from levator.web.troubles import exact_words
from tests.live.seats import reference
from tests.web.served import Served, served

FORM = {
    "language": "en",
    "therapist": "Anke",
    "patient": "M. J.",
    "weeks_since_birth": "8",
    "cleared_by": "dr. Bos",
    "complications": "no",
    "pain_now": "no",
    "device": "simulator://?seed=7",
    "cushion": "none",
    "posture": "upright",
    "stage": "step-6",
}


@pytest.fixture(scope="module")
def running() -> Iterator[Served]:
    with served() as running:
        yield running


@pytest.fixture
def server(running: Served) -> Iterator[Served]:
    """The server of this module, without rooms, guesses and desks of another test."""
    yield running

    async def close() -> None:
        await running.clinic.rooms.close()
        for room in list(running.clinic.rooms.rooms.values()):
            running.clinic.rooms.forget(room)
        running.clinic.rooms.__post_init__()

    running.call(close())


@pytest.fixture
def client(server: Served) -> Iterator[Client]:
    with server.client() as client:
        yield client


@pytest.fixture
def stranger(server: Served) -> Iterator[Client]:
    """Another browser on the same computer."""
    with server.client() as stranger:
        yield stranger


def hear(socket: ClientConnection) -> Any:
    """The next message: a dict, or a frame's bytes."""
    said = socket.recv(timeout=20)
    return json.loads(said) if isinstance(said, str) else said


def hello(socket: ClientConnection) -> None:
    socket.send('{"type": "hello", "generation": -1, "cursor": []}')


def close_code(socket: ClientConnection) -> int | None:
    """The code with which the server closes the socket."""
    with socket, contextlib.suppress(ConnectionClosed):
        while True:
            socket.recv(timeout=20)
    return socket.close_code


def opened(client: Client, **changes: str) -> str:
    """Open a room from the form; return the address of the first screen."""
    answer = client.post("/rooms", data=FORM | changes)
    assert answer.status_code == 303, answer.text
    entered = client.get(answer.headers["location"])
    assert entered.status_code == 303
    return str(entered.headers["location"])


def code_on(server: Served) -> str:
    (code,) = server.clinic.rooms.codes.values()
    return code.code


# --- Only this computer, only our pages


def test_health_tells_the_token_of_this_run(client: Client) -> None:
    assert client.get("/health").json() == {"status": "saving", "token": "token"}


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "192.168.1.5:8000", "[", "[x]"]
)
def test_another_host_is_refused(client: Client, host: str) -> None:
    answer = client.get("/", headers={"host": host, "accept-language": "en"})
    assert answer.status_code == 403
    assert "this computer only" in answer.text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8321", "[::1]:8321"])
def test_this_computer_is_let_in(client: Client, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "", "http://localhost:1", "http://["]
)
def test_a_form_of_another_page_is_refused(client: Client, origin: str) -> None:
    assert client.post("/rooms", data=FORM, headers={"origin": origin}).status_code == 403


def test_a_socket_of_another_page_is_refused(client: Client, server: Served) -> None:
    address = opened(client)
    with pytest.raises(InvalidStatus) as refused:
        server.line(client, f"{address}/line", origin="http://evil.example")
    assert refused.value.response.status_code == 403


def test_every_answer_carries_the_strict_policy(client: Client) -> None:
    for path in ("/", "/join", "/static/app.css", "/nowhere"):
        headers = client.get(path).headers
        assert headers["content-security-policy"] == POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/join"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_page_holds_script_or_style_or_another_address(
    client: Client, path: str, language: str
) -> None:
    html = client.get(path, params={"language": language}).text
    assert f'<html lang="{language}">' in html
    assert not re.search(r"<style|style=|\son[a-z]+=|javascript:|https?://", html)
    assert all("src=" in tag or "json" in tag for tag in re.findall(r"<script[^>]*>", html))


# --- Opening a room


def test_a_room_is_opened_and_its_first_screen_is_let_in(client: Client, server: Served) -> None:
    address = opened(client)
    html = client.get(address).text
    assert "M. J." in html
    room = server.the_room()
    assert room.sitting.stage.id == "step-6"
    assert room.sitting.reference_kind == "mvc"


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client: Client) -> None:
    answer = client.post("/rooms", data=FORM)
    entered = client.get(answer.headers["location"])
    for cookie in (answer.headers["set-cookie"], entered.headers["set-cookie"]):
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"stage": "step-7"}, "12 weeks after birth"),
        ({"weeks_since_birth": "", "stage": "step-6"}, "Fill in the weeks since birth"),
        ({"cleared_by": ""}, "Somebody agrees first"),
        ({"device": "nothing://x"}, "does not answer"),
        ({"device": "replay:///nowhere.edf"}, "does not answer"),
        ({"device": "simulator://["}, "cannot be done as asked"),
        ({"device": f"replay:///{'x' * 300}.csv"}, "does not answer"),
        ({"device": "simulator://?seed=x"}, "cannot be done as asked"),
        ({"weeks_since_birth": "soon"}, "cannot be done as asked"),
        ({"patient": ""}, "cannot be done as asked"),
        ({"cushion": "cloud"}, "cannot be done as asked"),
        ({"stage": "step-9"}, "cannot be done as asked"),
        ({"rest": "3", "reference": "41N", "device": "replay:///x.csv"}, "no unit"),
        ({"rest": "3N", "reference": "41N"}, "cannot be done as asked"),
    ],
)
def test_what_cannot_be_opened_is_said_plainly_and_what_was_typed_stays(
    client: Client, server: Served, changes: dict[str, str], words: str
) -> None:
    answer = client.post("/rooms", data=FORM | changes)
    assert answer.status_code in (409, 422)
    assert words in answer.text
    assert 'value="Anke"' in answer.text
    assert server.clinic.rooms.rooms == {}


@pytest.mark.parametrize(
    ("changes", "dutch"),
    [
        (
            {"rest": "3N", "reference": "41N"},
            "Dit kan niet zoals gevraagd. Met de hand ingevulde niveaus zijn voor opnamen; "
            "laat ze leeg, de zitting wordt geijkt.",
        ),
        (
            {"device": "nothing://x"},
            "De sensor antwoordt niet. Geen stuurprogramma voor &#39;nothing://x&#39;;",
        ),
        ({"patient": ""}, "Het veld ‘Patiënt’ is leeg; vul het in."),
    ],
)
def test_the_exact_reason_is_in_the_language_of_the_page(
    client: Client, changes: dict[str, str], dutch: str
) -> None:
    answer = client.post("/rooms", data=FORM | changes | {"language": "nl"})
    assert dutch in answer.text


DUTCH = {"accept-language": "nl-BE,nl;q=0.9"}


@pytest.mark.parametrize(
    ("path", "words"),
    [("/nowhere", "Die pagina is er niet"), ("/static/nowhere.js", "Die pagina is er niet")],
)
def test_an_unknown_address_is_answered_in_the_language_of_who_asked(
    client: Client, path: str, words: str
) -> None:
    answer = client.get(path, headers=DUTCH)
    assert answer.status_code == 404
    assert words in answer.text
    assert "There is no such page" in client.get(path, headers={"accept-language": "en"}).text


def test_a_form_that_is_none_is_answered_in_words(client: Client) -> None:
    answer = client.post("/rooms", data={"patient": "x" * 100_000}, headers=DUTCH)
    assert answer.status_code == 413
    assert "Dat was niet te lezen" in answer.text
    assert client.put("/rooms", headers=DUTCH).status_code == 405


def test_a_fault_of_ours_is_a_page_in_words_and_still_a_fault() -> None:
    app = Starlette(routes=[Route("/", lambda request: 1 / 0)])
    speak_refusals(app, Looks())

    async def asked(*, is_raised: bool) -> Response:
        transport = ASGITransport(app, raise_app_exceptions=is_raised)
        async with AsyncClient(transport=transport, base_url="http://127.0.0.1") as browser:
            return await browser.get("/", headers=DUTCH)

    answer = asyncio.run(asked(is_raised=False))
    assert answer.status_code == 500
    assert "Er ging iets mis in levator" in answer.text
    with pytest.raises(ZeroDivisionError):
        asyncio.run(asked(is_raised=True))


def test_who_is_kept_out_is_told_so_in_dutch(server: Served) -> None:
    with server.client() as browser:
        answer = browser.get("/", headers=DUTCH | {"host": "elsewhere.example"})
    assert answer.status_code == 403
    assert answer.text.startswith("levator antwoordt alleen op deze computer")


def test_nothing_is_said_twice() -> None:
    error = StorageError("Nothing can be saved now; check the disk before a session.")
    assert exact_words(speaker("en"), error) == str(error)
    assert exact_words(speaker("nl"), error).count("Er kan nu niets bewaard worden") == 1
    lost = DeviceLostError("100% gone")
    assert exact_words(speaker("nl"), lost) == "De sensor is weg. 100% gone"


def test_stages_open_and_lock_with_what_is_typed(client: Client) -> None:
    typed: dict[str, Any] = {"language": "en", "weeks_since_birth": "8", "cleared_by": "dr. Bos"}
    assert "Answer first: pain now?" in client.get("/stages", params=typed).text
    typed["pain_now"] = "no"
    html = client.get("/stages", params=typed).text
    locked = re.findall(r'value="(step-\d)" disabled', html)
    assert "step-6" not in locked
    assert {"step-2", "step-3", "step-7"} <= set(locked)
    html = client.get("/stages", params={"language": "en"}).text
    assert {"step-5", "step-6", "step-7"} <= set(re.findall(r'value="(step-\d)" disabled', html))


def test_a_stranger_sees_neither_screen(client: Client, stranger: Client, server: Served) -> None:
    address = opened(client)
    for role in ("patient", "therapist"):
        page = address.replace("therapist", role)
        assert stranger.get(page).status_code == 404
        assert close_code(server.line(stranger, f"{page}/line")) == 4401
    assert stranger.get("/enter/guess").status_code == 404
    assert stranger.get(f"{address}/code.svg").status_code == 404
    assert stranger.get("/recordings/guess/report").status_code == 404


def test_a_patients_ticket_does_not_open_the_therapists_screen(
    client: Client, stranger: Client, server: Served
) -> None:
    address = opened(client)
    room = server.the_room()

    async def ticket() -> str:
        return server.clinic.rooms.admit(room, "Mia", "patient", "en")

    port = address_port(server)
    stranger.cookies.set(f"therapist-{port}", server.call(ticket()))
    assert stranger.get(address).status_code == 404
    assert close_code(server.line(stranger, f"{address}/line")) == 4401


# --- The second screen


def address_port(server: Served) -> str:
    return server.address.rpartition(":")[2]


def test_another_port_has_other_cookies_and_a_ticket_leaves_a_desk_alone(
    client: Client, stranger: Client, server: Served
) -> None:
    opened(client)
    assert all(one.name.endswith(f"-{address_port(server)}") for one in client.cookies.jar)
    opened(stranger)
    desk = stranger.cookies[f"desk-{address_port(server)}"]
    rooms = server.clinic.rooms
    ((others, first),) = rooms.on_desk(client.cookies[f"desk-{address_port(server)}"])
    assert first is next(iter(rooms.rooms.values()))
    stranger.get(f"/enter/{others}")
    assert stranger.cookies[f"desk-{address_port(server)}"] == desk


def test_an_address_answers_no_clinical_question(client: Client) -> None:
    asked = {"language": "en", "patient": "M. J.", "cleared_by": "dr. Nobody", "pain_now": "no"}
    html = client.get("/", params=asked).text
    assert "M. J." in html
    assert "dr. Nobody" not in html
    assert not re.search(r'name="pain_now"[^>]*value="no"[^>]*checked', html)


def joined(second: Client, code: str) -> Any:
    form = {"language": "en", "code": code, "name": "Mia", "role": "patient"}
    return second.post("/join", data=form)


def test_a_second_screen_sees_something_only_after_the_yes(
    client: Client, stranger: Client, server: Served
) -> None:
    address = opened(client)
    assert joined(stranger, code_on(server)).headers["location"] == "/join/waiting"
    assert "Mia" in stranger.get("/join/waiting").text
    assert stranger.get("/join/answer").json() == {"answer": "waiting", "address": None}
    with server.line(client, f"{address}/line") as socket:
        hello(socket)
        (asking,) = hear(socket)["therapist"]["asking"]
        assert asking["line"] == "Mia wants to come in, to train."
        command = {"type": "command", "id": "12345678", "kind": "answer", "is_yes": True}
        socket.send(json.dumps(command | {"number": asking["number"]}))
        while not isinstance(said := hear(socket), dict) or said["type"] != "answer":
            pass
    answer = stranger.get("/join/answer").json()
    assert answer["answer"] == "yes"
    entered = stranger.get(answer["address"])
    assert entered.headers["location"].endswith("/patient")
    assert stranger.get(entered.headers["location"]).status_code == 200
    assert stranger.get(address).status_code == 404


def test_a_wrong_code_is_a_clear_word_and_tries_are_counted(client: Client, server: Served) -> None:
    opened(client)
    for _ in range(5):
        answer = joined(client, "ZZZZZZ")
        assert answer.status_code == 403
        assert "This code is not known" in answer.text
    answer = joined(client, code_on(server))
    assert answer.status_code == 429
    assert "Too many tries" in answer.text


def test_the_code_is_drawn_as_a_qr_code(client: Client) -> None:
    address = opened(client)
    drawn = client.get(f"{address}/code.svg")
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert drawn.content.startswith(b"<?xml")


def test_a_form_too_long_is_refused(client: Client) -> None:
    assert client.post("/join", content=b"x" * 20_000).status_code == 413


# --- The line


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


def test_the_board_shows_the_rooms_of_this_desk_only(
    client: Client, stranger: Client, server: Served
) -> None:
    opened(client)
    with server.line(client, "/board/line") as socket:
        first = hear(socket)
        assert [tile["name"] for tile in first["tiles"]] == ["M. J."]
        assert list(first["levels"].values()) == [None]
    assert close_code(server.line(stranger, "/board/line")) == 4401


# --- Once more


def test_another_session_keeps_the_reference_while_it_holds(client: Client, server: Served) -> None:
    address = opened(client)
    first = server.the_room()
    again = address.replace("therapist", "again")
    assert client.post(again).status_code == 404

    async def calibrated_and_over() -> None:
        first.sitting = replace(first.sitting, reference=reference())
        first.calibrate()
        first.stop("therapist", "stop")

    reference()
    server.call(calibrated_and_over())
    entered = client.get(client.post(again).headers["location"])
    assert entered.headers["location"] != address
    second = server.clinic.rooms.rooms[entered.headers["location"].split("/")[2]]
    held = reference().context
    assert held is not None
    is_same_seat = held.device == second.sitting.device_url
    assert (second.sitting.reference is not None) == is_same_seat


def test_another_cushion_takes_the_reference_away(client: Client, server: Served) -> None:
    opened(client, cushion="soft")
    room = server.the_room()

    async def over() -> None:
        room.sitting = replace(room.sitting, reference=reference())
        room.calibrate()
        room.stop("therapist", "stop")

    reference()
    server.call(over())
    sitting = server.clinic.again(room)
    assert isinstance(sitting, Sitting)
    assert sitting.reference is None


@pytest.mark.parametrize("stage", ["open", "session"])
def test_pain_locks_the_next_session_until_it_is_answered_anew(
    client: Client, server: Served, stage: str
) -> None:
    address = opened(client)
    first = server.the_room()

    async def pain() -> None:
        if stage == "session":
            first.sitting = replace(first.sitting, reference=reference())
            first.calibrate()
        first.stop("patient", "pain")

    reference()
    server.call(pain())
    answer = client.post(address.replace("therapist", "again"))
    assert answer.status_code == 409
    assert "There is pain today" in answer.text
    assert 'value="M. J."' in answer.text
    assert list(server.clinic.rooms.rooms.values()) == [first]
    assert isinstance(server.clinic.again(first), Locked)
