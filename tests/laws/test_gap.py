"""Law 3, gap: a missing sample never passes silently, and never inside a score."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levator.training.context import SessionContext
from levator.training.events import GapFound, RepetitionScored, SignalReturned
from levator.training.inputs import Command, Input
from levator.training.pattern import Pattern
from tests import sitting

PATTERN = Pattern(1.0, 2.0, 1.0, 2.0)
STARTS_S = [4.0, 10.0, 16.0]
RATE_HZ = 100.0


def levels() -> list[float]:
    return sitting.trapezoid(PATTERN, 40.0, STARTS_S, 24.0, RATE_HZ)


def made() -> SessionContext:
    return sitting.context(sitting.dose(40.0, (1.0, 2.0, 1.0, 2.0)))


def inputs_without(gaps: list[tuple[int, int]]) -> list[Input]:
    """The session with samples missing from each first up to its stop."""
    given, whole = list[Input]([Command("start", 0, "room", first_rise_s=4.0)]), levels()
    edges = [0, *(edge for gap in gaps for edge in gap), len(whole)]
    for start, stop in list(pairwise(edges))[::2]:
        given += sitting.blocks(whole[start:stop], 17, start)
    return given


@given(st.lists(st.integers(1, 2399), min_size=2, max_size=6, unique=True).map(sorted))
def test_every_missing_sample_is_told_and_no_round_with_one_is_scored(edges: list[int]) -> None:
    gaps = [(a, b) for a, b in pairwise(edges)][::2]
    _, events = sitting.run(made(), inputs_without(gaps))
    found = sitting.of(GapFound, events)
    assert [(gap.first_index, gap.missing) for gap in found] == [(a, b - a) for a, b in gaps]
    scored = sitting.of(RepetitionScored, events)
    assert len(scored) == 3
    for start_s, repetition in zip(STARTS_S, scored, strict=True):
        first, stop = round(start_s * RATE_HZ), round((start_s + 5.0) * RATE_HZ)
        touched = any(a < stop and b > first for a, b in gaps)
        assert (repetition.verdict == "no_signal") is touched
        assert repetition.valid is not touched
        assert (repetition.rmse_percent_mvc is None) is touched
        if not touched:
            assert repetition.verdict == "good"
            assert repetition.rmse_percent_mvc == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("missing", [1, 2, 30])
@pytest.mark.parametrize("first", [400, 500, 799, 899])
def test_one_missing_sample_is_enough(first: int, missing: int) -> None:
    _, events = sitting.run(made(), inputs_without([(first, first + missing)]))
    assert sitting.of(RepetitionScored, events)[0].verdict == "no_signal"


@pytest.mark.parametrize("first", [300, 398])
def test_a_gap_before_the_rise_leaves_the_round_alone(first: int) -> None:
    _, events = sitting.run(made(), inputs_without([(first, first + 2)]))
    assert sitting.of(RepetitionScored, events)[0].verdict == "good"


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf"), 1e5, -1.7e308])
@pytest.mark.parametrize("at", [410, 600, 890])
def test_no_number_inside_a_round_is_no_signal(at: int, bad: float) -> None:
    spoiled = levels()
    spoiled[at] = bad
    given: list[Input] = [Command("start", 0, "room", first_rise_s=4.0)]
    _, events = sitting.run(made(), given + list(sitting.blocks(spoiled, 13)))
    scored = sitting.of(RepetitionScored, events)
    assert [repetition.verdict for repetition in scored] == ["no_signal", "good", "good"]


@pytest.mark.parametrize(("missing", "needed"), [(100, False), (199, False), (202, True)])
def test_after_a_long_loss_the_resting_tone_is_taken_anew(missing: int, needed: bool) -> None:
    whole = levels()
    lost: list[Input] = [Command("signal_lost", 600, "room")]
    given: list[Input] = [Command("start", 0, "room", first_rise_s=4.0)]
    given += list(sitting.blocks(whole[:600], 10)) + lost
    given += list(sitting.blocks(whole[600 + missing :], 10, 600 + missing))
    state, events = sitting.run(made(), given)
    (back,) = sitting.of(SignalReturned, events)
    assert back.tare_needed is needed
    assert back.silent_s == pytest.approx(missing / 100.0)
    assert state.name == ("tare_needed" if needed else "paused")
    assert sitting.of(RepetitionScored, events)[0].verdict == "no_signal"
