"""A record of another clinic is taken in whole or not at all, beside what is here."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from levator.clinic import courses, importing, patients
from levator.clinic.acting import Acts
from levator.clinic.ending import end_course
from levator.clinic.erasing import erase
from levator.clinic.importing import take_in
from levator.clinic.sittings import Sittings
from levator.clinic.terminal import at_terminal
from levator.errors import CallerError, ContentError, RecordingError
from levator.formats.patient_file import PatientFile, entity_line
from levator.records.model import Batch, InputRecord
from levator.records.people import Patient, Pregnancy
from levator.records.reminders import CalendarFeed, HomeReminders, PushSubscription
from levator.records.treatment import Clearance, Note
from levator.testing.repository import LATER, a_block, a_header
from levator.training.inputs import Command
from levator.training.plain import event_to_plain
from tests.clinic import desk
from tests.clinic.elsewhere import (
    ADMIN,
    changed,
    file,
    is_empty,
    members_of,
    there,
    with_lines,
    written,
)

__all__ = ["file", "there"]


def test_who_came_without_the_moment_at_which_she_was_made_can_be_erased(
    file: Path, there: Acts, tmp_path: Path
) -> None:
    came = take_in(there, ADMIN, changed(file, tmp_path / "plain.zip", "patient", made_at=""))
    backup = tmp_path / "one.backup"
    backup.touch()
    with there.in_installation(at_terminal(), "backup.make") as act:
        act.detail = f"file={backup}"
    assert erase(there, ADMIN, came.patient.id, "her-request").backups == (backup,)
    assert is_empty(there)


def test_what_the_storage_refuses_leaves_nothing_either(
    file: Path, there: Acts, tmp_path: Path
) -> None:
    """Her clearance has the id of another woman's: found once the recordings are put."""
    other = patients.make(there, desk.actor(), desk.new_id(), desk.jansen(given_name="Zoë")).id
    with there.repository.work(writes=True) as work:
        work.put(
            Clearance(
                id=json.loads(members_of(file)["entities/clearance.jsonl"])["id"],
                tenant_id=desk.TENANT,
                patient_id=other,
                signed_by="dr. Bos",
                profession="doctor",
                from_on=desk.TODAY,
                entered_by=desk.ANKE,
                entered_at=desk.NOW,
            )
        )
    with pytest.raises(CallerError, match="in another record"):
        take_in(there, ADMIN, file)
    assert there.repository.recordings() == []
    with there.repository.work(writes=False) as work:
        assert [one.id for one in work.find(Patient, desk.TENANT)] == [other]


def test_her_times_come_along_and_no_link_or_browser_of_another_clinic(
    file: Path, there: Acts
) -> None:
    held = members_of(file)
    assert b"d" * 64 not in held["entities/calendar_feed.jsonl"]
    assert b"https" not in held["entities/push_subscription.jsonl"]
    take_in(there, ADMIN, file)
    with there.repository.work(writes=False) as work:
        assert [one.times for one in work.find(HomeReminders, None)] == [("09:00",)]
        assert work.count(CalendarFeed, None) == work.count(PushSubscription, None) == 0


def test_a_recording_that_a_power_cut_left_half_taken_in_comes_whole(
    file: Path, there: Acts
) -> None:
    hers = json.loads(members_of(file)["about.json"])["patient"]
    begun = replace(a_header("wave"), title="", tenant_id=desk.TENANT, patient_id=hers)
    there.repository.append(Batch(begun=(begun,)))
    there.repository.append(Batch(blocks=(a_block(0, "wave"),)))
    there.repository.recover_interrupted(LATER)
    assert take_in(there, ADMIN, file).recordings == 1
    assert len(list(there.repository.blocks("wave"))) == 2
    assert there.repository.header("wave").state == "closed"


def killed_between(there: Acts, hurt: Path, *, is_half: bool) -> None:
    """The power goes before the entities of a file are kept, or within its recording."""
    with hurt.open("rb") as source:
        held = PatientFile("hers.zip", source)
        importing._begin(there.repository, held, "wave", desk.TENANT)
        if is_half:
            pain = InputRecord("wave", 90, 0, event_to_plain(Command("pain", 0, "patient")))
            there.repository.append(Batch(inputs=(pain,)))
            there.repository.recover_interrupted(LATER)
        else:
            importing._put_rest(there.repository, held, "wave")
    Sittings(there).close_interrupted()


