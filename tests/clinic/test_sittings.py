"""A sitting out of the record: what the chart allows, kept from its first block to its results,
and over within a second once she is not cleared any more. Rooms are real, on a simulated seat.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from levator.clinic import Clinic, courses, history, telling, treatment
from levator.clinic.acting import Acts, RefusedError
from levator.clinic.charts import chart_of
from levator.clinic.courses import Wanted
from levator.clinic.sittings import Seating, StageShutError
from levator.clinic.users import Users
from levator.course.chart import Chart
from levator.course.prescription import DoseRefused
from levator.course.today import TodaysDose, allowed_today
from levator.devices.device import Device
from levator.errors import CallerError
from levator.live.allowing import hold_to
from levator.live.asking import Asked
from levator.live.room import Room
from levator.records.model import RecordingHeader
from levator.records.people import Patient
from levator.records.treatment import Clearance, Session
from levator.signals.samples import Samples, Stream
from levator.storage import open_repository
from tests.clinic import desk
from tests.clinic.desk import BO, TENANT, actor, jansen, new_id
from tests.live.seats import person_in, reference, until, watching

SEAT = Seating(device_url="simulator://?seed=7&speed=20", cushion="none", posture="upright")


def days_ago(acts: Acts, days: int) -> str:
    return (date.fromisoformat(acts.now()[:10]) - timedelta(days=days)).isoformat()


def no_stop(patient_id: str) -> None:
    """Nothing runs."""


def after_birth(acts: Acts, weeks: int = 13, *, is_asked: bool = True) -> tuple[str, Clearance]:
    """A woman so many weeks after a vaginal birth, cleared, at step 6 of her course, asked about
    red flags today."""
    patient = desk.patients.make(acts, actor(), new_id(), jansen())
    treatment.keep_birth(
        acts,
        actor(),
        patient.id,
        new_id(),
        born_on=days_ago(acts, weeks * 7),
        mode="vaginal",
    )
    clearance = treatment.sign_clearance(
        acts,
        actor(),
        patient.id,
        new_id(),
        signed_by="dr. Bos",
        profession="doctor",
        from_on=days_ago(acts, 30),
    )
    telling.report_pain(acts, actor(), patient.id, new_id(), score=0)
    if is_asked:
        treatment.answer_red_flags(acts, actor(), patient.id, new_id(), (), no_stop)
    seen = courses.view(acts, actor(), patient.id).seen
    wanted = Wanted(kind="overrule", seen=seen, stage="step-6", because="holds long, lets go")
    courses.decided(acts, actor(), patient.id, new_id(), wanted)
    return patient.id, clearance


@asynccontextmanager
async def clinic_of(back_end: str, folder: Path) -> AsyncIterator[Clinic]:
    repository = desk.opened(back_end, folder)
    desk.clinic(repository)
    clinic = Clinic(repository)
    async with clinic.running():
        yield clinic


async def opened(clinic: Clinic, patient_id: str, seat: Seating = SEAT) -> Room:
    """Open a room whose reference is known, so that nobody waits for a calibration."""
    room = await clinic.open_for(actor(), patient_id, seat)
    room.sitting = replace(room.sitting, reference=reference())
    room.calibrate()
    return room


async def unmeasured(clinic: Clinic, patient_id: str) -> Room:
    return await clinic.open_for(actor(), patient_id, SEAT)


def run(test: Callable[[Clinic], object], folder: Path, back_end: str = "memory") -> None:
    async def running() -> None:
        async with clinic_of(back_end, folder) as clinic:
            await test(clinic)

    reference()
    asyncio.run(running())


def sessions(clinic: Clinic, patient_id: str) -> list[Session]:
    return list(history.read(clinic.acts, actor(), patient_id).sessions)


def states(clinic: Clinic, patient_id: str) -> list[str]:
    return [one.state for one in sessions(clinic, patient_id)]


def test_weeks_clearance_and_pain_come_from_the_chart(tmp_path: Path) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts)
        seat = Seating(
            device_url=SEAT.device_url,
            cushion="soft",
            posture="upright",
            pain=0,
            asked_id=new_id(),
        )
        room = await clinic.open_for(actor(), patient_id, seat)
        facts = room.sitting.facts
        assert (facts.weeks_since_birth, facts.cleared_by, facts.pain_now) == (13, "dr. Bos", False)
        assert (room.sitting.patient, room.sitting.cushion) == ("Mia Jansen", "soft")
        assert room.sitting.dose.force_percent_mvc == 50.0
        kept = history.read(clinic.acts, actor(), patient_id).pains
        assert kept[-1].moment == "before"

    run(test, tmp_path)


def test_pain_today_shuts_the_step_with_its_reason_and_is_kept(tmp_path: Path) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts)
        hurting = Seating(
            device_url=SEAT.device_url, cushion="none", posture="upright", pain=6, asked_id=new_id()
        )
        with pytest.raises(StageShutError) as shut:
            await clinic.open_for(actor(), patient_id, hurting)
        assert {"below_stop", "no_pain"} <= {gate.code for gate in shut.value.gates}
        assert not clinic.rooms.rooms
        assert history.read(clinic.acts, actor(), patient_id).pains[-1].score == 6

    run(test, tmp_path)


def test_another_step_than_that_of_her_course_is_decided_on_first(tmp_path: Path) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts)
        other = Seating(
            device_url=SEAT.device_url, cushion="none", posture="upright", stage="step-7"
        )
        with pytest.raises(CallerError, match="another step"):
            await clinic.open_for(actor(), patient_id, other)
        listening = Seating(
            device_url=SEAT.device_url, cushion="none", posture="upright", stage="step-4"
        )
        room = await clinic.open_for(actor(), patient_id, listening)
        assert room.sitting.dose.mode == "open"

    run(test, tmp_path)


def test_who_does_not_treat_her_opens_no_room(tmp_path: Path) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts)
        with pytest.raises(RefusedError):
            await clinic.open_for(actor(BO), patient_id, SEAT)

    run(test, tmp_path)


@pytest.mark.parametrize("back_end", desk.BACK_ENDS)
def test_a_session_is_kept_from_its_beginning_to_its_results(back_end: str, tmp_path: Path) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts)
        room = await opened(clinic, patient_id)
        async with watching(room, person_in(clinic, room)):
            await until(lambda: bool(sessions(clinic, patient_id)))
            (begun,) = sessions(clinic, patient_id)
            assert (begun.state, begun.recording_id, begun.led_by) == (
                "open",
                room.recording,
                actor().user_id,
            )
            room.ask(Asked("start"), "therapist")
            await until(lambda: len(room.facts.scored) >= 2)
            room.ask(Asked("stop"), "patient")
            await until(lambda: states(clinic, patient_id) == ["ended"])
        (ended,) = sessions(clinic, patient_id)
        scored = room.facts.scored
        assert (ended.rounds, ended.ended_by) == (len(scored), "stop")
        assert ended.valid_rounds == len([one for one in scored if one.valid])
        assert (ended.force_percent_mvc, ended.hold_s) == (50.0, 5.0)
        assert ended.in_band_percent is not None
        now = courses.view(clinic.acts, actor(), patient_id)
        assert now.chart.sittings[-1].rounds == len(scored)

    run(test, tmp_path, back_end)


def test_pain_that_ends_a_sitting_keeps_the_step_shut_for_today(tmp_path: Path) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts)
        room = await opened(clinic, patient_id)
        async with watching(room, person_in(clinic, room)):
            room.ask(Asked("start"), "therapist")
            await until(lambda: room.facts.state == "running")
            room.ask(Asked("pain"), "patient")
            with pytest.raises(StageShutError) as shut:
                await clinic.again_for(actor(), room)
        assert states(clinic, patient_id) == ["ended"]
        assert sessions(clinic, patient_id)[0].had_pain
        assert "not_ended_by_pain" in {gate.code for gate in shut.value.gates}

    run(test, tmp_path)


def test_one_more_session_takes_her_reference_along(tmp_path: Path) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts)
        room = await opened(clinic, patient_id)
        assert await clinic.again_for(actor(), room) is None
        with pytest.raises(CallerError, match="under way"):
            await clinic.open_for(actor(), patient_id, SEAT)
        room.ask(Asked("stop"), "therapist")
        await until(lambda: room.is_saved)
        again = await clinic.again_for(actor(), room)
        assert again is not None
        assert again.sitting.patient_id == patient_id
        assert clinic.sittings.led(again) is not None

    run(test, tmp_path)


@pytest.mark.parametrize("what", ["revoked", "red flag"])
@pytest.mark.parametrize("stage", ["session", "calibrating"])
def test_a_sitting_stops_within_a_second_once_she_is_not_cleared(
    what: str, stage: str, tmp_path: Path
) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, clearance = after_birth(clinic.acts)
        other = desk.patients.make(clinic.acts, actor(), new_id(), jansen(given_name="Ria"))
        opening = opened if stage == "session" else unmeasured
        room = await opening(clinic, patient_id)
        async with watching(room, person_in(clinic, room)):
            if stage == "session":
                room.ask(Asked("start"), "therapist")
                await until(lambda: room.facts.state == "running")
            else:
                room.calibrate()
            await asyncio.to_thread(tell, clinic, other.id, None)
            assert not room.is_over
            async with asyncio.timeout(1):
                await asyncio.to_thread(tell, clinic, patient_id, clearance, what)
                while not room.is_over:
                    await asyncio.sleep(0.01)
        assert not any(target.breakpoints for target in list(room.facts.targets)[-1:])
        assert room.facts.cause == "clearance_revoked"
        with pytest.raises(StageShutError):
            await clinic.open_for(actor(), patient_id, SEAT)

    run(test, tmp_path)


def tell(
    clinic: Clinic, patient_id: str, clearance: Clearance | None, what: str = "red flag"
) -> None:
    acts, stop = clinic.acts, clinic.stops(actor())
    if what == "revoked" and clearance is not None:
        treatment.revoke_clearance(acts, actor(), patient_id, clearance.id, "fever", stop)
    else:
        today = acts.now()[:10]
        treatment.report_red_flag(
            acts, actor(), patient_id, new_id(), on_day=today, code="fever", stop=stop
        )


def flagged(*codes: str) -> Seating:
    return replace(SEAT, red_flags=codes, asked_id=new_id())


def codes_of(shut: StageShutError) -> set[str]:
    return {gate.code for gate in shut.gates}


def test_nobody_opens_a_sitting_before_the_red_flags_are_answered(tmp_path: Path) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts, is_asked=False)
        with pytest.raises(StageShutError) as shut:
            await clinic.open_for(actor(), patient_id, SEAT)
        assert codes_of(shut.value) == {"red_flags_asked"}
        room = await clinic.open_for(actor(), patient_id, flagged())
        (kept,) = history.read(clinic.acts, actor(), patient_id).red_flag_answers
        assert (kept.on_day, kept.entered_by) == (clinic.acts.now()[:10], actor().user_id)
        assert not room.is_over

    run(test, tmp_path)


def test_one_more_session_takes_the_answer_of_today_along_and_asks_again_tomorrow(
    tmp_path: Path,
) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts)
        room = await opened(clinic, patient_id)
        room.ask(Asked("stop"), "therapist")
        await until(lambda: room.is_saved)
        again = await clinic.again_for(actor(), room)
        assert again is not None
        again.ask(Asked("stop"), "therapist")
        today = clinic.now()
        clinic.now = lambda: today + timedelta(days=1)
        telling.report_pain(clinic.acts, actor(), patient_id, new_id(), score=0)
        with pytest.raises(StageShutError) as shut:
            await clinic.again_for(actor(), again)
        assert codes_of(shut.value) == {"red_flags_asked"}

    run(test, tmp_path)


@pytest.mark.parametrize("back_end", desk.BACK_ENDS)
def test_a_red_flag_in_the_answer_is_kept_and_ends_everything(
    back_end: str, tmp_path: Path
) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts)
        room = await opened(clinic, patient_id)
        async with watching(room, person_in(clinic, room)):
            room.ask(Asked("start"), "therapist")
            await until(lambda: room.facts.state == "running")
            async with asyncio.timeout(1):
                with pytest.raises(StageShutError) as shut:
                    await clinic.open_for(actor(), patient_id, flagged("fever", "calf"))
                assert room.is_over
        assert {"no_red_flag", "cleared"} <= codes_of(shut.value)
        assert room.facts.cause == "clearance_revoked"
        kept = history.read(clinic.acts, actor(), patient_id)
        assert sorted(one.code for one in kept.red_flags) == ["calf", "fever"]
        assert [one.revoked_on for one in kept.clearances] == [clinic.acts.now()[:10]]
        with pytest.raises(StageShutError):
            await clinic.open_for(actor(), patient_id, flagged())

    run(test, tmp_path, back_end)


def test_a_red_flag_told_while_a_room_is_being_opened_ends_it(tmp_path: Path) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts)
        make = clinic.make_device
        clinic.make_device = lambda url: SlowSeat(make(url), lambda: tell(clinic, patient_id, None))
        room = await clinic.open_for(actor(), patient_id, SEAT)
        assert room.is_over
        assert room.facts.cause == "clearance_revoked"

    run(test, tmp_path)


class SlowSeat:
    """A seat during whose opening something happens elsewhere in the clinic."""

    def __init__(self, seat: Device, meanwhile: Callable[[], None]) -> None:
        self.url, self.name = seat.url, seat.name
        self._seat, self._meanwhile = seat, meanwhile

    async def open(self) -> tuple[Stream, ...]:
        await asyncio.to_thread(self._meanwhile)
        return await self._seat.open()

    def samples(self) -> AsyncIterator[Samples]:
        return self._seat.samples()

    async def close(self) -> None:
        await self._seat.close()


def test_who_does_not_treat_her_leaves_no_answer(tmp_path: Path) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts)
        herself = actor(new_id(), "patient")
        for who in (actor(BO), replace(herself, patient_id=patient_id)):
            with pytest.raises(RefusedError):
                await clinic.open_for(who, patient_id, flagged("fever"))
        assert history.read(clinic.acts, actor(), patient_id).red_flags == ()

    run(test, tmp_path)


def test_a_session_that_a_crash_left_open_is_closed_at_the_next_start(tmp_path: Path) -> None:
    repository = desk.opened("sqlite", tmp_path)
    acts = desk.clinic(repository)
    patient_id, _ = after_birth(acts)
    header = RecordingHeader("f" * 32, acts.now(), "Mia Jansen", {"streams": []}, {})
    repository.begin_recording(header)
    with repository.work(writes=True) as work:
        work.put(
            Session(
                id=new_id(),
                tenant_id=TENANT,
                patient_id=patient_id,
                recording_id=header.id,
                on_day=acts.now()[:10],
                started_at=acts.now(),
                stage="step-6",
            )
        )
    repository.close()

    async def again() -> None:
        clinic = Clinic(open_repository(f"sqlite:///{tmp_path}/levator.db"))
        async with clinic.running():
            (closed,) = sessions(clinic, patient_id)
            assert (closed.state, closed.rounds) == ("interrupted", 0)

    asyncio.run(again())


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


@asynccontextmanager
async def a_set_under_way(clinic: Clinic, patient_id: str) -> AsyncIterator[Room]:
    room = await opened(clinic, patient_id)
    async with watching(room, person_in(clinic, room)):
        room.ask(Asked("start"), "therapist")
        await until(lambda: room.facts.state == "running")
        yield room


async def over_within_a_second(room: Room) -> None:
    async with asyncio.timeout(1):
        while not room.is_over:
            await asyncio.sleep(0.01)


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


def test_who_does_not_treat_her_any_more_leads_no_room(tmp_path: Path) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts)
        async with a_set_under_way(clinic, patient_id) as room:
            await asyncio.to_thread(desk.patients.hand_over, clinic.acts, actor(), patient_id, BO)
            await over_within_a_second(room)
            await clinic.sittings.settled(TENANT, patient_id)
        assert room.facts.cause == "handed_over"
        kept = history.read(clinic.acts, actor(BO), patient_id).sessions
        assert [(one.state, one.led_by) for one in kept] == [("ended", actor().user_id)]

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
        kept = history.read(clinic.acts, actor(BO), patient_id).sessions
        assert [(one.state, one.led_by) for one in kept] == [("ended", actor().user_id)]

    run(test, tmp_path)


def test_the_session_of_a_disabled_account_pauses_and_asks_nothing_more(tmp_path: Path) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts)
        admin = actor(desk.ADMIN, "clinic_admin")
        async with a_set_under_way(clinic, patient_id) as room:
            async with asyncio.timeout(1):
                await asyncio.to_thread(Users(clinic.accounts).disable, admin, actor().user_id)
                while room.facts.state != "paused":
                    await asyncio.sleep(0.01)
            assert room.facts.cause == "leader_gone"
            room.ask(Asked("resume"), "patient")
            await until(lambda: room.refusal == "nobody_leads")
            assert room.facts.state == "paused"
            room.ask(Asked("stop"), "patient")
            await clinic.sittings.settled(TENANT, patient_id)

    run(test, tmp_path)
