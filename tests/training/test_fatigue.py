"""The five signs of clinical.md section 2, each at its threshold, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from levator.training.fatigue import RoundResult, signs_after
from tests import sitting

FATIGUE = sitting.settings().fatigue
FINE = RoundResult(
    1,
    valid=True,
    good=True,
    force_percent_mvc=40.0,
    hold_mean_percent_mvc=40.0,
    time_in_band_percent=100.0,
    hold_cv_percent=2.0,
    rise_rate_percent_mvc_per_s=20.0,
    rest_percent_mvc=1.0,
    released=True,
)


def signs(*later: dict[str, Any], own: int = 3, effort: int | None = None) -> list[str]:
    """Signs after some fine rounds and then what later ones change."""
    results = [FINE] * own + [replace(FINE, **changes) for changes in later]
    numbered = tuple(replace(result, round=n) for n, result in enumerate(results, 1))
    return list(signs_after(numbered, effort, FATIGUE))


def test_fine_rounds_have_no_sign() -> None:
    assert signs() == signs({}, {}) == list(signs_after((), None, FATIGUE)) == []


@pytest.mark.parametrize(
    ("low", "fine"),
    [
        ({"hold_mean_percent_mvc": 37.99}, {"hold_mean_percent_mvc": 38.0}),
        ({"time_in_band_percent": 69.9}, {"time_in_band_percent": 70.0}),
    ],
)
def test_sign_a_is_a_hold_missed_twice_running(low: dict[str, Any], fine: dict[str, Any]) -> None:
    assert signs(low, low, own=0) == ["hold_not_reached"]
    assert signs(low) == []
    assert signs(low, {}) == []
    assert signs(low, {}, low) == []
    assert signs(fine, fine) == []
    # A doubtful round between two missed ones is not looked at.
    assert signs(low, {"valid": False}, low) == ["hold_not_reached"]


def test_sign_b_is_one_and_a_half_times_her_own_trembling() -> None:
    assert signs({"hold_cv_percent": 3.01}) == ["unsteady"]
    assert signs({"hold_cv_percent": 3.0}) == []
    assert signs({"hold_cv_percent": 9.0}, own=2) == []
    assert signs({"hold_cv_percent": None}) == []


def test_sign_b_against_a_machine_that_never_trembled() -> None:
    still = {"hold_cv_percent": 0.0}
    assert signs(still, still, still, {"hold_cv_percent": 0.1}, own=0) == ["unsteady"]
    assert signs(still, still, still, still, own=0) == []


def test_sign_c_is_a_rise_under_seventy_percent_of_her_own() -> None:
    assert signs({"rise_rate_percent_mvc_per_s": 13.99}) == ["slower_rise"]
    assert signs({"rise_rate_percent_mvc_per_s": 14.0}) == []
    assert signs({"rise_rate_percent_mvc_per_s": 1.0}, own=2) == []


def test_her_own_is_the_median_of_her_first_three_valid_rounds() -> None:
    slow, doubtful = {"rise_rate_percent_mvc_per_s": 10.0}, {"valid": False}
    assert signs(slow, {}, doubtful, slow, {}, own=0) == []
    assert signs(slow, slow, {}, {"rise_rate_percent_mvc_per_s": 7.1}, own=0) == []
    unknown = {"rise_rate_percent_mvc_per_s": None}
    assert signs(unknown, slow, {}, {"rise_rate_percent_mvc_per_s": 10.4}, own=0) == ["slower_rise"]
    assert signs(unknown, unknown, unknown, {"rise_rate_percent_mvc_per_s": 1.0}, own=0) == []


def test_sign_d_is_tone_at_the_end_of_the_rest() -> None:
    assert signs({"rest_percent_mvc": 10.01}) == ["rest_not_released"]
    assert signs({"rest_percent_mvc": 10.0}) == []
    assert signs({"rest_percent_mvc": None}) == []
    assert signs({"rest_percent_mvc": 30.0}, {}) == []


@pytest.mark.parametrize(("effort", "sign"), [(4, []), (5, ["effort_rated_high"]), (None, [])])
def test_sign_e_is_her_own_rating(effort: int | None, sign: list[str]) -> None:
    assert signs(effort=effort) == sign


def test_a_doubtful_round_shows_no_sign_of_its_own() -> None:
    bad = {"rest_percent_mvc": 30.0, "hold_cv_percent": 9.0, "rise_rate_percent_mvc_per_s": 1.0}
    assert len(signs(bad)) == 3
    assert signs({**bad, "valid": False}) == []
    assert signs({**bad, "valid": False}, effort=9) == ["effort_rated_high"]
