"""One room on a real simulated seat: recorded, replayed, silent, unplugged, left alone."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from levator.clinic.seats import device_within
from levator.live.asking import Asked, AskedDose, AskedKind
from levator.records.replay import load_session
from levator.records.values import samples_of
from levator.signals.phases import CalibrationFailed
from levator.signals.samples import Samples
from levator.training import session
from levator.training.context import SessionContext
from levator.training.events import CommandRefused, SetEnded, TargetSet
from levator.training.inputs import Command, Tick
from levator.training.plain import event_to_plain, from_plain
from tests.live.seats import (
    a_room,
    clinic_in_memory,
    person_in,
    reference,
    simulator,
    sitting_at,
    until,
    watching,
)


def run(test: Coroutine[Any, Any, None]) -> None:
    """Run a test on a loop; the patient's reference is measured before any clock runs."""
    reference()
    asyncio.run(test)


def test_a_whole_session_replays_to_the_same_events() -> None:
    async def sitting() -> None:
        async with a_room() as (clinic, room):
            async with watching(room, person_in(clinic, room)):
                room.ask(Asked("start"), "therapist")
                await until(lambda: len(room.facts.scored) >= 2)
                room.ask(Asked("tired"), "patient")
                await until(lambda: room.facts.set_ended is not None)
                room.ask(Asked("effort", effort=6), "patient")
                room.ask(Asked("stop", drawn_index=5), "patient")
            await until(lambda: room.is_saved)
            assert room.recording is not None
            stored = load_session(clinic.repository, room.recording)
            context = from_plain(SessionContext, stored.context)
            state, told = session.begin(context), []
            stops = []
            for given in stored.inputs:
                if not isinstance(given, Samples):
                    kind = Tick if given["type"] == "Tick" else Command
                    given = from_plain(kind, given)
                if isinstance(given, Command) and given.kind == "stop":
                    stops.append(given.drawn_index)
                state, events = session.step(state, given)
                told += [event_to_plain(event) for event in events]
            assert told == stored.events
            assert stops == [5]
            assert stored.header.state == "closed"
            assert stored.header.ended_by == "stop"
            assert told[-1]["type"] == "SessionEnded"

    run(sitting())


def test_what_is_drawn_is_what_is_stored() -> None:
    async def sitting() -> None:
        async with a_room("&speed=50") as (clinic, room):
            await until(lambda: room.frames.tracks[0].end > 400)
            drawn = room.frames.tracks[0].since(0)[1].tolist()
            first = room.frames.tracks[0].start
            room.stop("therapist", "stop")
            await until(lambda: room.is_saved)
            assert room.recording is not None
            context = from_plain(
                SessionContext, load_session(clinic.repository, room.recording).context
            )
            state = session.begin(context)
            for block in clinic.repository.blocks(room.recording):
                state, _ = session.step(state, samples_of(block))
            levels = state.primary.tape.cut(first, first + len(drawn))
            assert drawn == pytest.approx(levels, abs=1e-4)

    run(sitting())


def test_nothing_is_recorded_before_the_calibration_and_all_of_it_after() -> None:
    async def sitting() -> None:
        async with a_room("&speed=20", is_calibrated=False) as (clinic, room):
            await until(lambda: room.frames.tracks[0].end > 50)
            assert room.stage == "open"
            assert clinic.repository.recordings() == []
            room.stop("therapist", "stop")
            await until(lambda: room.is_over)

    run(sitting())


def test_she_is_guided_through_a_calibration_and_the_session_begins() -> None:
    async def sitting() -> None:
        async with a_room("&speed=200", is_calibrated=False) as (clinic, room):
            await until(lambda: room.frames.tracks[0].end > 10)
            room.ask(Asked("start"), "therapist")
            assert room.refusal == "not_calibrated"
            room.ask(Asked("calibrate"), "therapist")
            assert room.refusal == "patient_missing"
            assert room.stage == "open"
            async with watching(room, person_in(clinic, room)):
                room.ask(Asked("calibrate"), "therapist")
                await until(lambda: room.guidance is not None and room.guidance.phase is not None)
                await until(lambda: room.stage == "session")
            use = room.state.context.uses[0]
            assert use.reference is not None
            assert use.reference.kind == "mvc"
            assert room.state.feeds[use.stream].stream.first_index > 100 * 60
            room.stop("therapist", "stop")
            await until(lambda: room.is_saved)
            ended = {one.id: one.ended_by for one in clinic.repository.recordings()}
            assert sorted(str(by) for by in ended.values()) == ["calibrated", "stop"]
            assert ended[str(room.recording)] == "stop"
            (measured,) = set(ended) - {room.recording}
            assert clinic.repository.gaps(measured) == []
            assert sum(one.n_samples for one in clinic.repository.spans(measured)) > 100 * 60

    run(sitting())


