"""A room whose step shuts while it is open says so on both screens, each in its own words."""

import asyncio
from typing import Any

import pytest

from levator.course.gates import Gate
from levator.training.inputs import Command
from tests.live.seats import a_watched_room, reference, until
from tests.web.painted import painted

PAIN = Gate("pain", "below_stop", False, 4.0, 9.0)
HERS = "What you may train today has changed, so we stop here. Your therapist explains why."


def said(*gates: Gate, cause: str = "not_allowed", **asked: bool) -> list[tuple[str, list[str]]]:
    """What hers and the therapist's screen say: their sentence and their troubles."""

    async def sitting() -> list[dict[str, Any]]:
        async with a_watched_room() as (clinic, room):
            room.give(Command("start", room.next_index, "therapist"))
            await until(lambda: room.facts.state == "running")
            room.shut_by = gates
            if asked.get("pauses"):
                room.give(Command("pause", room.next_index, "room", reason=cause))
            else:
                room.stop("room", cause)
            return [painted(clinic, room, "patient"), painted(clinic, room, "therapist")]

    reference()
    return [(one["sentence"], one["troubles"]) for one in asyncio.run(sitting())]


def test_pain_that_shut_the_step_is_said_to_her_and_with_its_numbers_to_the_therapist() -> None:
    (hers, to_her), (theirs, to_them) = said(PAIN)
    assert hers.startswith(HERS)
    assert to_her == ["It hurts too much to train now."]
    assert theirs == "Session ended: what she may train today has changed."
    assert to_them == ["The last pain score is 9, over 4: no effort until a lower one."]


def test_a_room_whose_patient_was_handed_over_says_so() -> None:
    (hers, _), (theirs, _) = said(cause="handed_over")
    assert hers.startswith("Another therapist treats you from now on, so we stop here.")
    assert theirs == "Session ended: another therapist treats her now."


@pytest.mark.parametrize("place", [0, 1])
def test_a_room_that_nobody_leads_says_what_to_do(place: int) -> None:
    sentence, _ = said(cause="leader_gone", pauses=True)[place]
    assert ("Call a therapist.", "End this session.")[place] in sentence
