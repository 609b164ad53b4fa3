"""Backups, exports, erasure and retention as pages and interface meet them: what is refused, and
in which words."""

import asyncio
import io
import sqlite3
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.types import Message

from levator.clinic.acting import Acts
from levator.clinic.backup import Backups
from levator.clinic.erasing import erase
from levator.clinic.terminal import at_terminal
from levator.records.kinds import of_patient
from levator.records.people import Login, Patient, Role
from levator.records.treatment import Course, Session
from levator.records.work import where
from levator.storage import backup
from levator.storage.backup import COPYING, Told
from levator.storage.sql import sqlite
from levator.web import leaving
from levator.web.desk import take_along
from levator.web.desk.take_along import Download
from tests.waiting import wait_for
from tests.web.cases import erasing
from tests.web.two_clinics import Person, TwoClinics, two_clinics
from tests.web.whole_record import CANARIES, HERE, THERE, Record


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoClinics]:
    with two_clinics(tmp_path_factory.mktemp("keeping")) as both:
        both.recorded(HERE)
        both.recorded(THERE)
        yield both


@pytest.fixture
def admin(both: TwoClinics) -> Person:
    return both.person("clinic_admin")


KINDS = list(of_patient().values())


def is_here(both: TwoClinics, to: Record) -> bool:
    with both.clinic.repository.work(writes=False) as work:
        return work.count(Patient, HERE, where(id=to.patient)) == 1


# --- Her data for herself


def test_a_file_that_nobody_takes_any_more_is_gone_at_once() -> None:
    async def given_up() -> tuple[bool, bool]:
        turn, made = asyncio.Lock(), io.BytesIO(bytes(1000))
        await turn.acquire()

        async def receive() -> Message:
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            await asyncio.Event().wait()

        await Download(made, "hers.zip", turn)({"type": "http"}, receive, send)
        return made.closed, turn.locked()

    assert asyncio.run(given_up()) == (True, False)


@pytest.mark.parametrize("path", ["/patients/{}/export", "/api/v1/patients/{}/export"])
def test_the_exports_of_a_login_wait_for_each_other_and_nobody_else_does(
    both: TwoClinics, admin: Person, path: str
) -> None:
    mine, other = both.record(HERE), both.person("clinic_admin")
    turn = both.clinic.exports.of(both.login_of(admin))

    async def released() -> None:
        turn.release()

    both.server.call(turn.acquire())
    with ThreadPoolExecutor(1) as thread, httpx.Client(base_url=both.server.address) as browser:
        waits = thread.submit(
            browser.post, path.format(mine.patient), headers=both._headers(admin), timeout=30
        )
        assert both.ask(other, "POST", path.format(mine.patient)).status_code == 200
        with pytest.raises(TimeoutError):
            waits.result(1)
        both.server.call(released())
        assert waits.result().status_code == 200


def test_what_phones_of_a_login_send_waits_for_each_other_and_nobody_else_does(
    both: TwoClinics,
) -> None:
    """However often she sends, what others do has its turn in between."""
    hers, other = (both.person("patient", patient_id=both.record(HERE).patient) for _ in range(2))
    sent = {"phone": "a" * 32, "now": both.clinic.now().isoformat(timespec="seconds")}
    turn = both.clinic.syncs.of(both.login_of(hers))

    async def released() -> None:
        turn.release()

    both.server.call(turn.acquire())
    with ThreadPoolExecutor(1) as thread, httpx.Client(base_url=both.server.address) as browser:
        waits = thread.submit(
            browser.post, "/api/v1/home/sync", json=sent, headers=both._headers(hers), timeout=30
        )
        assert both.ask(other, "POST", "/api/v1/home/sync", json=sent).status_code == 200
        with pytest.raises(TimeoutError):
            waits.result(1)
        both.server.call(released())
        assert waits.result().status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/patients/{}/export",
        "/api/v1/patients/{}/export",
        "/patients/{}/sessions/{}",
        "/patients/{}/sessions/{}/report",
        "/api/v1/patients/{}/sessions/{}/report",
    ],
)
def test_who_goes_away_while_she_waits_for_her_turn_waits_no_longer(
    both: TwoClinics, path: str
) -> None:
    is_export = path.endswith("export")
    role: Role = "clinic_admin" if is_export else "therapist"
    who, hers = both.met(role, "clinic" if is_export else "treating")
    turns = both.clinic.exports if is_export else both.clinic.replays._turns
    turn, mine = turns.of(both.login_of(who)), both._headers(who)
    address = both.server.address + path.format(hers.patient, hers.session)

    def is_waited_for() -> bool:
        return bool(turn._waiters)

    async def let_go() -> bool:
        turn.release()
        await asyncio.sleep(0.05)
        return turn.locked()

    both.server.call(turn.acquire())
    with ThreadPoolExecutor(1) as threads:
        method = "POST" if is_export else "GET"
        asked = threads.submit(httpx.request, method, address, headers=mine, timeout=1)
        wait_for(is_waited_for)
        with pytest.raises(httpx.ReadTimeout):
            asked.result()
    wait_for(lambda: not is_waited_for())
    assert not both.server.call(let_go())


