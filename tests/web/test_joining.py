"""The second screen: tickets, codes, and nothing before the yes."""

import json

import pytest
from httpx import Client

from levator.clinic.networks import network_of
from levator.web.signed import FORM_TOKEN_HEADER, form_token_for
from tests.clinic.people import TENANT, clinic_of_all_roles, signed_in
from tests.live.seats import sitting_at
from tests.web.forms import (
    address_port,
    asked,
    close_code,
    code_on,
    colleague,
    hear,
    hello,
    joined,
    opened,
    patient,
    ticket_of,
)
from tests.web.served import Served


def test_a_stranger_sees_neither_screen(client: Client, stranger: Client, server: Served) -> None:
    address = opened(client)
    hers = address.replace("therapist", "patient")
    with server.stranger() as nobody:
        assert nobody.get(hers).status_code == 404
        assert nobody.get(address).status_code == 303
        assert nobody.get("/enter/guess").status_code == 404
        for page in (hers, address):
            assert close_code(server.line(nobody, f"{page}/line")) == 4401
    assert stranger.get("/recordings/guess/report").status_code == 404


def test_a_patients_ticket_does_not_open_the_therapists_screen(
    client: Client, server: Served
) -> None:
    address = opened(client)
    with server.stranger() as nobody:
        let_in(server, nobody)
        assert nobody.get(address.replace("therapist", "patient")).status_code == 200
        assert nobody.get(address).headers["location"].startswith("/sign-in?")
        assert close_code(server.line(nobody, f"{address}/line")) == 4401


def test_a_ticket_lets_one_screen_in(client: Client, stranger: Client, server: Served) -> None:
    """Whoever follows the same link later is not let in; the first screen stays in."""
    opened(client)
    ticket = f"/enter/{ticket_of(server)}"
    address = client.get(ticket).headers["location"]
    again = stranger.get(ticket)
    assert again.headers["location"] == address
    assert "set-cookie" not in again.headers
    assert stranger.get(address).status_code == 404
    assert client.get(client.get(ticket).headers["location"]).status_code == 200
    # Nor is the ticket itself a way in, once it has been taken.
    stranger.cookies.set(f"patient-{address_port(server)}", ticket.rpartition("/")[2])
    assert stranger.get(address).status_code == 404
    assert close_code(server.line(stranger, f"{address}/line")) == 4401
    server.clinic.rooms.forget(server.the_room())
    assert stranger.get(ticket).status_code == 404


def test_an_address_answers_no_clinical_question(client: Client) -> None:
    html = client.get(f"{patient(client)}/sitting", params={"pain": "0"}).text
    assert 'name="pain" value="0" required checked' not in html


def test_a_second_screen_sees_something_only_after_the_yes(client: Client, server: Served) -> None:
    address, stranger = opened(client), server.stranger()
    assert joined(stranger, code_on(server)).headers["location"] == "/join/waiting"
    assert "Mia" in stranger.get("/join/waiting").text
    assert stranger.get("/join/answer").json() == {"answer": "waiting", "address": None}
    with server.line(client, f"{address}/line") as socket:
        hello(socket)
        (asking,) = hear(socket)["therapist"]["asking"]
        assert asking["line"] == "Mia wants to come in, to train. Not signed in."
        command = {"type": "command", "id": "12345678", "kind": "answer", "is_yes": True}
        socket.send(json.dumps(command | {"number": asking["number"]}))
        while not isinstance(said := hear(socket), dict) or said["type"] != "answer":
            pass
    answer = stranger.get("/join/answer").json()
    assert answer["answer"] == "yes"
    entered = stranger.get(answer["address"])
    assert entered.headers["location"].endswith("/patient")
    assert stranger.get(entered.headers["location"]).status_code == 200
    assert stranger.get(address).status_code == 303
    stranger.close()


def test_who_asked_for_nothing_waits_for_nothing(server: Served) -> None:
    with server.stranger() as stranger:
        assert stranger.get("/join/answer").json() == {"answer": "no"}


def test_a_wrong_code_is_a_clear_word_and_tries_are_counted(client: Client, server: Served) -> None:
    opened(client)
    for _ in range(5):
        answer = joined(client, "ZZZZZZ")
        assert answer.status_code == 403
        assert "or no longer. Check the six characters first;" in answer.text
    answer = joined(client, code_on(server))
    assert answer.status_code == 429
    assert "Too many tries" in answer.text


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8:0:0:9::1", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("", ""),
    ],
)
def test_guesses_are_counted_by_network(address: str, network: str) -> None:
    assert network_of(address) == network


