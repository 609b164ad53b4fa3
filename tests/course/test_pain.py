"""Pain over the weeks: rising, not back by the morning, over the stop twice."""

from dataclasses import replace
from typing import Any

import pytest

from levator.course import pain
from levator.course.chart import Chart, Decision, PainReport
from levator.course.gates import gates, may_be_overruled
from tests.course.women import BORN, PROTOCOL, after_birth, sitting, stage_of

RULE = PROTOCOL.pain
DAY = BORN + 21


def told(*scores: tuple[int, int], **more: Any) -> Chart:
    """A woman three weeks after birth, with scores of so many days ago."""
    pains = tuple(PainReport(DAY - ago, score) for ago, score in scores)
    return after_birth(3, pains=pains, **more)


# --- Held


@pytest.mark.parametrize(
    ("scores", "held"),
    [
        ([(1, 6)], False),
        ([(1, 6), (0, 5)], False),
        ([(1, 6), (0, 6)], True),
        ([(0, 6), (0, 6)], True),
        ([(14, 6), (0, 6)], True),
        ([(15, 6), (0, 6)], False),
        ([(20, 6), (18, 9), (0, 0)], True),
    ],
)
def test_over_the_stop_twice_within_two_weeks_holds_the_programme(
    scores: list[tuple[int, int]], held: bool
) -> None:
    chart = told(*scores)
    assert pain.is_held(RULE, chart) is held
    for number in (4, 5):
        shut = {one.code: one for one in gates(PROTOCOL, stage_of(number), chart)}["not_held"]
        assert shut.is_open is not held
        assert not may_be_overruled(shut)


def test_only_a_therapist_lets_it_go_on_and_not_on_the_day_itself() -> None:
    chart = told((1, 6), (0, 7))
    today = Decision(DAY, "T. Bos", "release", "talked with her")
    assert pain.is_held(RULE, replace(chart, decisions=(replace(today, day=DAY - 1),)))
    released = replace(chart, decisions=(today,))
    # The score of today still counts, and one alone does not hold.
    assert [one.day for one in pain.over_the_stop(RULE, released)] == [DAY]
    tomorrow = replace(chart, today=DAY + 1, decisions=(replace(today, day=DAY + 1),))
    assert pain.over_the_stop(RULE, tomorrow) == ()
    assert not pain.is_held(RULE, tomorrow)
    assert not pain.is_held(RULE, replace(chart, decisions=(today,)))


def test_it_holds_again_when_the_pain_comes_back() -> None:
    release = Decision(DAY - 5, "T. Bos", "release", "talked with her")
    assert pain.is_held(RULE, told((7, 8), (6, 8), (1, 6), (0, 6), decisions=(release,)))
    assert not pain.is_held(RULE, told((7, 8), (6, 8), (1, 6), decisions=(release,)))


# --- Trend


@pytest.mark.parametrize(
    ("scores", "rising"),
    [
        ([(2, 1), (1, 2), (0, 3)], True),
        ([(2, 1), (1, 2), (0, 2)], False),
        ([(1, 2), (0, 3)], False),
        ([(9, 1), (4, 2), (0, 3)], True),
        ([(3, 5), (2, 1), (1, 2), (0, 3)], True),
        ([(2, 1), (1, 0), (1, 2), (0, 3), (0, 1)], True),
    ],
)
def test_each_day_worse_than_the_one_before_is_a_rise(
    scores: list[tuple[int, int]], rising: bool
) -> None:
    assert pain.is_rising(RULE, told(*scores)) is rising


@pytest.mark.parametrize(
    ("before", "after", "rise"), [(1, 3, 2), (2, 0, -2), (None, 1, None), (1, None, None)]
)
def test_the_rise_in_the_last_sitting(
    before: int | None, after: int | None, rise: int | None
) -> None:
    done = sitting("step-5", DAY, pain_before=before, pain_after=after)
    assert pain.rise_of_last_sitting(told(sittings=(done,)), "step-5") == rise
    assert pain.rise_of_last_sitting(told(sittings=(done,)), "step-6") is None


@pytest.mark.parametrize(
    ("before", "morning", "ago", "worse"),
    [(1, 2, 0, True), (1, 1, 0, False), (None, 5, 0, False), (1, 2, 1, False)],
)
def test_more_pain_in_the_morning_than_before_the_sitting(
    before: int | None, morning: int, ago: int, worse: bool
) -> None:
    done = sitting("step-5", DAY - 1, pain_before=before)
    pains = (PainReport(DAY - ago, morning, "next_morning"),)
    chart = after_birth(3, pains=pains, sittings=(done,))
    assert pain.worse_next_morning(chart) == ((before, morning) if worse else None)
    later = replace(chart, sittings=(done, replace(done, day=DAY)))
    assert pain.worse_next_morning(later) is None
    assert pain.worse_next_morning(replace(chart, sittings=())) is None


def test_reduced_is_none_or_little_and_less_than_it_was() -> None:
    assert pain.is_reduced(3, told((0, 0)))
    assert not pain.is_reduced(3, told((0, 1)))
    assert pain.is_reduced(3, told((9, 5), (0, 3)))
    assert not pain.is_reduced(3, told((9, 5), (0, 4)))
    assert not pain.is_reduced(3, told((9, 5), (1, 0)))
    assert not pain.is_reduced(3, told())


def test_only_pain_since_the_birth_says_whether_it_is_less_or_more() -> None:
    """Much pain in the pregnancy does not make the pain of today little."""
    before = PainReport(BORN - 30, 9)
    since = told((0, 2))
    assert not pain.is_reduced(3, replace(since, pains=(before, *since.pains)))
    rising = (PainReport(BORN - 30, 0), PainReport(DAY - 1, 1), PainReport(DAY, 2))
    assert not pain.is_rising(PROTOCOL.pain, replace(since, pains=rising))
    assert pain.is_rising(PROTOCOL.pain, replace(since, birth=None, pains=rising))
