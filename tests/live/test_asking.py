"""Every kind of asking, in every stage of a sitting: done or refused, never a fault."""

import asyncio
from dataclasses import replace
from typing import get_args

import pytest

from levator.live.asking import (
    BEFORE_KINDS,
    Asked,
    AskedDose,
    AskedKind,
    Asker,
    RoomStage,
    SessionKind,
)
from levator.live.room import Room
from levator.texts import speaker
from levator.web.therapy import therapist_part
from tests.live.seats import a_room, a_watched_room, person_in, reference, until, watching

KINDS: tuple[AskedKind, ...] = (
    *get_args(SessionKind),
    *BEFORE_KINDS,
    "stop",
    "pain",
    "dose",
    "code",
    "answer",
)
STAGES: tuple[RoomStage, ...] = ("open", "calibrating", "session", "over")
FULL = {
    "effort": 5,
    "mark": "cough",
    "dose": AskedDose(60.0, 3.0, 5.0, 3.0, 4.0),
    "channel": "seat",
    "role": "primary",
}


def brought_to(room: Room, stage: RoomStage) -> None:
    if stage in ("calibrating", "session"):
        room.calibrate()
    elif stage == "over":
        room.stop("room", "stop")
    assert room.stage == stage


@pytest.mark.parametrize("stage", STAGES)
def test_every_kind_in_every_stage(stage: RoomStage) -> None:
    async def sitting(kind: AskedKind) -> None:
        async with a_room("&speed=1", is_calibrated=stage == "session") as (clinic, room):
            if stage != "session":
                brought_to(room, stage)
            async with watching(room, person_in(clinic, room)):
                await until(lambda: room.audience.is_patient_here)
                by = "patient" if kind in ("pain", "tired", "effort") else "therapist"
                room.ask(Asked(kind, **FULL), by)
                assert not room.is_faulty
                if kind in BEFORE_KINDS and stage != "open":
                    assert room.refusal == "not_now"
                    assert room.stage == stage
                if kind in ("stop", "pain"):
                    assert room.is_over

    reference()
    for kind in KINDS:
        asyncio.run(sitting(kind))


PATIENTS = {"calibrate", "start", "resume", "tare", "stop", "pain", "tired", "effort"}
THERAPISTS = {"calibrate", "start", "pause", "resume", "tare", "stop", "mark", "dose", "role"}
MAY = {
    "patient": PATIENTS,
    "therapist": THERAPISTS | {"code", "answer"},
    "watcher": {"stop"},
}


def test_every_kind_from_everybody() -> None:
    async def sitting(asker: Asker) -> None:
        async with a_watched_room("&speed=1") as (_, room):
            for kind in sorted(KINDS, key=lambda one: one in ("stop", "pain")):
                room.ask(Asked(kind, **FULL), asker)
                assert (room.refusal == "not_yours") == (kind not in MAY[asker]), (asker, kind)
            assert room.is_over
            assert not room.is_faulty

    reference()
    for asker in get_args(Asker):
        asyncio.run(sitting(asker))


def test_who_joined_to_look_along_may_only_stop() -> None:
    async def sitting() -> None:
        async with a_room() as (clinic, room):
            rooms = clinic.rooms
            assert rooms.seat(room, "bo", "Bo", "en", is_watcher=True).asker == "watcher"
            assert person_in(clinic, room, "therapist").asker == "therapist"
            # Who takes her on meanwhile leads from then on, as the same person.
            assert rooms.seat(room, "bo", "Bo", "en").asker == "therapist"
            assert len(room.audience.people) == 2

    asyncio.run(sitting())


@pytest.mark.parametrize(
    ("asked", "setting"),
    [
        (AskedDose(60.0, 3.0, 5.0, 3.0, 0.001), "rest"),
        (AskedDose(60.0, 0.1, 5.0, 3.0, 4.0), "rise"),
        (AskedDose(60.0, 3.0, 5.0, 0.1, 4.0), "fall"),
        (AskedDose(60.0, 3.0, 0.1, 3.0, 4.0), "hold"),
        (AskedDose(1.0, 3.0, 5.0, 3.0, 4.0), "force"),
    ],
)
def test_a_dose_below_the_step_is_refused_with_numbers(asked: AskedDose, setting: str) -> None:
    async def sitting() -> None:
        async with a_room() as (clinic, room), watching(room, person_in(clinic, room)):
            room.ask(Asked("dose", dose=asked), "therapist")
            assert room.dosing.refused is not None
            (outside,) = room.dosing.refused.ranges
            assert outside.setting == setting
            assert outside.asked < outside.lowest
            mine = therapist_part(room, clinic.rooms, speaker("en"), "")
            (said,) = mine["dose"]["refusals"]
            assert "of this step" in said["line"]
            assert said["field"].startswith(setting)
            longer = AskedDose(60.0, 3.0, 5.0, 3.0, 30.0)
            room.ask(Asked("dose", dose=longer), "therapist")
            assert room.dosing.refused is None

    asyncio.run(sitting())


@pytest.mark.parametrize("phase", ["rise_s", "hold_s", "fall_s", "rest_s"])
def test_a_phase_without_end_is_no_dose(phase: str) -> None:
    async def sitting() -> None:
        async with a_room() as (_, room):
            asked = replace(AskedDose(60.0, 3.0, 5.0, 3.0, 4.0), **{phase: 1e308})
            room.ask(Asked("dose", dose=asked), "therapist")
            assert room.refusal == "dose_unclear"

    asyncio.run(sitting())
