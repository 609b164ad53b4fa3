"""Ids of another clinic, and of a woman whom somebody else treats, put wherever an id may stand.

No byte of theirs comes back, and the answer is that to an id of nothing.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from levator.records import kinds
from levator.records.access import TABLE
from levator.records.people import Role, User
from levator.records.work import where
from tests.waiting import wait_for
from tests.web.cases import MIA, Asked, all_asked
from tests.web.two_clinics import ROLES, Person, TwoClinics
from tests.web.whole_record import CANARIES, HERE, OF_A_RECORD, THERE, Record, day, new_id, nowhere

ASKED = all_asked()
NEW = [
    one
    for one in ASKED
    if one.method == "PUT" and "If-Match" not in one.key and one.case.about not in ("user", "own")
]
OF_PATIENTS = [one for one in ASKED if one.case.about == "patient"]
READS = [one for one in ASKED if one.method == "GET" and one.case.about in ("patient", "clinic")]
#: Fields that no form asks for, and such as hold an id, a tenant or a place in a list.
FOREIGN = ("patient_id", "tenant_id", "id", "treated_by", "made_by", "role", "login_id")
#: They hold the id of something new: what another clinic has under it does not show.
OF_NEW = ("id", "note_id", "asked_id")
PLACES = ("cursor", "after", "before", "sort", "order", "order_by", "filter", "fields", "expand")


@pytest.fixture
def far(both: TwoClinics) -> Record:
    return both.record(THERE, (both.person("therapist", THERE).user,))


def is_id(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{32}", value) is not None


def bodies(asked: Asked, to: Record, foreign: Record) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each id in what is sent, and that with one of the foreign ones of such a kind for it."""
    sent = dict(asked.case.sent(to))
    part = "json" if "json" in sent else "data"
    known = dict(sent.get(part, {}))
    for name in [name for name, value in known.items() if is_id(value) and name != "seen"]:
        for kind in kinds_of(asked, name):
            yield name, sent | {part: known | {name: getattr(foreign, kind)}}
    if asked.method != "GET" and asked.key.endswith(("/pain", "/pains/{entity_id}")):
        name = "session" if part == "data" else "session_id"
        yield name, sent | {part: known | {name: foreign.session}}


def kinds_of(asked: Asked, name: str) -> list[str]:
    if name == "asked_id":
        return ["pain"]
    named = name.removesuffix("_id")
    if named == "asked":  # before a sitting; both answers are kept under it
        return ["pain", "red_flag_answer"]
    if named in OF_A_RECORD:
        return [named]
    words = asked.key.replace("-", "_").replace("pregnancies", "pregnancy")
    words = words.replace("take_on", "note").replace("/test", "/assessment")
    found = [kind for kind in OF_A_RECORD if f"/{kind}" in words and kind != "patient"]
    return found or ["decision"]


def paths(asked: Asked, to: Record, foreign: Record) -> Iterator[str]:
    """The address with one id, or with all of them, of the other."""
    path = asked.path(to)
    inner = [name for name in OF_A_RECORD if getattr(to, name) in path]
    for name in inner:
        yield path.replace(getattr(to, name), getattr(foreign, name))
    if "{entity_id}" in asked.key and not asked.case.params:
        for kind in kinds_of(asked, "entity_id"):
            yield re.sub("[0-9a-f]{32}$", getattr(foreign, kind), path)


def bare(answer: httpx.Response, *ids: Record) -> tuple[object, ...]:
    """An answer without its date, the ids that were asked for and what was made for it."""
    text = answer.text
    for one in ids:
        for kind in OF_A_RECORD:
            text = text.replace(getattr(one, kind), kind)
    headers = {name: value for name, value in answer.headers.items() if name != "date"}
    text = re.sub(r'"\d{4}-\d\d-\d\dT[^"]*"', '"now"', text)
    return answer.status_code, headers, re.sub("[0-9a-f]{32}", "made", text)


