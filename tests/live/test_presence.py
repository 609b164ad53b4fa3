"""Presence is a picture that lives; one person trains in a room."""

import asyncio
from dataclasses import replace

import pytest

from levator.live.asking import Asked
from levator.live.audience import Audience
from levator.live.joining import JoinRefusedError
from levator.live.room import Room
from levator.live.viewer import Person
from tests.live.seats import a_room, person_in, simulator, until
from tests.sitting import settings
from tests.web.painted import painted

GREY_S = 0.3


def an_audience() -> tuple[Audience, Person, list[float]]:
    now = [0.0]
    session = replace(settings().session, presence_s=2.0, grey_after_s=GREY_S)
    audience = Audience(lambda role, language: "{}", lambda: now[0], session)
    person = Person("1", "Mia", "patient", "en")
    audience.admit(person)
    return audience, person, now


@pytest.mark.parametrize(
    ("drawn", "age_ms", "newest", "counts"),
    [
        (100, 9, 100, True),
        (90, 300, 100, True),
        (90, 301, 100, False),
        (90, None, 100, False),
        (-1, None, 100, False),
        (101, 9, 100, False),
        (-1, None, -1, True),
    ],
)
def test_only_a_fresh_picture_counts(
    drawn: int, age_ms: int | None, newest: int, counts: bool
) -> None:
    audience, person, _ = an_audience()
    audience.confirm(person, drawn, age_ms, newest)
    assert audience.is_patient_here == counts


def test_a_picture_that_does_not_go_on_counts_no_longer() -> None:
    audience, person, now = an_audience()
    audience.confirm(person, 90, 9, 100)
    now[0] = 2.1
    audience.confirm(person, 90, 9, 300)
    assert not audience.is_patient_here
    audience.confirm(person, 91, 9, 300)
    assert audience.is_patient_here
    audience.begin_anew()
    audience.confirm(person, 5, 9, 6)
    assert person.confirmed_s == 2.1


def test_a_calibration_that_nobody_sees_is_broken_off() -> None:
    async def sitting() -> None:
        async with a_room("&speed=1", is_calibrated=False) as (_, room):
            room.calibrate()
            await until(lambda: room.stage == "open")
            assert room.refusal == "patient_gone"

    asyncio.run(sitting())


def test_a_sensor_that_goes_in_a_calibration_is_named_and_nothing_begins_without_it() -> None:
    """Without samples her screen has no picture to confirm: it is not to blame."""

    async def sitting() -> None:
        async with a_room("&speed=1", is_calibrated=False) as (clinic, room):
            person = person_in(clinic, room)
            page = asyncio.create_task(a_page(room, person))
            await until(lambda: room.audience.is_patient_here and room.next_index > 0)
            room.ask(Asked("calibrate"), "patient")
            simulator(room).behave("unplug")
            await until(lambda: room.stage == "open")
            assert room.refusal == "sensor_gone"
            for asker in ("patient", "therapist"):
                shown = painted(clinic, room, asker)
                assert any("Check its plug" in one for one in shown["troubles"])
                assert "screen" not in " ".join([*shown["troubles"], shown["sentence"]])
                assert "waits" not in " ".join(shown["troubles"])
                assert "Once the sensor is back" in shown["sentence"]
                assert "calibrate" not in shown["can"]
            room.ask(Asked("calibrate"), "therapist")
            assert (room.stage, room.refusal) == ("open", "no_samples")
            simulator(room).behave("plug")
            await until(lambda: "calibrate" in painted(clinic, room, "patient")["can"])
            # What is offered is not refused: her screen has had a picture since.
            room.ask(Asked("calibrate"), "patient")
            assert (room.stage, room.refusal) == ("calibrating", None)
            page.cancel()

    asyncio.run(sitting())


async def a_page(room: Room, person: Person) -> None:
    """As a page does: what it tells of is as old as the newest sample that has come to it."""
    newest, came_s = -2, room.clock()
    while True:
        if room.frames.tracks[0].newest_index != newest:
            newest, came_s = room.frames.tracks[0].newest_index, room.clock()
        room.confirm(person, newest, int(1000 * (room.clock() - came_s)))
        await asyncio.sleep(0.05)


def test_one_person_trains_in_a_room() -> None:
    async def sitting() -> None:
        async with a_room(is_calibrated=False) as (clinic, room):
            rooms, first = clinic.rooms, person_in(clinic, room)
            waiting = rooms.knock(rooms.show_code(room).code, "Bo", "patient", "en", "b")
            screen = room.audience.enter(first)
            rooms.answer(room, waiting.number, is_yes=True)
            assert (waiting.answer, room.refusal) == ("no", "place_taken")
            code = rooms.show_code(room).code
            with pytest.raises(JoinRefusedError, match="place_taken"):
                rooms.knock(code, "Bo", "patient", "en", "b")
            assert rooms.knock(code, "Anke", "therapist", "en", "c").role == "therapist"
            room.audience.leave(screen)
            code = rooms.show_code(room).code
            assert rooms.knock(code, "Bo", "patient", "en", "b").role == "patient"

    asyncio.run(sitting())
