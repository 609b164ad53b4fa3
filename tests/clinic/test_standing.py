"""Her chart, looked at again while a room is open: after every write, after the sensor is open and
before each thing that asks effort. Rooms are real, on a simulated seat.
"""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from levator.clinic import Clinic, courses, history, telling, treatment
from levator.clinic.charts import chart_of
from levator.clinic.courses import Wanted
from levator.clinic.users import Users
from levator.course.chart import Chart
from levator.course.prescription import DoseRefused
from levator.course.today import TodaysDose, allowed_today
from levator.live.allowing import hold_to
from levator.live.asking import Asked
from levator.records.people import Patient
from tests.clinic import desk
from tests.clinic.desk import ANKE, BO, TENANT, actor, jansen, new_id
from tests.clinic.sitting_down import (
    SEAT,
    SlowSeat,
    a_set_under_way,
    after_birth,
    days_ago,
    opened,
    over_within_a_second,
    run,
    unmeasured,
)
from tests.live.seats import person_in, reference, until, watching


def chart_today(clinic: Clinic, patient_id: str) -> Chart:
    return chart_of(history.read(clinic.acts, actor(), patient_id), clinic.acts.now())


def given_birth(clinic: Clinic, patient_id: str) -> None:
    """In another tab: she gave birth yesterday, by an emergency caesarean."""
    acts = clinic.acts
    (kept,) = history.read(acts, actor(), patient_id).births
    treatment.keep_birth(
        acts,
        actor(),
        patient_id,
        kept.id,
        born_on=days_ago(acts, 1),
        mode="emergency_caesarean",
        version=kept.version,
    )


def in_pain(clinic: Clinic, patient_id: str) -> None:
    telling.report_pain(clinic.acts, actor(), patient_id, new_id(), score=9)


def pregnant_again(clinic: Clinic, patient_id: str) -> None:
    ahead = date.fromisoformat(clinic.acts.now()[:10]) + timedelta(days=200)
    treatment.keep_pregnancy(
        clinic.acts, actor(), patient_id, new_id(), expected_on=ahead.isoformat()
    )


def other_step(clinic: Clinic, patient_id: str) -> None:
    seen = courses.view(clinic.acts, actor(), patient_id).seen
    wanted = Wanted(kind="overrule", seen=seen, stage="step-4", because="too much for now")
    courses.decided(clinic.acts, actor(), patient_id, new_id(), wanted)


SHUTTING = {"birth": given_birth, "pain": in_pain, "pregnancy": pregnant_again, "step": other_step}


@pytest.mark.parametrize("what", SHUTTING)
def test_whatever_shuts_a_gate_stops_her_within_a_second_and_says_why(
    what: str, tmp_path: Path
) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts)
        other = desk.patients.make(clinic.acts, actor(), new_id(), jansen(given_name="Ria"))
        async with a_set_under_way(clinic, patient_id) as room:
            await asyncio.to_thread(in_pain, clinic, other.id)
            await asyncio.sleep(0.1)
            assert room.facts.state == "running"
            await asyncio.to_thread(SHUTTING[what], clinic, patient_id)
            await over_within_a_second(room)
        assert room.facts.cause == "not_allowed"
        assert bool(room.shut_by) == (what != "step")
        assert not any(target.breakpoints for target in list(room.facts.targets)[-1:])

    run(test, tmp_path)


@pytest.mark.parametrize("kind", ["calibrate", "start"])
def test_her_chart_is_looked_at_again_before_each_thing_that_asks_effort(
    kind: str, tmp_path: Path
) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, clearance = after_birth(clinic.acts)
        with clinic.repository.work(writes=True) as work:
            work.put(replace(clearance, until_on=clinic.acts.now()[:10]))
        opening = opened if kind == "start" else unmeasured
        room = await opening(clinic, patient_id)
        async with watching(room, person_in(clinic, room)):
            today = clinic.now()
            clinic.now = lambda: today + timedelta(days=2)
            room.ask(Asked("start" if kind == "start" else "calibrate"), "therapist")
            await until(lambda: room.is_over)
        assert (room.facts.cause, room.refusal) == ("not_allowed", "not_allowed")
        assert {"cleared", "red_flags_asked"} <= {gate.code for gate in room.shut_by}
        assert room.facts.set_started is None
        assert room.guidance is None

    run(test, tmp_path)


