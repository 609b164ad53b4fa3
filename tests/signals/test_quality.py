"""Doubt: what looks like a muscle and is not, and what does not and is."""

from __future__ import annotations

from dataclasses import replace
from math import exp, sin
from random import Random

import pytest

from levator.signals.quality import (
    UNWATCHED,
    Doubt,
    is_noisy,
    merged,
    watch_raw,
)
from levator.signals.reference import already_percent_mvc
from levator.signals.samples import Channel
from levator.training.events import QualityFlagged, RepetitionScored
from levator.training.inputs import Command, Input
from levator.training.pattern import Pattern
from tests import sitting

RATE_HZ = 100.0
PATTERN = Pattern(2.0, 3.0, 2.0, 4.0)


def seat(spoil: list[float], own_best: float | None = None) -> tuple[list[str], list[str]]:
    """Follow two rounds with `spoil` added; returns what was flagged, and the verdicts."""
    random = Random(4)
    levels = sitting.trapezoid(PATTERN, 40.0, [4.0, 15.0], 27.0, RATE_HZ)
    levels = [
        level + (spoil[i] if i < len(spoil) else 0.0) + random.gauss(0.0, 0.2)
        for i, level in enumerate(levels)
    ]
    made = sitting.context(sitting.dose(40.0, rounds=sitting.rounds_rule(2)))
    use = replace(
        made.uses[0],
        reference=replace(already_percent_mvc(), best_rise_rate_percent_mvc_per_s=own_best),
    )
    given: list[Input] = [Command("start", 0, "room", first_rise_s=4.0)]
    given += sitting.blocks(levels, 10)
    _, events = sitting.run(replace(made, uses=(use,)), given)
    flagged = [event.quality for event in sitting.of(QualityFlagged, events)]
    return flagged, [scored.verdict for scored in sitting.of(RepetitionScored, events)]


def adding(at_s: float, shape: list[float]) -> list[float]:
    return [0.0] * round(at_s * RATE_HZ) + shape


def cough(size: float, lasts_s: float = 0.3) -> list[float]:
    count = round(lasts_s * RATE_HZ)
    return [size * sin(3.14159265 * (i + 0.5) / count) for i in range(count)]


@pytest.mark.parametrize("lasts_s", [0.25, 0.3, 0.4])
@pytest.mark.parametrize("size", [85.0, 150.0, -85.0, -150.0])
@pytest.mark.parametrize("at_s", [6.5, 7.7, 8.6, 9.9])
def test_a_cough_is_there_and_back(size: float, lasts_s: float, at_s: float) -> None:
    flagged, verdicts = seat(adding(at_s, cough(size, lasts_s)))
    assert flagged == ["cough"]
    assert verdicts == ["coughed", "good"]


@pytest.mark.parametrize("rate", [100.0, 140.0, 183.0])
def test_a_fast_contraction_is_no_cough(rate: float) -> None:
    """Leitner 2019: 183 %MVC/s; a fast pulse to 60 % in the rest between two rounds."""
    rise = [rate * i / RATE_HZ for i in range(round(60.0 / rate * RATE_HZ))]
    flagged, verdicts = seat(adding(13.05, [*rise, *[60.0] * 20, *rise[::-1]]))
    assert flagged == []
    assert verdicts == ["good", "good"]


@pytest.mark.parametrize(("own_best", "flagged"), [(183.0, []), (120.0, ["cough"])])
def test_her_own_best_says_what_is_too_fast_for_her(own_best: float, flagged: list[str]) -> None:
    pulse = [480.0 * i / RATE_HZ for i in range(13)]
    assert seat(adding(12.0, pulse + pulse[::-1]), own_best)[0] == flagged


@pytest.mark.parametrize("height", [20.0, 30.0, -20.0, -30.0])
@pytest.mark.parametrize("creep_s", [5.0, 20.0])
@pytest.mark.parametrize("at_s", [6.5, 7.5])
def test_a_shift_of_posture_stays_and_creeps(height: float, creep_s: float, at_s: float) -> None:
    """clinical.md section 3: a step of 5 to 30 %MVC that creeps off over 5 to 20 s.

    Not flagged as a cough, and neither the round nor the next one is called good while the
    seat still stands more than 10 %MVC off.
    """
    step = [
        height * min(1.0, i / 4) * (0.7 + 0.3 * exp(-i / RATE_HZ / creep_s)) for i in range(2300)
    ]
    flagged, verdicts = seat(adding(at_s, step))
    assert "cough" not in flagged
    assert verdicts == ["moved", "moved"]


@pytest.mark.parametrize("height", [3.0, -3.0, 5.0, -5.0])
def test_a_small_shift_is_let_be(height: float) -> None:
    assert seat(adding(7.0, [height] * 2300)) == ([], ["good", "good"])


def test_breathing_and_drift_are_no_doubt() -> None:
    """1.5 %MVC of breath at 0.25 Hz, and a drift of 1 %MVC a minute."""
    wander = [1.5 * sin(6.2832 * 0.25 * i / RATE_HZ) + i / RATE_HZ / 60.0 for i in range(2700)]
    assert seat(wander) == ([], ["good", "good"])


