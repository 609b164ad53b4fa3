"""The dose editor: what may be asked, and what is said to what may not."""

import asyncio

from levator.live.asking import Asked, AskedDose
from tests.live.seats import (
    a_room,
    person_in,
    reference,
    watching,
)
from tests.web.painted import desk


def refusals_of(asked: AskedDose, stage: str) -> list[dict[str, str]]:
    async def sitting() -> list[dict[str, str]]:
        async with a_room(stage=stage) as (clinic, room), watching(room, person_in(clinic, room)):
            room.ask(Asked("dose", dose=asked), "therapist")
            found: list[dict[str, str]] = desk(clinic, room)["dose"]["refusals"]
            return found

    reference()
    return asyncio.run(sitting())


def test_what_may_be_asked_stands_beside_each_field() -> None:
    async def sitting(stage: str) -> dict[str, str]:
        async with a_room(stage=stage) as (clinic, room):
            hints: dict[str, str] = desk(clinic, room)["dose"]["hints"]
            return hints

    reference()
    assert asyncio.run(sitting("step-6")) == {
        "force_percent_mvc": "50 to 70 %",
        "rise_s": "from 3 s",
        "hold_s": "5 to 9 s",
        "fall_s": "from 3 s",
        "rest_s": "from 4 s",
    }
    assert "tangent_percent" in asyncio.run(sitting("step-7"))


def test_a_tangent_that_makes_the_hold_too_long_is_explained_as_a_sum() -> None:
    (said,) = refusals_of(AskedDose(70.0, 12.0, 3.0, 3.0, 6.0, 80.0), "step-7")
    assert said["field"] == "hold_s"
    assert said["line"].endswith(
        "A Tangent of 80 % moves 9.6 of the 12 s of rise to the hold: 3 + 9.6 = 12.6 s."
    )


def test_only_the_newest_dose_is_answered() -> None:
    async def sitting() -> None:
        async with a_room() as (clinic, room), watching(room, person_in(clinic, room)):
            for rest_s in (300.0, 200.0):
                room.ask(Asked("dose", dose=AskedDose(60.0, 3.0, 6.0, 3.0, rest_s)), "therapist")
            (said,) = desk(clinic, room)["dose"]["refusals"]
            assert said["line"].startswith("Round 212 s is over the limit of 120 s")
            assert said["field"] == ""
            room.ask(Asked("dose", dose=AskedDose(60.0, 3.0, 6.0, 3.0, 8.0)), "therapist")
            assert desk(clinic, room)["dose"]["refusals"] == []

    reference()
    asyncio.run(sitting())
