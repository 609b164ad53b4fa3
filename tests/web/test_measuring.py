"""A guided calibration on both screens."""

import asyncio
import re
from dataclasses import replace
from typing import get_args

from levator.clinic import Clinic
from levator.devices.simulator.driver import Simulator
from levator.live import asking
from levator.live.asking import Asked
from levator.live.room import Room
from levator.signals.phases import Failure
from levator.texts import speaker
from levator.web.board import tile
from tests.live.seats import (
    a_room,
    a_watched_room,
    person_in,
    reference,
    until,
)
from tests.web.painted import desk, painted

EN = speaker("en")


def test_a_failed_step_is_told_with_its_numbers_and_stays_until_it_is_begun_anew() -> None:
    async def sitting() -> None:
        async with a_watched_room("&speed=200", is_calibrated=False) as (clinic, room):
            assert isinstance(room.device, Simulator)
            room.device.behave("strain")
            room.ask(Asked("calibrate"), "patient")
            await until(lambda: room.refusal == "measuring_unclear")
            mine = desk(clinic, room)
            told = [one["line"] for one in mine["measured"] if not one["is_well"]]
            assert len(told) == 3
            assert re.search(
                r"From rest: lift -?[\d.]+ N, push -?[\d.]+ N\. Spread at rest: [\d.]+ N\."
                r" From [\d.]+ N on it counts\.$",
                told[-1],
            )
            assert mine["measured"][0]["is_well"]
            room.device.behave("lift")
            room.ask(Asked("calibrate"), "therapist")
            await until(lambda: room.guidance is not None and room.guidance.phase is not None)
            assert desk(clinic, room)["measured"] == []

    asyncio.run(sitting())


def test_a_restless_rest_is_told_as_that_and_the_lift_is_not_blamed() -> None:
    async def sitting() -> None:
        async with a_watched_room("&speed=20&practise=always", is_calibrated=False) as opened:
            clinic, room = opened
            # She contracts early in every 12 s; begun now, the last seconds of a minute meet that.
            await until(lambda: 5.0 < room.next_index / 100.0 % 12.0 < 7.0)
            room.ask(Asked("calibrate"), "patient")
            failed = re.compile(
                r"She was not at rest\. Let her sit still; the rest is taken again\."
                r" Spread at rest: [\d.]+ N\. In her calmest seconds: 0\.\d+ N\.$"
            )
            await until(lambda: any(failed.match(one) for one in lines(clinic, room)))
            assert not any("lift" in one.lower() for one in lines(clinic, room))
            hers = painted(clinic, room, "patient")
            assert any("Sit still" in one for one in hers["calibration"]["results"])

    asyncio.run(sitting())


def lines(clinic: Clinic, room: Room) -> list[str]:
    return [one["line"] for one in desk(clinic, room)["measured"]]


def test_a_rest_that_never_comes_is_the_reason_when_it_is_given_up() -> None:
    assert (asking.BROKEN_OFF["restless"][0], asking.BROKEN_OFF["gap"][0]) == (
        "not_at_rest",
        "sensor_gone",
    )
    assert set(asking.BROKEN_OFF) == {*get_args(Failure), "no_signal", "presence"}


def test_her_own_screen_gets_the_words_without_the_numbers() -> None:
    async def sitting() -> None:
        async with a_watched_room("&speed=200", is_calibrated=False) as (clinic, room):
            room.ask(Asked("calibrate"), "patient")
            await until(lambda: room.guidance is not None and len(room.guidance.results) >= 2)
            hers = painted(clinic, room, "patient")
            mine = desk(clinic, room)["measured"]
            assert hers["calibration"]["results"][0] == "Your resting tone is known."
            assert "therapist" not in hers
            assert re.match(
                r"Her resting tone is known\. Rest [\d.]+ N, spread [\d.]+ N\.$",
                mine[0]["line"],
            )

    asyncio.run(sitting())


def test_where_her_maximum_is_known_nothing_speaks_of_a_calibration() -> None:
    async def sitting() -> None:
        async with a_room(is_calibrated=False) as (clinic, room):
            assert tile(room, EN)["line"] == "Not calibrated yet"
            assert desk(clinic, room)["begin"] == "Begin calibration"
            her = room.audience.enter(person_in(clinic, room))
            assert painted(clinic, room)["sentence"] == "Begin the calibration when she sits well."
            room.ask(Asked("calibrate"), "therapist")
            (why,) = painted(clinic, room)["troubles"]
            assert why == "There was no picture on the patient's screen yet. Begin again."
            room.sitting = replace(room.sitting, reference=reference())
            known = "Her own maximum is known. Begin when she sits well."
            assert painted(clinic, room)["sentence"] == known
            room.audience.leave(her)
            shown = painted(clinic, room)
            mine = shown["therapist"]
            assert mine["begin"] == "Begin"
            said = [shown["sentence"], mine["curve_title"], mine["saving"]["line"]]
            said.append(tile(room, EN)["line"])
            assert said == [
                "Her own maximum is known. Let her screen join, then begin.",
                "Pelvic floor, in N",
                "Recording begins with the session.",
                "Ready to begin",
            ]

    reference()
    asyncio.run(sitting())
