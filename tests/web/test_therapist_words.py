"""The words of the therapist's screen: true of what happened, and of her, not to her."""

import asyncio
import json
import re
from dataclasses import replace

from levator.live.asking import Asked
from levator.training.events import FatigueEstablished
from tests.live.seats import (
    a_room,
    clinic_in_memory,
    person_in,
    reference,
    sitting_at,
    until,
    watching,
)
from tests.web.painted import desk, painted


def test_a_maximum_that_fell_stays_fallen_once_the_sitting_is_over() -> None:
    async def sitting() -> None:
        async with a_room() as (clinic, room), watching(room, person_in(clinic, room)):
            await until(lambda: room.audience.is_patient_here)
            room.ask(Asked("start"), "patient")
            await until(lambda: room.facts.round == 1)
            title = desk(clinic, room)["curve_title"]
            assert title == "Pelvic floor, % of her own maximum"
            room.ask(Asked("mark", mark="cushion"), "therapist")
            room.ask(Asked("stop"), "therapist")
            assert room.is_over
            title = desk(clinic, room)["curve_title"]
            assert title == "Pelvic floor, % of a maximum that no longer holds"

    reference()
    asyncio.run(sitting())


def test_every_screen_but_hers_speaks_of_her() -> None:
    """From the calibration to the end; what she hears at each moment is said of her here."""

    async def sitting() -> list[tuple[str, str]]:
        said: list[tuple[str, str]] = []

        def listen() -> bool:
            hers = painted(clinic, room, "patient")
            mine = painted(clinic, room)
            said.append((hers["sentence"], mine["sentence"]))
            said.append(("", json.dumps([mine["calibration"], mine["therapist"]["measured"]])))
            return room.is_over

        opened = a_room("&speed=100", is_calibrated=False)
        async with opened as (clinic, room), watching(room, person_in(clinic, room)):
            await until(lambda: room.audience.is_patient_here)
            room.ask(Asked("calibrate"), "patient")
            await until(lambda: listen() or room.stage == "session")
            room.ask(Asked("start"), "patient")
            await until(lambda: listen() or len(room.facts.scored) == 2)
            room.ask(Asked("pause"), "patient")
            listen()
            room.ask(Asked("stop"), "patient")
            listen()
            assert room.is_over
        return said

    said = asyncio.run(sitting())
    to_her = re.compile(r"\b(you|your|we)\b", re.IGNORECASE)
    assert [of_her for _, of_her in said if to_her.search(of_her)] == []
    assert any(to_her.search(hers) for hers, _ in said)
    assert len({of_her for hers, of_her in said if hers}) > 6


def test_the_curve_of_muscle_activity_is_in_microvolts() -> None:
    async def sitting() -> None:
        async with a_room("&speed=20&emg=1000Hz", is_calibrated=False) as (clinic, room):
            room.ask(Asked("role", channel="emg", role="primary"), "therapist")
            title = desk(clinic, room)["curve_title"]
            assert title == "Pelvic floor, not calibrated yet, in µV"

    asyncio.run(sitting())


def test_the_card_says_what_established_her_fatigue() -> None:
    async def sitting() -> None:
        async with a_room() as (clinic, room), watching(room, person_in(clinic, room)):
            await until(lambda: room.audience.is_patient_here)
            room.ask(Asked("start"), "patient")
            await until(lambda: room.facts.round == 1)
            card = desk(clinic, room)["fatigue"]
            assert card["sentence"] == "None seen yet. 2 warn, 3 establish it."
            assert card["figure"] == "0 of 5 signs"
            room.ask(Asked("tired"), "patient")
            card = desk(clinic, room)["fatigue"]
            assert card["figure"] == "Established in round 1"
            assert card["sentence"] == "She said that she is tired. Her own word is enough."
            room.facts.fatigue = FatigueEstablished(
                20.0, 4, ("unsteady", "slower_rise", "rest_not_released")
            )
            card = desk(clinic, room)["fatigue"]
            assert card["sentence"].endswith(". 3 signs stand at once.")

    reference()
    asyncio.run(sitting())


def test_the_axis_names_a_comfortable_maximum_where_that_was_measured() -> None:
    gentle = replace(reference(), kind="comfortable_max")

    async def sitting() -> str:
        clinic = clinic_in_memory()
        async with clinic.running():
            asked = replace(sitting_at(clinic), reference=gentle, reference_kind="comfortable_max")
            room = await clinic.open_room(asked)
            room.calibrate()
            return str(desk(clinic, room)["curve_title"])

    assert asyncio.run(sitting()) == "Pelvic floor, % of her comfortable maximum"
