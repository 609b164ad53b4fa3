"""A file opens no gate, puts nobody's name to anything and is judged by nobody."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from levator.clinic import courses, todo, treatment
from levator.clinic.acting import Acts
from levator.clinic.charts import TOLD_LATER
from levator.clinic.exporting import export
from levator.clinic.importing import take_in
from levator.clinic.seats import used
from levator.records.people import Patient
from levator.storage import open_repository
from tests.clinic import desk
from tests.clinic.elsewhere import ADMIN, changed, file, members_of, there, written
from tests.clinic.test_courses import cleared, pain

__all__ = ["file", "there"]


def shut(acts: Acts, patient_id: str) -> list[str]:
    now = courses.view(acts, desk.actor(), patient_id)
    return [gate.code for gate in now.gates["step-6"] if not gate.is_open]


def test_nothing_taken_in_opens_a_gate_until_her_therapist_signs(
    file: Path, there: Acts, tmp_path: Path
) -> None:
    bare = members_of(file)
    for kind in ("clearance", "decision", "prescription", "course", "session"):
        bare.pop(f"entities/{kind}.jsonl")
    for name in [name for name in bare if name.startswith("recordings/")]:
        bare.pop(name)
    hers = take_in(there, ADMIN, written(bare, tmp_path / "bare.zip")).patient.id
    before = shut(there, hers)
    assert "cleared" in before
    take_in(there, ADMIN, file)
    now = courses.view(there, desk.actor(), hers)
    assert shut(there, hers) == before
    assert (now.chart.clearances, now.chart.decisions) == ((), ())
    assert now.chart.settings.force_percent_mvc is None
    assert not desk.is_cleared(there, hers)
    cleared(there, hers, "2026-10-01")
    assert "cleared" not in shut(there, hers)


def test_a_file_puts_nobodys_name_to_anything(file: Path, there: Acts, tmp_path: Path) -> None:
    members, whose = members_of(file), json.loads(members_of(file)["about.json"])["patient"]
    note = {"id": desk.new_id(), "patient_id": whose, "on_day": desk.TODAY, "text": "May train."}
    told = note | {"written_by": desk.ANKE, "written_at": desk.NOW, "tenant_id": desk.TENANT}
    members["entities/note.jsonl"] = json.dumps(told).encode()
    led = {"led_by": desk.ANKE, "device": "simulator://?seed=9", "on_day": desk.TODAY}
    forged = changed(written(members, tmp_path / "a.zip"), tmp_path / "b.zip", "session", **led)
    hers = take_in(there, ADMIN, forged).patient.id
    kept = courses.view(there, desk.actor(), hers).history
    assert [one.written_by for one in kept.notes] == [""]
    assert {one.entered_by for one in kept.pains} == {""}
    assert [one.led_by for one in kept.sessions] == [""]
    assert used(there, desk.actor()) == []


def test_what_a_file_says_of_a_session_is_shown_and_judged_by_nobody(
    file: Path, there: Acts, tmp_path: Path
) -> None:
    told = {"rounds": 10, "valid_rounds": 10, "in_band_percent": 99.0, "released_percent": 99.0}
    forged = changed(file, tmp_path / "forged.zip", "session", **told, stage="step-3")
    hers = take_in(there, ADMIN, forged).patient.id
    now = courses.view(there, desk.actor(), hers)
    assert [one.in_band_percent for one in now.history.sessions] == [99.0]
    [judged] = now.chart.sittings
    assert (judged.rounds, judged.valid, judged.fatigue_round) == (0, 0, None)
    assert (judged.in_band_percent, judged.released_percent) == (None, None)


@pytest.mark.parametrize("entered", ["23:59:59+01:00", "09:30:00+00:00"])
def test_pain_that_is_asked_here_comes_after_all_that_a_file_says(
    file: Path, there: Acts, tmp_path: Path, entered: str
) -> None:
    """Whatever offset a file has: 9:30 in Lisbon is later than 10:00 here."""
    told = {"on_day": desk.TODAY, "entered_at": f"{desk.TODAY}T{entered}", "score": 0}
    late = changed(file, tmp_path / "late.zip", "pain_score", **told)
    hers = take_in(there, ADMIN, late).patient.id
    clock = replace(there, now=lambda: f"{desk.TODAY}T10:10:00.000+01:00")
    pain(clock, hers, score=8)
    now = courses.view(clock, desk.actor(), hers)
    assert now.chart.pain_today == 8
    assert "below_stop" in shut(clock, hers)


def test_only_who_works_here_treats_her(file: Path, there: Acts, tmp_path: Path) -> None:
    named = [desk.ANKE, desk.FAR, desk.ADMIN, "9" * 32]
    hers = take_in(
        there, ADMIN, changed(file, tmp_path / "named.zip", "patient", treated_by=named)
    ).patient.id
    with there.repository.work(writes=False) as work:
        assert work.get(Patient, hers, desk.TENANT).treated_by == (desk.ANKE,)
    assert todo.of_today(there, desk.actor()).patients == 1


@pytest.mark.parametrize("what", ["flag", "birth", "pregnancy"])
def test_a_file_that_comes_later_takes_away_what_was_signed_without_it(
    there: Acts, tmp_path: Path, what: str
) -> None:
    """She came from another clinic, was cleared here, and was seen there once more."""
    elsewhere, later = desk.clinic(open_repository("memory://")), tmp_path / "later.zip"
    hers = desk.made(elsewhere).id
    export(elsewhere, desk.actor(), hers, tmp_path / "first.zip")
    assert take_in(there, ADMIN, tmp_path / "first.zip").patient.id == hers
    cleared(there, hers, "2026-11-20")
    take_in(there, ADMIN, tmp_path / "first.zip")
    assert desk.is_cleared(there, hers)
    if what == "flag":
        told = {"on_day": "2026-10-31", "code": "fever", "stop": print}
        treatment.report_red_flag(elsewhere, desk.actor(), hers, desk.new_id(), **told)
    elif what == "birth":
        desk.born(elsewhere, hers)
    else:
        due = {"expected_on": "2027-04-01", "complications": ["cervix"]}
        treatment.keep_pregnancy(elsewhere, desk.actor(), hers, desk.new_id(), **due)
    export(elsewhere, desk.actor(), hers, later)
    told_of = []
    take_in(replace(there, told=told_of.append), ADMIN, later)
    assert told_of == [hers]
    assert not desk.is_cleared(there, hers)
    (signed,) = desk.of(there, hers).clearances
    assert signed.revoked_because == ("fever" if what == "flag" else TOLD_LATER)
    cleared(there, hers, "2026-11-21")
    take_in(there, ADMIN, later)
    assert desk.is_cleared(there, hers)