def test_a_calibration_that_fails_too_often_is_broken_off() -> None:
    async def sitting() -> None:
        opened = a_room("&speed=1", is_calibrated=False)
        async with opened as (clinic, room), watching(room, person_in(clinic, room)):
            room.ask(Asked("calibrate"), "therapist")
            await until(lambda: room.guidance is not None and room.guidance.phase is not None)
            assert room.guidance is not None
            room.guidance.results.append(CalibrationFailed(0.0, "lift_unclear", is_last=True))
            await until(lambda: room.stage == "open")
            assert (room.guidance, room.refusal) == (None, "measuring_unclear")
            saved = clinic.repository.recordings
            await until(lambda: [one.ended_by for one in saved()] == ["measuring_unclear"])

    run(sitting())


def test_a_calibration_is_broken_off_when_the_patients_page_is_gone() -> None:
    async def sitting() -> None:
        async with a_room("&speed=1", is_calibrated=False) as (clinic, room):
            async with watching(room, person_in(clinic, room)):
                room.ask(Asked("calibrate"), "therapist")
                await until(lambda: room.guidance is not None and room.guidance.phase is not None)
            await until(lambda: room.stage == "open")
            assert room.guidance is None
            assert room.refusal == "patient_gone"
            saved = clinic.repository.recordings
            await until(lambda: [one.ended_by for one in saved()] == ["presence"])
            async with watching(room, person_in(clinic, room)):
                room.ask(Asked("calibrate"), "therapist")
                assert room.stage == "calibrating"

    run(sitting())


def test_a_start_waits_for_the_patients_screen() -> None:
    async def sitting() -> None:
        async with a_room() as (clinic, room):
            room.ask(Asked("start"), "therapist")
            assert room.refusal == "patient_missing"
            assert room.facts.state == "ready"
            async with watching(room, person_in(clinic, room)):
                room.ask(Asked("start"), "therapist")
                await until(lambda: room.facts.state == "running")
                assert room.refusal is None

    run(sitting())


def test_a_patients_page_that_is_gone_pauses_the_room_and_says_so() -> None:
    async def sitting() -> None:
        async with a_room("&speed=1") as (clinic, room):
            async with watching(room, person_in(clinic, room)):
                room.ask(Asked("start"), "therapist")
                await until(lambda: room.facts.state == "running")
            await until(lambda: room.facts.state == "paused")
            assert room.facts.cause == "presence"
            assert room.facts.targets[-1].breakpoints == ()

    run(sitting())


def test_a_therapists_page_does_not_count_as_the_patients() -> None:
    async def sitting() -> None:
        async with a_room() as (clinic, room), watching(room, person_in(clinic, room, "therapist")):
            room.ask(Asked("start"), "therapist")
            assert room.refusal == "patient_missing"

    run(sitting())


def test_an_unplugged_seat_takes_the_target_away_and_comes_back_with_a_gap() -> None:
    async def sitting() -> None:
        async with a_room("&speed=1") as (clinic, room), watching(room, person_in(clinic, room)):
            room.ask(Asked("start"), "therapist")
            await until(lambda: room.facts.state == "running")
            before = room.next_index
            simulator(room).behave("unplug")
            await until(lambda: room.facts.state == "no_signal")
            # The driver said so: nobody waited for the silence to be noticed.
            assert room.facts.signal_lost is not None
            assert room.facts.signal_lost.cause == "driver"
            assert room.facts.targets[-1].breakpoints == ()
            assert room.trouble is not None
            simulator(room).behave("plug")
            await until(lambda: room.next_index > before + 50)
            assert room.trouble is None
            assert any(value != value for value in room.frames.tracks[0].since(0)[1])
            await until(lambda: room.facts.state in ("paused", "tare_needed"))

    run(sitting())


def test_silence_takes_the_target_away(monkeypatch: pytest.MonkeyPatch) -> None:
    async def sitting() -> None:
        async with a_room("&speed=1") as (clinic, room), watching(room, person_in(clinic, room)):
            room.ask(Asked("start"), "therapist")
            await until(lambda: room.facts.state == "running")
            monkeypatch.setattr(room.device, "_until_due", lambda ticks: asyncio.sleep(60))
            await until(lambda: room.facts.state == "no_signal")
            assert room.facts.targets[-1].breakpoints == ()
            room.ask(Asked("stop"), "patient")
            assert room.is_over

    run(sitting())


def test_an_end_of_a_recording_ends_the_session() -> None:
    async def sitting() -> None:
        async with a_room("&speed=max&ends=3s") as (clinic, room):
            await until(lambda: room.is_saved)
            assert room.recording is not None
            assert clinic.repository.header(room.recording).ended_by == "end_of_recording"

    run(sitting())