@pytest.mark.parametrize(("size", "verdict"), [(260.0, "unsure"), (-200.0, "strained")])
def test_out_of_range_is_not_scored(size: float, verdict: str) -> None:
    """A slow excursion no muscle reaches, so that it is no cough."""
    ramp = [size * i / 100 for i in range(100)]
    flagged, verdicts = seat(adding(6.0, ramp + ramp[::-1]))
    assert "out_of_range" in flagged
    assert verdicts == [verdict, "good"]


RAILS = Channel("seat", "force", "N", raw_minimum=-100.0, raw_maximum=100.0)
NOISE = [float(i % 3) for i in range(60)]


def watch(raw: list[float], size: int = 1000, channel: Channel = RAILS) -> list[Doubt]:
    """Flat after 20 samples, clipped after 5, noisy after 10 reversals."""
    state, told = UNWATCHED, tuple[Doubt, ...]()
    for at in range(0, len(raw), size):
        state, new = watch_raw(state, raw[at : at + size], at, channel, 20, 5, 10)
        told = merged(told, new)
    return list(told)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_flat_line_needs_a_sensor_that_has_trembled(size: int) -> None:
    assert watch([5.0] * 200, size) == []
    assert watch([float(i) for i in range(40)] + [39.0] * 60, size) == []
    assert watch(NOISE + [5.0] * 19 + NOISE, size) == []
    assert watch(NOISE + [5.0] * 20 + NOISE, size) == [Doubt("flat_line", 60, 80)]
    assert watch(NOISE + [5.0] * 50 + NOISE, size) == [Doubt("flat_line", 60, 110)]


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_where_a_computed_channel_was_still_from_the_beginning_it_may_be_again(size: int) -> None:
    """Rest of exactly 0 %MVC around efforts that tremble; a raw value never comes back so still."""
    computed = Channel("force", "force", "%MVC")
    rest = [0.0] * 20
    assert watch(rest + NOISE[1:] + rest * 2 + NOISE, size, computed) == []
    assert watch(rest + NOISE[1:] + rest * 2 + NOISE[1:], size) == [Doubt("flat_line", 79, 119)]
    assert watch(rest[:19] + NOISE[1:] + rest, size, computed) == [Doubt("flat_line", 78, 98)]
    stuck = [5.0] * 20
    assert watch(rest + NOISE[1:] + stuck, size, computed) == [Doubt("flat_line", 79, 99)]


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize("rail", [-100.0, 100.0])
def test_a_converter_at_its_rail_is_clipping(rail: float, size: int) -> None:
    assert watch(NOISE + [rail] * 4 + NOISE, size) == []
    assert watch(NOISE + [rail] * 5 + NOISE, size) == [Doubt("clipping", 60, 65)]
    assert watch(NOISE + [rail - 1.0] * 9 + NOISE, size) == []
    assert [doubt.code for doubt in watch(NOISE + [rail] * 30, size)] == ["clipping", "flat_line"]


def test_two_stuck_runs_are_two_doubts() -> None:
    runs = watch(NOISE + [5.0] * 25 + NOISE + [5.0] * 25)
    assert runs == [Doubt("flat_line", 60, 85), Doubt("flat_line", 145, 170)]


def test_touching_gaps_are_one() -> None:
    gaps = merged((Doubt("gap", 0, 5),), [Doubt("gap", 5, 9), Doubt("gap", 20, 21)])
    assert gaps == (Doubt("gap", 0, 9), Doubt("gap", 20, 21))
    assert len(merged((Doubt("gap", 0, 5),), [Doubt("not_a_number", 5, 6)])) == 2


def test_noise_is_the_spread_between_neighbours() -> None:
    assert is_noisy([0.0, 12.0] * 50, 8.0)
    assert not is_noisy([0.0, 11.0] * 50, 8.0)
    assert not is_noisy([float(i) for i in range(100)], 8.0)
    assert not is_noisy([3.0], 8.0)
    assert not is_noisy([], 8.0)


def test_clipping_inside_a_round_is_unsure() -> None:
    made_seat = sitting.stream("seat", RATE_HZ, (sitting.NEWTON,))
    use = sitting.use_of(made_seat, 0, "primary", sitting.NEWTON_REFERENCE)
    random = Random(4)
    channel = replace(sitting.NEWTON, raw_maximum=1900.0)
    made_seat = replace(made_seat, channels=(channel,))
    levels = sitting.trapezoid(PATTERN, 40.0, [4.0, 15.0], 27.0, RATE_HZ)
    raw = sitting.newton_raw([level + random.gauss(0.0, 0.5) for level in levels])
    raw[650:680] = [1900.0] * 30
    made = sitting.context(sitting.dose(40.0, rounds=sitting.rounds_rule(2)), (made_seat,), (use,))
    given: list[Input] = [Command("start", 0, "room", first_rise_s=4.0)]
    _, events = sitting.run(made, [*given, *sitting.blocks(raw, 10)])
    assert [event.quality for event in sitting.of(QualityFlagged, events)] == ["clipping"]
    scored = sitting.of(RepetitionScored, events)
    assert [repetition.verdict for repetition in scored] == ["unsure", "good"]
