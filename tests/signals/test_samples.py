"""Blocks, references and tapes."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levator.errors import CallerError
from levator.signals.reference import Reference, ReferenceContext, already_percent_mvc, is_valid
from levator.signals.samples import Samples
from levator.signals.tape import Tape, index_at

SEAT = ReferenceContext("seat 3", "firm", "upright", "2026-11-20T09:00:00+01:00")
MVC = Reference("mvc", 3.0, 43.0, "N", context=SEAT)
DAY_S = 86_400.0


def test_a_block_has_the_length_of_its_columns() -> None:
    assert len(Samples("seat", 0, ([1.0, 2.0], [3.0, 4.0]))) == 2
    assert len(Samples("seat", 0, ())) == 0


@pytest.mark.parametrize(("rest", "reference"), [(3.0, 3.0), (nan, 3.0), (3.0, inf), (0.0, -0.0)])
def test_a_reference_that_gives_no_scale_is_refused(rest: float, reference: float) -> None:
    with pytest.raises(CallerError, match="two different numbers"):
        Reference("mvc", rest, reference, "N")


def test_falling_polarity_is_a_reference_below_rest() -> None:
    assert Reference("mvc", 43.0, 3.0, "N").is_falling
    assert not MVC.is_falling


@pytest.mark.parametrize(
    ("age_s", "valid"),
    [(0.0, True), (7 * DAY_S, True), (7 * DAY_S + 1, False), (-1.0, False)],
)
def test_a_reference_lasts_seven_days(age_s: float, valid: bool) -> None:
    assert is_valid(MVC, SEAT, age_s, 7) is valid


@pytest.mark.parametrize("part", ["device", "cushion", "posture"])
def test_another_seat_voids_it(part: str) -> None:
    assert not is_valid(MVC, replace(SEAT, **{part: "another"}), 0.0, 7)
    assert not is_valid(replace(MVC, context=None), SEAT, 0.0, 7)


def test_what_was_declared_by_hand_is_exempt() -> None:
    declared = Reference("declared", 3.0, 43.0, "N")
    assert is_valid(declared, SEAT, 999 * DAY_S, 7)
    assert is_valid(already_percent_mvc(), SEAT, 999 * DAY_S, 7)
    assert (already_percent_mvc().rest, already_percent_mvc().reference) == (0.0, 100.0)


@given(st.integers(0, 10_000_000), st.sampled_from((10.0, 50.0, 128.0, 1000.0, 2048.0, 44_100.0)))
def test_the_time_of_a_sample_is_its_index(index: int, rate_hz: float) -> None:
    assert index_at(index / rate_hz, rate_hz) == index
    assert index_at((index + 0.5) / rate_hz, rate_hz) == index + 1


@pytest.mark.parametrize(("time_s", "index"), [(0.1 + 0.2, 30), (-0.5, -50), (-0.505, -50)])
def test_a_sum_of_times_is_no_sample_late(time_s: float, index: int) -> None:
    assert index_at(time_s, 100.0) == index


def same(found: list[float], expected: list[float]) -> bool:
    return [str(level) for level in found] == [str(level) for level in expected]


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 9)), max_size=12),
    st.integers(-5, 90),
    st.integers(-5, 90),
)
def test_a_tape_is_a_list_with_holes(parts: list[tuple[bool, int]], start: int, stop: int) -> None:
    tape, plain = Tape(0, 0), list[float]()
    for is_gap, size in parts:
        new = [nan] * size if is_gap else [float(len(plain) + i) for i in range(size)]
        tape = tape.skip(size) if is_gap else tape.append(new)
        plain += new
    expected = [plain[i] if 0 <= i < len(plain) else nan for i in range(start, max(start, stop))]
    assert same(tape.cut(start, stop), expected)
    later = tape.since(4)
    held = [plain[i] if min(4, len(plain)) <= i < len(plain) else nan for i in range(start, stop)]
    assert same(later.cut(start, stop), held)


def test_an_older_tape_keeps_its_end() -> None:
    old = Tape(0, 0).append([1.0, 2.0])
    new = old.append([3.0])
    other = old.append([9.0])
    assert (old.cut(0, 3)[:2], new.cut(0, 3), other.cut(0, 3)) == (
        [1.0, 2.0], [1.0, 2.0, 3.0], [1.0, 2.0, 9.0],
    )  # fmt: skip
    assert old.end == 2


def test_a_gap_of_hours_costs_no_memory() -> None:
    tape = Tape(0, 0).append([1.0]).skip(50_000_000)
    assert (tape.first, tape.end, len(tape.levels)) == (50_000_001, 50_000_001, 0)
    assert same(tape.append([2.0]).cut(50_000_000, 50_000_002), [nan, 2.0])
