"""From which round a changed dose holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from levator.training.dose import RoundsRule
from levator.training.events import (
    DoseAccepted,
    RepetitionScored,
    SetEnded,
    SetStarted,
    TargetSet,
)
from tests import sitting
from tests.training.followed import DOSE, PATTERN, START, at, sit


def test_a_dose_given_between_sets_is_the_next_one() -> None:
    lighter = sitting.dose(30.0, PATTERN)
    events = sit([at("dose", 0.0, dose=lighter), at("start", 0.1)])
    assert sitting.of(DoseAccepted, events)[0].from_round == 1
    assert sitting.of(SetStarted, events)[0].dose == lighter


def test_no_preview_of_a_round_that_is_known_not_to_come() -> None:
    rule = RoundsRule("before_fatigue", 15, 240.0, last_known_fatigue_round=3)
    events = sit([START], replace(sitting.context(DOSE), dose=replace(DOSE, rounds=rule)))
    asked = [one for one in sitting.of(TargetSet, events) if one.breakpoints]
    assert [len(one.breakpoints) for one in asked] == [9, 5]
    assert sitting.of(SetEnded, events)[0].ended_by == "before_fatigue"


def test_a_changed_dose_holds_for_the_next_set() -> None:
    lighter = sitting.dose(30.0, PATTERN)
    events = sit([START, at("dose", 1.0, dose=lighter), at("start", 35.0)], lasts_s=50.0)
    assert [one.dose.force_percent_mvc for one in sitting.of(SetStarted, events)] == [40.0, 30.0]


def test_a_dose_in_the_last_round_is_for_the_next_set() -> None:
    lighter = sitting.dose(30.0, PATTERN)
    last_s = sitting.of(RepetitionScored, sit([START]))[-1].start_s
    commands = [START, at("dose", last_s + 1.0, dose=lighter), at("start", 40.0)]
    events = sit(commands, lasts_s=60.0)
    assert sitting.of(DoseAccepted, events)[0].from_round == 1
    assert [one.dose.force_percent_mvc for one in sitting.of(SetStarted, events)] == [40.0, 30.0]


def test_a_dose_after_the_verdict_waits_a_round() -> None:
    """The next round has been announced by then."""
    lighter = sitting.dose(30.0, PATTERN)
    events = sit([START, at("dose", 9.5, dose=lighter)])
    assert sitting.of(DoseAccepted, events)[0].from_round == 3
    forces = [one.force_percent_mvc for one in sitting.of(RepetitionScored, events)]
    assert forces == [40.0, 40.0, 30.0]


@pytest.mark.parametrize(
    ("again_s", "forces"),
    [(14.5, [40.0, 40.0, 35.0, 35.0, 35.0]), (15.5, [40.0, 40.0, 30.0, 35.0, 35.0])],
)
def test_a_second_dose_leaves_a_round_that_was_announced_as_it_was(
    again_s: float, forces: list[float]
) -> None:
    """Before the verdict of round 2 it takes the place of the first; after it waits behind it."""
    five = RoundsRule("number", 15, 240.0, 5)
    first, second = (replace(sitting.dose(force, PATTERN), rounds=five) for force in (30.0, 35.0))
    commands = [START, at("dose", 9.5, dose=first), at("dose", again_s, dose=second)]
    begun = replace(sitting.context(DOSE), dose=replace(DOSE, rounds=five))
    events = sit(commands, begun, lasts_s=70.0)
    scored = sitting.of(RepetitionScored, events)
    assert [one.force_percent_mvc for one in scored] == forces


@pytest.mark.parametrize("pause_s", [8.5, 9.5])
def test_a_dose_in_a_pause_holds_from_the_next_round(pause_s: float) -> None:
    lighter = sitting.dose(30.0, PATTERN)
    commands = [START, at("pause", pause_s), at("dose", 11.0, dose=lighter), at("resume", 12.0)]
    events = sit(commands, lasts_s=40.0)
    assert sitting.of(DoseAccepted, events)[0].from_round == 2
    forces = [one.force_percent_mvc for one in sitting.of(RepetitionScored, events)]
    assert forces == [40.0, 30.0, 30.0]


@pytest.mark.parametrize(("given_s", "count"), [(9.5, 2), (11.0, 2), (11.0, 1)])
def test_a_dose_of_fewer_rounds_adds_none(given_s: float, count: int) -> None:
    """Whether it came after the verdict of round 1 or before that of round 2."""
    fewer = replace(sitting.dose(30.0, PATTERN), rounds=RoundsRule("number", 15, 240.0, count))
    events = sit([START, at("dose", given_s, dose=fewer), at("start", 35.0)], lasts_s=60.0)
    told = [(one.set_number, one.force_percent_mvc) for one in sitting.of(RepetitionScored, events)]
    assert told == [(1, 40.0), (1, 40.0), *[(2, 30.0)] * count]
    assert sitting.of(SetEnded, events)[0].ended_by == "rounds"
    # Once it is given, no round is shown that will not come.
    asked = [one for one in sitting.of(TargetSet, events) if one.round == 2 and one.set_number == 1]
    assert len(asked[-1].breakpoints) == 5
