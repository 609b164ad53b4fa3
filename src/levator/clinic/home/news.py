"""What a therapist hears of a woman who trains at home: what stopped her, and what was too much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Literal, TypeAlias

from levator.clinic.courses import View
from levator.clinic.home.ahead import questions_of
from levator.clinic.home.doses import answers_in, done_of
from levator.course.chart import Day
from levator.course.home import QuestionCode
from levator.course.home_told import HomeAnswer, stops
from levator.library import load_home

#: birth_told: she says that she gave birth. pain_told, leak_told: it ended her day.
#: over_at_home: she did more than was asked.
HomeNews: TypeAlias = Literal["birth_told", "pain_told", "leak_told", "over_at_home"]
#: A red flag is told by itself.
_NEWS: Mapping[QuestionCode, HomeNews] = {
    "birth": "birth_told",
    "pain": "pain_told",
    "leak": "leak_told",
}


def told_at_home(view: View) -> Mapping[HomeNews, date]:
    """Return the newest day of each, as long as it is told."""
    today, found = view.chart.today, dict[HomeNews, Day]()
    for code, day in _news(view):
        if 0 <= today - day < load_home().told_days:
            found[code] = max(day, found.get(code, day))
    return {code: date.fromordinal(day) for code, day in found.items()}


def _news(view: View) -> Iterator[tuple[HomeNews, Day]]:
    questions, answers = questions_of(view), answers_in(view.history)
    corrected = _corrected(answers)
    for one in answers:
        if one.code in _NEWS and stops(questions, one) and one.day >= corrected.get(one.code, 0):
            yield _NEWS[one.code], one.day
    for done in done_of(view.history.home_sessions):
        if done.ended_by == "pain":
            yield "pain_told", done.day
        if done.is_over_limit:
            yield "over_at_home", done.day


def _corrected(answers: Iterable[HomeAnswer]) -> Mapping[QuestionCode, Day]:
    """Return the newest day on which she told that her child is not born: "yes" was a slip."""
    said = [one.day for one in answers if one.code == "birth" and one.answer == "no"]
    return {"birth": max(said)} if said else {}
