"""A real person live, on both screens: the openhdemg recording through `replay:///...`.

It is played four times as fast, over and over; the set is started so that its target meets the
trapezoid that she followed, in the first turn after both screens are open.
"""

from __future__ import annotations

import asyncio
import re
from array import array
from collections.abc import Callable, Iterator
from dataclasses import replace
from math import ceil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from levator.clinic.seats import device_within
from levator.formats.csv_file import write_csv
from levator.library.loader import load_hard_limits
from levator.live.asking import Asked
from levator.live.frames import DRAWN_HZ
from levator.live.room import Room
from levator.records.replay import load_session
from levator.reports.stored import context_in, inputs_in
from levator.signals.samples import Samples
from levator.training.events import ContractionEnded, Event, RepetitionScored
from levator.training.plain import event_to_plain
from levator.training.replay import run
from tests.browser.signing import sign_in, way_in
from tests.golden import make
from tests.live.seats import sitting_at
from tests.real import openhdemg, openhdemg_recording
from tests.real_input.trapezoid import fitted
from tests.web.served import Served, served

SPEED = 4.0
DOSE = make.dose("endurance", 26.0, (5.0, 20.0, 5.0, 2.0), 1, None)
RATE_HZ = 2048.0
#: A looped recording begins anew one sample after its end, rounded up to whole samples.
FIRST, LENGTH = 14_336, 66_560
TURN = LENGTH + 2
#: What a page has drawn of the trained channel, from one index up to another.
DRAWN = """([from, to]) => {
  const ring = levatorProbe.view.rings[0];
  return Array.from({ length: to - from }, (_, place) => ring.at(from + place));
}"""


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served() as server:
        yield server


@pytest.fixture
def room(server: Served, tmp_path: Path) -> Iterator[Room]:
    path = tmp_path / "thigh.csv"
    write_csv(path, openhdemg_recording(1))

    server.clinic.make_device = device_within(tmp_path)

    async def opened() -> Room:
        url = f"replay://{path}?speed={SPEED}&loop=yes&block=0.1s"
        sitting = replace(sitting_at(server.clinic, url), dose=DOSE, limits=load_hard_limits())
        room = await server.clinic.open_room(sitting)
        room.calibrate()
        return room

    async def ended(room: Room) -> None:
        room.stop("room", "stop")

    room = server.call(opened())
    yield room
    server.call(ended(room))


def enter(server: Served, room: Room, page: Page, role: str) -> Page:
    if role == "therapist":
        sign_in(server, page)
    page.goto(f"{server.address}{way_in(server, room, role, 'en')}")
    return page


async def start_in_time(room: Room) -> int:
    """Start so that the first rise falls on hers; return the turn of the recording."""
    lead_in_s = room.state.context.settings.session.lead_in_s
    begins = ceil((fitted().start_s - lead_in_s) * RATE_HZ)
    turn = ceil((room.next_index + 0.5 * SPEED * RATE_HZ - begins) / TURN)
    while room.next_index < begins + turn * TURN:
        assert not room.is_over, room.trouble
        await asyncio.sleep(0.002)
    room.ask(Asked("start"), "therapist")
    return turn


def plateau(turn: int) -> tuple[list[int], list[float]]:
    """Which drawn values are her plateau of 15 to 32 s, and what they must be (32-bit floats)."""
    every = ceil(RATE_HZ / DRAWN_HZ)
    from_s, to_s = (ceil((time_s * RATE_HZ + turn * TURN) / every) for time_s in (15.0, 32.0))
    force, before = openhdemg()[1], FIRST + turn * TURN
    return [from_s, to_s], array(
        "f", force[from_s * every - before : to_s * every - before : every]
    ).tolist()


def told(server: Served, room: Room) -> list[Event]:
    """Replay what was stored; the events must be the stored ones."""
    assert room.recording is not None
    stored = load_session(server.clinic.repository, room.recording)
    events = list(run(context_in(stored.context), inputs_in(stored.inputs)))
    assert [event_to_plain(event) for event in events] == stored.events
    return events


def recorded_force(server: Served, room: Room) -> array[float]:
    assert room.recording is not None
    force = array("d")
    for given in load_session(server.clinic.repository, room.recording).inputs:
        if isinstance(given, Samples):
            force.extend(given.values[0])
    return force


def test_both_screens_follow_a_real_person(
    server: Served, room: Room, new_page: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    patient = enter(server, room, new_page(), "patient")
    therapist = enter(server, room, new_page(), "therapist")
    expect(therapist.get_by_text("Mia · trains")).to_be_visible()
    first_index = room.state.context.streams[0].first_index
    turn = server.call(start_in_time(room))

    expect(patient.get_by_role("heading", name="Hold")).to_be_visible(timeout=15_000)
    expect(therapist.locator("#phase")).to_contain_text("Hold")
    rounds = patient.get_by_role("listitem").filter(has_text="Round 1: Good")
    expect(rounds).to_have_count(1, timeout=20_000)
    expect(therapist.get_by_text("held 20 of 20 s", exact=True)).to_be_visible()
    asked, hers_there = plateau(turn)
    for page in (patient, therapist):
        assert page.evaluate(DRAWN, asked) == hers_there
    assert axe(patient) == []
    patient.get_by_role("button", name="Stop", exact=True).click()
    # Whether the one round's rest is over by then is a matter of moments.
    expect(patient.locator("#sentence")).to_contain_text(re.compile("Stopped|This session is over"))
    server.call(saved(room))

    events = told(server, room)
    [repetition] = [event for event in events if isinstance(event, RepetitionScored)]
    assert (repetition.verdict, repetition.time_in_band_percent) == ("good", 100.0)
    # The press of a button is never in time to the sample; what is scored follows from it.
    late_s = repetition.start_s - fitted().start_s - turn * TURN / RATE_HZ
    assert repetition.lag_s == pytest.approx(-late_s, abs=0.1)
    first, stop = (ceil((late_s + time_s) * RATE_HZ) - FIRST for time_s in (13.2, 33.2))
    assert repetition.hold_mean_percent_mvc == pytest.approx(
        float(openhdemg()[1][first:stop].mean()), abs=0.001
    )
    hers = [event for event in events if isinstance(event, ContractionEnded)]
    assert all(event.duration_s == hers[0].duration_s for event in hers)
    force, known = openhdemg()[1].tolist(), recorded_force(server, room)
    # From where she was let in, every sample of every turn.
    begun = first_index - FIRST
    turns = len(known) // LENGTH + 2
    assert known.tolist() == (force * turns)[begun : begun + len(known)]


async def saved(room: Room) -> None:
    while not room.is_saved:
        await asyncio.sleep(0.01)
