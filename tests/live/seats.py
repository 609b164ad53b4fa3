"""Rooms for tests: a real simulated seat, storage in memory, everything else as it runs."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache

from levator.clinic import Clinic, simulated_reference
from levator.course.facts import StartFacts
from levator.course.prescription import dose_for, limits_for, reference_kind_for
from levator.devices.simulator.driver import Simulator
from levator.library import load_hard_limits, load_protocol
from levator.live.room import Room
from levator.live.sitting import Sitting
from levator.live.viewer import Person
from levator.records.people import Patient
from levator.records.repository import Repository
from levator.signals.reference import Reference
from levator.storage.memory import MemoryRepository
from levator.training.dose import Dose
from tests.clinic.people import TENANT

FACTS = StartFacts(
    weeks_since_birth=13.0, cleared_by="dr. Bos", complications=False, pain_now=False
)
SEAT = "simulator://?seed=7"


def clinic_in_memory() -> Clinic:
    return clinic_on(MemoryRepository())


def clinic_on(repository: Repository) -> Clinic:
    """A clinic whose only patient is the one of `sitting_at`."""
    with repository.work(writes=True) as work:
        work.put(Patient(id=f"{TENANT}-record", tenant_id=TENANT, given_name="", family_name="M."))
    return Clinic(repository)


def sitting_at(clinic: Clinic, url: str = SEAT, stage: str = "step-6") -> Sitting:
    """A sitting that still needs its calibration."""
    protocol, hard = load_protocol("bekken-zwanger-fit"), load_hard_limits()
    known = protocol.stage(stage)
    limits = limits_for(protocol, known, FACTS, hard)
    dose = dose_for(known, FACTS, limits)
    assert isinstance(dose, Dose)
    return Sitting(
        patient="M. J.",
        device_url=url,
        cushion="none",
        posture="upright",
        facts=FACTS,
        protocol=protocol,
        stage=known,
        dose=dose,
        limits=limits,
        reference_kind=reference_kind_for(protocol, FACTS),
        settings=clinic.settings,
        patient_id=f"{TENANT}-record",
        tenant_id=TENANT,
    )


@cache
def reference() -> Reference:
    """The simulated patient's own reference, measured once for all tests.

    On a thread: a test may have an event loop already.
    """
    with ThreadPoolExecutor(1) as threads:
        measuring = simulated_reference(sitting_at(clinic_in_memory()))
        return threads.submit(asyncio.run, measuring).result()


@asynccontextmanager
async def a_room(
    options: str = "&speed=20", stage: str = "step-6", *, is_calibrated: bool = True
) -> AsyncIterator[tuple[Clinic, Room]]:
    """A running clinic with one open room."""
    known = reference() if is_calibrated else None
    clinic = clinic_in_memory()
    async with clinic.running():
        sitting = sitting_at(clinic, SEAT + options, stage)
        if known is not None:
            sitting = replace(sitting, reference=known)
        room = await clinic.open_room(sitting)
        if is_calibrated:
            room.calibrate()
        yield clinic, room


def simulator(room: Room) -> Simulator:
    """Return the seat, which can be asked to do things."""
    assert isinstance(room.device, Simulator)
    return room.device


def go_on_at(room: Room, speed: float) -> None:
    """Let the seat's time pass so fast from now on; called on the loop of the room."""
    seat = simulator(room)
    seat._options = replace(seat._options, speed=speed)
    seat._origin_s = seat._clock() - seat._at_s / speed


def person_in(clinic: Clinic, room: Room, role: str = "patient", name: str = "Mia") -> Person:
    """Let somebody in."""
    if role == "therapist":
        return clinic.rooms.seat(room, f"{TENANT}-therapist", name, "en")
    ticket = clinic.rooms.admit(room, name, "en")
    entry = clinic.rooms.entry(ticket, room.number)
    assert entry is not None
    return entry.person


@asynccontextmanager
async def watching(room: Room, person: Person) -> AsyncIterator[None]:
    """The person's screen confirms its frames, as a page does."""

    async def confirm() -> None:
        while True:
            room.confirm(person, room.frames.tracks[0].newest_index, 9)
            await asyncio.sleep(0.05)

    task = asyncio.create_task(confirm())
    await asyncio.sleep(0)
    try:
        yield
    finally:
        task.cancel()


@asynccontextmanager
async def a_watched_room(
    options: str = "&speed=20", *, is_calibrated: bool = True
) -> AsyncIterator[tuple[Clinic, Room]]:
    """A running clinic with one open room, whose patient sees her picture."""
    opened = a_room(options, is_calibrated=is_calibrated)
    async with opened as (clinic, room), watching(room, person_in(clinic, room)):
        await until(lambda: room.audience.is_patient_here)
        yield clinic, room


async def until(is_so: Callable[[], bool], patience_s: float = 20.0) -> None:
    """Wait for something that must come; the patience only ends a test that has failed."""
    for _ in range(int(patience_s / 0.01)):
        if is_so():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come")
