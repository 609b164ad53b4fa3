"""Rooms, their sockets and what is said on them, and one's own account, as the table says."""

import json
from collections.abc import Iterator
from typing import get_args

import pytest
from websockets.exceptions import ConnectionClosed

from levator.live.asking import MAY_ASK, AskedKind, Asker
from levator.live.room import Room
from levator.records.access import TABLE, Relation
from levator.records.people import Role
from levator.web.line import NOT_LET_IN
from levator.web.routes import ACTIONS, PUBLIC
from tests.web.cases import PAGES
from tests.web.forms import hear, hello
from tests.web.two_clinics import ROLES, Opened, Person, TwoClinics, two_clinics
from tests.web.whole_record import CANARIES, HERE, THERE, new_id

KEYS = [key for key, case in PAGES.items() if case.about == "room"]
#: Who asks, of which clinic, besides her who opened the room.
ASKING = [*((role, HERE) for role in (None, *ROLES)), ("therapist", THERE)]
#: What a colleague of the same clinic gets, who does not treat her.
COLLEAGUE = {
    "POST /rooms/{number}/again": 403,
    "GET /rooms/{number}/therapist": 200,
    "SOCKET /rooms/{number}/therapist/line": NOT_LET_IN,
    "GET /rooms/{number}/therapist/code.svg": 404,
    "SOCKET /board/line": "said",
    "GET /recordings/{recording}/report": 403,
}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoClinics]:
    with two_clinics(tmp_path_factory.mktemp("rooms")) as both:
        yield both


@pytest.fixture(scope="module")
def rooms(both: TwoClinics) -> dict[str, Opened]:
    """One that runs and one that is over, under what is asked of them."""
    running, over = both.opened(), both.recorded()
    return {key: over if "again" in key or "report" in key else running for key in KEYS}


def answered(both: TwoClinics, key: str, who: Person | None, opened: Opened) -> tuple[object, ...]:
    """What comes back: of a socket the first thing that is sent, or its closing."""
    method, path = key.split(" ")
    path = path.format(number=opened.number, recording=opened.recording)
    if method != "SOCKET":
        answer = both.ask(who, method, path)
        headers = {name: value for name, value in answer.headers.items() if name != "date"}
        text = answer.text.replace(opened.number, "")
        return answer.status_code, headers, text
    with both.line(who, path) as line:
        try:
            hello(line)
            return "said", str(hear(line))
        except ConnectionClosed:
            return (line.close_code,)


def nowhere(opened: Opened) -> Opened:
    return Opened(opened.who, opened.to, "nowhere", "nowhere")


@pytest.mark.parametrize("key", [key for key in KEYS if "again" not in key])
def test_who_opened_a_room_is_answered(
    both: TwoClinics, rooms: dict[str, Opened], key: str
) -> None:
    room = rooms[key]
    found = answered(both, key, room.who, room)
    assert found[0] in (200, "said")
    assert CANARIES[HERE] in str(found) or "code.svg" in key or "report" in key


@pytest.mark.parametrize(("role", "tenant"), ASKING)
@pytest.mark.parametrize("key", KEYS)
def test_others_are_answered_as_the_table_says(
    both: TwoClinics, rooms: dict[str, Opened], key: str, role: Role | None, tenant: str
) -> None:
    room = rooms[key]
    who = None if role is None else both.person(role, tenant)
    found = answered(both, key, who, room)
    if (role, tenant) == ("therapist", HERE):
        assert found[0] == COLLEAGUE[key]
        return
    assert CANARIES[HERE] not in str(found)
    if key == "SOCKET /board/line" and role == "therapist":
        assert found[0] == "said"
    elif key.startswith("SOCKET"):
        assert found == (NOT_LET_IN,)
    elif role is None:
        assert found[0] == 303
    elif role not in TABLE[ACTIONS[key]]:
        assert found[0] == 403
    else:
        assert found[0] == 404
        assert found == answered(both, key, who, nowhere(room))


def test_again_is_for_who_opened_it(both: TwoClinics, rooms: dict[str, Opened]) -> None:
    key = "POST /rooms/{number}/again"
    room = rooms[key]
    assert answered(both, key, room.who, room)[0] in (303, 422)


# --- What is said on a socket

#: How somebody with a screen stands to her who trains, and the actions of what may be asked.
STANDS: dict[Asker, tuple[Role, Relation]] = {
    "patient": ("patient", "self"),
    "therapist": ("therapist", "treating"),
    "watcher": ("therapist", "clinic"),
}
BOTH_LEAD = ("session.lead", "session.train")
MESSAGES: dict[AskedKind, tuple[str, ...]] = {
    "calibrate": BOTH_LEAD,
    "start": BOTH_LEAD,
    "resume": BOTH_LEAD,
    "tare": BOTH_LEAD,
    "stop": ("session.stop",),
    "pain": ("session.train",),
    "tired": ("session.train",),
    "effort": ("session.train",),
    "pause": ("session.lead",),
    "mark": ("session.lead",),
    "dose": ("session.lead",),
    "role": ("session.lead",),
    "cushion": ("session.lead",),
    "code": ("session.lead",),
    "answer": ("session.lead",),
}


