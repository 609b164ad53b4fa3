"""A ceiling nobody told of is found where a signal is cut off, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from math import pi, sin
from random import Random

import pytest

from levator.library.loader import load_settings
from levator.signals.ceiling import OPEN_SKY, ceiling_limits, watch_ceiling
from levator.signals.quality import Doubt, merged
from levator.training.events import QualityFlagged, RepetitionScored
from levator.training.inputs import Command, Input
from levator.training.pattern import Pattern
from tests import sitting
from tests.real import openhdemg

RATE_HZ = 100.0
LIMITS = ceiling_limits(load_settings().quality, RATE_HZ)
PATTERN = Pattern(2.0, 3.0, 2.0, 4.0)


def found(raw: list[float], size: int = 100_000, *, is_falling: bool = False) -> list[Doubt]:
    state, told = OPEN_SKY, tuple[Doubt, ...]()
    for at in range(0, len(raw), size):
        state, new = watch_ceiling(state, raw[at : at + size], at, LIMITS, is_falling)
        told = merged(told, new)
    return list(told)


def hold(seed: int, ceiling: float = 99.0, quantum: float = 0.0) -> list[float]:
    """Two holds of 5 s at 40 with a spread of 0.5, between rests."""
    random = Random(seed)
    made = [
        min(ceiling, (40.0 if at % 1000 >= 500 else 2.0) + random.gauss(0.0, 0.5))
        for at in range(2000)
    ]
    return [round(one / quantum) * quantum for one in made] if quantum else made


@pytest.mark.parametrize("size", [1, 7, 20, 100_000])
@pytest.mark.parametrize("ceiling", [39.9, 39.8, 39.5])
def test_a_cut_off_hold_is_found_however_it_is_cut_into_blocks(ceiling: float, size: int) -> None:
    [one, other] = found(hold(1, ceiling), size)
    assert (one.code, one.first // 500, other.first // 500) == ("clipping", 1, 3)
    assert [one, other] == found(hold(1, ceiling))


@pytest.mark.parametrize("quantum", [0.0, 0.01, 0.25, 0.5, 1.0, 2.0])
def test_no_noise_on_any_converter_is_a_ceiling(quantum: float) -> None:
    assert [seed for seed in range(20) if found(hold(seed, quantum=quantum))] == []


def test_a_smooth_wave_that_repeats_itself_is_no_ceiling() -> None:
    for size in (1.0, 2.0, 3.0, 10.0, 100.0):
        wave = [float(round(size * sin(2.0 * pi * 8.0 * at / RATE_HZ))) for at in range(1000)]
        assert found(wave) == []


def test_what_is_cut_off_at_rest_is_no_doubt() -> None:
    cut = [max(2.0, one) for one in hold(1)]
    assert found(cut) == []
    assert found([-one for one in cut], is_falling=True) == []
    assert len(found([-one for one in hold(1, 39.8)], is_falling=True)) == 2


def test_nothing_real_is_a_ceiling() -> None:
    emg, force, rate_hz, _ = openhdemg()
    limits = ceiling_limits(load_settings().quality, rate_hz)
    for signal in (force, *emg):
        assert watch_ceiling(OPEN_SKY, signal.tolist(), 0, limits)[1] == []


@pytest.mark.parametrize("size", [1, 10, 300, 100_000])
def test_a_cut_off_round_is_not_scored(size: int) -> None:
    """Whatever was fed ahead of the verdict; the round after it is cut off no more."""
    random = Random(4)
    levels = sitting.trapezoid(PATTERN, 40.0, [4.0, 15.0], 27.0, RATE_HZ)
    levels = [one + random.gauss(0.0, 0.3) for one in levels]
    levels = [min(one, 39.9) if at < 1300 else one for at, one in enumerate(levels)]
    made = sitting.context(sitting.dose(40.0, rounds=sitting.rounds_rule(2)))
    given: list[Input] = [Command("start", 0, "room", first_rise_s=4.0)]
    _, events = sitting.run(made, [*given, *sitting.blocks(levels, size)])
    assert [one.quality for one in sitting.of(QualityFlagged, events)] == ["clipping"]
    assert [one.verdict for one in sitting.of(RepetitionScored, events)] == ["unsure", "good"]


@pytest.mark.parametrize("size", [1, 300, 100_000])
def test_evidence_that_comes_after_a_verdict_does_not_change_it(size: int) -> None:
    """The visits begin in the effort of the only round and are enough only behind its verdict."""
    random = Random(4)
    levels = sitting.trapezoid(PATTERN, 40.0, [4.0], 16.0, RATE_HZ)
    levels = [(40.0 if at > 700 else one) for at, one in enumerate(levels)]
    levels = [min(40.9, one + random.gauss(0.0, 0.2)) for one in levels]
    for at in [*range(1050, 1300, 20), *range(1300, 1600)]:
        levels[at] = 41.0
    made = sitting.context(sitting.dose(40.0, rounds=sitting.rounds_rule(1)))
    given: list[Input] = [Command("start", 0, "room", first_rise_s=4.0)]
    _, events = sitting.run(made, [*given, *sitting.blocks(levels, size)])
    [scored] = sitting.of(RepetitionScored, events)
    assert (scored.verdict, scored.verdict_at_s) == ("not_released", 13.0)
    assert found(levels)[0].first < 1100
    assert found(levels)[0].known_from > 1300


def test_without_values_or_without_its_threshold_nothing_is_watched() -> None:
    off = replace(LIMITS, dips=0)
    assert watch_ceiling(OPEN_SKY, [], 0, LIMITS) == (OPEN_SKY, [])
    assert watch_ceiling(OPEN_SKY, hold(1, 39.9), 0, off) == (OPEN_SKY, [])
