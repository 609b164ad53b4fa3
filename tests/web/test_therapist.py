"""What the therapist reads on her own page and on the board."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from levator.live.asking import Asked, AskedDose
from levator.live.room import Room
from levator.texts import speaker
from levator.training.events import RestScored
from levator.web.board import tile
from tests.live.seats import (
    a_room,
    a_watched_room,
    person_in,
    reference,
    until,
    watching,
)
from tests.web.painted import desk, painted

EN = speaker("en")


def after_pain(*, has_begun: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    async def sitting() -> tuple[dict[str, Any], dict[str, Any]]:
        async with a_room(is_calibrated=has_begun) as (clinic, room):
            async with watching(room, person_in(clinic, room)):
                if has_begun:
                    room.ask(Asked("start"), "patient")
                    await until(lambda: _rises(room))
                room.ask(Asked("pain"), "patient")
            shown = painted(clinic, room)
            return shown, tile(room, EN)

    reference()
    return asyncio.run(sitting())


def _rises(room: Room) -> bool:
    return _rises_in(room, 2)


def _rises_in(room: Room, number: int) -> bool:
    target = room.facts.targets[-1]
    return target.round == number and target.breakpoints[0][0] < room.state.now_s


@pytest.mark.parametrize(
    ("has_begun", "said"),
    [
        (True, "Stopped: she said it hurts, round 2."),
        (False, "Stopped: she said it hurts."),
    ],
)
def test_pain_is_the_first_thing_the_therapist_reads(has_begun: bool, said: str) -> None:
    shown, tile = after_pain(has_begun=has_begun)
    assert shown["troubles"] == [said]
    # Pain is asked after; the same step once more is what the server would refuse.
    offered = shown["therapist"]["may_ask_after"], shown["therapist"]["may_go_again"]
    assert offered == (True, False)
    assert (tile["line"], tile["is_well"]) == (said, False)


@pytest.mark.parametrize("has_begun", [True, False])
def test_pain_afterwards_is_asked_of_a_session_that_is_in_her_record(has_begun: bool) -> None:
    async def sitting() -> dict[str, Any]:
        async with a_room(is_calibrated=has_begun) as (clinic, room):
            async with watching(room, person_in(clinic, room)):
                if has_begun:
                    room.ask(Asked("start"), "patient")
                    await until(lambda: _rises(room))
                room.stop("room", "clearance_revoked")
            return painted(clinic, room)

    reference()
    assert asyncio.run(sitting())["therapist"]["may_ask_after"] is has_begun


def test_a_longer_rest_names_the_last_round_that_was_not_let_go() -> None:
    async def sitting() -> str:
        async with a_room() as (clinic, room):
            dose = room.sitting.dose
            assert dose is not None
            assert dose.pattern is not None
            longer_s = dose.pattern.rest_s + 2.0
            room.facts.doses = {(1, 1): dose, (1, 2): dose}
            room.facts.rested = {
                (1, 1): RestScored(10.0, 1, 1, 18.0, False, (), longer_s),
                (1, 2): RestScored(20.0, 1, 2, 3.0, True, (), longer_s),
            }
            shown = painted(clinic, room)
            return str(shown["therapist"]["why"])

    reference()
    said = asyncio.run(sitting())
    assert "because round 1 ended at 18 %" in said


def test_the_dose_above_the_curve_is_that_of_the_round_that_runs() -> None:
    async def sitting() -> None:
        async with a_watched_room() as (clinic, room):
            room.ask(Asked("start"), "patient")
            await until(lambda: room.facts.round == 1 and room.state.set_state is not None)
            room.ask(Asked("dose", dose=AskedDose(65.0, 3.0, 6.0, 3.0, 8.0)), "therapist")
            mine = desk(clinic, room)
            assert mine["dose_line"].startswith("50 %; 3 · 5 · 3 · 4 s")
            assert mine["why"].startswith("From round 2: 65 %; 3 · 6 · 3 · 8 s")
            await until(lambda: room.facts.round == 2)
            shown = painted(clinic, room)
            mine = shown["therapist"]
            assert mine["dose_line"].startswith("65 %; 3 · 6 · 3 · 8 s")
            assert mine["why"] == ""
            assert mine["dose"]["fields"]["force_percent_mvc"] == 65.0
            assert shown["stage_line"].endswith("65 %")
            # Its own rest is 8 s: nothing was made longer.
            await until(lambda: (1, 2) in room.facts.rested)
            told = desk(clinic, room)["verdicts"][1]
            assert room.facts.rested[1, 2].next_rest_s == 8.0
            assert "next rest" not in told["detail"]
            # The first round's own rest was 4 s, whatever is asked now.
            first = room.facts.rested[1, 1]
            room.facts.rested[1, 1] = replace(first, next_rest_s=5.0)
            told = desk(clinic, room)["verdicts"][0]
            assert "next rest 5 s" in told["detail"]

    reference()
    asyncio.run(sitting())


def test_a_dose_whose_round_never_came_is_said_to_hold_for_the_next_set() -> None:
    async def sitting() -> None:
        async with a_watched_room() as (clinic, room):
            room.ask(Asked("start"), "patient")
            await until(lambda: room.facts.round == 1)
            room.ask(Asked("dose", dose=AskedDose(65.0, 3.0, 6.0, 3.0, 8.0)), "therapist")
            room.ask(Asked("mark", mark="cushion"), "therapist")
            assert room.facts.state == "set_ended"
            assert room.facts.next_dose is not None
            assert room.facts.next_dose.from_round == 1
            mine = desk(clinic, room)
            assert mine["why"].startswith("From the next set: 65 %")
            assert mine["dose"]["use"] == "Use from the next set"

    reference()
    asyncio.run(sitting())


def test_a_round_broken_off_has_the_same_word_on_every_screen() -> None:
    async def sitting() -> None:
        async with a_watched_room() as (clinic, room):
            room.ask(Asked("start"), "patient")
            await until(lambda: _rises_in(room, 1))
            room.ask(Asked("pause"), "therapist")
            room.ask(Asked("resume"), "therapist")
            await until(lambda: room.facts.round == 2)
            shown = painted(clinic, room)
            words = [shown["set"]["done"][0]["word"]]
            words.append(shown["therapist"]["verdicts"][0]["word"])
            assert words == ["Broken off"] * 2
            assert tile(room, EN)["line"] == "Round 2 · last: broken off"

    reference()
    asyncio.run(sitting())
