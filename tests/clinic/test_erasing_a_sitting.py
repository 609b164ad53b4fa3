"""Everything that a sitting leaves of her goes: a session, two calibrations, one broken off."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from levator.clinic import Clinic, patients
from levator.clinic.erasing import erase
from levator.clinic.exporting import export
from levator.clinic.patients import PatientDetails
from levator.clinic.sittings import Seating
from levator.errors import CallerError
from levator.live.asking import Asked
from levator.live.room import Room
from levator.records.access import Actor
from tests.clinic import desk
from tests.clinic.desk import TENANT, actor
from tests.clinic.erasable import CANARY, bytes_under
from tests.clinic.sitting_down import after_birth, clinic_of
from tests.clinic.test_exporting import member
from tests.live.seats import person_in, until, watching

SEAT = Seating(device_url="simulator://?seed=7&speed=60", cushion="none", posture="upright")
ADMIN: Actor = actor(desk.ADMIN, "clinic_admin")


async def ended(clinic: Clinic, room: Room, patient_id: str) -> None:
    room.ask(Asked("stop"), "patient")
    await until(lambda: room.is_saved)
    await clinic.sittings.settled(TENANT, patient_id)


async def a_session(clinic: Clinic, patient_id: str) -> None:
    """A guided calibration to its end, and a set that begins."""
    room = await clinic.open_for(actor(), patient_id, SEAT)
    async with watching(room, person_in(clinic, room)):
        await until(lambda: room.audience.is_patient_here)
        room.ask(Asked("calibrate"), "patient")
        await until(lambda: room.stage == "session")
        room.ask(Asked("start"), "patient")
        await until(lambda: room.facts.state == "running")
        await ended(clinic, room, patient_id)


async def a_calibration_that_is_broken_off(clinic: Clinic, patient_id: str) -> None:
    room = await clinic.open_for(actor(), patient_id, SEAT)
    async with watching(room, person_in(clinic, room)):
        await until(lambda: room.audience.is_patient_here)
        room.ask(Asked("calibrate"), "patient")
        await until(lambda: room.stage == "calibrating")
        await until(lambda: clinic.repository.recordings()[0].state == "open")
        with pytest.raises(CallerError, match="no session is under way"):
            await asyncio.to_thread(erase, clinic.acts, ADMIN, patient_id, "her-request")
        await ended(clinic, room, patient_id)


def waves(clinic: Clinic) -> list[bytes]:
    """A piece out of the middle of each recording."""
    repository = clinic.repository
    blocks = [list(repository.blocks(one.id)) for one in repository.recordings()]
    return [each[len(each) // 2].values for each in blocks]


def test_no_recording_of_hers_is_left(tmp_path: Path) -> None:
    async def sitting() -> None:
        async with clinic_of("sqlite", tmp_path) as clinic:
            patient_id, _ = after_birth(clinic.acts)
            named = PatientDetails(given_name=CANARY, family_name=CANARY, born_on="1991-03-12")
            kept = patients.read(clinic.acts, actor(), patient_id)
            patients.change(clinic.acts, actor(), patient_id, kept.version, named)
            await a_session(clinic, patient_id)
            await a_calibration_that_is_broken_off(clinic, patient_id)
            heads, before = clinic.repository.recordings(), waves(clinic)
            assert [one.ended_by for one in heads] == ["stop", "stop", "calibrated"]
            assert {(one.title, one.tenant_id, one.patient_id) for one in heads} == {
                ("", TENANT, patient_id)
            }
            export(clinic.acts, actor(), patient_id, tmp_path / "hers.zip")
            assert all(member(tmp_path / "hers.zip", f"recordings/{one.id}.jsonl") for one in heads)
            (tmp_path / "hers.zip").unlink()
            await asyncio.to_thread(erase, clinic.acts, ADMIN, patient_id, "her-request")
            assert clinic.repository.recordings() == []
            left = bytes_under(tmp_path)
            assert CANARY.encode() not in left
            assert [wave in left for wave in before] == [False] * 3

    asyncio.run(sitting())


def test_a_calibration_that_begins_in_the_moment_of_erasing_is_not_kept(tmp_path: Path) -> None:
    async def sitting() -> None:
        async with clinic_of("sqlite", tmp_path) as clinic:
            patient_id, _ = after_birth(clinic.acts)
            room = await clinic.open_for(actor(), patient_id, SEAT)
            async with watching(room, person_in(clinic, room)):
                await until(lambda: room.audience.is_patient_here)
                acts = replace(clinic.acts, told=lambda _: room.calibrate())
                erase(acts, ADMIN, patient_id, "her-request")
                assert room.recording is not None
                await until(lambda: room.health == "not_saving")
                await clinic.end_erased()
                await clinic.sittings.settled(TENANT, patient_id)
            assert room.is_over
            assert clinic.repository.recordings() == []

    asyncio.run(sitting())
