"""Finding and measuring contractions, on clean shapes and on realistic noise."""

from __future__ import annotations

from math import nan, pi, sin, sqrt
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levator.signals.averages import mean
from levator.signals.contraction import (
    NOTHING_FOUND,
    Contraction,
    Finding,
    detect,
    detector_limits,
    longest_run,
    moving_mean,
    onset_in,
    release_rate,
    rise_rate,
    steadiness,
)
from tests import sitting

RATE_HZ = 100.0
LIMITS = detector_limits(sitting.settings().contraction, RATE_HZ)


def told(levels: list[float], size: int = 0) -> list[Finding]:
    """Return every finding, searched block by block."""
    state, found, at = NOTHING_FOUND, [], 0
    while at < len(levels):
        stop = at + size if size else len(levels)
        state, finding, at = detect(state, levels[at:stop], at, LIMITS)
        if finding is not None:
            found.append(finding)
    return found


def find(levels: list[float], size: int = 0) -> list[Contraction]:
    """Return every contraction that ended."""
    return [finding.ended for finding in told(levels, size) if finding.ended is not None]


def bump(height: float, rise: int, hold: int, fall: int) -> list[float]:
    up = [height * i / rise for i in range(rise)]
    down = [height * (1 - i / fall) for i in range(fall)]
    return up + [height] * hold + down


REST = [0.0] * 200


def test_one_contraction_is_found_where_it_was() -> None:
    levels = REST + bump(40.0, 40, 100, 40) + REST
    assert find(levels) == [Contraction(205, 371, 40.0)]


@pytest.mark.parametrize("size", [1, 7, 50, 500])
def test_a_push_is_found_by_its_size(size: int) -> None:
    levels = REST + bump(-40.0, 40, 100, 40) + REST
    assert find(levels, size) == [Contraction(205, 371, -40.0)]


@pytest.mark.parametrize(("height", "count"), [(7.9, 0), (8.0, 1), (-9.9, 0), (-10.0, 1)])
def test_what_is_too_small_is_none(height: float, count: int) -> None:
    assert len(find(REST + [height] * 200 + REST)) == count


@pytest.mark.parametrize(("lasts", "count"), [(29, 0), (30, 1)])
def test_what_is_too_short_is_none(lasts: int, count: int) -> None:
    assert len(find(REST + [40.0] * lasts + REST)) == count


@pytest.mark.parametrize(("dip", "count"), [(29, 1), (30, 2)])
def test_a_short_dip_ends_nothing(dip: int, count: int) -> None:
    levels = REST + [40.0] * 100 + [0.0] * dip + [40.0] * 100 + REST
    assert len(find(levels)) == count


def test_a_strong_contraction_that_leaves_tone_has_ended() -> None:
    """Down to a quarter of its peak it is over; the tone that stays is told apart."""
    assert len(find(REST + [80.0] * 100 + [19.0] * 100)) == 1
    assert find(REST + [80.0] * 100 + [21.0] * 100) == []


def test_hovering_near_rest_finds_nothing() -> None:
    assert find([6.0, 4.0] * 300) == []
    assert find([6.0] * 600) == []


def test_an_unknown_level_ends_what_it_lasts_through() -> None:
    assert len(find(REST + [40.0] * 100 + [nan] * 10 + [40.0] * 100 + REST)) == 1
    assert len(find(REST + [40.0] * 100 + [nan] * 40 + [40.0] * 100 + REST)) == 2
    assert find(REST + [nan] * 300 + REST) == []


@given(st.lists(st.tuples(st.floats(-60, 90), st.integers(1, 90)), max_size=12), st.data())
def test_the_search_does_not_see_blocks(
    steps: list[tuple[float, int]], data: st.DataObject
) -> None:
    levels = [level for level, lasts in steps for _ in range(lasts)]
    for place in data.draw(st.lists(st.integers(0, 1000), max_size=3)):
        if place < len(levels):
            levels[place] = nan
    one_by_one = told(levels, 1)
    assert told(levels, data.draw(st.integers(2, 60))) == one_by_one
    assert told(levels) == one_by_one