def test_the_code_is_drawn_as_a_qr_code(client: Client) -> None:
    address = opened(client)
    drawn = client.get(f"{address}/code.svg")
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert drawn.content.startswith(b"<?xml")


def test_one_person_trains_in_a_room_also_where_two_were_let_in(
    client: Client, stranger: Client, server: Served
) -> None:
    address = opened(client).replace("therapist", "patient")
    let_in(server, client)
    let_in(server, stranger)
    with server.line(client, f"{address}/line") as line:
        hello(line)
        hear(line)
        assert close_code(server.line(stranger, f"{address}/line")) == 4401


def test_a_colleague_watches_stops_and_gets_no_code(client: Client, server: Served) -> None:
    address = opened(client)
    with server.client() as colleague:
        as_another_therapist(server, colleague)
        assert address in colleague.get("/").text
        assert close_code(server.line(colleague, f"{address}/line")) == 4401
        assert colleague.get(address).status_code == 200
        assert colleague.get(f"{address}/code.svg").status_code == 404
        assert colleague.post(address.replace("therapist", "again")).status_code == 404
        with server.line(colleague, f"{address}/line") as line:
            hello(line)
            assert hear(line)["can"] == ["stop"]
            line.send('{"type": "command", "id": "12345678", "kind": "stop"}')
            while not isinstance(said := hear(line), dict) or said.get("room") != "over":
                pass


def test_who_leads_leads_from_any_browser_in_which_she_is_signed_in(
    client: Client, stranger: Client, server: Served
) -> None:
    address = opened(client)
    assert address in stranger.get("/").text
    assert stranger.get(address).status_code == 200
    with server.line(stranger, f"{address}/line") as line:
        hello(line)
        picture = hear(line)
        assert "code" in picture["can"]
        assert len(picture["therapist"]["people"]) == 1


def test_each_beginning_to_watch_is_one_line_of_the_audit(client: Client, server: Served) -> None:
    address = opened(client)
    watched = watchers_told(server)
    with server.client() as colleague:
        as_another_therapist(server, colleague)
        colleague.get(address)
        for _ in range(2):
            with server.line(colleague, f"{address}/line") as line:
                hello(line)
                hear(line)
    assert watchers_told(server) == [*watched, ("bo", "done", server.the_room().sitting.patient_id)]


def watchers_told(server: Served) -> list[tuple[str, str, str | None]]:
    with server.clinic.repository.work(writes=False) as work:
        lines = [line.entry for line in work.audit_lines(TENANT)]
    return [
        (one.user_id, one.outcome, one.patient_id) for one in lines if one.action == "session.watch"
    ]


def test_a_code_opens_nothing_to_another_clinic(client: Client, server: Served) -> None:
    """Nor does it tell anything: the words are those of a wrong code, which it leaves in force."""
    address = opened(client)
    clinic_of_all_roles(server.clinic.accounts, "clinic-b")
    with server.client() as other:
        sign_in_as(server, other, signed_in(server.clinic.accounts, "therapist", "clinic-b"))
        for role in ("patient", "therapist"):
            wrong = joined(other, "ZZZZZZ", role)
            right = joined(other, code_on(server), role)
            assert (right.status_code, wrong.status_code) == (403, 403)
            assert right.text.replace(code_on(server), "ZZZZZZ") == wrong.text
        assert other.get(address).status_code == 404
        assert address not in other.get("/").text
    assert not server.clinic.rooms.knocking(server.the_room())


def test_who_is_asked_sees_the_account_that_asks(client: Client, server: Served) -> None:
    address = opened(client)
    with server.client() as colleague:
        as_another_therapist(server, colleague)
        asked = joined(colleague, code_on(server), "therapist")
        assert asked.headers["location"] == "/join/waiting"
        with server.line(client, f"{address}/line") as line:
            hello(line)
            (asking,) = hear(line)["therapist"]["asking"]
        signed = "Signed in as Bo, Praktijk Bos."
        assert asking["line"] == f"Bo wants to come in, to watch along. {signed}"
        settle(server)
        there = colleague.get("/join/answer").json()
        assert there == {"answer": "yes", "address": address}


def test_another_patient_is_not_let_in_with_a_code(client: Client, server: Served) -> None:
    opened(client)
    with server.client_of("patient") as another:
        assert joined(another, code_on(server)).status_code == 403


def test_to_watch_along_one_signs_in_first(client: Client, server: Served) -> None:
    opened(client)
    with server.stranger() as nobody:
        answer = joined(nobody, code_on(server), "therapist")
    assert answer.headers["location"].startswith("/sign-in?next=/join%3Fcode%3D")
    assert code_on(server)