@pytest.mark.parametrize("is_far", [True, False], ids=["another clinic", "another's patient"])
@pytest.mark.parametrize("asked", OF_PATIENTS, ids=[one.key for one in OF_PATIENTS])
def test_an_id_of_anothers_in_address_or_body_is_not_there(
    both: TwoClinics, far: Record, asked: Asked, is_far: bool
) -> None:
    role: Role = "therapist" if "therapist" in TABLE[asked.action] else "clinic_admin"
    who = both.person(role)
    is_for_others = "clinic" in TABLE[asked.action].get(role, ())
    mine = both.record(HERE, () if is_for_others else (who.user,))
    foreign, none = far if is_far else both.record(HERE), nowhere()
    canary = CANARIES[THERE] if is_far else foreign.patient[:6]
    swapped = zip(paths(asked, mine, foreign), paths(asked, mine, none), strict=True)
    for path, absent in swapped if is_far or not is_for_others else ():
        sent = asked.case.sent(mine)
        answer = both.ask(who, asked.method, path, **sent)
        assert canary not in hidden(answer, foreign)
        is_patient = foreign.patient in path
        if is_far and (is_patient or asked not in NEW):
            assert bare(answer, foreign) == bare(both.ask(who, asked.method, absent, **sent), none)
        elif not is_far and not is_patient:
            assert answer.status_code == 404
    for name, sent in bodies(asked, mine, foreign):
        answer = both.ask(who, asked.method, asked.path(mine), **sent)
        assert canary not in hidden(answer, foreign)
        is_colleague = not is_far and "user" in str(sent.get("data", sent.get("json")))
        is_done = is_colleague or (is_far and name in OF_NEW)
        assert answer.status_code in ((303, 200) if is_done else (404, 422)), sent


def hidden(answer: httpx.Response, foreign: Record) -> str:
    """An answer with its headers, without the ids that were asked for."""
    text = f"{answer.headers}{answer.text}"
    for kind in OF_A_RECORD:
        text = text.replace(getattr(foreign, kind), "")
    return text


@pytest.mark.parametrize("asked", NEW, ids=[one.key for one in NEW])
def test_under_an_id_of_another_clinic_something_new_is_made_as_under_any_other(
    both: TwoClinics, far: Record, asked: Asked
) -> None:
    who, before, answers = both.person("therapist"), counted(both, THERE), []
    kind = kinds_of(asked, "entity_id")[0] if "{entity_id}" in asked.key else "patient"
    for chosen in (far, nowhere()):
        mine = both.record(HERE, (who.user,))
        path = re.sub("[0-9a-f]{32}$", getattr(chosen, kind), asked.path(mine))
        answers.append(bare(both.ask(who, "PUT", path, **asked.case.sent(mine)), chosen))
    assert answers[0][0] == 200
    assert answers[0] == answers[1]
    assert counted(both, THERE) == before


def test_a_patient_of_the_same_id_elsewhere_has_a_room_of_her_own(both: TwoClinics) -> None:
    opened, who = both.opened(THERE), both.person("therapist")
    path, room = f"/patients/{opened.to.patient}", both.clinic.rooms.rooms[opened.number]
    assert both.ask(who, "PUT", f"/api/v1{path}", json=MIA).status_code == 200
    assert opened.number not in both.ask(who, "GET", path).text
    flag = {"on_day": day(0), "code": "fever"}

    def tell(person: Person) -> None:
        told = both.ask(person, "PUT", f"/api/v1{path}/red-flags/{new_id()}", json=flag)
        assert told.status_code == 200

    tell(who)
    time.sleep(0.2)
    assert not room.is_over
    tell(opened.who)
    wait_for(lambda: room.is_over)


@pytest.mark.parametrize("asked", READS, ids=[one.key for one in READS])
def test_nothing_of_another_clinic_is_read_whatever_is_asked_besides(
    both: TwoClinics, far: Record, asked: Asked
) -> None:
    query = dict.fromkeys(FOREIGN, far.patient) | dict.fromkeys(PLACES, THERE)
    query |= {"tenant": THERE, "text": far.patient[:8], "name": "", "mine": "yes"}
    tags = {"If-Match": f'"{far.patient}"', "If-None-Match": "*", "X-Tenant-Id": THERE}
    for role in ROLES:
        who, mine = someone(both, role)
        for params in ({}, query, {"offset": "0", "limit": "200"}, {"text": "kanarie"}):
            path = asked.path(mine)
            answer = both.ask(who, "GET", path, headers=tags, params=params)
            assert answer.status_code < 500
            assert CANARIES[THERE].casefold() not in f"{answer.headers}{answer.text}".casefold()


