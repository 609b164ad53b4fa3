"""What counts twice running, and what is said once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest

from levator.training.context import SessionContext
from levator.training.events import Event, FatigueWarned, RestScored, SetEnded
from levator.training.inputs import Command, Input
from levator.training.pattern import Pattern
from tests import sitting

PATTERN, RATE_HZ, FIRST_S = Pattern(1.0, 2.0, 1.0, 3.0), 100.0, 2.0
TONE = 14.0


def made(rounds: int) -> SessionContext:
    """A set whose rest is as long as it may be from the beginning."""
    numbers = sitting.settings()
    shortest = replace(numbers, rest=replace(numbers.rest, longer_at_most_s=0.0))
    phases = (PATTERN.rise_s, PATTERN.hold_s, PATTERN.fall_s, PATTERN.rest_s)
    dose = sitting.dose(40.0, phases, rounds=sitting.rounds_rule(rounds))
    return sitting.context(dose, settings=shortest, adaptive_rest=True)


def sit(rounds: int, tense: Collection[int], force: float = 40.0) -> list[Event]:
    """Follow the target to a force; after the `tense` rounds (from 1) some tone is left."""
    cycle_s = PATTERN.cycle_s
    starts_s = [FIRST_S + cycle_s * place for place in range(rounds)]
    lasts_s = starts_s[-1] + cycle_s + 1.0
    levels = sitting.trapezoid(PATTERN, force, starts_s, lasts_s, RATE_HZ)
    for number in tense:
        start = round((starts_s[number - 1] + PATTERN.effort_s - 0.2) * RATE_HZ)
        for index in range(start, start + round((PATTERN.rest_s + 0.2) * RATE_HZ)):
            levels[index] = max(levels[index], TONE)
    given: list[Input] = [Command("start", 0, "room", first_rise_s=FIRST_S)]
    return sitting.run(made(rounds), [*given, *sitting.blocks(levels, 20)])[1]


@pytest.mark.parametrize(
    ("tense", "done", "ended_by"),
    [((1, 3, 4), 4, "not_released"), ((1, 3, 5), 6, "rounds"), ((1, 2), 2, "not_released")],
)
def test_a_set_ends_for_two_unreleased_rests_running_not_for_two_in_all(
    tense: tuple[int, ...], done: int, ended_by: str
) -> None:
    events = sit(6, tense)
    released = [rest.released for rest in sitting.of(RestScored, events)]
    assert released == [number not in tense for number in range(1, done + 1)]
    (ended,) = sitting.of(SetEnded, events)
    assert (ended.rounds, ended.ended_by) == (done, ended_by)


def test_fatigue_is_warned_of_once_however_long_its_signs_stand() -> None:
    events = sit(3, (2, 3), force=20.0)
    (warned,) = sitting.of(FatigueWarned, events)
    assert (warned.round, warned.signs) == (2, ("hold_not_reached", "rest_not_released"))
    (ended,) = sitting.of(SetEnded, events)
    assert (ended.rounds, ended.warned_round, ended.established_round) == (3, 2, None)
