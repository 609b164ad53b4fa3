"""The second screen: tickets, codes, and nothing before the yes."""

import json
from dataclasses import replace

import pytest
from httpx import Client

from levator.live.joining import ViewerRole
from levator.records.people import User
from levator.records.work import where
from levator.web.signed import FORM_TOKEN_HEADER, form_token_for
from tests.clinic.people import TENANT, user_of
from tests.web.forms import (
    address_port,
    asked,
    close_code,
    code_on,
    hear,
    hello,
    joined,
    opened,
    patient,
)
from tests.web.served import Served


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


def test_another_port_has_other_cookies_and_a_ticket_leaves_a_desk_alone(
    client: Client, stranger: Client, server: Served
) -> None:
    opened(client)
    assert all(one.name.endswith(f"-{address_port(server)}") for one in client.cookies.jar)
    opened(stranger)
    desk = stranger.cookies[f"desk-{address_port(server)}"]
    rooms = server.clinic.rooms
    ((others, first),) = rooms.on_desk(
        client.cookies[f"desk-{address_port(server)}"], f"{TENANT}-therapist"
    )
    assert first is next(iter(rooms.rooms.values()))
    stranger.get(f"/enter/{others}")
    assert stranger.cookies[f"desk-{address_port(server)}"] == desk


def test_a_ticket_lets_one_screen_in(client: Client, stranger: Client, server: Served) -> None:
    """Whoever follows the same link later is not let in; the first screen stays in."""
    ticket = asked(client).headers["location"]
    address = client.get(ticket).headers["location"]
    again = stranger.get(ticket)
    assert again.headers["location"] == address
    assert "set-cookie" not in again.headers
    assert stranger.get(address).status_code == 404
    assert client.get(client.get(ticket).headers["location"]).status_code == 200
    # Nor is the ticket itself a way in, once it has been taken.
    stranger.cookies.set(f"therapist-{address_port(server)}", ticket.rpartition("/")[2])
    assert stranger.get(address).status_code == 404
    assert close_code(server.line(stranger, f"{address}/line")) == 4401
    server.clinic.rooms.forget(server.the_room())
    assert stranger.get(ticket).status_code == 404


def test_an_address_answers_no_clinical_question(client: Client) -> None:
    html = client.get(f"{patient(client)}/sitting", params={"pain": "0"}).text
    assert 'name="pain" value="0" required checked' not in html


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
        assert "or no longer. Check the six characters first;" in answer.text
    answer = joined(client, code_on(server))
    assert answer.status_code == 429
    assert "Too many tries" in answer.text


def test_the_code_is_drawn_as_a_qr_code(client: Client) -> None:
    address = opened(client)
    drawn = client.get(f"{address}/code.svg")
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert drawn.content.startswith(b"<?xml")


def test_one_person_trains_in_a_room_also_where_two_were_let_in(
    client: Client, stranger: Client, server: Served
) -> None:
    address = opened(client).replace("therapist", "patient")
    room, port = server.the_room(), address_port(server)

    async def ticket() -> str:
        return server.clinic.rooms.admit(room, "Mia", "patient", "en")

    client.cookies.set(f"patient-{port}", server.call(ticket()))
    stranger.cookies.set(f"patient-{port}", server.call(ticket()))
    with server.line(client, f"{address}/line") as line:
        hello(line)
        hear(line)
        assert close_code(server.line(stranger, f"{address}/line")) == 4401


def test_who_watches_along_gets_no_code(client: Client, stranger: Client, server: Served) -> None:
    address = opened(client)
    room, port = server.the_room(), address_port(server)

    async def ticket() -> str:
        return server.clinic.rooms.admit(room, "Jo", "therapist", "en", is_watcher=True)

    stranger.cookies.set(f"therapist-{port}", server.call(ticket()))
    assert stranger.get(address).status_code == 200
    assert stranger.get(f"{address}/code.svg").status_code == 404


def as_another_therapist(server: Served, client: Client) -> None:
    """Sign another therapist of the clinic in, in a browser that keeps its other cookies."""
    accounts = server.clinic.accounts
    bo = replace(user_of("therapist"), id="bo", name="Bo", email="bo@b.example", email_key="bo")
    with accounts.repository.work(writes=True) as work:
        if not work.find(User, TENANT, where(id="bo")):
            work.put(bo)
        _, token = accounts.logins.begin(work, bo, is_strong=True, browser="Firefox", address="")
    client.cookies.set(server.login_cookie, token)
    client.headers[FORM_TOKEN_HEADER] = form_token_for(token)


def let_in(server: Served, client: Client, role: ViewerRole) -> None:
    """Let a second screen in, as after a code and a yes."""
    room = server.the_room()

    async def ticket() -> str:
        return server.clinic.rooms.admit(room, "Jo", role, "en", is_watcher=role == "therapist")

    assert client.get(f"/enter/{server.call(ticket())}").status_code == 303


def test_on_a_shared_browser_a_room_stays_with_the_login_that_opened_it(
    client: Client, server: Served
) -> None:
    address = opened(client)
    own = client.cookies.get(server.login_cookie)
    as_another_therapist(server, client)
    assert client.get("/account").status_code == 200
    assert client.get(address).status_code == 404
    assert client.get(f"{address}/code.svg").status_code == 404
    assert client.post(address.replace("therapist", "again")).status_code == 404
    assert close_code(server.line(client, f"{address}/line")) == 4401
    assert close_code(server.line(client, "/board/line")) == 4401
    assert address not in client.get("/").text
    client.cookies.set(server.login_cookie, own or "")
    assert client.get(address).status_code == 200
    assert address in client.get("/").text


def test_a_patients_screen_is_nobodys_login(
    client: Client, stranger: Client, server: Served
) -> None:
    address = opened(client)
    let_in(server, stranger, "patient")
    hers = address.replace("therapist", "patient")
    assert stranger.get(hers).status_code == 200
    as_another_therapist(server, stranger)
    assert stranger.get(hers).status_code == 200
    stranger.cookies.delete(server.login_cookie)
    assert stranger.get(hers).status_code == 200


def test_who_looks_along_is_the_first_who_is_signed_in(
    client: Client, stranger: Client, server: Served
) -> None:
    address = opened(client)
    let_in(server, stranger, "therapist")
    assert stranger.get(address).status_code == 200
    as_another_therapist(server, stranger)
    assert stranger.get(address).status_code == 404


AHEAD = {
    "a look ahead": ("GET", {"sec-purpose": "prefetch;prerender"}),
    "an old look ahead": ("GET", {"purpose": "prefetch"}),
    "a link of another site": ("GET", {"sec-fetch-site": "cross-site"}),
    "a link of a neighbour": ("GET", {"sec-fetch-site": "same-site"}),
    "a scanner": ("HEAD", {}),
}


@pytest.mark.parametrize("what", AHEAD)
def test_a_ticket_is_taken_by_who_opens_it_and_by_no_look_ahead(client: Client, what: str) -> None:
    place = asked(client).headers["location"]
    method, headers = AHEAD[what]
    answer = client.request(method, place, headers=headers)
    assert (answer.status_code, answer.headers.get("set-cookie")) == (404, None)
    opened = client.get(place, headers={"sec-fetch-site": "same-origin"})
    assert opened.status_code == 303
    assert "set-cookie" in opened.headers
