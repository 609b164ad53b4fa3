"""The last sentence of a sitting: kind after pain, and only what was judged is counted."""

import asyncio
import json
from dataclasses import replace

import pytest

from levator.live.asking import Asked, AskedKind
from levator.web.painting import Painter
from tests.live.seats import a_room, person_in, reference, until, watching


def sentence_after(kind: AskedKind, *, has_begun: bool, rounds: int = 0) -> str:
    async def sitting() -> str:
        async with a_room(is_calibrated=has_begun) as (clinic, room):
            async with watching(room, person_in(clinic, room)):
                if has_begun:
                    room.ask(Asked("start"), "patient")
                    await until(lambda: room.facts.state == "running")
                room.ask(Asked(kind), "patient")
            if rounds and room.facts.ended is not None:
                room.facts.ended = replace(
                    room.facts.ended, rounds=rounds, valid_rounds=rounds, good_rounds=1
                )
            painted = Painter(clinic.rooms, "")(room, "patient", "en")
            return str(json.loads(painted)["sentence"])

    reference()
    return asyncio.run(sitting())


@pytest.mark.parametrize(("has_begun", "rounds"), [(True, 0), (True, 3), (False, 0)])
def test_after_pain_she_is_told_nothing_but_the_kind_sentence(has_begun: bool, rounds: int) -> None:
    said = sentence_after("pain", has_begun=has_begun, rounds=rounds)
    assert said == "It is good that you say it hurts; tell your therapist more."


def test_a_stop_is_answered_even_when_nothing_was_scored() -> None:
    stopped = "Rest as long as you like."
    assert sentence_after("stop", has_begun=False) == stopped
    assert sentence_after("stop", has_begun=True) == stopped
    counted = sentence_after("stop", has_begun=True, rounds=3)
    assert counted == f"{stopped} This session is over: 3 rounds. 1 went well."
