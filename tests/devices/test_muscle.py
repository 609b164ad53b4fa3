"""The fatigue model against its published closed form and golden rounds (clinical.md section 2)."""

from __future__ import annotations

from dataclasses import replace
from math import inf, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levator.devices.simulator.muscle import Muscle, work
from levator.devices.simulator.parameters import Fatigability, default_parameters

GENERAL = default_parameters().muscle
HAND = replace(GENERAL, fatigue_per_s=0.0098, recovery_per_s=0.00064, rest_recovery_times=30.0)
SHOULDER = replace(GENERAL, fatigue_per_s=0.0182, recovery_per_s=0.00168)
DT_S = 0.02


def endurance_s(target: float, rates: Fatigability) -> float:
    """The published closed form of a constant target: ET = -ln(1 - R (1 - TL) / (F TL)) / R."""
    fatigue, recovery = rates.fatigue_per_s, rates.recovery_per_s
    if target <= recovery / (fatigue + recovery):
        return inf
    return -log(1.0 - recovery * (1.0 - target) / (fatigue * target)) / recovery


def held_s(target: float, rates: Fatigability) -> float:
    muscle, steps = Muscle(target, 1 - target, 0.0), 0
    while muscle.active + muscle.resting >= target:
        muscle, steps = work(muscle, target, rates, DT_S), steps + 1
    return steps * DT_S


def first_failed_round(
    target: float, pattern: tuple[float, float, float, float], rates: Fatigability, rounds: int
) -> int | None:
    """The first round whose hold falls below 95 % of the target; None if there is none."""
    muscle = Muscle()
    rise, hold, fall, _ = pattern
    for number in range(1, rounds + 1):
        for step in range(round(sum(pattern) / DT_S)):
            at = step * DT_S
            down = (rise + hold + fall - at) / fall
            muscle = work(muscle, target * max(0.0, min(1.0, at / rise, down)), rates, DT_S)
            settled = rise + 0.5 <= at < rise + hold
            if settled and muscle.active < 0.95 * target:
                return number
    return None


@pytest.mark.parametrize("target", [0.2, 0.3, 0.5, 0.7, 0.8, 0.9])
@pytest.mark.parametrize("rates", [GENERAL, HAND, SHOULDER])
def test_a_hold_lasts_as_long_as_the_closed_form_says(target: float, rates: Fatigability) -> None:
    assert held_s(target, rates) == pytest.approx(endurance_s(target, rates), rel=0.02)


def test_the_published_endurance_times() -> None:
    assert [round(endurance_s(t, GENERAL)) for t in (0.3, 0.5, 0.7)] == [271, 108, 45]
    assert endurance_s(0.08, GENERAL) == inf


SEED_PATTERNS = [
    (0.4, (4.0, 2.0, 4.0, 6.0), 0.88),
    (0.3, (2.0, 9.0, 2.0, 4.0), 0.80),
    (0.5, (3.0, 5.0, 3.0, 4.0), 0.77),
]


@pytest.mark.parametrize(("target", "pattern", "capacity"), SEED_PATTERNS)
@pytest.mark.parametrize("rates", [GENERAL, HAND, SHOULDER])
def test_the_seeds_low_doses_never_reach_failure(
    target: float,
    pattern: tuple[float, float, float, float],
    capacity: float,
    rates: Fatigability,
) -> None:
    assert first_failed_round(target, pattern, rates, 200) is None


@pytest.mark.parametrize(("target", "pattern", "capacity"), SEED_PATTERNS)
def test_the_capacity_after_ten_rounds(
    target: float, pattern: tuple[float, float, float, float], capacity: float
) -> None:
    muscle = Muscle()
    rise, hold, fall, _ = pattern
    for _ in range(10):
        for step in range(round(sum(pattern) / DT_S)):
            at = step * DT_S
            wish = max(0.0, min(1.0, at / rise, (rise + hold + fall - at) / fall))
            muscle = work(muscle, target * wish, GENERAL, DT_S)
    assert muscle.capacity == pytest.approx(capacity, abs=0.02)


def test_seventy_percent_fails_sooner_in_a_shoulder_than_in_a_hand() -> None:
    pattern = (3.0, 5.0, 3.0, 4.0)
    found = [first_failed_round(0.7, pattern, rates, 40) for rates in (SHOULDER, GENERAL, HAND)]
    assert found == pytest.approx([5, 10, 13], abs=1)


@given(
    targets=st.lists(st.floats(0, 1), min_size=1, max_size=300),
    dt_s=st.floats(0.001, 0.02),
)
def test_motor_units_are_neither_made_nor_lost(targets: list[float], dt_s: float) -> None:
    muscle = Muscle()
    for target in targets:
        muscle = work(muscle, target, SHOULDER, dt_s)
        assert muscle.active + muscle.resting + muscle.fatigued == pytest.approx(1, abs=1e-9)
        assert min(muscle.active, muscle.resting, muscle.fatigued) >= -1e-9


def test_more_recovery_at_rest_leaves_less_fatigue() -> None:
    left = []
    for times in (1.0, 5.0, 15.0, 30.0):
        rates, muscle = replace(GENERAL, rest_recovery_times=times), Muscle()
        for step in range(10_000):
            muscle = work(muscle, 0.8 if step % 1000 < 500 else 0.0, rates, DT_S)
        left.append(muscle.fatigued)
    assert left == sorted(left, reverse=True)
    assert left[0] > 2 * left[-1]