@pytest.mark.parametrize("path", ["/patients", "/api/v1/patients/search"])
def test_nobody_of_another_clinic_is_found(both: TwoClinics, far: Record, path: str) -> None:
    for role in ROLES:
        who, _ = someone(both, role)
        for text in ("kanarie", CANARIES[THERE], far.patient[:8]):
            sent = {"json": {"text": text}} if "api" in path else {"data": {"text": text}}
            answer = both.ask(who, "POST", path, **sent)
            if "looked" in answer.headers.get("location", ""):
                answer = both.ask(who, "GET", answer.headers["location"])
            shown = re.sub(r'value="[^"]*"', "", answer.text).casefold()
            assert CANARIES[THERE].casefold() not in shown


def someone(both: TwoClinics, role: Role) -> tuple[Person, Record]:
    if role == "patient":
        return both.met(role, "self")
    return both.met(role, "treating" if role == "therapist" else "clinic")


WRITES = [one for one in ASKED if one.method in ("PUT", "POST") and one.case.about == "patient"]


@pytest.mark.parametrize("asked", WRITES, ids=[one.key for one in WRITES])
def test_fields_that_no_form_asks_for_move_nothing_to_another_clinic(
    both: TwoClinics, far: Record, asked: Asked
) -> None:
    role: Role = "therapist" if "therapist" in TABLE[asked.action] else "clinic_admin"
    treated = "clinic" if "take-on" in asked.key else "treating"
    who, mine = both.met(role, treated if role == "therapist" else "clinic")
    sent = dict(asked.case.sent(mine))
    part = "json" if asked.is_api else "data"
    more = {name: THERE if name == "tenant_id" else far.patient for name in FOREIGN}
    more = {name: value for name, value in more.items() if name not in sent.get(part, {})}
    before = counted(both, THERE)
    answer = both.ask(
        who, asked.method, asked.path(mine), **sent | {part: sent.get(part, {}) | more}
    )
    bare = ("withdraw", "export", "close-access")
    takes_no_body = asked.is_api and any(name in asked.key for name in bare)
    shows = takes_no_body or "export" in asked.key or "invite" in asked.key or "/erase" in asked.key
    assert answer.status_code == (422 if asked.is_api and not takes_no_body else 303) or (
        answer.status_code in (200, 204) and shows
    )
    assert counted(both, THERE) == before


def counted(both: TwoClinics, tenant: str) -> list[int]:
    with both.clinic.repository.work(writes=False) as work:
        return [work.count(kind, tenant) for kind in kinds.KINDS.values()]


def test_a_canary_is_seen_where_it_may_be(both: TwoClinics) -> None:
    """The tests above look for what is really there."""
    who, mine = both.met("therapist", "treating")
    for path in ("", "/record"):
        answer = both.ask(who, "GET", f"/api/v1/patients/{mine.patient}{path}")
        assert CANARIES[HERE] in answer.text
    other = replace(mine, note=new_id())
    assert other.note not in both.ask(who, "GET", f"/api/v1/patients/{mine.patient}/record").text


def test_an_address_of_another_clinic_is_invited_like_one_that_nobody_has(
    both: TwoClinics,
) -> None:
    with both.clinic.repository.work(writes=False) as work:
        theirs = work.find(User, THERE)[0].email
    admin, therapist = both.person("clinic_admin"), both.person("therapist")
    for email in (theirs, f"{new_id()}@example.org"):
        hers = both.record(HERE, (therapist.user,))
        form = {"name": "Bo", "email": email, "role": "researcher"}
        asked = [
            both.ask(therapist, "POST", f"/patients/{hers.patient}/invite", data={"email": email})
        ]
        with both.clinic.repository.work(writes=True) as work:
            [made] = work.find(User, HERE, where(patient_id=hers.patient))
            work.put(replace(made, email_key=new_id()))
        asked.append(both.ask(admin, "POST", "/users", data=form))
        assert [one.status_code for one in asked] == [200, 200]
