"""The verdict is the first that applies, the reasons are all, in order."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levator.training.dose import Dose
from levator.training.pattern import Pattern
from levator.training.score import Scores
from levator.training.target import Plan, plan_of
from levator.training.verdict import (
    BREATH_NOT_KNOWN,
    CO_CONTRACTION_NOT_KNOWN,
    DOUBTS,
    ORDER,
    judge,
)
from tests import sitting

VERDICTS = sitting.settings().verdicts
#: Scores of a round with nothing against it, for 40 %MVC.
FINE = Scores(
    time_in_band_percent=100.0,
    hold_mean_percent_mvc=40.0,
    rise_rate_percent_mvc_per_s=20.0,
    judged_level_percent_mvc=0.0,
    reached=True,
)


def plan(mode: str = "basic_strength") -> Plan:
    tangent = 0.0 if mode == "advanced" else None
    pattern = Pattern(2.0, 3.0, 2.0, 4.0)
    asked = Dose(mode, 40.0, pattern, tangent, sitting.rounds_rule())
    return plan_of(asked, 1, 0.0, 0.0)


def verdict(mode: str = "basic_strength", **changes: object) -> tuple[str, ...]:
    scores = replace(FINE, **changes)
    return judge(frozenset(), (), scores, plan(mode), VERDICTS).reasons


def test_the_order_is_that_of_the_design() -> None:
    assert ORDER == (
        "no_signal", "coughed", "moved", "breath_held", "strained", "co_contraction", "unsure",
        "too_strong", "not_released", "weak", "slow", "short", "good",
    )  # fmt: skip
    assert frozenset(ORDER[:7]) == DOUBTS


@given(
    st.sets(st.sampled_from(sorted(DOUBTS))),
    st.sets(st.sampled_from((BREATH_NOT_KNOWN, CO_CONTRACTION_NOT_KNOWN))).map(sorted),
    st.booleans(),
    st.floats(0, 80),
    st.floats(0, 100),
    st.floats(0, 40),
    st.floats(-5, 30),
    st.booleans(),
    st.sampled_from(("basic_strength", "endurance", "advanced")),
)
def test_the_first_that_applies_and_all_that_apply(
    doubts: set[str],
    unknown: list[str],
    reached: bool,
    hold: float,
    in_band: float,
    rate: float,
    level: float,
    overshot: bool,
    mode: str,
) -> None:
    scores = Scores(
        time_in_band_percent=in_band,
        hold_mean_percent_mvc=hold,
        rise_rate_percent_mvc_per_s=rate,
        judged_level_percent_mvc=level,
        reached=reached,
        overshot=overshot,
    )
    found = judge(frozenset(doubts), tuple(unknown), scores, plan(mode), VERDICTS)
    applies = {
        "too_strong": overshot or hold > 50.0,
        "not_released": level > 10.0,
        "weak": not reached,
        "slow": mode == "advanced" and rate < 14.0,
        "short": reached and in_band < 80.0,
    }
    expected = [code for code in ORDER if code in doubts]
    if not doubts:
        expected = [code for code in ORDER if applies.get(code)] or ["good"]
    assert list(found.reasons) == expected + unknown
    assert found.verdict == expected[0]
    assert found.valid is (not doubts)


@pytest.mark.parametrize(
    ("name", "limit", "beyond", "code"),
    [
        ("hold_mean_percent_mvc", 50.0, 50.001, "too_strong"),
        ("judged_level_percent_mvc", 10.0, 10.001, "not_released"),
        ("time_in_band_percent", 80.0, 79.999, "short"),
    ],
)
def test_the_thresholds_are_where_the_library_says(
    name: str, limit: float, beyond: float, code: str
) -> None:
    assert verdict(**{name: limit}) == ("good",)
    assert verdict(**{name: beyond}) == (code,)


def test_slow_is_under_seventy_percent_of_what_was_asked_and_advanced_only() -> None:
    assert verdict("advanced", rise_rate_percent_mvc_per_s=14.0) == ("good",)
    assert verdict("advanced", rise_rate_percent_mvc_per_s=13.999) == ("slow",)
    assert verdict(rise_rate_percent_mvc_per_s=1.0) == ("good",)


def test_what_is_not_known_speaks_against_nobody() -> None:
    unknown = {
        "hold_mean_percent_mvc": None,
        "judged_level_percent_mvc": None,
        "time_in_band_percent": None,
        "rise_rate_percent_mvc_per_s": None,
    }
    assert verdict("advanced", **unknown) == ("good",)


def test_without_scores_nobody_can_say() -> None:
    assert judge(frozenset(), (), None, plan(), VERDICTS).verdict == "unsure"
