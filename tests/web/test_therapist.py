"""What the therapist sees on her own page and on the board."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from levator import web
from levator.live.asking import Asked
from levator.live.room import Room
from levator.texts import speaker
from levator.training.events import RestScored
from levator.web.board import _tile
from levator.web.painting import Painter
from tests.live.seats import a_room, person_in, reference, until, watching

EN = speaker("en")
TEMPLATES = Path(web.__file__).parent / "templates"


def after_pain(*, has_begun: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    async def sitting() -> tuple[dict[str, Any], dict[str, Any]]:
        async with a_room(is_calibrated=has_begun) as (clinic, room):
            async with watching(room, person_in(clinic, room)):
                if has_begun:
                    room.ask(Asked("start"), "patient")
                    await until(lambda: _rises(room))
                room.ask(Asked("pain"), "patient")
            painted = json.loads(Painter(clinic.rooms, "")(room, "therapist", "en"))
            return painted, _tile(room, EN)

    reference()
    return asyncio.run(sitting())


def _rises(room: Room) -> bool:
    target = room.facts.targets[-1]
    return target.round == 2 and target.breakpoints[0][0] < room.state.now_s


@pytest.mark.parametrize(
    ("has_begun", "said"),
    [
        (True, "Stopped: she said it hurts, round 2."),
        (False, "Stopped: she said it hurts."),
    ],
)
def test_pain_is_the_first_thing_the_therapist_reads(has_begun: bool, said: str) -> None:
    painted, tile = after_pain(has_begun=has_begun)
    assert painted["troubles"] == [said]
    assert (tile["line"], tile["is_well"]) == (said, False)


def test_a_longer_rest_names_the_last_round_that_was_not_let_go() -> None:
    async def sitting() -> str:
        async with a_room() as (clinic, room):
            dose = room.sitting.dose
            assert dose is not None
            assert dose.pattern is not None
            longer_s = dose.pattern.rest_s + 2.0
            room.facts.dose = dose
            room.facts.rested = {
                (1, 1): RestScored(10.0, 1, 1, 18.0, False, (), longer_s),
                (1, 2): RestScored(20.0, 1, 2, 3.0, True, (), longer_s),
            }
            painted = json.loads(Painter(clinic.rooms, "")(room, "therapist", "en"))
            return str(painted["therapist"]["why"])

    reference()
    said = asyncio.run(sitting())
    assert "because round 1 ended at 18 %" in said


def test_no_heading_loses_its_part_to_a_status() -> None:
    for page in TEMPLATES.glob("*.html"):
        assert not re.search(r"<h[1-6][^>]*\brole=", page.read_text("utf-8")), page.name
