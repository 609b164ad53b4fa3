"""A set that stops before fatigue knows from the storage when she tired last time."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from levator.clinic import Clinic, Wish
from levator.course.entry import StartFacts
from levator.live.asking import Asked
from levator.live.room import Room
from levator.live.sitting import Sitting
from levator.records.fatigue import last_fatigue_round
from levator.records.model import Batch, EventRecord, RecordingHeader
from levator.storage import open_repository
from levator.training.events import SetEnded
from tests.live.seats import person_in, reference, until, watching

#: Early after birth, when step 5 stops before fatigue.
EARLY = StartFacts(weeks_since_birth=2.0, cleared_by="dr. Bos", complications=False, pain_now=False)
SEAT = "simulator://?seed=7&speed=20"


def sitting_for(clinic: Clinic, patient: str, facts: StartFacts = EARLY) -> Sitting:
    sitting = clinic.sitting_for(Wish(patient, SEAT, "step-5", facts))
    assert isinstance(sitting, Sitting)
    return replace(sitting, reference=reference())


async def known_in(clinic: Clinic, sitting: Sitting) -> int | None:
    """What the dose of a room opened for the sitting knows."""
    room = await clinic.open_room(sitting)
    room.stop("therapist", "stop")
    await until(lambda: room.is_over)
    assert room.sitting.dose.rounds is not None
    return room.sitting.dose.rounds.last_known_fatigue_round


async def ended_set(clinic: Clinic, room: Room, tired_after: int | None) -> SetEnded:
    """Train a set; she says that she is tired after so many rounds."""
    room.calibrate()
    async with watching(room, person_in(clinic, room)):
        room.ask(Asked("start"), "therapist")
        if tired_after is not None:
            await until(lambda: len(room.facts.scored) >= tired_after)
            room.ask(Asked("tired"), "patient")
        await until(lambda: room.facts.set_ended is not None)
        room.ask(Asked("stop"), "patient")
    await until(lambda: room.is_saved)
    assert room.facts.set_ended is not None
    return room.facts.set_ended


def test_the_next_session_stops_a_round_before_she_tired(tmp_path: Path) -> None:
    """Through the database: the clinic is closed in between."""
    url = f"sqlite:///{tmp_path / 'clinic.db'}"

    async def train(tired_after: int | None) -> SetEnded:
        clinic = Clinic(open_repository(url))
        async with clinic.running():
            room = await clinic.open_room(sitting_for(clinic, "M. J."))
            return await ended_set(clinic, room, tired_after)

    reference()
    first = asyncio.run(train(3))
    assert first.established_round is not None
    second = asyncio.run(train(None))
    assert (second.ended_by, second.established_round) == ("before_fatigue", None)
    assert second.rounds == first.established_round - 1
    # A session without fatigue says nothing new.
    assert asyncio.run(train(None)).rounds == second.rounds


@pytest.mark.parametrize(
    ("patient", "facts", "known"),
    [
        ("M. J.", EARLY, 4),
        ("A. B.", EARLY, None),
        # From week 3 on the rule is another one, which needs no such number.
        ("M. J.", replace(EARLY, weeks_since_birth=4.0), None),
    ],
)
def test_it_is_her_own_and_only_where_the_rule_asks(
    patient: str, facts: StartFacts, known: int | None
) -> None:
    async def look() -> int | None:
        clinic = Clinic(open_repository("memory://"))
        clinic.repository.append(stored("one", "step-5", 4))
        async with clinic.running():
            return await known_in(clinic, sitting_for(clinic, patient, facts))

    reference()
    assert asyncio.run(look()) == known


def stored(name: str, stage: str, *rounds: int, day: int = 1) -> Batch:
    """A recording of M. J. in which fatigue was established in those rounds, set by set."""
    context = {"protocol": "bekken-zwanger-fit", "stage": stage, "streams": []}
    header = RecordingHeader(name, f"2026-01-0{day}T09:00:00+01:00", "M. J.", context, {})
    told = [
        EventRecord(name, place, {"type": "FatigueEstablished", "at_s": 60.0, "round": one})
        for place, one in enumerate(rounds)
    ]
    return Batch(begun=(header,), events=(*told, EventRecord(name, 99, {"type": "SetStarted"})))


def test_the_newest_sitting_that_knows_one_counts_with_its_last_set() -> None:
    repository = open_repository("memory://")
    for batch in (
        stored("old", "step-5", 9),
        stored("newer", "step-5", 6, 5, day=3),
        stored("newest", "step-5", day=4),
        stored("other", "step-6", 2, day=5),
    ):
        repository.append(batch)
    assert last_fatigue_round(repository, "M. J.", "bekken-zwanger-fit", "step-5") == 5
    assert last_fatigue_round(repository, "M. J.", "bekken-zwanger-fit", "step-6") == 2
    assert last_fatigue_round(repository, "M. J.", "bekken-zwanger-fit", "step-7") is None
    assert last_fatigue_round(repository, "M. J.", "another", "step-5") is None