@pytest.mark.parametrize("is_half", [False, True])
def test_what_a_start_made_up_of_a_recording_gives_way_to_its_session_but_for_its_pain(
    file: Path, acts: Acts, tmp_path: Path, *, is_half: bool
) -> None:
    def hurts(rows: list[Any]) -> None:
        rows[0]["header"]["context"]["reference_valid"] = True
        [ending] = [row["header"] for row in rows if "header" in row]
        ending["ended_by"] = "pain"

    hurt = with_lines(file, tmp_path / "hurt.zip", hurts)
    members = members_of(file)
    before = {
        name: body
        for name, body in members.items()
        if not name.startswith(("recordings/", "entities/session"))
    }
    hers = take_in(acts, ADMIN, written(before, tmp_path / "before.zip")).patient.id
    killed_between(acts, hurt, is_half=is_half)
    [made_up] = desk.of(acts, hers).sessions
    assert (made_up.recording_id, made_up.had_pain) == ("wave", True)
    note = {"tenant_id": desk.TENANT, "patient_id": hers, "on_day": desk.TODAY, "text": "It hurt."}
    by = {"written_by": desk.ANKE, "written_at": desk.NOW, "session_id": made_up.id}
    with acts.repository.work(writes=True) as work:
        work.put(Note(id="n", **note, **by))
    for _ in range(2):
        take_in(acts, ADMIN, hurt)
        [kept] = desk.of(acts, hers).sessions
        assert kept.id == json.loads(members["entities/session.jsonl"])["id"]
        assert (kept.recording_id, kept.had_pain) == ("wave", True)
    assert [one.session_id for one in desk.of(acts, hers).notes] == [kept.id]
    assert len(list(acts.repository.blocks("wave"))) == 2


def test_who_was_quicker_keeps_what_she_took_in(
    file: Path, there: Acts, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(there, ADMIN, file)
    # As it looked a moment before the other one began.
    monkeypatch.setattr("levator.clinic.importing._not_here", lambda *_: frozenset({"wave"}))
    with pytest.raises(CallerError, match="in another record"):
        take_in(there, ADMIN, file)
    assert len(list(there.repository.blocks("wave"))) == 2


def test_a_kept_recording_does_not_change(file: Path, there: Acts, tmp_path: Path) -> None:
    take_in(there, ADMIN, file)

    def more(rows: list[Any]) -> None:
        rows.append({"event": {"recording_id": "wave", "sequence": 99, "data": {"type": "x"}}})

    with pytest.raises(RecordingError, match="has ended"):
        take_in(there, ADMIN, with_lines(file, tmp_path / "more.zip", more))
    assert len(there.repository.recordings()) == 1


def test_a_recording_that_no_sitting_names_is_nobodys(
    file: Path, there: Acts, tmp_path: Path
) -> None:
    unnamed = changed(file, tmp_path / "unnamed.zip", "session", recording_id=None)
    with pytest.raises(CallerError, match="in another record"):
        take_in(there, ADMIN, unnamed)
    assert is_empty(there)


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("patient", "born_on"),
        ("patient", "made_at"),
        ("birth", "born_on"),
        ("pain_score", "on_day"),
        ("course", "begun_on"),
        ("decision", "on_day"),
        ("decision", "made_at"),
        ("prescription", "from_on"),
        ("session", "on_day"),
        ("session", "started_at"),
        ("clearance", "revoked_on"),
    ],
)
def test_a_day_to_come_is_not_taken_in(
    file: Path, there: Acts, tmp_path: Path, kind: str, field: str
) -> None:
    """It would hold up what is counted from today until somebody finds it."""
    day = (date.fromisoformat(there.now()[:10]) + timedelta(days=1)).isoformat()
    given = {field: f"{day}T08:00:00+00:00" if field.endswith("_at") else day}
    told = f"{field} in entities/{kind}.jsonl:1 lies after today; correct it where it was kept, "
    with pytest.raises(ContentError, match=told):
        take_in(there, ADMIN, changed(file, tmp_path / "ahead.zip", kind, **given))
    assert is_empty(there)


def test_the_day_of_a_moment_is_that_by_the_clock_of_here(
    file: Path, there: Acts, tmp_path: Path
) -> None:
    """Where the file was made it may be tomorrow already, or be yesterday still."""
    east, west = "2026-11-30T00:30:00+14:00", "2026-11-29T23:30:00-05:00"
    with pytest.raises(ContentError, match="entered_at in entities"):
        take_in(there, ADMIN, changed(file, tmp_path / "w.zip", "pain_score", entered_at=west))
    assert take_in(there, ADMIN, changed(file, tmp_path / "e.zip", "pain_score", entered_at=east))


def test_what_is_expected_or_holds_until_then_may_lie_ahead(
    file: Path, there: Acts, tmp_path: Path
) -> None:
    ahead = {"from_on": "2027-01-01", "until_on": "2027-02-01"}
    later = changed(file, tmp_path / "later.zip", "clearance", **ahead)
    due = (date.fromisoformat(desk.TODAY) + timedelta(days=280)).isoformat()
    assert take_in(there, ADMIN, with_pregnancy(later, tmp_path / "due.zip", due)).entities


def test_no_child_is_expected_later_than_a_pregnancy_lasts(
    file: Path, there: Acts, tmp_path: Path
) -> None:
    due = (date.fromisoformat(desk.TODAY) + timedelta(days=281)).isoformat()
    with pytest.raises(ContentError, match="expected_on in entities"):
        take_in(there, ADMIN, with_pregnancy(file, tmp_path / "late.zip", due))