def settle(server: Served) -> None:
    async def yes() -> None:
        room = server.the_room()
        (asked,) = server.clinic.rooms.knocking(room)
        server.clinic.rooms.answer(room, asked.number, is_yes=True)

    server.call(yes())


def as_another_therapist(server: Served, client: Client) -> None:
    """Sign another therapist of the clinic in, in a browser that keeps its other cookies."""
    accounts, bo = server.clinic.accounts, colleague(server)
    sign_in_as(server, client, signed_in(accounts, "therapist", user_id=bo))


def sign_in_as(server: Served, client: Client, token: str) -> None:
    client.cookies.set(server.login_cookie, token)
    client.headers[FORM_TOKEN_HEADER] = form_token_for(token)


def let_in(server: Served, client: Client) -> None:
    """Let her screen in, as after a code and a yes."""
    assert client.get(f"/enter/{ticket_of(server)}").status_code == 303


def test_on_a_shared_browser_a_live_screen_is_that_of_who_is_signed_in(
    client: Client, server: Served
) -> None:
    """The next who signs in there does not lead in the name of the one before."""
    address = opened(client)
    as_another_therapist(server, client)
    assert close_code(server.line(client, f"{address}/line")) == 4401
    assert client.get(address).status_code == 200
    with server.line(client, f"{address}/line") as line:
        hello(line)
        picture = hear(line)
    assert picture["can"] == ["stop"]
    assert picture["watchers"] == "Watching: Bo"


def test_a_patients_screen_is_nobodys_login(
    client: Client, stranger: Client, server: Served
) -> None:
    address = opened(client)
    let_in(server, stranger)
    hers = address.replace("therapist", "patient")
    assert stranger.get(hers).status_code == 200
    as_another_therapist(server, stranger)
    assert stranger.get(hers).status_code == 200
    stranger.cookies.delete(server.login_cookie)
    assert stranger.get(hers).status_code == 200


AHEAD = {
    "a look ahead": ("GET", {"sec-purpose": "prefetch;prerender"}),
    "an old look ahead": ("GET", {"purpose": "prefetch"}),
    "a link of another site": ("GET", {"sec-fetch-site": "cross-site"}),
    "a link of a neighbour": ("GET", {"sec-fetch-site": "same-site"}),
    "a scanner": ("HEAD", {}),
}


@pytest.mark.parametrize("what", AHEAD)
def test_a_ticket_is_taken_by_who_opens_it_and_by_no_look_ahead(
    client: Client, stranger: Client, server: Served, what: str
) -> None:
    opened(client)
    place = f"/enter/{ticket_of(server)}"
    method, headers = AHEAD[what]
    answer = stranger.request(method, place, headers=headers)
    assert (answer.status_code, answer.headers.get("set-cookie")) == (404, None)
    entered = stranger.get(place, headers={"sec-fetch-site": "same-origin"})
    assert entered.status_code == 303
    assert "set-cookie" in entered.headers


def test_her_record_is_one_link_away_for_who_leads_and_for_herself(
    client: Client, server: Served
) -> None:
    record = patient(client)
    address = str(asked(client, record).headers["location"])
    hers = address.replace("therapist", "patient")
    assert client.get(address).text.count(f'href="{record}"') == 2
    with server.client() as colleague, server.stranger() as nobody:
        as_another_therapist(server, colleague)
        assert record not in colleague.get(address).text
        let_in(server, nobody)
        assert record not in nobody.get(hers).text


def test_a_patient_who_is_signed_in_joins_under_her_name_and_finds_her_record_again(
    client: Client, server: Served
) -> None:
    record = f"/patients/{TENANT}-record"

    async def opening() -> None:
        await server.clinic.open_room(sitting_at(server.clinic))

    server.call(opening())
    with server.client_of("patient") as her:
        assert 'href="/join"' in her.get(record).text
        form = her.get("/join").text
        assert 'type="hidden" name="name" value="Patient"' in form
        assert 'type="radio"' not in form
        let_in(server, her)
        page = her.get(f"/rooms/{server.the_room().number}/patient")
        assert f'href="{record}"' in page.text


def test_another_language_closes_no_live_screen(client: Client, server: Served) -> None:
    address = opened(client)
    with server.line(client, f"{address}/line") as line:
        changed = client.post("/account/language", data={"language": "nl"})
        assert (changed.status_code, "set-cookie" in changed.headers) == (303, False)
        line.send('{"type": "sync", "at_s": 5.0}')
        assert hear(line)["at_s"] == 5.0
        with server.line(client, f"{address}/line"):
            pass
    assert 'lang="nl"' in client.get(address).text
    client.post("/account/language", data={"language": ""})
