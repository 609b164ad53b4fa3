"""A woman of the record, a clinic that runs, and rooms on a simulated seat."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from levator.clinic import Clinic, courses, history, telling, treatment
from levator.clinic.acting import Acts
from levator.clinic.courses import Wanted
from levator.clinic.sittings import Seating
from levator.devices.device import Device
from levator.live.asking import Asked
from levator.live.room import Room
from levator.records.repository import Repository
from levator.records.treatment import Clearance, Session
from levator.signals.samples import Samples, Stream
from tests.clinic import desk
from tests.clinic.desk import actor, jansen, new_id
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


def clinic_with_her(repository: Repository) -> tuple[Clinic, str]:
    """A clinic that does not run yet, and a woman of it who may train."""
    desk.clinic(repository)
    clinic = Clinic(repository)
    patient_id, _ = after_birth(clinic.acts)
    return clinic, patient_id


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


@asynccontextmanager
async def a_set_under_way(clinic: Clinic, patient_id: str) -> AsyncIterator[Room]:
    room = await opened(clinic, patient_id)
    async with watching(room, person_in(clinic, room)):
        room.ask(Asked("start"), "therapist")
        await until(lambda: room.facts.state == "running")
        yield room


async def over_within_a_second(room: Room) -> None:
    """Hold a room to what is promised of what was told just now; the telling has its own time."""
    async with asyncio.timeout(1):
        while not room.is_over:
            await asyncio.sleep(0.01)


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
