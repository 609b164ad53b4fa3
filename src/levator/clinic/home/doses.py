"""What is prescribed for at home and what was done of it, as the course looks at them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from levator.clinic.charts import day_of, is_of_here
from levator.clinic.history import History
from levator.course.chart import Day
from levator.course.daily import Adherence
from levator.course.exercise import Exercise
from levator.course.home import QuestionCode, home_adherence
from levator.course.home_dose import HomeDose
from levator.course.home_told import HomeAnswer, HomeDone, counts_as_done, times_done
from levator.library import exercise_ids, load_exercise
from levator.records.home import HomePrescription, HomeSession

#: Questions whose answer the record keeps as a symptom of their name; 1 is yes.
YES_OR_NO: tuple[QuestionCode, ...] = ("birth", "leak")


def all_exercises() -> tuple[Exercise, ...]:
    """Return the exercises of the library."""
    return tuple(map(load_exercise, exercise_ids()))


Given: TypeAlias = tuple[HomePrescription, HomeDose]


def doses_of(prescriptions: Iterable[HomePrescription]) -> tuple[HomeDose, ...]:
    """Return what is prescribed, each for the days on which it holds."""
    return tuple(dose for _, dose in given_of(prescriptions))


def given_of(prescriptions: Iterable[HomePrescription]) -> list[Given]:
    """Return what is prescribed with its dose, the newest of an exercise last: from its first day
    on it alone holds. What was taken in from elsewhere opens nothing."""
    found: list[Given] = []
    for one in (each for each in prescriptions if is_of_here(each)):
        begins = day_of(one.from_on)
        found = [(kept, _until(dose, one.exercise, begins)) for kept, dose in found]
        if not one.is_withdrawn:
            found.append((one, dose_of(one)))
    return found


def standing(prescriptions: Iterable[HomePrescription], today: Day) -> list[Given]:
    """Return what is prescribed for today or a later day."""
    return [(kept, dose) for kept, dose in given_of(prescriptions) if _has_days(dose, today)]


def _has_days(dose: HomeDose, today: Day) -> bool:
    last, first = dose.until_day, dose.from_day
    return last is None or (today <= last and (first is None or first <= last))


def _until(dose: HomeDose, exercise: str, begins: Day) -> HomeDose:
    last = begins - 1
    is_shorter = dose.until_day is None or last < dose.until_day
    return replace(dose, until_day=last) if dose.exercise_id == exercise and is_shorter else dose


def dose_of(kept: HomePrescription) -> HomeDose:
    """Return one prescription as a dose."""
    return HomeDose(
        exercise_id=kept.exercise,
        posture=kept.posture,
        hold_s=kept.hold_s,
        repetitions=kept.repetitions,
        times_a_day=kept.times_a_day,
        from_day=day_of(kept.from_on),
        until_day=day_of(kept.until_on) if kept.until_on else None,
    )


def asked_on(doses: Sequence[HomeDose], day: Day) -> Mapping[str, int]:
    """Return how often each exercise is asked on a day."""
    usual = {one.id: one.times_a_day for one in all_exercises()}
    return {
        one.exercise_id: usual[one.exercise_id] if one.times_a_day is None else one.times_a_day
        for one in doses
        if one.holds_on(day) and one.exercise_id in usual
    }


def done_of(sessions: Iterable[HomeSession]) -> tuple[HomeDone, ...]:
    """Return what was done, as the course looks at it."""
    return tuple(
        HomeDone(day_of(one.on_day), one.exercise, one.ended_by, one.repetitions, one.is_over_limit)
        for one in sessions
    )


def times_on(doses: Sequence[HomeDose], done: Iterable[HomeDone], day: Day) -> Mapping[str, int]:
    """Return how often each exercise was done on a day, where it was done at all."""
    of_day: dict[str, list[HomeDone]] = {}
    for one in done:
        if one.day == day:
            of_day.setdefault(one.exercise_id, []).append(one)
    whole = {one.id: one.repetitions for one in all_exercises()}
    given = {one.exercise_id: one.repetitions for one in doses if one.holds_on(day)}
    whole |= {name: count for name, count in given.items() if count is not None}
    found = {name: times_done(each, whole.get(name, 1)) for name, each in of_day.items()}
    return {name: times for name, times in found.items() if times}


def answers_in(history: History) -> tuple[HomeAnswer, ...]:
    """Return what she was asked and told, as the questions at home mean it."""
    none = [one for one in history.red_flag_answers if is_of_here(one)]
    return (
        *(HomeAnswer(day_of(one.on_day), "red_flags", "none") for one in none),
        *(HomeAnswer(day_of(one.on_day), "red_flags", one.code) for one in history.red_flags),
        *(HomeAnswer(day_of(one.on_day), "pain", one.score) for one in history.pains),
        *(
            HomeAnswer(day_of(one.on_day), code, "yes" if one.score else "no")
            for one in history.symptoms
            for code in YES_OR_NO
            if one.code == code
        ),
    )


def adherence_at_home(history: History, today: Day, days: int) -> Adherence | None:
    """Return what was done of what was asked, over so many days before today."""
    doses = doses_of(history.home_prescriptions)
    done = [one for one in done_of(history.home_sessions) if counts_as_done(one)]
    span = range(today - days, today)
    return home_adherence(
        [asked_on(doses, day) for day in span],
        [Counter(one.exercise_id for one in done if one.day == day) for day in span],
    )
