"""Erasure as pages and interface meet it: what is refused, what is left, and in which words."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from levator.clinic.acting import Acts
from levator.clinic.erasing import erase
from levator.clinic.terminal import at_terminal
from levator.records.kinds import of_patient
from levator.records.people import Login, Patient
from levator.records.treatment import Session
from levator.records.work import where
from levator.storage.sql import sqlite
from tests.waiting import wait_for
from tests.web.cases import erasing
from tests.web.two_clinics import Person, TwoClinics
from tests.web.whole_record import HERE, THERE, Record

KINDS = list(of_patient().values())


def is_here(both: TwoClinics, to: Record) -> bool:
    with both.clinic.repository.work(writes=False) as work:
        return work.count(Patient, HERE, where(id=to.patient)) == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": "Somebody Else"}, "That is not her name"),
        ({"name": ""}, "That is not her name"),
        ({"ground": ""}, "must be kept until"),
        ({"ground": "because"}, "no ground for erasing early"),
    ],
)
def test_nothing_goes_where_something_that_is_asked_is_missing(
    both: TwoClinics, admin: Person, changed: dict[str, str], words: str
) -> None:
    mine = both.record(HERE)
    path = f"/patients/{mine.patient}/erase"
    answer = both.ask(admin, "POST", path, data=erasing(mine) | changed)
    assert answer.status_code == 422
    assert words in answer.text
    assert answer.text.count('role="alert"') == 1
    assert is_here(both, mine)


@pytest.mark.parametrize("path", ["/patients/{}/erase", "/api/v1/patients/{}/erasure"])
def test_who_erases_has_just_shown_once_more_who_she_is(
    both: TwoClinics, admin: Person, path: str
) -> None:
    mine, login = both.record(HERE), both.login_of(admin)
    with both.clinic.repository.work(writes=True) as work:
        work.put(replace(work.get(Login, login, HERE), confirmed_at=None))
    part = "json" if "api" in path else "data"
    answer = both.ask(admin, "POST", path.format(mine.patient), **{part: erasing(mine)})
    if part == "json":
        assert (answer.status_code, answer.json()["code"]) == (403, "not_confirmed")
    else:
        there = f"/account/confirm?next={path.format(mine.patient)}"
        assert (answer.status_code, answer.headers["location"]) == (303, there)
        assert both.ask(admin, "GET", path.format(mine.patient)).headers["location"] == there
    assert is_here(both, mine)


def test_who_erases_once_more_what_is_left_shows_once_more_who_she_is(
    both: TwoClinics, admin: Person
) -> None:
    mine, login = both.record(HERE), both.login_of(admin)
    path = f"/api/v1/patients/{mine.patient}/erasure"
    both.quiet()
    assert both.ask(admin, "POST", path, json=erasing(mine)).status_code == 200
    with both.clinic.repository.work(writes=True) as work:
        kept = work.get(Login, login, HERE)
        work.put(replace(kept, confirmed_at=None))
    answer = both.ask(admin, "POST", path, json=erasing(mine))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_confirmed")


def test_nobody_is_erased_while_somebody_trains(both: TwoClinics, admin: Person) -> None:
    mine = both.record(HERE)
    with both.clinic.repository.work(writes=True) as work:
        session = work.get(Session, mine.session, HERE)
        work.put(replace(session, state="open"))
    both.is_training = True
    answer = both.ask(admin, "POST", f"/patients/{mine.patient}/erase", data=erasing(mine))
    both.is_training = False
    assert "Somebody is training now" in answer.text
    assert is_here(both, mine)
    both.quiet()


def test_what_another_program_kept_from_being_erased_is_erased_from_the_same_page(
    both: TwoClinics, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = both.record(HERE)
    path = f"/patients/{mine.patient}/erase"
    both.quiet()
    monkeypatch.setattr(sqlite, "EXPUNGE_TIMEOUT_MS", 0)
    reader = sqlite3.connect(both.folder / "levator.db", isolation_level=None)
    with closing(reader):
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM patient").fetchone()
        answer = both.ask(admin, "POST", path, data=erasing(mine))
    assert answer.status_code == 503
    assert not is_here(both, mine)
    assert "another program still reads" in answer.text
    assert "Erase what is left" in answer.text
    monkeypatch.undo()
    answer = both.ask(admin, "POST", path)
    assert (answer.status_code, "what was left of it is gone now" in answer.text) == (200, True)
    told = both.ask(admin, "POST", f"/api/v1{path.replace('erase', 'erasure')}", json=erasing(mine))
    assert told.json() == {"entities": 0, "recordings": 0, "backups": []}
    # Nobody of another clinic is told that she was here.
    assert both.ask(both.person("clinic_admin", THERE), "POST", path).status_code == 404


def test_what_is_left_is_not_erased_while_somebody_trains(both: TwoClinics, admin: Person) -> None:
    mine, other = both.record(HERE), both.record(THERE)
    path = f"/patients/{mine.patient}/erase"
    assert both.ask(admin, "POST", path, data=erasing(mine)).status_code == 200
    with both.clinic.repository.work(writes=True) as work:
        work.put(replace(work.get(Session, other.session, THERE), state="open"))
    both.is_training = True
    answer = both.ask(admin, "POST", path)
    both.is_training = False
    assert "Somebody is training now" in answer.text
    assert "Erase what is left" in answer.text
    both.quiet()


@pytest.mark.parametrize("how", ["open", "ended in pain", "at the terminal"])
def test_her_room_ends_with_her_record_and_nobody_reads_her_name_any_more(
    both: TwoClinics, admin: Person, how: str
) -> None:
    both.quiet()
    opened = both.opened(HERE)
    room, name = both.clinic.rooms.rooms[opened.number], erasing(opened.to)["name"]

    def is_named() -> bool:
        return name in both.ask(opened.who, "GET", "/api/v1/rooms").text

    async def hurts() -> None:
        room.stop("patient", "pain")

    if how == "ended in pain":
        both.server.call(hurts())
        both.server.call(both.clinic.sittings.settled(HERE, opened.to.patient))
    assert is_named()
    both.is_training = True
    if how == "at the terminal":
        elsewhere = Acts(both.clinic.repository, both.clinic.acts.now)
        erase(elsewhere, at_terminal(HERE), opened.to.patient, "trial-record")
    else:
        path = f"/api/v1/patients/{opened.to.patient}/erasure"
        assert both.ask(admin, "POST", path, json=erasing(opened.to)).status_code == 200
    both.is_training = False
    wait_for(lambda: not is_named())
    assert room.is_over
    assert opened.number not in both.clinic.rooms.rooms


def test_what_would_go_is_said_first(both: TwoClinics, admin: Person) -> None:
    both.recorded(HERE)
    mine = both.record(HERE)
    told = both.ask(admin, "GET", f"/api/v1/patients/{mine.patient}/erasure").json()
    with both.clinic.repository.work(writes=False) as work:
        hers = [work.count(kind, HERE, where(patient_id=mine.patient)) for kind in KINDS]
    entries = 1 + sum(hers)
    assert (told["entities"], told["recordings"], told["is_past"]) == (entries, 1, False)
    assert told["grounds"] == ["her-request", "wrong-person", "trial-record"]
    page = both.ask(admin, "GET", f"/patients/{mine.patient}/erase").text
    assert f"{entries} entries of her record" in page
    assert (
        both.ask(both.person("therapist"), "GET", f"/patients/{mine.patient}/erase").status_code
        == 403
    )


@pytest.mark.parametrize("page", ["erase", "export"])
def test_who_is_erased_or_exported_is_named_with_her_date_of_birth(
    both: TwoClinics, admin: Person, page: str
) -> None:
    shown = both.ask(admin, "GET", f"/patients/{both.record(HERE).patient}/{page}").text
    assert ", born 12 March 1991" in shown.partition("<h1")[0]
