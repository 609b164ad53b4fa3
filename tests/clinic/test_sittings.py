"""A sitting out of the record: what the chart allows, kept from its first block to its results,
and over within a second once she is not cleared any more. Rooms are real, on a simulated seat.
"""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from levator.clinic import Clinic, courses, history, telling, treatment
from levator.clinic.acting import RefusedError
from levator.clinic.erasing import erase
from levator.clinic.sittings import Seating, StageShutError, declared, prepared
from levator.errors import CallerError
from levator.live.asking import Asked
from levator.records.model import RecordingHeader
from levator.records.treatment import Clearance, Session
from levator.storage import open_repository
from tests.clinic import desk
from tests.clinic.desk import BO, TENANT, actor, jansen, new_id
from tests.clinic.sitting_down import (
    SEAT,
    SlowSeat,
    a_set_under_way,
    after_birth,
    opened,
    over_within_a_second,
    run,
    sessions,
    states,
    unmeasured,
)
from tests.live.seats import person_in, until, watching


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


def test_of_two_rooms_opened_at_the_same_moment_one_comes(tmp_path: Path) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts)
        both = (clinic.open_for(actor(), patient_id, SEAT) for _ in range(2))
        answers = await asyncio.gather(*both, return_exceptions=True)
        [refused] = [one for one in answers if isinstance(one, CallerError)]
        assert "under way" in str(refused)
        assert len(clinic.rooms.rooms) == 1
        with pytest.raises(CallerError, match="under way"):
            await clinic.open_for(actor(), patient_id, SEAT)

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


def test_a_session_names_the_dose_that_holds_and_no_later_one_of_another_clinic(
    tmp_path: Path,
) -> None:
    async def test(clinic: Clinic) -> None:
        acts = clinic.acts
        patient_id, _ = after_birth(acts)
        [holds] = history.read(acts, actor(), patient_id).prescriptions
        came_with_a_file = replace(holds, id=new_id(), version=0, made_by="", made_at="2027")
        with acts.repository.work(writes=True) as work:
            work.put(came_with_a_file)
        assert prepared(acts, actor(), patient_id, SEAT).prescription_id == holds.id

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
        async with a_set_under_way(clinic, patient_id) as room:
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


@pytest.mark.parametrize("what", ["revoked", "red flag", "complication"])
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
            await asyncio.to_thread(tell, clinic, patient_id, clearance, what)
            await over_within_a_second(room)
        assert not any(target.breakpoints for target in list(room.facts.targets)[-1:])
        is_taken = what != "complication"
        assert room.facts.cause == ("clearance_revoked" if is_taken else "not_allowed")
        with pytest.raises(StageShutError):
            await clinic.open_for(actor(), patient_id, SEAT)

    run(test, tmp_path)


def tell(
    clinic: Clinic, patient_id: str, clearance: Clearance | None, what: str = "red flag"
) -> None:
    acts, stop = clinic.acts, clinic.stops(actor())
    if what == "revoked" and clearance is not None:
        treatment.revoke_clearance(acts, actor(), patient_id, clearance.id, "fever", stop)
    elif what == "complication":
        (birth,) = desk.of(acts, patient_id).births
        given = {"born_on": birth.born_on, "mode": birth.mode, "complications": ["wound_trouble"]}
        treatment.keep_birth(acts, actor(), patient_id, birth.id, **given, version=birth.version)
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
        async with a_set_under_way(clinic, patient_id) as room:
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


@pytest.mark.parametrize(
    ("device", "rest", "said"),
    [("replay:///a.csv", "3.1uV", "different units"), ("simulator://", "3.1N", "for recordings")],
)
def test_levels_given_by_hand_share_a_unit_and_are_for_a_recording(
    device: str, rest: str, said: str
) -> None:
    given = Seating(
        device_url=device, cushion="none", posture="upright", rest=rest, reference="43N"
    )
    with pytest.raises(CallerError, match=said):
        declared(given)


@pytest.mark.parametrize("recording", ["gone", None])
def test_an_open_session_without_its_recording_is_closed_and_holds_up_nothing(
    recording: str | None, tmp_path: Path
) -> None:
    """As a power cut between the two leaves it, or a backup of that moment."""
    repository = desk.opened("sqlite", tmp_path)
    acts = desk.clinic(repository)
    patient_id = desk.made(acts).id
    with repository.work(writes=True) as work:
        work.put(
            Session(
                id=new_id(),
                tenant_id=desk.TENANT,
                patient_id=patient_id,
                recording_id=recording,
                on_day=desk.TODAY,
                started_at=desk.NOW,
                stage="step-1",
            )
        )

    async def test() -> None:
        clinic = Clinic(repository)
        async with clinic.running():
            (kept,) = sessions(clinic, patient_id)
            assert (kept.state, kept.ended_by, kept.rounds) == ("interrupted", "interrupted", None)
            admin = actor(desk.ADMIN, "clinic_admin")
            assert erase(clinic.acts, admin, patient_id, "trial-record").entities

    asyncio.run(test())
