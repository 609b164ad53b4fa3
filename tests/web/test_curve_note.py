"""What the therapist reads under a line of muscle activity."""

import asyncio
import json
from dataclasses import replace

import pytest

from levator.live.asking import Asked
from levator.signals.reference import Reference
from levator.web.painting import Painter
from tests.live.seats import a_room


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
