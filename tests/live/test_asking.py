"""Every kind of asking, in every stage of a sitting: done or refused, never a fault."""

import asyncio
from typing import get_args

import pytest

from levator.live.asking import BEFORE_KINDS, Asked, AskedDose, AskedKind, RoomStage, SessionKind
from levator.live.room import Room
from tests.live.seats import a_room, person_in, reference, until, watching

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
                room.ask(Asked(kind, **FULL), by)  # type: ignore[arg-type]
                assert not room.is_faulty
                if kind in BEFORE_KINDS and stage != "open":
                    assert room.refusal == "not_now"
                    assert room.stage == stage
                if kind in ("stop", "pain"):
                    assert room.is_over

    reference()
    for kind in KINDS:
        asyncio.run(sitting(kind))
