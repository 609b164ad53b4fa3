"""What the therapist reads under a line of muscle activity."""

import asyncio
import json
from dataclasses import replace

import pytest

from levator.live.asking import Asked
from levator.signals.reference import Reference
from levator.web.painting import Painter
from tests.live.seats import a_room
from tests.web.painted import desk, painted


@pytest.mark.parametrize(("channel", "unit"), [("emg", "uV"), ("force", "N")])
def test_only_of_muscle_activity_it_is_said_that_the_mean_is_judged(
    channel: str, unit: str
) -> None:
    async def sitting() -> tuple[str, str]:
        async with a_room("&emg=500Hz", is_calibrated=False) as (clinic, room):
            room.ask(Asked("role", channel=channel, role="primary"), "therapist")
            known = Reference("declared", 3.0, 41.0, unit)
            room.sitting = replace(room.sitting, reference=known)
            paint = Painter(clinic.rooms, "")
            before = json.loads(paint(room, "therapist", "en"))
            room.calibrate()
            after = json.loads(paint(room, "therapist", "en"))
            return before["therapist"]["curve_note"], after["therapist"]["curve_note"]

    before, after = asyncio.run(sitting())
    assert before == ""
    assert ("its mean is judged" in after) == (channel == "emg")


def test_what_was_measured_before_a_maximum_is_never_in_percent() -> None:
    """Also once it is over: stopped in the calibration there is nothing that is 100 %."""

    async def sitting() -> list[bool]:
        async with a_room(is_calibrated=False) as (clinic, room):
            room.calibrate()
            measuring = desk(clinic, room)
            room.stop("therapist", "stop")
            over = desk(clinic, room)
            assert over["curve_title"] == "Pelvic floor, not calibrated yet, in N"
        async with a_room() as (clinic, room):
            room.stop("therapist", "stop")
            trained = desk(clinic, room)
        return [one["is_in_percent"] for one in (measuring, over, trained)]

    assert asyncio.run(sitting()) == [False, False, True]


def test_a_channel_begins_with_a_capital() -> None:
    async def labels() -> list[str]:
        async with a_room("&emg=500Hz&second=yes&respiration=25Hz") as (clinic, room):
            return [track["label"] for track in painted(clinic, room)["tracks"]]

    found = asyncio.run(labels())
    assert "Muscle activity" in found
    assert all(label[0].isupper() for label in found)