def test_what_was_made_for_who_has_gone_away_is_closed(
    both: TwoClinics, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on, is_known, made = Event(), Event(), io.BytesIO()

    def slow(*_: object) -> io.BytesIO:
        assert goes_on.wait(30)
        return made

    async def left(request: Request) -> None:
        await known(request)
        is_known.set()

    known = leaving._left
    monkeypatch.setattr(take_along, "export_unnamed", slow)
    monkeypatch.setattr(leaving, "_left", left)
    address = f"{both.server.address}/patients/{both.record(HERE).patient}/export"
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(address, headers=both._headers(admin), timeout=1)
    assert is_known.wait(30)
    assert not made.closed
    goes_on.set()
    wait_for(lambda: made.closed)


@pytest.mark.parametrize("path", ["/patients/{}/export", "/api/v1/patients/{}/export"])
def test_an_export_of_one_clinic_holds_nothing_of_another(
    both: TwoClinics, admin: Person, path: str
) -> None:
    far, mine, other = both.record(THERE), both.record(HERE), both.record(HERE)
    answer = both.ask(admin, "POST", path.format(mine.patient))
    assert answer.headers["content-type"] == "application/zip"
    assert 'attachment; filename="levator-' in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as zipped:
        parts = {name: zipped.read(name) for name in zipped.namelist()}
    assert any(name.startswith("recordings/") for name in parts)
    whole = b"\0".join([*(name.encode() for name in parts), *parts.values()])
    assert f"{CANARIES[HERE]} {mine.patient[:6]}".encode() in whole
    assert CANARIES[THERE].encode() not in whole
    assert far.patient.encode() not in whole
    assert f"{CANARIES[HERE]} {other.patient[:6]}".encode() not in whole
    for foreign in (far.patient, "c" * 32):
        assert both.ask(admin, "POST", path.format(foreign)).status_code == 404


def test_the_file_is_named_nowhere_on_the_disk(
    both: TwoClinics, admin: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    mine = both.record(HERE)
    assert both.ask(admin, "POST", f"/patients/{mine.patient}/export").status_code == 200
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    answer = both.ask(admin, "POST", f"/patients/{mine.patient}/export")
    assert answer.status_code == 503
    assert "cannot be put together (it is not there)" in answer.text


# --- Erasure


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


# --- Retention


def test_only_records_whose_time_is_over_are_listed(both: TwoClinics, admin: Person) -> None:
    old = {"tenant_id": HERE, "given_name": "Anna"}
    then, late = "2003-02-01T10:00:00+01:00", "2020-02-01T10:00:00+01:00"
    with both.clinic.repository.work(writes=True) as work:
        work.put(Patient(id="1" * 32, family_name="Oud", made_at=then, **old))
        work.put(Patient(id="2" * 32, family_name="Late", made_at=late, **old))
    told = both.ask(admin, "GET", "/api/v1/retention").json()
    assert told["years"] == 20
    assert [one["patient_id"] for one in told["records"]] == ["1" * 32]
    assert told["records"][0]["until"] == "2023-02-01"
    page = both.ask(admin, "GET", "/retention").text
    assert "Anna Oud" in page
    assert "Anna Late" not in page


# --- Backups


def made(both: TwoClinics, who: Person, count: int) -> list[dict[str, str]]:
    """Wait until nothing is made any more, and return what there is."""
    for _ in range(600):
        told = both.ask(who, "GET", "/api/v1/backups").json()
        if not told["step"]:
            assert len(told["backups"]) == count, told
            return list(told["backups"])
        time.sleep(0.05)
    raise AssertionError("a backup does not end")


def test_two_who_press_at_once_make_one_and_it_was_read_back(
    both: TwoClinics, admin: Person, tmp_path: Path
) -> None:
    both.clinic.backups = Backups(f"sqlite:///{both.folder}/levator.db", tmp_path, kept=2)
    assert both.ask(admin, "GET", "/api/v1/backups").json()["is_late"]
    for _ in range(2):
        assert both.ask(admin, "POST", "/backups").status_code == 303
    (one,) = made(both, admin, 1)
    assert one["checked_at"] >= one["made_at"]
    assert not both.ask(admin, "GET", "/api/v1/backups").json()["is_late"]
    assert "read back whole" in both.ask(admin, "GET", "/backups").text
    (file,) = tmp_path.iterdir()
    file.unlink()


def test_rooms_go_on_while_a_backup_is_made(
    both: TwoClinics, admin: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_over = Event()

    def slow(url: str, file: Path, made_at: str, passphrase: str | None, told: Told) -> None:
        told(COPYING)
        assert is_over.wait(30)

    monkeypatch.setattr("levator.clinic.backup.back_up", slow)
    both.clinic.backups = Backups(f"sqlite:///{both.folder}/levator.db", tmp_path, kept=2)
    assert both.ask(admin, "POST", "/backups").status_code == 303
    room = both.clinic.rooms.rooms[both.opened(HERE).number]
    told = both.ask(admin, "GET", "/backups/progress").json()
    assert told == {"step": "Copying the database ...", "done": 0}
    page = both.ask(admin, "GET", "/backups").text
    assert "A backup is being made" in page
    assert "Make a backup now" not in page
    assert not room.is_over
    is_over.set()
    made(both, admin, 0)


def test_nobody_is_erased_while_a_backup_is_made(
    both: TwoClinics, admin: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_copied, is_over, mine = Event(), Event(), both.record(HERE)
    write = backup.write_backup

    def slow(*given: Any) -> None:
        is_copied.set()
        assert is_over.wait(30)
        write(*given)

    monkeypatch.setattr(backup, "write_backup", slow)
    both.clinic.backups = Backups(f"sqlite:///{both.folder}/levator.db", tmp_path, kept=2)
    both.quiet()
    assert both.ask(admin, "POST", "/backups").status_code == 303
    assert is_copied.wait(30)
    path, words = f"/patients/{mine.patient}/erase", "A backup is being made; erase when it is done"
    told = both.ask(admin, "POST", path, data=erasing(mine))
    assert (told.status_code, words in told.text) == (422, True)
    api = f"/api/v1/patients/{mine.patient}/erasure"
    assert words in both.ask(admin, "POST", api, json=erasing(mine)).text
    assert is_here(both, mine)
    # Its file is not there yet, but it holds her.
    assert len(both.ask(admin, "GET", api).json()["backups"]) == 1
    is_over.set()
    (one,) = made(both, admin, 1)
    told = both.ask(admin, "POST", path, data=erasing(mine))
    assert one["name"] in told.text
    (tmp_path / one["name"]).unlink()


@pytest.mark.parametrize("kind", ["gone", "none"])
def test_what_goes_wrong_is_one_sentence(
    both: TwoClinics, admin: Person, tmp_path: Path, kind: str
) -> None:
    gone = Backups(f"sqlite:///{both.folder}/levator.db", tmp_path / "gone", kept=2)
    both.clinic.backups = gone if kind == "gone" else None
    answer = both.ask(admin, "POST", "/backups")
    assert answer.status_code == (303 if kind == "gone" else 422)
    made(both, admin, 0)
    page = both.ask(admin, "GET", "/backups").text
    words = (
        "is not there; make it, or choose another" if kind == "gone" else "No folder for backups"
    )
    assert words in page
    assert "There is no backup" in page


def test_where_her_course_has_ended_she_reads_so_in_kind_words(both: TwoClinics) -> None:
    mine = both.record(HERE)
    she = both.person("patient", HERE, mine.patient)
    words = "What you have learned stays yours"
    assert words not in both.ask(she, "GET", f"/patients/{mine.patient}").text
    with both.clinic.repository.work(writes=True) as work:
        course = work.get(Course, mine.course, HERE)
        work.put(replace(course, ended_on=course.begun_on, ended_ground="goals_reached"))
    page = both.ask(she, "GET", f"/patients/{mine.patient}").text
    assert words in page
    assert f"/patients/{mine.patient}/end" not in page
    assert "No step yet" not in page
