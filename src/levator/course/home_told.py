"""What she told and did at home: which answer stops, for how long, and when a day is over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import fsum
from typing import Literal

from levator.course.chart import Day
from levator.course.home import HomeQuestion, QuestionCode

#: How an exercise at home ended: to its end, by hand, by pain, or logged with one tap.
HomeEnd = Literal["done", "stopped", "pain", "tapped"]


@dataclass(frozen=True, slots=True)
class HomeAnswer:
    """One answer on a day: a code of the checklist, a score, or a word."""

    day: Day
    code: QuestionCode
    answer: int | str


@dataclass(frozen=True, slots=True)
class HomeDone:
    """One exercise as it was done on a day, begun or finished."""

    day: Day
    exercise_id: str
    ended_by: HomeEnd
    repetitions: int
    is_over_limit: bool


def stops(questions: Iterable[HomeQuestion], told: HomeAnswer) -> bool:
    """Return whether an answer stops."""
    return any(one.code == told.code and told.answer in one.stops for one in questions)


def counts(questions: Iterable[HomeQuestion], told: HomeAnswer, today: Day) -> bool:
    """Return whether an answer still counts today."""
    known = (one.counts_days for one in questions if one.code == told.code)
    return 0 <= today - told.day < next(known, 0)


def closed_days(
    questions: Iterable[HomeQuestion], done: Iterable[HomeDone], told: Iterable[HomeAnswer]
) -> frozenset[Day]:
    """Return the days on which nothing more is offered, on any phone.

    More was done than was asked, an exercise ended by pain, or an answer stopped that nothing
    else of the record holds on to.
    """
    lasting = [one for one in questions if one.code not in _HELD]
    closed = {one.day for one in done if one.is_over_limit or one.ended_by == "pain"}
    return frozenset(closed | {one.day for one in told if stops(lasting, one)})


#: Answers that the gates know of: a red flag, and the last pain score.
_HELD: frozenset[QuestionCode] = frozenset({"red_flags", "pain"})


def times_done(done: Iterable[HomeDone], repetitions: int) -> int:
    """Return how often an exercise was done on its day, of what was done of it.

    repetitions : of the whole exercise. What was broken off counts with all of its kind: as many
    repetitions as a whole one has are one more time, so that stopping never adds effort to a day.
    """
    known = list(done)
    whole = len([one for one in known if counts_as_done(one)])
    begun = int(fsum(one.repetitions for one in known if not counts_as_done(one)))
    return whole + begun // repetitions


def counts_as_done(one: HomeDone) -> bool:
    """Return whether it counts for its day: done to its end, as she says."""
    return one.ended_by in ("done", "tapped")
