"""One write that fails, and pain that ended a sitting keeps her step shut all the same."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from math import inf

import pytest

from levator.clinic import Clinic
from levator.clinic.erasing import erase
from levator.clinic.sittings import Sittings, StageShutError
from levator.clinic.unkept import NotKeptError
from levator.errors import RecordingError, StorageError
from levator.live.asking import Asked
from levator.live.room import Room
from levator.records.model import Batch, InputRecord, RecordingHeader
from levator.records.treatment import Session
from levator.records.work import Work
from levator.storage.memory import MemoryRepository
from levator.training.inputs import Command
from levator.training.plain import event_to_plain
from tests.clinic import desk
from tests.clinic.desk import ADMIN, TENANT, actor, new_id
from tests.clinic.sitting_down import (
    SEAT,
    a_set_under_way,
    clinic_with_her,
    opened,
    sessions,
    unmeasured,
)
from tests.live.seats import person_in, reference, until, watching


class Frail(MemoryRepository):
    """Storage of which the works to come fail: so many, those that write or those that read."""

    failing = 0.0
    fails_writing = True
    records_nothing = False
    fault: Exception = StorageError("The disk is full; make room on it.")

    def append(self, batch: Batch) -> None:
        if self.records_nothing:
            raise self.fault
        super().append(batch)

    @contextmanager
    def work(self, *, writes: bool) -> Iterator[Work]:
        with super().work(writes=writes) as work:
            yield work
            if self.failing and writes == self.fails_writing:
                self.failing -= 1
                raise self.fault


def run(test: Callable[[Clinic, Frail, str], object]) -> None:
    async def running() -> None:
        repository = Frail()
        clinic, patient_id = clinic_with_her(repository)
        async with clinic.running():
            await test(clinic, repository, patient_id)
            repository.failing = 0

    reference()
    asyncio.run(running())


async def measured(clinic: Clinic, patient_id: str, fails: Callable[[], None]) -> Room:
    """A room whose session begins once the storage fails."""
    room = await unmeasured(clinic, patient_id)
    fails()
    room.sitting = replace(room.sitting, reference=reference())
    room.calibrate()
    return room


async def hurt(clinic: Clinic, room: Room, fails: Callable[[], None]) -> None:
    """A set that pain ends, where the storage fails before she says so."""
    async with watching(room, person_in(clinic, room)):
        room.ask(Asked("start"), "therapist")
        await until(lambda: room.facts.state == "running")
        fails()
        room.ask(Asked("pain"), "patient")
        await until(lambda: clinic.sittings.led(room) is None)


async def is_shut(clinic: Clinic, patient_id: str) -> bool:
    with pytest.raises(StageShutError) as found:
        await clinic.open_for(actor(), patient_id, SEAT)
    return "not_ended_by_pain" in {gate.code for gate in found.value.gates}


def well() -> None:
    """Nothing fails."""


FAULTS = [StorageError("The disk is full; make room on it."), RuntimeError("a fault of ours")]


@pytest.mark.parametrize("fault", FAULTS, ids=["disk", "fault"])
@pytest.mark.parametrize("when", ["at its beginning", "at its end"])
def test_pain_is_kept_where_one_write_failed(when: str, fault: Exception) -> None:
    async def test(clinic: Clinic, repository: Frail, patient_id: str) -> None:
        def fails() -> None:
            repository.failing, repository.fault = 1, fault

        if when == "at its beginning":
            room = await measured(clinic, patient_id, fails)
            await until(lambda: not repository.failing)
            assert not sessions(clinic, patient_id)
            await hurt(clinic, room, well)
        else:
            room = await opened(clinic, patient_id)
            await until(lambda: bool(sessions(clinic, patient_id)))
            await hurt(clinic, room, fails)
            assert not repository.failing
        assert await is_shut(clinic, patient_id)
        (kept,) = sessions(clinic, patient_id)
        assert (kept.state, kept.had_pain, kept.led_by) == ("ended", True, desk.ANKE)
        assert kept.recording_id == room.recording

    run(test)


def test_nothing_opens_for_her_until_it_is_kept_and_it_is_tried_again() -> None:
    async def test(clinic: Clinic, repository: Frail, patient_id: str) -> None:
        def fails() -> None:
            repository.failing = inf

        room = await unmeasured(clinic, patient_id)
        fails()
        room.ask(Asked("pain"), "patient")
        await until(lambda: clinic.sittings.led(room) is None)
        for opening in (
            clinic.open_for(actor(), patient_id, SEAT),
            clinic.again_for(actor(), room),
        ):
            with pytest.raises(NotKeptError, match="not in her record yet"):
                await opening
        repository.failing = 0
        assert not sessions(clinic, patient_id)
        # The storage answers again.
        await asyncio.to_thread(clinic.sittings.keep_unkept)
        (kept,) = sessions(clinic, patient_id)
        assert (kept.state, kept.had_pain, kept.recording_id) == ("ended", True, None)
        assert await is_shut(clinic, patient_id)

    run(test)


def test_while_a_recording_waits_for_the_disk_who_asks_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def test(clinic: Clinic, repository: Frail, patient_id: str) -> None:
        async with a_set_under_way(clinic, patient_id) as room:
            repository.records_nothing, repository.failing = True, inf
            room.ask(Asked("pain"), "patient")
        for opening in (
            clinic.open_for(actor(), patient_id, SEAT),
            clinic.again_for(actor(), room),
        ):
            with pytest.raises(NotKeptError):
                async with asyncio.timeout(10):
                    await opening
        repository.records_nothing, repository.failing = False, 0
        await until(lambda: clinic.sittings.led(room) is None)
        assert await is_shut(clinic, patient_id)

    monkeypatch.setattr("levator.clinic.sittings.SETTLED_WITHIN_S", 0.2)
    run(test)


@pytest.mark.parametrize("fault", FAULTS, ids=["disk", "fault"])
def test_one_read_that_fails_at_the_end_leaves_nobody_waiting(fault: Exception) -> None:
    async def test(clinic: Clinic, repository: Frail, patient_id: str) -> None:
        def fails() -> None:
            repository.failing, repository.fails_writing, repository.fault = 1, False, fault

        room = await opened(clinic, patient_id)
        await until(lambda: bool(sessions(clinic, patient_id)))
        await hurt(clinic, room, fails)
        assert not repository.failing
        async with asyncio.timeout(10):
            assert await is_shut(clinic, patient_id)
        erase(clinic.acts, actor(ADMIN, "clinic_admin"), patient_id, "her-request")

    run(test)


def test_an_end_that_is_cut_off_leaves_nobody_waiting_and_opens_nothing() -> None:
    async def test(clinic: Clinic, repository: Frail, patient_id: str) -> None:
        room = await unmeasured(clinic, patient_id)
        with clinic.sittings._unkept._one:
            room.ask(Asked("pain"), "patient")
            await until(lambda: bool(clinic.sittings._unkept._held))
            clinic.rooms._tasks.cancel()
            await clinic.rooms._tasks.finish()
        async with asyncio.timeout(10):
            assert await is_shut(clinic, patient_id)

    run(test)


@pytest.mark.parametrize("what", ["a set", "a calibration"])
def test_after_a_restart_pain_is_found_in_the_recording(what: str) -> None:
    async def test(clinic: Clinic, repository: Frail, patient_id: str) -> None:
        def fails(times: float = inf) -> None:
            repository.failing = times

        if what == "a set":
            room = await measured(clinic, patient_id, partial(fails, 1))
            await until(lambda: not repository.failing)
            await hurt(clinic, room, fails)
        else:
            room = await unmeasured(clinic, patient_id)
            room.calibrate()
            await until(lambda: room.stage == "calibrating")
            fails()
            room.ask(Asked("pain"), "patient")
            await until(lambda: clinic.sittings.led(room) is None)
        repository.failing = 0
        assert not sessions(clinic, patient_id)
        clinic.sittings = Sittings(clinic.acts)
        for _ in range(2):
            await asyncio.to_thread(clinic.sittings.close_interrupted)
        (kept,) = sessions(clinic, patient_id)
        assert (kept.state, kept.ended_by, kept.had_pain) == ("ended", "pain", True)
        assert (kept.stage, kept.recording_id is not None) == ("step-6", what == "a set")
        assert await is_shut(clinic, patient_id)

    run(test)


def recorded(clinic: Clinic, patient_id: str) -> RecordingHeader:
    """A recording that a crash broke off just after she told of pain."""
    now = clinic.acts.now()
    header = RecordingHeader(
        "f" * 32,
        now,
        "",
        {"streams": [], "reference_valid": True, "stage": "step-6"},
        {},
        tenant_id=TENANT,
        patient_id=patient_id,
    )
    pain = InputRecord(header.id, 0, 0, event_to_plain(Command("pain", 0, "patient")))
    clinic.repository.append(Batch(begun=(header,), inputs=(pain,)))
    return header


def left_open(clinic: Clinic, header: RecordingHeader) -> None:
    with clinic.repository.work(writes=True) as work:
        work.put(
            Session(
                id=new_id(),
                tenant_id=TENANT,
                patient_id=header.patient_id,
                recording_id=header.id,
                on_day=header.started_at[:10],
                started_at=header.started_at,
                stage="step-6",
            )
        )


@pytest.mark.parametrize("is_begun", [True, False])
def test_after_a_crash_what_was_asked_of_the_engine_tells_of_pain(*, is_begun: bool) -> None:
    repository = Frail()
    clinic, patient_id = clinic_with_her(repository)
    header = recorded(clinic, patient_id)
    if is_begun:
        left_open(clinic, header)
    # It cannot be closed at the start; it is tried again while the clinic runs.
    repository.failing = is_begun

    async def again() -> None:
        async with clinic.running():
            await until(lambda: [one.had_pain for one in sessions(clinic, patient_id)] == [True])
            (kept,) = sessions(clinic, patient_id)
            assert (kept.state, kept.recording_id) == ("interrupted", header.id)
            assert await is_shut(clinic, patient_id)

    asyncio.run(again())


@pytest.mark.parametrize("fault", [RecordingError("It is damaged."), IndexError(), OverflowError()])
def test_a_recording_that_cannot_be_read_shuts_the_step_and_holds_up_no_start(
    fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = Frail()
    clinic, patient_id = clinic_with_her(repository)
    recorded(clinic, patient_id)

    def damaged(*_: object) -> None:
        raise fault

    monkeypatch.setattr(repository, "inputs", damaged)

    async def again() -> None:
        async with clinic.running():
            assert [one.had_pain for one in sessions(clinic, patient_id)] == [True]

    asyncio.run(again())


def test_what_is_held_is_tried_once_more_before_the_clinic_ends() -> None:
    repository = Frail()
    clinic, patient_id = clinic_with_her(repository)

    async def running() -> None:
        async with clinic.running():
            room = await unmeasured(clinic, patient_id)
            repository.failing = 1
            room.ask(Asked("pain"), "patient")
            await until(lambda: clinic.sittings.led(room) is None)
            assert not sessions(clinic, patient_id)

    asyncio.run(running())
    assert [one.had_pain for one in sessions(clinic, patient_id)] == [True]


def test_nothing_is_held_of_one_who_is_erased() -> None:
    async def test(clinic: Clinic, repository: Frail, patient_id: str) -> None:
        room = await unmeasured(clinic, patient_id)
        repository.failing = 1
        room.ask(Asked("pain"), "patient")
        await until(lambda: clinic.sittings.led(room) is None)
        erase(clinic.acts, actor(ADMIN, "clinic_admin"), patient_id, "her-request")
        await asyncio.to_thread(clinic.sittings.keep_unkept)
        assert not clinic.sittings._unkept._held

    run(test)