def test_what_the_program_does_itself_is_under_the_responsibility_of_who_opened_the_room(
    tmp_path: Path,
) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts)
        async with a_set_under_way(clinic, patient_id) as room:
            room.ask(Asked("stop"), "therapist")
            await until(lambda: room.is_over)
        await clinic.sittings.settled(TENANT, patient_id)
        with clinic.repository.work(writes=False) as work:
            lines = [line.entry for line in work.audit_lines(TENANT, patient_id=patient_id)]
        by_itself = {one.action: one for one in lines if not one.role}
        assert {*by_itself} == {"session.check", "session.close"}
        assert {(one.user_id, one.responsible_id) for one in by_itself.values()} == {("", ANKE)}
        assert {one.responsible_id for one in lines if one.role} == {""}

    run(test, tmp_path)


def test_while_the_sensor_is_being_opened_no_write_is_missed(tmp_path: Path) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts)
        make = clinic.make_device
        clinic.make_device = lambda url: SlowSeat(make(url), lambda: in_pain(clinic, patient_id))
        room = await clinic.open_for(actor(), patient_id, SEAT)
        assert (room.is_over, room.facts.cause) == (True, "not_allowed")

    run(test, tmp_path)


def test_what_her_chart_lowers_holds_for_a_room_that_is_open(tmp_path: Path) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts)
        async with a_set_under_way(clinic, patient_id) as room:
            lower = replace(room.sitting.limits, force_percent_mvc=30.0, label="today")
            found = allowed_today(
                room.sitting.protocol, room.sitting.stage, chart_today(clinic, patient_id), lower
            )
            assert isinstance(found.dose, DoseRefused)
            less = replace(room.sitting.dose, force_percent_mvc=30.0)
            hold_to(room, replace(found, limits=lower, dose=TodaysDose(less, ())))
            assert room.facts.set_ended is not None
            assert room.facts.set_ended.ended_by == "limits"
            assert room.facts.limits.force_percent_mvc == 30.0
            room.ask(Asked("start"), "therapist")
            await until(lambda: room.facts.state == "running")
            assert room.facts.dose is not None
            assert room.facts.dose.force_percent_mvc == 30.0

    run(test, tmp_path)


def kept_for(clinic: Clinic, therapist: str, patient_id: str) -> list[tuple[str, str]]:
    """Her sessions as that therapist reads them: state, and who led."""
    kept = history.read(clinic.acts, actor(therapist), patient_id).sessions
    return [(one.state, one.led_by) for one in kept]


def test_who_does_not_treat_her_any_more_leads_no_room(tmp_path: Path) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts)
        async with a_set_under_way(clinic, patient_id) as room:
            await asyncio.to_thread(desk.patients.hand_over, clinic.acts, actor(), patient_id, BO)
            await until(lambda: room.is_over)
            await clinic.sittings.settled(TENANT, patient_id)
        assert room.facts.cause == "handed_over"
        assert kept_for(clinic, BO, patient_id) == [("ended", actor().user_id)]

    run(test, tmp_path)


def test_a_session_that_began_is_kept_whoever_treats_her_by_then(tmp_path: Path) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts)
        room = await unmeasured(clinic, patient_id)
        with clinic.repository.work(writes=True) as work:
            work.put(replace(work.get(Patient, patient_id, TENANT), treated_by=(BO,)))
        room.sitting = replace(room.sitting, reference=reference())
        room.calibrate()
        room.ask(Asked("stop"), "therapist")
        await clinic.sittings.settled(TENANT, patient_id)
        assert kept_for(clinic, BO, patient_id) == [("ended", actor().user_id)]

    run(test, tmp_path)


def test_the_session_of_a_disabled_account_pauses_and_asks_nothing_more(tmp_path: Path) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts)
        admin = actor(desk.ADMIN, "clinic_admin")
        async with a_set_under_way(clinic, patient_id) as room:
            await asyncio.to_thread(Users(clinic.accounts).disable, admin, actor().user_id)
            await until(lambda: room.facts.state == "paused")
            assert room.facts.cause == "leader_gone"
            room.ask(Asked("resume"), "patient")
            await until(lambda: room.refusal == "nobody_leads")
            assert room.facts.state == "paused"
            room.ask(Asked("stop"), "patient")
            await clinic.sittings.settled(TENANT, patient_id)

    run(test, tmp_path)
