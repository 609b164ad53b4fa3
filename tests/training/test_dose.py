"""What belongs to a mode, a pattern and a set, and what is refused."""

from __future__ import annotations

from math import inf, nan
from typing import Any

import pytest

from levator.errors import CallerError, LimitError, UnitError
from levator.training import target
from levator.training.dose import Dose, RoundsRule
from levator.training.limits import breaches
from levator.training.pattern import Pattern, parse_pattern
from tests import sitting

PATTERN, RULE = Pattern(3.0, 5.0, 3.0, 4.0), sitting.rounds_rule()


def test_a_tangent_takes_from_the_rise_and_gives_to_the_hold() -> None:
    asked = Dose("advanced", 70.0, PATTERN, 80.0, RULE).asked_pattern
    assert asked is not None
    assert (asked.rise_s, asked.hold_s) == (pytest.approx(0.6), pytest.approx(7.4))
    assert (asked.fall_s, asked.rest_s) == (3.0, 4.0)
    assert asked.cycle_s == pytest.approx(PATTERN.cycle_s)
    assert Dose("endurance", 70.0, PATTERN, None, RULE).asked_pattern == PATTERN


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (("open", 40.0, None, None, None), "Open mode has no target"),
        (("open", None, None, 20.0, None), "Open mode has no target"),
        (("endurance", None, PATTERN, None, RULE), "needs a force, a pattern and rounds"),
        (("endurance", 40.0, PATTERN, None, None), "needs a force, a pattern and rounds"),
        (("endurance", 40.0, PATTERN, 20.0, RULE), "belongs to mode advanced, always and only"),
        (("advanced", 40.0, PATTERN, None, RULE), "belongs to mode advanced, always and only"),
        (("endurance", 0.0, PATTERN, None, RULE), "must be above 0 %"),
        (("endurance", nan, PATTERN, None, RULE), "must be above 0 %"),
        (("advanced", 40.0, PATTERN, 100.0, RULE), "from 0 % to below 100 %"),
        (("advanced", 40.0, PATTERN, -1.0, RULE), "from 0 % to below 100 %"),
    ],
)
def test_what_does_not_belong_to_a_mode_is_refused(given: tuple[Any, ...], why: str) -> None:
    with pytest.raises(CallerError, match=why):
        Dose(*given)


@pytest.mark.parametrize(
    "phases",
    [(-1.0, 1.0, 1.0, 1.0), (1.0, inf, 1.0, 1.0), (1.0, nan, 1.0, 1.0), (0, 0, 0, 1), (1, 1, 1, 0)],
)
def test_a_pattern_without_effort_rest_or_end_is_refused(phases: tuple[float, ...]) -> None:
    with pytest.raises(CallerError):
        Pattern(*phases)


@pytest.mark.parametrize(
    "given", [("number", 5, 9.0, None), ("past_fatigue", 5, 9.0, 3), ("number", 5, 9.0, 0),
              ("past_fatigue", 0, 9.0, None)]
)  # fmt: skip
def test_rounds_are_a_number_or_a_rule(given: tuple[Any, ...]) -> None:
    with pytest.raises(CallerError):
        RoundsRule(*given)


def test_open_mode_breaches_nothing_and_has_no_rounds() -> None:
    assert breaches(Dose("open"), sitting.hard_limits()) == ()
    with pytest.raises(LimitError, match="no rounds"):
        target.plan_of(Dose("open"), 1, 0.0, 0.0)


def test_a_pattern_is_read_in_the_unit_that_it_says() -> None:
    assert parse_pattern("40;20;40;60", "0.1s") == Pattern(4.0, 2.0, 4.0, 6.0)
    assert parse_pattern("4;2,5;4;6", "s") == Pattern(4.0, 2.5, 4.0, 6.0)
    assert parse_pattern("3;3;3;3", "0.1s").rise_s == 0.3


@pytest.mark.parametrize("unit", [None, "", "ms"])
def test_a_pattern_without_its_unit_is_refused(unit: str | None) -> None:
    with pytest.raises(UnitError, match="say whether it is in s or"):
        parse_pattern("40;20;40;60", unit)


@pytest.mark.parametrize("text", ["", "40;20;40", "40;20;40;60;1", "40;a;40;60"])
def test_a_pattern_of_other_than_four_numbers_is_refused(text: str) -> None:
    with pytest.raises(CallerError, match="four numbers: rise;hold;fall;rest"):
        parse_pattern(text, "s")
