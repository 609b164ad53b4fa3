"""What phones send is kept once, whatever it is; what is refused keeps nothing else away."""

from dataclasses import replace

import pytest

from levator.clinic import history, treatment
from levator.clinic.acting import Acts, RefusedError
from levator.clinic.home.keeping import MOST_HABITS, ToldEntry, ToldHabit
from levator.clinic.home.planning import MOST_LINES
from levator.records.access import Actor
from levator.records.work import NotThereError, Work
from tests.clinic.desk import TENANT, TODAY, actor, made, new_id
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


def test_a_phone_gets_the_days_to_come_with_everything_in_words(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient, hold_s=4.0)
    told = Phone(acts, she).sync()
    assert [one.on_day for one in told.plan.days] == [day(n) for n in range(14)]
    assert told.plan.valid_until == day(13)
    item = told.plan.items[told.plan.days[0].items[0]]
    assert (item.exercise, item.title, item.repetitions) == ("endurance", "Holding for longer", 10)
    assert item.breakpoints[:4] == ((0.0, "rise"), (1.0, "hold"), (5.0, "fall"), (6.0, "rest"))
    assert [one.code for one in told.plan.questions] == ["red_flags", "pain", "leak"]
    assert told.plan.stopped is None
    assert lines_of(acts, patient.id)[-1] == ("home.keep", "done")


