"""Backups and retention as pages and interface meet them: what is refused, and in which words."""

import time
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from levator.clinic.backup import Backups
from levator.records.people import Patient
from levator.records.treatment import Course
from levator.records.work import where
from levator.storage import backup
from levator.storage.backup import COPYING, Told
from tests.web.cases import erasing
from tests.web.two_clinics import Person, TwoClinics
from tests.web.whole_record import HERE


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
    with both.clinic.repository.work(writes=False) as work:
        assert work.count(Patient, HERE, where(id=mine.patient)) == 1
    # Its file is not there yet, but it holds her.
    assert len(both.ask(admin, "GET", api).json()["backups"]) == 1
    is_over.set()
    (one,) = made(both, admin, 1)
    told = both.ask(admin, "POST", path, data=erasing(mine))
    assert one["name"] in told.text
    (tmp_path / one["name"]).unlink()
