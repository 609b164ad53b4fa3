"""Pain that reaches the clinic once her sitting is over: her phone had no network till then."""

import asyncio
import gc
from math import inf
from pathlib import Path

import pytest

from levator.clinic import Clinic
from levator.clinic.sittings import StageShutError
from levator.clinic.unkept import NotKeptError
from levator.errors import StorageError
from levator.live.asking import Asked
from levator.live.room import Room
from levator.live.writer import Writer
from tests.clinic import desk
from tests.clinic.desk import actor
from tests.clinic.sitting_down import (
    SEAT,
    a_set_under_way,
    after_birth,
    clinic_with_her,
    opened,
    over_within_a_second,
    run,
    sessions,
    unmeasured,
)
from tests.clinic.test_sessions_unkept import Frail, is_shut, reference
from tests.clinic.test_sessions_unkept import run as run_frail
from tests.live.seats import person_in, until, watching


async def stopped(clinic: Clinic, patient_id: str) -> Room:
    """A set that her therapist stopped, until it is in her record."""
    async with a_set_under_way(clinic, patient_id) as room:
        room.ask(Asked("stop"), "therapist")
        await until(lambda: clinic.sittings.led(room) is None)
    assert [one.had_pain for one in sessions(clinic, patient_id)] == [False]
    return room


async def in_her_record(clinic: Clinic, patient_id: str) -> None:
    await until(lambda: [one.had_pain for one in sessions(clinic, patient_id)] == [True])


@pytest.mark.parametrize("back_end", desk.BACK_ENDS)
def test_pain_after_the_end_is_kept_on_the_session_and_shuts_the_step(
    back_end: str, tmp_path: Path
) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts)
        room = await stopped(clinic, patient_id)
        (before,) = sessions(clinic, patient_id)
        for _ in range(2):
            room.ask(Asked("pain"), "patient")
        await in_her_record(clinic, patient_id)
        (kept,) = sessions(clinic, patient_id)
        assert (kept.state, kept.ended_by, kept.trained) == ("ended", "stop", before.trained)
        assert kept.version == before.version + 1
        assert await is_shut(clinic, patient_id)
        with pytest.raises(StageShutError):
            await clinic.again_for(actor(), room)

    run(test, tmp_path, back_end)


def test_pain_after_a_room_in_which_nothing_began_is_a_session_of_its_own(tmp_path: Path) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts)
        room = await unmeasured(clinic, patient_id)
        room.ask(Asked("stop"), "therapist")
        await until(lambda: clinic.sittings.led(room) is None)
        assert not sessions(clinic, patient_id)
        room.ask(Asked("pain"), "patient")
        await in_her_record(clinic, patient_id)
        (kept,) = sessions(clinic, patient_id)
        assert (kept.state, kept.ended_by, kept.recording_id) == ("ended", "pain", None)
        assert await is_shut(clinic, patient_id)

    run(test, tmp_path)


@pytest.mark.parametrize("has_session", [True, False])
def test_pain_while_the_end_is_being_kept_is_kept_once(has_session: bool, tmp_path: Path) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts)
        room = await (opened if has_session else unmeasured)(clinic, patient_id)
        if has_session:
            await until(lambda: bool(sessions(clinic, patient_id)))
        with clinic.sittings._unkept._one:
            room.ask(Asked("stop"), "therapist")
            await until(lambda: bool(clinic.sittings._over))
            room.ask(Asked("pain"), "patient")
            await asyncio.sleep(0)
        await in_her_record(clinic, patient_id)
        assert await is_shut(clinic, patient_id)

    run(test, tmp_path)


@pytest.mark.parametrize("is_full", [False, True])
def test_a_room_that_opened_meanwhile_ends(is_full: bool) -> None:
    async def test(clinic: Clinic, repository: Frail, patient_id: str) -> None:
        room = await stopped(clinic, patient_id)
        again = await opened(clinic, patient_id)
        repository.failing = inf if is_full else 0
        room.ask(Asked("pain"), "patient")
        await over_within_a_second(again)
        assert again.facts.cause == "not_allowed"

    run_frail(test)


def test_late_pain_that_cannot_be_kept_is_held_and_nothing_opens_before_it_is() -> None:
    async def test(clinic: Clinic, repository: Frail, patient_id: str) -> None:
        room = await stopped(clinic, patient_id)
        repository.failing = inf
        room.ask(Asked("pain"), "patient")
        await until(lambda: clinic.sittings._unkept.has_pain_of(desk.TENANT, patient_id))
        with pytest.raises(NotKeptError):
            await clinic.open_for(actor(), patient_id, SEAT)
        repository.failing = 0
        await asyncio.to_thread(clinic.sittings.keep_unkept)
        assert [one.had_pain for one in sessions(clinic, patient_id)] == [True]
        assert await is_shut(clinic, patient_id)

    run_frail(test)


def test_what_would_be_kept_of_a_room_goes_with_it(tmp_path: Path) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts)
        room = await unmeasured(clinic, patient_id)
        room.ask(Asked("stop"), "therapist")
        await until(lambda: bool(clinic.sittings._over) and not clinic.sittings._led)
        clinic.rooms.forget(room)
        del room
        await asyncio.sleep(0.1)
        gc.collect()
        assert not clinic.sittings._over

    run(test, tmp_path)


@pytest.mark.parametrize("is_recorded", [True, False])
def test_what_is_held_at_the_end_of_the_program_is_said(
    is_recorded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So is what was recorded, where the disk takes nothing at all."""
    repository = Frail()
    clinic, patient_id = clinic_with_her(repository)

    async def test() -> None:
        async with clinic.running():
            room = await (stopped if is_recorded else opened)(clinic, patient_id)
            repository.failing = inf
            repository.records_nothing = not is_recorded
            async with watching(room, person_in(clinic, room)):
                room.ask(Asked("pain"), "patient")
                await until(lambda: room.is_over)
                if not is_recorded:
                    await asyncio.sleep(0.1)
            if is_recorded:
                await until(lambda: clinic.sittings._unkept.has_pain_of(desk.TENANT, patient_id))

    stop = Writer.stop
    monkeypatch.setattr(Writer, "stop", lambda self, patience_s: stop(self, 0.2))
    monkeypatch.setattr("levator.live.rooms.SAVED_WITHIN_S", 0.2)
    reference()
    with pytest.raises(StorageError, match="write down whether she had pain") as ended:
        asyncio.run(test())
    assert ("records could not be saved before stopping" in str(ended.value)) != is_recorded
