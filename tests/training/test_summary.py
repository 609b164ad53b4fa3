"""Totals and summary of a session, whole or cut short."""

from __future__ import annotations

from dataclasses import replace

from levator.signals.reference import Reference
from levator.training.dose import RoundsRule
from levator.training.events import (
    FatigueWarned,
    RestScored,
    SessionEnded,
)
from levator.training.summary import summarise
from tests import sitting
from tests.training.followed import DOSE, PATTERN, START, at, sit


def test_totals_are_over_all_sets() -> None:
    two = sitting.dose(40.0, PATTERN, rounds=sitting.rounds_rule(2))
    events = sit(
        [START, at("start", 17.0, first_rise_s=16.0), at("stop", 29.9)], sitting.context(two)
    )
    (ended,) = sitting.of(SessionEnded, events)
    assert (ended.sets, ended.rounds, ended.effort_s) == (2, 4, 16.0)
    assert ended.ended_by == "stop"


def test_the_summary_is_made_from_the_events() -> None:
    past = replace(DOSE, rounds=RoundsRule("past_fatigue", 9, 90.0))
    made = replace(sitting.context(past), stage="step-3")
    events = sit([START, at("tired", 6.0), at("mark", 9.5, mark="moved")], made)
    summary = summarise(made, events)
    assert summary["fatigue"] == {
        "warned_round": 1,
        "established_round": 1,
        "signs": ["tired"],
        "ended_by": "past_fatigue",
    }
    assert (summary["rounds"], summary["stage"]) == (2, "step-3")
    repetitions = summary["repetitions"]
    assert isinstance(repetitions, list)
    first = repetitions[0]
    assert isinstance(first, dict)
    assert list(first) == [
        "verdict", "reasons", "valid", "start_s", "verdict_at_s", "onset_s", "time_in_band_percent",
        "rmse_percent_mvc", "rmse_lag_removed_percent_mvc", "lag_s", "hold_mean_percent_mvc",
        "hold_cv_percent", "rise_rate_percent_mvc_per_s", "release_rate_percent_mvc_per_s",
        "rest_percent_mvc",
    ]  # fmt: skip
    assert first["verdict"] == "good"
    assert first["reasons"] == [
        "good", "breath_held: not known", "co_contraction: not known", "moved",
    ]  # fmt: skip


def test_the_summary_of_an_unfinished_set_says_what_stands() -> None:
    past = replace(DOSE, rounds=RoundsRule("past_fatigue", 9, 90.0))
    made = sitting.context(past)
    events = sit([START, at("tired", 6.0)], made, lasts_s=9.5)
    summary = summarise(made, events)
    assert summary["fatigue"] == {
        "warned_round": 1, "established_round": 1, "signs": ["tired"], "ended_by": None,
    }  # fmt: skip
    silent = summarise(replace(made, uses=()), [])
    assert (silent["reference_kind"], silent["rounds"]) == (None, 0)


def test_the_reference_is_named_in_the_summary() -> None:
    own = Reference("comfortable_max", 0.0, 100.0, "%MVC")
    seat = sitting.stream()
    made = sitting.context(DOSE, (seat,), (sitting.use_of(seat, 0, "primary", own),))
    assert summarise(made, [])["reference_kind"] == "comfortable_max"


def test_a_warning_stands_in_the_summary_before_the_set_has_ended() -> None:
    made = sitting.context(DOSE)
    warned = summarise(made, [FatigueWarned(30.0, 4, ("unsteady", "slower_rise"))])
    assert warned["fatigue"] == {
        "warned_round": 4, "established_round": None, "signs": ["unsteady", "slower_rise"],
        "ended_by": None,
    }  # fmt: skip
    rest = RestScored(15.0, 1, 1, 0.0, True, (), 4.0)
    assert summarise(made, [rest])["repetitions"] == []