def with_pregnancy(file: Path, into: Path, expected_on: str) -> Path:
    members = members_of(file)
    hers = json.loads(members["entities/patient.jsonl"])["id"]
    one = Pregnancy(
        id=desk.new_id(), tenant_id=desk.TENANT, patient_id=hers, expected_on=expected_on
    )
    return written(members | {"entities/pregnancy.jsonl": entity_line(one).encode()}, into)


def test_a_running_course_stays_the_one_that_runs(file: Path, there: Acts, tmp_path: Path) -> None:
    hers = take_in(there, ADMIN, file).patient.id
    [kept] = courses.view(there, desk.actor(), hers).history.courses
    with there.repository.work(writes=True) as work:
        work.put(replace(kept, stage="step-1"))
    another = {"id": desk.new_id(), "begun_on": "2026-11-29"}
    take_in(there, ADMIN, course_alone(file, tmp_path / "course.zip", another))
    assert courses.view(there, desk.actor(), hers).chart.stage == "step-1"


def course_alone(file: Path, into: Path, *courses: Mapping[str, object]) -> Path:
    """The file with these courses, and nothing that belongs to one."""
    members = members_of(file)
    for kind in ("decision", "prescription", "session"):
        members.pop(f"entities/{kind}.jsonl")
    for name in [name for name in members if name.startswith("recordings/")]:
        members.pop(name)
    row = json.loads(members["entities/course.jsonl"])
    rows = [json.dumps(row | dict(one)) + "\n" for one in courses]
    members["entities/course.jsonl"] = "".join(rows).encode()
    return written(members, into)


def test_a_course_that_was_ended_here_is_not_begun_again_by_a_file(
    file: Path, there: Acts, tmp_path: Path
) -> None:
    hers = take_in(there, ADMIN, file).patient.id
    [kept] = courses.view(there, desk.actor(), hers).history.courses
    given = {"ended_on": desk.TODAY, "ended_ground": "goals_reached", "version": kept.version}
    end_course(there, desk.actor(), hers, kept.id, **given)
    another = {"id": desk.new_id(), "begun_on": desk.TODAY}
    take_in(there, ADMIN, course_alone(file, tmp_path / "course.zip", another))
    now = courses.view(there, desk.actor(), hers)
    assert len(now.history.courses) == 2
    assert (now.history.course, now.chart.has_ended) == (None, True)


def test_of_two_courses_that_run_in_a_file_one_goes_on(
    file: Path, there: Acts, tmp_path: Path
) -> None:
    both = [{"id": desk.new_id()}, {"id": desk.new_id()}]
    hers = take_in(there, ADMIN, course_alone(file, tmp_path / "two.zip", *both)).patient.id
    kept = courses.view(there, desk.actor(), hers).history.courses
    assert [one.ended_on for one in kept].count(None) == 1


def test_one_line_of_the_audit_names_all(file: Path, there: Acts) -> None:
    done = take_in(there, ADMIN, file)
    with there.repository.work(writes=False) as work:
        lines = work.audit_lines(desk.TENANT, patient_id=done.patient.id)
    [line] = [one.entry for one in lines if one.entry.action == "patient.import"]
    named = line.detail.split(" ")
    assert len(named) == done.entities
    for kind in ("clearance", "decision", "birth", "session"):
        number = json.loads(members_of(file)[f"entities/{kind}.jsonl"].splitlines()[0])["id"]
        assert f"{kind}={number}" in named


def test_a_session_that_was_under_way_there_holds_up_nothing_here(
    file: Path, there: Acts, tmp_path: Path
) -> None:
    under_way = changed(file, tmp_path / "open.zip", "session", state="open", recording_id="gone")
    members = {
        name: body for name, body in members_of(under_way).items() if "recordings/" not in name
    }
    patient_id = take_in(there, ADMIN, written(members, tmp_path / "left_out.zip")).patient.id
    (kept,) = courses.view(there, desk.actor(), patient_id).history.sessions
    assert kept.state == "interrupted"
    assert erase(there, ADMIN, patient_id, "trial-record").entities


def test_a_recording_that_is_under_way_is_not_ended_by_a_file(
    file: Path, there: Acts, tmp_path: Path
) -> None:
    hers = take_in(there, ADMIN, file).patient.id
    live = replace(a_header("live"), tenant_id=desk.TENANT, patient_id=hers)
    there.repository.append(Batch(begun=(live,), blocks=(a_block(0, "live"),)))
    members = members_of(file)
    rows = [json.loads(line) for line in members["recordings/wave.jsonl"].splitlines()]
    rows[0]["header"]["patient_id"] = hers
    text = "".join(json.dumps(row) + "\n" for row in rows)
    members["recordings/live.jsonl"] = text.replace('"wave"', '"live"').encode()
    with pytest.raises(CallerError, match="under way here"):
        take_in(there, ADMIN, written(members, tmp_path / "live.zip"))
    assert there.repository.header("live").state == "open"
    assert len(list(there.repository.blocks("live"))) == 1