def test_the_plan_says_the_same_once_and_keeps_its_revision(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    phone = Phone(acts, she)
    first, later = phone.sync().plan, Phone(at(acts, days_later(0)), she).sync().plan
    assert len(first.items) == 1
    assert first.revision == later.revision
    assert phone.sync(session()).plan.revision != first.revision


def test_what_was_done_is_kept_once_however_often_it_is_sent(anywhere: Acts) -> None:
    patient, she = woman(anywhere)
    prescribed(anywhere, patient)
    phone, done = Phone(anywhere, she), session(pain=1, leaked=False)
    for _ in range(3):
        told = phone.sync(done)
        assert (told.kept, told.refused) == ((done.id,), ())
    kept = history.read(anywhere, actor(), patient.id)
    assert [one.id for one in kept.home_sessions] == [done.id]
    assert [one.score for one in kept.pains] == [1]
    assert [(one.code, one.score) for one in kept.symptoms] == [("leak", 0.0)]
    assert told.plan.done == {TODAY: {"endurance": 1}}
    only = kept.home_sessions[0]
    assert (only.is_over_limit, only.is_clock_unsure, only.was_leased) == (False, False, True)


def test_the_same_id_with_other_content_is_told_and_what_came_first_stays(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    phone, done = Phone(acts, she), session()
    phone.sync(done)
    other = session()
    told = phone.sync(replace(done, repetitions=3), other)
    assert told.kept == (other.id,)
    assert [one.id for one in told.refused] == [done.id]
    assert "came first" in told.refused[0].why
    kept = history.read(acts, actor(), patient.id).home_sessions
    assert [one.repetitions for one in kept] == [10, 10]


def test_more_than_was_asked_is_kept_and_marked_and_closes_the_day_everywhere(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient, times_a_day=2)
    one, two = Phone(acts, she), Phone(acts, she, "old phone")
    assert one.sync(session(ended_by="stopped", repetitions=4)).plan.closed == ()
    assert one.sync(session(), session()).plan.closed == ()
    told = two.sync(session())
    assert told.plan.closed == (TODAY,)
    assert told.plan.done == {TODAY: {"endurance": 3}}
    assert one.sync().plan.closed == (TODAY,)
    kept = history.read(acts, actor(), patient.id).home_sessions
    assert sorted(one.is_over_limit for one in kept) == [False, False, False, True]


def test_an_exercise_broken_off_again_and_again_is_as_much_as_a_whole_one(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient, times_a_day=2, repetitions=8)
    phone = Phone(acts, she)
    broken = [session(ended_by="stopped", repetitions=4) for _ in range(4)]
    assert phone.sync(*broken[:3]).plan.done == {TODAY: {"endurance": 1}}
    assert phone.sync(broken[3]).plan.done == {TODAY: {"endurance": 2}}
    assert phone.sync(session()).plan.closed == (TODAY,)


def test_an_exercise_that_nobody_prescribed_is_kept_and_marked(acts: Acts) -> None:
    patient, she = woman(acts)
    Phone(acts, she).sync(session(exercise="strength"))
    kept = history.read(acts, actor(), patient.id).home_sessions
    assert [one.is_over_limit for one in kept] == [True]


def test_what_was_done_after_her_course_or_clearance_ended_is_kept(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    phone = Phone(acts, she)
    phone.sync()
    clearance = history.read(acts, actor(), patient.id).clearances[0]
    treatment.revoke_clearance(acts, actor(), patient.id, clearance.id, "fever", lambda one: None)
    week = Phone(at(acts, days_later(7)), she)
    week.id = phone.id
    done = [session(day(n)) for n in range(1, 7)]
    told = week.sync(*done)
    assert told.kept == tuple(one.id for one in done)
    assert titles(told) == []
    assert told.plan.shut[told.plan.days[0].shut[0]].why


def test_whose_access_is_closed_is_refused_and_nothing_is_kept(acts: Acts) -> None:
    patient, she = woman(acts)
    nobody = Actor("9" * 32, TENANT, "patient", patient_id=new_id())
    for who in (actor(), nobody, replace(she, role="researcher")):
        with pytest.raises((RefusedError, NotThereError)):
            Phone(acts, who).sync(session())
    assert history.read(acts, actor(), patient.id).home_sessions == ()


def test_an_id_of_another_womans_is_refused_and_shows_nothing_of_it(acts: Acts) -> None:
    patient, she = woman(acts)
    other, sister = woman(acts, "De Vries")
    done = session()
    Phone(acts, she).sync(done)
    told = Phone(acts, replace(sister, user_id="8" * 32)).sync(replace(done, repetitions=2))
    assert told.kept == ()
    assert "nothing here" in told.refused[0].why
    assert history.read(acts, actor(), other.id).home_sessions == ()
    assert len(history.read(acts, actor(), patient.id).home_sessions) == 1


def test_nothing_of_a_call_is_kept_where_the_storage_fails(
    anywhere: Acts, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient, she = woman(anywhere)
    prescribed(anywhere, patient)
    done = session()

    def full(self: Work, entry: object) -> None:
        raise RuntimeError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(Work, "audit", full)
        with pytest.raises(RuntimeError, match="disk full"):
            Phone(anywhere, she).sync(done)
    assert history.read(anywhere, actor(), patient.id).home_sessions == ()
    assert Phone(anywhere, she).sync(done).kept == (done.id,)


def test_made_is_not_trained_without_anything_prescribed(acts: Acts) -> None:
    patient = made(acts)
    she = Actor("9" * 32, TENANT, "patient", patient_id=patient.id)
    plan = Phone(acts, she).sync().plan
    assert {one.items for one in plan.days} == {()}
    assert plan.adherence is None


def test_a_plan_stays_small_whatever_a_phone_sends(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    phone, many = Phone(acts, she), range(MOST_LINES + 1)
    for minute, score in enumerate((0, 7, 1)):
        scored = replace(answer("pain", score), at=f"{TODAY}T08:0{minute}:00")
        phone.sync(*(replace(scored, id=new_id()) for _ in range(40)))
    entries = [ToldEntry(id=new_id(), on_day=day(-(n % 3)), at="09:00", kind="drink") for n in many]
    newest = ToldEntry(id=new_id(), on_day=TODAY, at="09:30", kind="void")
    habits = [ToldHabit(id=new_id(), on_day=TODAY, code="feeding") for _ in range(MOST_HABITS)]
    one_more = ToldHabit(id=new_id(), on_day=TODAY, code="feeding")
    told = phone.sync(entries=[*entries, newest], habits=[*habits, one_more])
    assert [one.answer for one in told.plan.answered if one.code == "pain"] == [0, 7, 1]
    assert len(told.plan.diary.entries) == MOST_LINES
    assert told.plan.diary.entries[-1].id == newest.id
    assert len(told.plan.habits) == MOST_HABITS
    assert [(one.id, one.why) for one in told.refused] == [
        (one_more.id, "You have 50 habits already; end one first.")
    ]
    assert len(history.read(acts, actor(), patient.id).diary) == MOST_LINES + 2


def test_what_is_refused_is_refused_whole(acts: Acts) -> None:
    """An exercise under the id of a score that says something else: its pain has no place."""
    patient, she = woman(acts)
    prescribed(acts, patient)
    score = answer("pain", 0)
    phone = Phone(acts, she)
    phone.sync(score)
    told = phone.sync(replace(session(pain=9), id=score.id))
    assert (told.kept, [one.id for one in told.refused]) == ((), [score.id])
    kept = history.read(acts, actor(), patient.id)
    assert kept.home_sessions == ()
    assert [one.score for one in kept.pains] == [0]
