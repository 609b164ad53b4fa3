"""What is kept of training at home leaves with her, comes in elsewhere, and goes when she goes."""

from dataclasses import replace
from pathlib import Path

from levator.clinic import history
from levator.clinic.acting import Acts
from levator.clinic.erasing import erase
from levator.clinic.exporting import export
from levator.clinic.home import planning
from levator.clinic.home.keeping import ToldEntry, ToldHabit, ToldMark
from levator.clinic.importing import take_in
from levator.clinic.retention import kept
from levator.clinic.whole import whole_of
from levator.records.home import HomeLease
from levator.records.kinds import name_of, of_patient
from levator.records.people import Patient
from levator.storage import open_repository
from tests.clinic import desk
from tests.clinic.desk import TENANT, TODAY, actor, new_id
from tests.clinic.home.women import Phone, answer, at, day, days_later, prescribed, session, woman

ADMIN = actor(desk.ADMIN, "clinic_admin")
AT_HOME = {
    "home_prescription",
    "phone",
    "home_lease",
    "home_session",
    "habit",
    "habit_mark",
    "diary_entry",
}


def full(acts: Acts) -> Patient:
    """A woman with something of every kind that is kept of training at home."""
    patient, she = woman(acts)
    prescribed(acts, patient)
    habit = new_id()
    Phone(acts, she).sync(
        session(pain=0, leaked=False),
        answer("red_flags", "none"),
        habits=[ToldHabit(id=habit, on_day=TODAY, code="feeding")],
        marks=[ToldMark(id=new_id(), habit=habit, on_day=TODAY)],
        entries=[ToldEntry(id=new_id(), on_day=TODAY, at="09:00", kind="drink")],
    )
    return patient


def kinds_of(acts: Acts, patient_id: str) -> set[str]:
    with acts.repository.work(writes=False) as work:
        patient = work.get(Patient, patient_id, TENANT)
        return {name_of(type(one)) for one in whole_of(work, patient).entities}


def test_every_kind_is_hers(acts: Acts) -> None:
    patient = full(acts)
    assert AT_HOME <= of_patient().keys()
    assert kinds_of(acts, patient.id) >= AT_HOME


def test_it_is_taken_in_elsewhere_and_opens_nothing_there(acts: Acts, tmp_path: Path) -> None:
    patient = full(acts)
    export(acts, actor(), patient.id, tmp_path / "hers.zip")
    with open_repository("memory://") as elsewhere:
        there = desk.clinic(elsewhere)
        taken = take_in(there, ADMIN, tmp_path / "hers.zip")
        assert kinds_of(there, patient.id) >= AT_HOME
        assert "home_prescription" in taken.to_sign
        # Her therapist of then does not treat her here.
        with elsewhere.work(writes=True) as work:
            hers = work.get(Patient, patient.id, TENANT)
            work.put(replace(hers, treated_by=(desk.ANKE,)))
        plan, record = planning.read(there, actor(), patient.id, "en")
        assert {one.items + one.shut for one in plan.days} == {()}
        assert plan.adherence is None
        assert [one.made_by for one in record.home_prescriptions] == [""]
        assert len(record.home_sessions) == 1


def test_all_of_it_goes_with_her(acts: Acts) -> None:
    patient = full(acts)
    gone = erase(acts, ADMIN, patient.id, "trial-record")
    assert gone.entities > len(AT_HOME)
    with acts.repository.work(writes=False) as work:
        for name, kind in of_patient().items():
            left = work.find(kind, TENANT)
            assert [one for one in left if getattr(one, "patient_id", "") == patient.id] == [], name


def test_her_time_runs_from_what_she_did_and_not_from_a_day_to_come(acts: Acts) -> None:
    patient = full(acts)
    with acts.repository.work(writes=False) as work:
        leases = work.find(HomeLease, TENANT)
        assert max(one.leased_day for one in leases) == day(13)
        assert kept(work, whole_of(work, patient), "2020-01-01").last_on == TODAY
    later = at(acts, days_later(20))
    assert len(history.read(later, actor(), patient.id).home_sessions) == 1
