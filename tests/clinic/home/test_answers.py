"""What she told at home: what it becomes in her record, and what it stops."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from levator.clinic import courses, history, treatment
from levator.clinic.acting import Acts
from levator.clinic.home.keeping import ToldEntry
from levator.clinic.home.taking_back import ToldBack
from levator.course.clearance import open_flag
from levator.library import load_checklist
from tests.clinic.desk import TODAY, actor, new_id
from tests.clinic.home.women import (
    Phone,
    answer,
    at,
    day,
    days_later,
    lines_of,
    prescribed,
    session,
    titles,
    woman,
)


def test_an_answer_that_stops_is_not_told_away_to_a_day_before(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    told = replace(answer("leak", "yes"), on_day=day(-1))
    assert Phone(acts, she).sync(told).plan.closed == (TODAY,)


def test_answers_become_what_they_are_in_the_record(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    told = Phone(acts, she).sync(answer("red_flags", "none"), answer("pain", 2))
    kept = history.read(acts, actor(), patient.id)
    assert [one.on_day for one in kept.red_flag_answers] == [TODAY]
    assert [(one.score, one.moment) for one in kept.pains] == [(2, "between")]
    answered = [(one.code, one.answer, one.on_day) for one in told.plan.answered]
    assert answered == [("red_flags", "none", TODAY), ("pain", 2, TODAY)]
    assert told.plan.stopped is None


def test_a_red_flag_told_at_home_holds_as_one_told_in_the_clinic(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    stopped: list[str] = []
    flag = answer("red_flags", "fever")
    told = Phone(acts, she).sync(flag, stop=stopped.append)
    assert stopped == [patient.id, patient.id]
    view = courses.view(acts, actor(), patient.id)
    assert open_flag(view.chart) is not None
    assert [one.revoked_because for one in view.history.clearances] == ["fever"]
    assert titles(told) == []
    assert told.plan.stopped == (
        "Do not train now, and get help first. Your therapist reads what you filled in."
    )
    assert Phone(acts, she).sync(flag).kept == (flag.id,)
    denied = Phone(acts, she).sync(answer("red_flags", "none")).plan
    assert denied.stopped == told.plan.stopped
    assert len(history.read(acts, actor(), patient.id).red_flags) == 1


def test_only_who_treats_her_opens_again_what_a_red_flag_shut(acts: Acts) -> None:
    """A slip of hers among them: a clearance of the next day."""
    patient, she = woman(acts)
    prescribed(acts, patient)
    Phone(acts, she).sync(answer("red_flags", "fever"))
    later = at(acts, days_later(1))
    well = (answer("red_flags", "none", day(1)), answer("pain", 0, day(1)))
    assert titles(Phone(later, she).sync(*well)) == []
    signed = {"signed_by": "dr. Bos", "profession": "doctor", "from_on": day(1)}
    treatment.sign_clearance(later, actor(), patient.id, new_id(), **signed)
    told = Phone(later, she).sync()
    assert (titles(told), told.plan.stopped) == (["Holding for longer"], None)


def test_a_phone_knows_which_red_flag_is_most_urgent(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    [flags] = [one for one in Phone(acts, she).sync().plan.questions if one.code == "red_flags"]
    urgency = {one.answer: one.urgency for one in flags.choices}
    items = load_checklist("red-flags").items
    assert urgency == {"none": None} | {one.code: one.urgency for one in items}


def test_pain_over_the_stop_shuts_until_a_lower_score_is_told(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    phone = Phone(acts, she)
    told = phone.sync(answer("pain", 8))
    assert titles(told) == []
    assert told.plan.stopped is not None
    eased = phone.sync(replace(answer("pain", 1), at=f"{TODAY}T09:30:00"))
    assert (titles(eased), eased.plan.stopped) == (["Holding for longer"], None)
    assert [one.answer for one in eased.plan.answered] == [8, 1]
    latest = [one.code for one in eased.plan.questions if one.latest_counts]
    assert latest == ["pain"]


def test_of_several_scores_of_a_day_the_one_told_last_counts_however_they_arrive(
    acts: Acts,
) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    late = replace(answer("pain", 8), at=f"{TODAY}T09:30:00")
    told = Phone(acts, she).sync(late, answer("pain", 1))
    assert told.plan.stopped is not None


@pytest.mark.parametrize("first", ["0", "f"])
def test_of_two_scores_of_one_moment_the_higher_counts(acts: Acts, first: str) -> None:
    """A phone tells seconds: within one she may answer, log an exercise and say that it hurt."""
    patient, she = woman(acts)
    prescribed(acts, patient)
    low, high = answer("pain", 0), replace(answer("pain", 8), id=first * 32)
    assert low.at == high.at
    assert Phone(acts, she).sync(low, high).plan.stopped is not None


def test_pain_after_an_exercise_is_told_at_its_end(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    hurt = session(pain=8, lasted_s=240.0)
    during = datetime.fromisoformat(hurt.started_at) + timedelta(seconds=30)
    told = Phone(acts, she).sync(hurt, replace(answer("pain", 1), at=during.isoformat()))
    assert told.plan.stopped is not None


def test_in_the_hour_that_clocks_show_twice_the_score_told_last_counts(acts: Acts) -> None:
    first, second = "2026-10-25T02:50:00+02:00", "2026-10-25T02:10:00+01:00"
    patient, she = woman(at(acts, first))
    prescribed(at(acts, first), patient)
    phone = Phone(at(acts, first), she)
    phone.sync(replace(answer("pain", 0, "2026-10-25"), at=first))
    phone.acts = at(acts, second)
    told = phone.sync(replace(answer("pain", 9, "2026-10-25"), at=second))
    assert told.plan.stopped is not None
    assert [one.answer for one in told.plan.answered] == [0, 9]


def test_pain_after_an_exercise_is_told_by_now_and_not_after_what_is_told_later(
    acts: Acts,
) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    phone = Phone(acts, she)
    minutes = [
        (datetime.fromisoformat(acts.now()) + timedelta(minutes=n)).isoformat() for n in (1, 9)
    ]
    # Its clock is nine minutes fast: the exercise would end after the clinic's now.
    phone.sync(session(started_at=minutes[0], lasted_s=480.0, pain=0), now=minutes[1])
    phone.acts = at(acts, minutes[0])
    told = phone.sync(replace(answer("pain", 9), at=minutes[1]), now=minutes[1])
    assert told.plan.stopped is not None


@pytest.mark.parametrize("code", ["leak", "birth"])
def test_yes_to_a_question_of_the_library_closes_the_day(acts: Acts, code: Any) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    phone = Phone(acts, she)
    assert phone.sync(answer(code, "no")).plan.closed == ()
    told = phone.sync(answer("leak", "yes"))
    assert (told.plan.closed, told.plan.stopped is not None) == ((TODAY,), True)
    tomorrow = Phone(at(acts, days_later(1)), she).sync().plan
    assert (tomorrow.closed, tomorrow.stopped) == ((), None)


def test_whether_the_baby_is_born_is_asked_in_pregnancy_and_closes_the_day(acts: Acts) -> None:
    patient, she = woman(acts, born_on="2024-01-01")
    treatment.keep_pregnancy(
        acts, actor(), patient.id, new_id(), expected_on="2026-12-20", complications=[]
    )
    prescribed(acts, patient)
    phone = Phone(acts, she)
    assert "birth" in [one.code for one in phone.sync().plan.questions]
    told = phone.sync(answer("birth", "yes"))
    assert told.plan.closed == (TODAY,)
    assert told.plan.stopped is not None
    assert "Congratulations" in told.plan.stopped


def test_an_exercise_that_ended_by_pain_closes_the_day(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    told = Phone(acts, she).sync(session(ended_by="pain"))
    assert told.plan.closed == (TODAY,)
    assert told.plan.stopped == "Pain ended your session. Rest for today."


@pytest.mark.parametrize(
    ("code", "word"), [("pain", 11), ("pain", "much"), ("red_flags", "sneezing"), ("leak", "a bit")]
)
def test_what_is_no_answer_is_refused_and_keeps_nothing_else_away(
    acts: Acts, code: Any, word: Any
) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    wrong, done = answer(code, word), session()
    told = Phone(acts, she).sync(wrong, done)
    assert (told.kept, [one.id for one in told.refused]) == ((done.id,), [wrong.id])
    assert lines_of(acts, patient.id)[-1] == ("home.keep", "done")


def test_what_stops_is_not_taken_back_nor_what_is_another_womans(acts: Acts) -> None:
    patient, she = woman(acts)
    _, sister = woman(acts, "De Vries")
    prescribed(acts, patient)
    line = ToldEntry(id=new_id(), on_day=TODAY, at="08:00", kind="drink")
    flag = answer("red_flags", "fever")
    phone = Phone(acts, she)
    before = phone.sync(flag, answer("leak", "yes"), session(pain=7), entries=[line]).plan
    told = [ToldBack(id=new_id(), of=one) for one in (flag.id, new_id())]
    after = phone.sync(taken_back=told)
    assert len(after.refused) == 2
    assert after.plan.revision == before.revision
    hers = ToldBack(id=new_id(), of=line.id)
    theirs = Phone(acts, replace(sister, user_id="8" * 32)).sync(taken_back=[hers])
    assert "nothing here" in theirs.refused[0].why
    assert phone.sync().plan.revision == before.revision


def test_pain_that_ended_an_exercise_holds_on_its_day_only(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    tomorrow = Phone(at(acts, days_later(1)), she)
    assert tomorrow.sync(session(TODAY, ended_by="pain")).plan.stopped is None
    assert tomorrow.sync(session(day(1), ended_by="pain")).plan.stopped is not None


def test_of_the_same_score_told_again_the_last_place_counts(acts: Acts) -> None:
    _, she = woman(acts)
    told = [
        replace(answer("pain", score), at=f"{TODAY}T08:0{minute}:00")
        for minute, score in enumerate((8, 1, 8))
    ]
    assert [one.answer for one in Phone(acts, she).sync(*told).plan.answered] == [1, 8]