def test_a_dose_over_the_limits_is_refused_with_both_numbers() -> None:
    async def sitting() -> None:
        async with a_room() as (clinic, room), watching(room, person_in(clinic, room)):
            room.ask(Asked("start"), "therapist")
            room.ask(Asked("dose", dose=AskedDose(60.0, 3.0, 5.0, 3.0, 400.0)), "therapist")
            await until(lambda: len(room.facts.refusals) == 1)
            refused = room.facts.refusals[0]
            assert isinstance(refused, CommandRefused)
            (over,) = refused.breaches
            assert (over.limit, over.asked) == ("cycle", 411.0)
            room.ask(Asked("dose", dose=AskedDose(400.0, 3.0, 5.0, 3.0, 4.0)), "therapist")
            assert room.dosing.refused is not None
            outside = room.dosing.refused.ranges[0]
            assert (outside.asked, outside.highest) == (400.0, 70.0)
            room.ask(Asked("dose", dose=AskedDose(-5.0, 3.0, 5.0, 3.0, 4.0)), "therapist")
            assert room.refusal == "dose_unclear"
            room.ask(Asked("dose", dose=AskedDose(60.0, 3.0, 5.0, 3.0, 4.0)), "therapist")
            await until(lambda: room.facts.next_dose is not None)
            assert not room.facts.refusals

    run(sitting())


def test_pain_ends_everything_at_once() -> None:
    async def sitting() -> None:
        async with a_room() as (clinic, room), watching(room, person_in(clinic, room)):
            room.ask(Asked("start"), "therapist")
            await until(lambda: room.facts.state == "running")
            room.ask(Asked("pain"), "patient")
            assert room.is_over
            assert room.facts.ended is not None
            ended = room.facts.set_ended
            assert isinstance(ended, SetEnded)
            assert ended.ended_by == "pain"
            assert room.facts.targets[-1].breakpoints == ()

    run(sitting())


def test_a_fault_of_a_driver_ends_the_sitting_and_keeps_the_recording() -> None:
    """Anything but a DeviceError is a bug of the driver; no target may be left standing."""

    async def sitting() -> None:
        async with a_room() as (clinic, room), watching(room, person_in(clinic, room)):
            room.ask(Asked("start"), "therapist")
            await until(lambda: bool(room.facts.targets))

            def broken(_: object) -> bool:
                raise ValueError("a driver's fault")

            room._take = broken
            await until(lambda: room.is_saved)
            assert room.is_faulty
            assert room.is_over
            assert not room.facts.targets

    run(sitting())


@pytest.mark.parametrize("kind", ["stop", "pain"])
def test_a_stop_works_even_if_the_engine_fails(
    kind: AskedKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def sitting() -> None:
        async with a_room() as (clinic, room), watching(room, person_in(clinic, room)):
            room.ask(Asked("start"), "therapist")
            await until(lambda: bool(room.facts.targets))
            monkeypatch.setattr(session, "step", None)
            room.ask(Asked(kind), "patient")
            assert room.is_over
            assert room.is_faulty
            assert not room.facts.targets
            await until(lambda: room.is_saved)

    run(sitting())


def test_a_stop_before_any_session_frees_the_seat() -> None:
    async def sitting() -> None:
        async with a_room(is_calibrated=False) as (_, room):
            room.ask(Asked("stop"), "patient")
            assert room.is_over
            room.ask(Asked("start"), "patient")
            assert room.refusal == "not_calibrated"

    run(sitting())


def test_closing_the_clinic_ends_and_saves_what_runs() -> None:
    async def sitting() -> None:
        async with a_room() as (clinic, room):
            await until(lambda: room.next_index > 100)
            await clinic.rooms.close()
            assert room.is_saved
            assert room.recording is not None
            assert clinic.repository.header(room.recording).ended_by == "interrupted"

    run(sitting())


def test_targets_only_ever_ask_within_the_limits() -> None:
    async def sitting() -> None:
        async with a_room() as (clinic, room), watching(room, person_in(clinic, room)):
            room.ask(Asked("start"), "therapist")
            await until(lambda: len(room.facts.scored) >= 1)
            for target in room.facts.targets:
                assert isinstance(target, TargetSet)
                assert all(level <= 70.0 for _, level in target.breakpoints)

    run(sitting())


def test_a_recording_waits_for_the_first_start_and_plays_to_its_end(tmp_path: Path) -> None:
    async def sitting() -> None:
        clinic = clinic_in_memory()
        clinic.make_device = device_within(tmp_path)
        rows = "".join(f"{index / 100:.2f},{index % 50}\n" for index in range(300))
        path = tmp_path / "short.csv"
        path.write_text(f"time_s,force_percent_mvc\n{rows}")
        async with clinic.running():
            room = await clinic.open_room(
                sitting_at(clinic, f"replay://{path}?speed=max", "step-4")
            )
            room.calibrate()
            assert room.stage == "session"
            async with watching(room, person_in(clinic, room)):
                await asyncio.sleep(0.2)
                assert room.next_index == 0
                assert room.facts.state == "ready"
                room.ask(Asked("start"), "therapist")
                await until(lambda: room.is_saved)
            assert room.recording is not None
            spans = clinic.repository.spans(room.recording)
            assert sum(span.n_samples for span in spans) == 300

    run(sitting())
