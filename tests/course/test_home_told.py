"""Which answer stops and for how long, and when a day at home is over."""

import pytest

from levator.course.home import HomeQuestion, QuestionCode
from levator.course.home_told import (
    HomeAnswer,
    HomeDone,
    HomeEnd,
    closed_days,
    counts,
    counts_as_done,
    stops,
    times_done,
)

QUESTIONS = (
    HomeQuestion("red_flags", ("fever",), 1),
    HomeQuestion("pain", (6, 7), 1),
    HomeQuestion("leak", ("yes",), 2),
)


def done(
    day: int, ended_by: HomeEnd = "done", *, repetitions: int = 10, is_over: bool = False
) -> HomeDone:
    return HomeDone(day, "endurance", ended_by, repetitions, is_over)


def test_an_answer_stops_where_its_question_says_so() -> None:
    told = (
        ("fever", "red_flags"),
        ("none", "red_flags"),
        (7, "pain"),
        (5, "pain"),
        ("yes", "pain"),
    )
    found = [stops(QUESTIONS, HomeAnswer(5, code, answer)) for answer, code in told]
    assert found == [True, False, True, False, False]


@pytest.mark.parametrize(("code", "last"), [("pain", 5), ("leak", 6), ("birth", 0)])
def test_an_answer_counts_from_its_day_on_for_so_many_days(code: QuestionCode, last: int) -> None:
    told = HomeAnswer(5, code, "yes")
    assert [day for day in range(10) if counts(QUESTIONS, told, day)] == list(range(5, last + 1))


def test_a_day_is_closed_by_one_too_many_by_pain_and_by_an_answer_of_its_own_rule() -> None:
    told = [HomeAnswer(1, "leak", "yes"), HomeAnswer(2, "leak", "no"), HomeAnswer(3, "pain", 7)]
    did = [done(4), done(5, is_over=True), done(6, "pain"), done(7, "stopped")]
    assert closed_days(QUESTIONS, did, told) == {1, 5, 6}
    # The gates know of a red flag and of pain, so that a lower score opens the day again.
    assert closed_days(QUESTIONS, [], [HomeAnswer(3, "red_flags", "fever")]) == frozenset()


def test_what_was_broken_off_adds_up_so_that_stopping_is_no_way_to_do_more() -> None:
    broken = [done(1, "stopped", repetitions=4), done(1, "pain", repetitions=5)]
    assert times_done(broken, 10) == 0
    assert times_done([*broken, done(1, "stopped", repetitions=1)], 10) == 1
    assert times_done([*broken, done(1), done(1, "tapped", repetitions=0)], 10) == 2


def test_what_was_broken_off_counts_for_no_day() -> None:
    found = [one for one in ("done", "tapped", "stopped", "pain") if counts_as_done(done(1, one))]
    assert found == ["done", "tapped"]