def test_every_message_has_its_action() -> None:
    kinds = [kind for part in get_args(AskedKind) for kind in (get_args(part) or (part,))]
    assert MESSAGES.keys() == set(kinds)
    assert STANDS.keys() == set(get_args(Asker))


@pytest.mark.parametrize("asker", get_args(Asker))
@pytest.mark.parametrize("kind", MESSAGES)
def test_a_message_is_done_for_whom_the_table_says(
    both: TwoClinics, kind: AskedKind, asker: Asker
) -> None:
    role, relation = STANDS[asker]
    may = any(relation in TABLE[action].get(role, ()) for action in MESSAGES[kind])
    assert (kind in MAY_ASK[asker]) is may
    opened = both.opened()
    room = both.clinic.rooms.rooms[opened.number]
    path = f"/rooms/{opened.number}/{'patient' if asker == 'patient' else 'therapist'}"
    who = {"patient": None, "therapist": opened.who, "watcher": both.person("therapist")}[asker]
    cookies = ""
    if who is None:
        cookies = f"patient-{both.server.port}={both.server.call(let_in(both, room))}"
    assert both.ask(who, "GET", path, cookies).status_code == 200
    with both.line(who, f"{path}/line", cookies) as line:
        hello(line)
        hear(line)
        number = new_id()
        line.send(json.dumps({"type": "command", "id": number, "kind": kind}))
        while (said := hear(line)) and not is_answer(said, number):
            pass
        is_refused = both.server.call(refusal(room)) == "not_yours"
    both.server.call(over(room))
    assert is_refused is not may


def is_answer(said: object, number: str) -> bool:
    return isinstance(said, dict) and said.get("type") == "answer" and said.get("id") == number


async def let_in(both: TwoClinics, room: Room) -> str:
    taken = both.clinic.rooms.redeem(both.clinic.rooms.admit(room, "Mia", "en"))
    assert taken is not None
    return taken[1]


async def refusal(room: Room) -> str | None:
    return room.refusal


async def over(room: Room) -> None:
    room.stop("therapist", "stop")


# --- One's own account

OWN = [key for key, case in PAGES.items() if case.about == "own" and "/home" not in key]
AT_HOME = [key for key, case in PAGES.items() if case.about == "own" and "/home" in key]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("key", OWN)
def test_ones_own_account_is_ones_own(both: TwoClinics, key: str, role: Role) -> None:
    method, path = key.split(" ")
    sent = PAGES[key].sent(both.record())
    assert both.ask(None, method, path.format(number=new_id()), **sent).status_code == 303
    who = both.person(role)
    answer = both.ask(who, method, path.format(number=new_id()), **sent)
    assert answer.status_code not in (401, 404)
    assert "This is not for your account" not in answer.text


@pytest.mark.parametrize("key", AT_HOME)
def test_her_pages_at_home_are_hers_alone(both: TwoClinics, key: str) -> None:
    method, path = key.split(" ")
    path = path.format(exercise="strength", page="lifting")
    assert both.ask(None, method, path).status_code == 303
    assert both.ask(both.met("patient", "self")[0], method, path).status_code == 200
    # The sketch of the stretch holds nothing of hers.
    others = {"therapist"} if key == "GET /home/stretch" else set()
    for role in set(ROLES) - {"patient"} - others:
        assert both.ask(both.person(role), method, path).status_code in (403, 404), role


@pytest.mark.parametrize("key", [key for key in PUBLIC if not key.startswith(("MOUNT", "SOCKET"))])
def test_what_is_public_tells_nobody_of_anybody(both: TwoClinics, key: str) -> None:
    method, path = key.split(" ")
    names = ("number", "ticket", "token", "secret", "version", "name")
    unknown = path.format(**dict.fromkeys(names, "nowhere"))
    for role in (None, *ROLES):
        answer = both.ask(both.person(role, THERE) if role else None, method, unknown)
        assert answer.status_code < 500
        assert CANARIES[HERE] not in answer.text


@pytest.mark.parametrize("tenant", [HERE, THERE])
def test_anothers_login_is_not_there(both: TwoClinics, tenant: str) -> None:
    who, another = both.person("therapist"), both.person("therapist", tenant)
    number = both.login_of(another)
    path = "/account/logins/{}/end"
    there, absent = (both.ask(who, "POST", path.format(one)) for one in (number, new_id()))
    assert (there.status_code, there.headers["location"]) == (303, "/account")
    assert absent.headers["location"] == there.headers["location"]
    assert both.ask(another, "GET", "/account").status_code == 200
    mine = both.ask(who, "POST", path.format(both.login_of(who)))
    assert mine.headers["location"] == "/account?done=1"
