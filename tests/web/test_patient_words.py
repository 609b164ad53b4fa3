"""What the patient reads beside the curve: no contradictions, and nothing left unsaid."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from levator.clinic import Clinic
from levator.live.asking import Asked
from levator.live.room import Room
from levator.texts import speaker
from levator.texts.sentences import for_patient
from levator.training.events import CommandRefused, SessionEnded, StateChanged
from levator.training.states import State
from levator.web.painting import Painter
from tests.live.seats import a_room, person_in, reference, until, watching

Act = Callable[[Clinic, Room], Awaitable[None]]


def painted(
    act: Act | None = None, *, is_calibrated: bool = True, speed: int = 20
) -> dict[str, Any]:
    async def sitting() -> dict[str, Any]:
        async with a_room(f"&speed={speed}", is_calibrated=is_calibrated) as (clinic, room):
            if act is not None:
                await act(clinic, room)
            found: dict[str, Any] = json.loads(Painter(clinic.rooms, "")(room, "patient", "en"))
            return found

    reference()
    return asyncio.run(sitting())


def test_the_first_screen_asks_her_to_begin() -> None:
    picture = painted(is_calibrated=False)
    assert picture["headline"] == "Sit comfortably"
    assert picture["sentence"].endswith("Press Begin when you sit well.")
    assert "calibrate" in picture["can"]


def test_a_known_maximum_is_not_announced_as_measured_first() -> None:
    async def known(_: Clinic, room: Room) -> None:
        room.sitting = replace(room.sitting, reference=reference())

    picture = painted(known, is_calibrated=False)
    assert (
        picture["sentence"] == "Your own maximum is known already. Press Begin when you sit well."
    )


def test_before_a_set_she_reads_what_comes_next() -> None:
    picture = painted()
    assert picture["headline"] == "Ready to start"
    assert picture["sentence"] == "Everything is ready. Press Start when you want to begin."


def test_what_she_asked_in_vain_is_answered_in_her_words() -> None:
    async def too_early(_: Clinic, room: Room) -> None:
        room.ask(Asked("start"), "patient")

    (why,) = painted(too_early)["troubles"]
    assert why == "Not begun yet: there was no picture on your screen. Press again."


def test_who_has_pressed_nothing_is_not_told_to_press_again() -> None:
    async def too_early(_: Clinic, room: Room) -> None:
        room.ask(Asked("start"), "therapist")

    (why,) = painted(too_early)["troubles"]
    assert why == "Not begun yet: there was no picture on your screen."


def test_before_its_first_samples_a_calibration_does_not_ask_for_a_start() -> None:
    async def begun(_: Clinic, room: Room) -> None:
        room.calibrate()
        assert room.stage == "calibrating"

    picture = painted(begun, is_calibrated=False, speed=1)
    assert (picture["sentence"], picture["calibration"]) == ("", None)


def test_what_the_therapist_asked_in_vain_is_not_hers() -> None:
    async def unclear(_: Clinic, room: Room) -> None:
        room.ask(Asked("dose"), "therapist")

    assert painted(unclear)["troubles"] == []


def test_a_refusal_of_the_engine_is_said_to_her_and_only_to_her() -> None:
    async def refused(by: str, room: Room) -> None:
        room.facts.take(CommandRefused(0.0, "start", by, "reference_invalid"))

    hers = painted(lambda _, room: refused("patient", room))
    assert hers["sentence"] == "Measure your own maximum again first."
    theirs = painted(lambda _, room: refused("therapist", room))
    assert theirs["sentence"] == "Everything is ready. Press Start when you want to begin."


async def _running(clinic: Clinic, room: Room) -> None:
    room.ask(Asked("start"), "patient")
    await until(lambda: room.facts.state == "running")


@pytest.mark.parametrize("cause", ["presence", "therapist"])
def test_a_pause_says_why_and_what_becomes_of_the_round(cause: str) -> None:
    async def paused(clinic: Clinic, room: Room) -> None:
        async with watching(room, person_in(clinic, room)):
            await _running(clinic, room)
            first = room.facts.targets[-1].breakpoints[0][0]
            await until(lambda: room.state.now_s > first + 0.5)
            if cause == "therapist":
                room.ask(Asked("pause"), "therapist")
        await until(lambda: room.facts.state == "paused")

    picture = painted(paused, speed=2)
    away = "Your screen was away for a moment, so we paused."
    why = away if cause == "presence" else "Paused. You do not have to do anything now."
    assert picture["sentence"] == f"{why} That round does not count."


def test_between_phases_nothing_flashes() -> None:
    async def run(clinic: Clinic, room: Room) -> None:
        async with watching(room, person_in(clinic, room)):
            await _running(clinic, room)

    assert painted(run)["headline"] == "Get ready"


def goodbye(rounds: int, valid: int, good: int, language: str = "en") -> str:
    ended = SessionEnded(9.0, "stop", 1, rounds, good, valid, 30.0)
    return str(for_patient(speaker(language), ended))


def test_a_sitting_that_went_well_says_so_in_plain_words() -> None:
    assert goodbye(3, 3, 3) == "This session is over: 3 rounds. All went well."
    assert goodbye(1, 1, 1) == "This session is over: 1 round. It went well."
    assert goodbye(3, 3, 2) == "This session is over: 3 rounds. 2 of them went well."


def test_every_round_she_did_is_counted_and_which_count_is_said() -> None:
    assert goodbye(2, 1, 1) == "This session is over: 2 rounds. 1 counts. 1 went well."
    assert goodbye(5, 4, 0) == "This session is over: 5 rounds. 4 count."
    assert goodbye(1, 0, 0) == "This session is over: 1 round. We could not judge it."
    assert goodbye(2, 0, 0) == "This session is over: 2 rounds. We could judge none."
    assert goodbye(2, 1, 1, "nl") == "Deze sessie is voorbij: 2 rondes. 1 telt mee. 1 ging goed."
    assert goodbye(5, 4, 2, "nl") == (
        "Deze sessie is voorbij: 5 rondes. 4 tellen mee. 2 daarvan gingen goed."
    )


def test_the_end_of_a_session_says_nothing_of_the_day() -> None:
    """Most steps ask for two or three sessions a day."""
    assert goodbye(0, 0, 0) == "This session is over."
    said = [goodbye(2, 1, 1), state_sentence("ended")]
    assert not [one for one in said if "today" in one]


def state_sentence(state: State) -> str:
    return str(for_patient(speaker("en"), StateChanged(9.0, state, "patient")))
