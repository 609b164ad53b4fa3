"""What stopped her at home, and what was too much, stands on her therapist's day for a while."""

from datetime import date
from typing import Any

import pytest

from levator.clinic import todo, treatment
from levator.clinic.acting import Acts
from levator.library import load_home
from tests.clinic.desk import TODAY, actor, new_id
from tests.clinic.home.women import Phone, answer, at, day, days_later, prescribed, session, woman


def news(acts: Acts) -> dict[str, str]:
    found = todo.of_today(acts, actor()).todos
    at_home = ("birth_told", "pain_told", "leak_told", "over_at_home")
    tasks = [task for one in found for task in one.tasks if task.code in at_home]
    return {one.code: one.day.isoformat() for one in tasks if isinstance(one.day, date)}


def test_an_answer_that_stops_is_told_of_for_a_week(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    phone = Phone(acts, she)
    phone.sync(answer("pain", 1), answer("leak", "no"), answer("red_flags", "none"))
    assert news(acts) == {}
    phone.sync(answer("leak", "yes"))
    assert news(acts) == {"leak_told": TODAY}
    days = load_home().told_days
    assert news(at(acts, days_later(days - 1))) == {"leak_told": TODAY}
    assert news(at(acts, days_later(days))) == {}


@pytest.mark.parametrize("told", [answer("pain", 9), session(ended_by="pain")])
def test_pain_tells_whether_it_was_an_answer_or_ended_an_exercise(acts: Acts, told: Any) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    Phone(acts, she).sync(told)
    assert news(acts) == {"pain_told": TODAY}


def test_a_red_flag_told_at_home_stands_there_as_any_other(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    Phone(acts, she).sync(answer("red_flags", "fever"))
    [one] = todo.of_today(acts, actor()).todos
    assert one.tasks[0].code == "red_flag"
    assert news(acts) == {}


def test_a_birth_that_was_a_slip_is_told_of_until_she_says_so(acts: Acts) -> None:
    patient, she = woman(acts, born_on="2024-01-01")
    pregnancy = {"expected_on": "2026-12-20", "complications": []}
    treatment.keep_pregnancy(acts, actor(), patient.id, new_id(), **pregnancy)
    Phone(acts, she).sync(answer("birth", "no"), answer("birth", "yes"))
    assert news(acts) == {"birth_told": TODAY}
    tomorrow = at(acts, days_later(1))
    Phone(tomorrow, she).sync(answer("birth", "no", on_day=day(1)))
    assert news(tomorrow) == {}


def test_more_than_was_asked_is_told_of_with_its_newest_day(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient, times_a_day=2)
    tomorrow = Phone(at(acts, days_later(1)), she)
    tomorrow.sync(*(session(day(n)) for n in (0, 0, 0, 1, 1, 1)))
    assert news(at(acts, days_later(1))) == {"over_at_home": day(1)}


def test_a_birth_told_at_home_is_told_of_until_it_is_filled_in(acts: Acts) -> None:
    patient, she = woman(acts, born_on="2024-01-01")
    pregnancy = {"expected_on": "2026-12-20", "complications": []}
    treatment.keep_pregnancy(acts, actor(), patient.id, new_id(), **pregnancy)
    prescribed(acts, patient)
    Phone(acts, she).sync(answer("birth", "yes"))
    assert news(acts) == {"birth_told": TODAY}
    treatment.keep_birth(acts, actor(), patient.id, new_id(), born_on=TODAY, mode="vaginal")
    assert news(acts) == {}