@pytest.mark.parametrize(
    "levels",
    [
        [60.0] * 10 + [80.0] * 10 + [50.0] * 60,
        [-40.0] * 10 + [30.0] * 60,
        [80.0] * 100 + [15.0] * 60 + [30.0] * 10 + [15.0] * 10 + [30.0] * 60,
    ],
    ids=["a peak before it is told", "a push that turns", "tone between two rises"],
)
@pytest.mark.parametrize("size", [5, 7, 1000])
def test_blocks_on_the_way_up_are_looked_at_whole(levels: list[float], size: int) -> None:
    levels = REST + levels + REST
    assert told(levels, size) == told(levels, 1)


def noisy_session(seed: int) -> tuple[list[float], list[tuple[float, float]]]:
    """250 s of a seat as clinical.md section 3 describes it: (levels, true on and off times)."""
    random = Random(seed)
    count, truth = int(250 * RATE_HZ), []
    breath_hz, depth = random.uniform(0.2, 0.3), random.uniform(1.0, 3.0)
    drift, levels = 0.0, []
    force, goal, speed, at_s = 0.0, 0.0, 1.0, 3.0
    plan = []
    while at_s < 240:
        lasts_s = random.uniform(1.5, 8.0)
        plan.append((at_s, at_s + lasts_s, random.uniform(15.0, 95.0)))
        at_s += lasts_s + random.uniform(3.0, 8.0)
    place = 0
    for index in range(count):
        now_s = index / RATE_HZ
        goal = 0.0
        if place < len(plan):
            on_s, off_s, height = plan[place]
            goal = height if on_s <= now_s < off_s else 0.0
            if now_s >= off_s:
                truth.append((on_s, off_s))
                place += 1
        speed = 150.0 if goal > force else 90.0
        force += max(-speed, min(speed, (goal - force) * 8.0)) / RATE_HZ
        drift += random.gauss(0.0, 1.0 / sqrt(60.0 * RATE_HZ))
        tremor = force * 0.013 * random.gauss(0.0, 1.0)
        levels.append(
            force + drift + depth / 2 * sin(2 * pi * breath_hz * now_s) + tremor
            + random.gauss(0.0, 0.5)
        )  # fmt: skip
    return levels, truth


def test_onsets_and_ends_are_found_on_a_realistic_seat() -> None:
    """Goal of clinical.md section 1: 93 % of onsets, 89 % of ends (234 and 222 of 250)."""
    onsets = ends = total = extra = 0
    for seed in range(10):
        levels, truth = noisy_session(seed)
        found = find(levels, 20)
        total += len(truth)
        extra += len(found)
        for on_s, off_s in truth:
            onsets += any(abs(c.onset / RATE_HZ - on_s) <= 0.25 for c in found)
            ends += any(abs(c.end / RATE_HZ - off_s) <= 1.0 for c in found)
    assert total > 200
    assert onsets >= 0.93 * total
    assert ends >= 0.89 * total
    assert extra <= 1.02 * total


@pytest.mark.parametrize("rate_hz", [10.0, 100.0, 2048.0])
def test_the_rate_is_the_slope_between_two_crossings(rate_hz: float) -> None:
    """20 to 80 % of 50 at 25 %MVC/s, whatever the sampling."""
    levels = [min(50.0, 25.0 * i / rate_hz) for i in range(int(3 * rate_hz))]
    assert rise_rate(levels, rate_hz, 10.0, 40.0) == pytest.approx(25.0)
    assert release_rate(levels[::-1], rate_hz, 10.0, 40.0) == pytest.approx(25.0)


def test_a_rate_between_two_samples() -> None:
    assert rise_rate([0.0, 50.0], 10.0, 10.0, 40.0) == pytest.approx(500.0)


@pytest.mark.parametrize("levels", [[], [50.0] * 9, [0.0] * 9, [20.0, 50.0], [0.0, 39.0, 0.0]])
def test_no_rate_without_both_crossings(levels: list[float]) -> None:
    assert rise_rate(levels, 10.0, 10.0, 40.0) is None
    assert release_rate(levels[::-1], 10.0, 10.0, 40.0) is None


def test_the_rate_counts_from_the_last_time_she_was_low() -> None:
    levels = [0.0, 20.0, 0.0, 20.0, 40.0]
    assert rise_rate(levels, 10.0, 10.0, 40.0) == pytest.approx(30.0 / 0.15)


def test_no_rate_where_both_crossings_are_one() -> None:
    assert rise_rate([10.0, 40.0], 10.0, 10.0, 10.0) is None


def test_steadiness_is_the_spread_around_the_line() -> None:
    sloping = [40.0 + 0.05 * i for i in range(200)]
    assert steadiness(sloping) == pytest.approx(0.0, abs=1e-9)
    wave = [50.0 + 2.0 * (-1) ** i for i in range(2000)]
    assert steadiness(wave) == pytest.approx(4.0, rel=1e-3)


@pytest.mark.parametrize("levels", [[], [40.0, 41.0], [0.0] * 9, [-5.0] * 9, [40.0, nan, 40.0]])
def test_no_steadiness_without_a_hold(levels: list[float]) -> None:
    assert steadiness(levels) is None


def test_a_mean_of_nothing_or_with_an_unknown_level_is_none() -> None:
    assert mean([]) is None
    assert mean([1.0, nan]) is None
    assert mean([1.0, 2.0]) == 1.5


@given(st.lists(st.floats(-60, 90), max_size=40), st.integers(0, 60))
def test_a_mean_around_each_level(levels: list[float], width: int) -> None:
    before = width // 2
    around = [
        levels[max(0, place - before) : place - before + max(1, width)]
        for place in range(len(levels))
    ]
    expected = [sum(some) / len(some) for some in around]
    assert moving_mean(levels, width) == pytest.approx(expected, abs=1e-9)


def test_a_mean_around_nothing_more_changes_no_bit() -> None:
    levels = [0.1, 0.2, 0.30000000000000004]
    assert moving_mean(levels, 1) == moving_mean(levels, 0) == levels


def test_the_longest_run() -> None:
    assert longest_run([]) == 0
    assert longest_run([True, False, True, True]) == 2


@pytest.mark.parametrize(
    ("levels", "place"),
    [
        (REST + [40.0] * 50, 200),
        (REST + [6.0] * 10 + [40.0] * 50, 200),
        (REST + [40.0] * 29 + REST, None),
        ([40.0] * 50, None),
        (REST, None),
        (REST + [40.0] * 10 + [0.0] * 5 + [40.0] * 40, 215),
    ],
)
def test_where_a_contraction_leaves_rest(levels: list[float], place: int | None) -> None:
    assert onset_in(levels, LIMITS) == place


def test_tone_that_stays_is_not_the_next_contraction() -> None:
    """From 80 down to 13: over, and not let go; the next one begins when she works again."""
    levels = REST + [80.0] * 100 + [13.0] * 300 + [60.0] * 100 + [13.0] * 100 + REST
    assert find(levels) == [Contraction(200, 300, 80.0), Contraction(600, 700, 60.0)]


def test_after_rest_a_light_contraction_counts_again() -> None:
    levels = REST + [80.0] * 100 + [13.0] * 100 + [0.0] * 10 + [13.0] * 100 + REST
    assert find(levels) == [Contraction(200, 300, 80.0), Contraction(410, 510, 13.0)]


def test_nothing_to_search_finds_nothing() -> None:
    assert detect(NOTHING_FOUND, [], 5, LIMITS) == (NOTHING_FOUND, None, 5)


@pytest.mark.parametrize("size", [1, 7, 40, 71, 500])
def test_an_unknown_level_at_the_end_belongs_to_the_end(size: int) -> None:
    levels = REST + [40.0] * 100 + [nan] + [0.0] * 200
    assert find(levels, size) == [Contraction(200, 300, 40.0)]
