"""What phones send is kept once, whatever it is; what is refused keeps nothing else away."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from levator.clinic import courses, history, treatment
from levator.clinic.acting import Acts, RefusedError
from levator.clinic.home.keeping import MOST_HABITS, ToldEntry, ToldHabit, ToldMark
from levator.clinic.home.planning import MOST_LINES
from levator.clinic.home.syncing import Synced
from levator.clinic.home.taking_back import ToldBack
from levator.course.clearance import open_flag
from levator.errors import CallerError
from levator.library import load_checklist, load_home
from levator.records.access import Actor
from levator.records.home import Habit, HomeLease
from levator.records.home import Phone as KeptPhone
from levator.records.work import NotThereError, Work, where
from tests.clinic.desk import TENANT, TODAY, actor, made, new_id
from tests.clinic.home.women import Phone, answer, at, day, days_later, prescribed, session, woman


def lines_of(acts: Acts, patient_id: str) -> list[tuple[str, str]]:
    with acts.repository.work(writes=False) as work:
        lines = work.audit_lines(TENANT, patient_id=patient_id)
    return [(line.entry.action, line.entry.outcome) for line in lines]


def titles(told: Synced, place: int = 0) -> list[str]:
    return [told.plan.items[key].title for key in told.plan.days[place].items]


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


def test_too_much_is_not_told_away_to_a_day_before(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient, times_a_day=2)
    started = session().started_at
    Phone(acts, she).sync(session(), session(), session(day(-1), started_at=started))
    kept = history.read(acts, actor(), patient.id).home_sessions
    marks = [(one.on_day, one.is_over_limit, one.is_clock_unsure) for one in kept]
    assert sorted(marks) == [*2 * [(TODAY, False, False)], (TODAY, True, True)]


def test_an_answer_that_stops_is_not_told_away_to_a_day_before(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    told = replace(answer("leak", "yes"), on_day=day(-1))
    assert Phone(acts, she).sync(told).plan.closed == (TODAY,)


def test_a_day_in_another_zone_is_a_day_of_hers(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    started = f"{day(-1)}T22:00:00-05:00"
    Phone(acts, she).sync(session(day(-1), started_at=started))
    (kept,) = history.read(acts, actor(), patient.id).home_sessions
    assert (kept.on_day, kept.is_clock_unsure) == (day(-1), False)


def test_a_phone_that_says_it_had_the_day_is_not_believed_where_another_had_it(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    one, two = Phone(acts, she, "mine"), Phone(acts, she, "tablet")
    one.sync()
    before, after = session(), session(started_at=acts.now())
    for _ in range(2):
        told = two.sync(before, after)
        assert (len(told.kept), told.refused) == (2, ())
    two.sync(take_over=True)
    assert two.sync(before, after).refused == ()
    kept = history.read(acts, actor(), patient.id).home_sessions
    assert {one.id: one.was_leased for one in kept} == {before.id: True, after.id: False}


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


def test_a_day_belongs_to_one_phone_until_another_takes_it_over(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    one, two = Phone(acts, she, "mine"), Phone(acts, she, "tablet")
    first = one.sync().lease
    assert (first.is_here, first.days[0], len(first.days), first.elsewhere) == (True, TODAY, 14, {})
    told = two.sync().lease
    assert (told.is_here, told.days, told.elsewhere[TODAY]) == (False, (), "mine")
    taken = two.sync(take_over=True).lease
    assert (taken.is_here, len(taken.days)) == (True, 14)
    assert one.sync().lease.elsewhere[day(13)] == "tablet"
    with acts.repository.work(writes=False) as work:
        leases = work.find(HomeLease, TENANT, where(patient_id=patient.id), order="leased_day")
    assert [one.leased_day for one in leases] == [day(n) for n in range(14)]
    assert {one.version for one in leases} == {2}


def test_a_shared_phone_takes_today_only(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    shared, own = Phone(acts, she, "library"), Phone(acts, she, "mine")
    shared.is_shared = True
    assert shared.sync().lease.days == (TODAY,)
    told = own.sync().lease
    assert (told.is_here, told.days[0], told.elsewhere) == (False, day(1), {TODAY: "library"})


def test_two_women_on_one_phone_have_their_own_days(acts: Acts) -> None:
    patient, she = woman(acts)
    other, sister = woman(acts, "De Vries")
    for one in (patient, other):
        prescribed(acts, one)
    hers, sisters = Phone(acts, she), Phone(acts, replace(sister, user_id="8" * 32))
    sisters.id = hers.id
    assert hers.sync().lease.is_here
    assert sisters.sync().lease.is_here
    with acts.repository.work(writes=False) as work:
        assert len(work.find(KeptPhone, TENANT)) == 2


def test_a_phone_under_a_new_name_is_the_same_phone(acts: Acts) -> None:
    patient, she = woman(acts)
    phone = Phone(acts, she, "one")
    phone.sync()
    phone.name = "another"
    phone.sync()
    with acts.repository.work(writes=False) as work:
        kept = work.find(KeptPhone, TENANT, where(patient_id=patient.id))
    assert [(one.name, one.version, one.seen_on) for one in kept] == [("another", 2, TODAY)]


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


# --- Clocks


@pytest.mark.parametrize("off", [-1, 1, -400, 3000])
def test_a_clock_that_is_days_wrong_loses_nothing_and_says_so(acts: Acts, off: int) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    phone, done = Phone(acts, she), session(day(off))
    told = phone.sync(done, answer("pain", 1, day(off)), now=days_later(off))
    assert len(told.kept) == 2
    assert told.clock is not None
    assert "clock" in told.clock
    kept = history.read(acts, actor(), patient.id)
    [only] = kept.home_sessions
    assert (only.on_day, only.is_clock_unsure) == (TODAY, True)
    assert only.phone_time.startswith(day(off))
    assert [one.on_day for one in kept.pains] == [TODAY]
    # Set right in between, it is the same thing all the same.
    assert phone.sync(done).kept == (done.id,)
    assert phone.sync().clock is None


def test_a_clock_that_is_hours_wrong_moves_nothing_to_another_day(acts: Acts) -> None:
    """Her phone is 13 hours ahead: what it calls this evening was this morning."""
    patient, she = woman(acts)
    prescribed(acts, patient)
    evening = f"{TODAY}T22:00:00+01:00"
    told = replace(answer("pain", 1), at=evening)
    Phone(acts, she).sync(session(started_at=evening), told, now=f"{TODAY}T23:00:00+01:00")
    kept = history.read(acts, actor(), patient.id)
    [only] = kept.home_sessions
    assert (only.on_day, only.started_at) == (TODAY, f"{TODAY}T09:00:00+01:00")
    assert [one.on_day for one in kept.pains] == [TODAY]


def test_what_a_right_clock_tells_of_a_day_to_come_is_kept_today_and_marked(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    Phone(acts, she).sync(session(day(1)))
    [only] = history.read(acts, actor(), patient.id).home_sessions
    assert (only.on_day, only.is_clock_unsure) == (TODAY, True)
    assert only.started_at == acts.now()


@pytest.mark.parametrize("now", ["yesterday", "0001-01-01T00:00:00", "9999-12-31T00:00:00Z"])
def test_a_moment_that_is_none_is_refused_in_a_sentence(acts: Acts, now: str) -> None:
    _, she = woman(acts)
    with pytest.raises(CallerError, match="A moment has"):
        Phone(acts, she).sync(now=now)


# --- While she was offline


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


# --- Habits and the diary


def test_habits_begin_are_marked_once_and_end(acts: Acts) -> None:
    _, she = woman(acts)
    phone, habit, own = Phone(acts, she), new_id(), new_id()
    begun = [
        ToldHabit(id=habit, on_day=TODAY, code="feeding"),
        ToldHabit(id=own, on_day=TODAY, moment="on the bus", words="let go"),
    ]
    mark = ToldMark(id=new_id(), habit=habit, on_day=TODAY)
    for _ in range(2):
        told = phone.sync(habits=begun, marks=[mark])
    assert told.refused == ()
    found = {one.id: one for one in told.plan.habits}
    assert found[habit].moment == "During or after a feed"
    assert [one.on_day for one in found[habit].marked] == [TODAY]
    assert (found[own].moment, found[own].words, found[own].marked) == ("on the bus", "let go", ())
    later = Phone(at(acts, days_later(1)), she)
    ended = ToldHabit(id=habit, on_day=day(1), is_active=False)
    assert [one.id for one in later.sync(habits=[ended]).plan.habits] == [own]


def test_a_habit_of_nothing_and_a_mark_of_nobodys_habit_are_refused(acts: Acts) -> None:
    _, she = woman(acts)
    for code in ("", "yoga"):
        habit = ToldHabit(id=new_id(), on_day=TODAY, code=code)
        assert len(Phone(acts, she).sync(habits=[habit]).refused) == 1
    mark = ToldMark(id=new_id(), habit=new_id(), on_day=TODAY)
    assert len(Phone(acts, she).sync(marks=[mark]).refused) == 1


def test_a_mark_and_a_line_are_taken_back_once_and_stay_kept(anywhere: Acts) -> None:
    patient, she = woman(anywhere)
    phone, habit = Phone(anywhere, she), new_id()
    mark = ToldMark(id=new_id(), habit=habit, on_day=TODAY)
    line, other = (
        ToldEntry(id=new_id(), on_day=TODAY, at=at, kind="drink") for at in ("08:00", "09:00")
    )
    backs = [ToldBack(id=new_id(), of=one.id) for one in (mark, line)]
    sent: dict[str, Any] = {
        "habits": [ToldHabit(id=habit, on_day=TODAY, code="feeding")],
        "marks": [mark],
        "entries": [line, other],
        "taken_back": backs,
    }
    for _ in range(2):
        told = phone.sync(**sent)
        assert (len(told.kept), told.refused) == (6, ())
    assert [one.marked for one in told.plan.habits] == [()]
    assert [one.id for one in told.plan.diary.entries] == [other.id]
    kept = history.read(anywhere, actor(), patient.id)
    assert [one.taken_back_at for one in kept.habit_marks] == [anywhere.now()]
    assert {one.id: one.version for one in kept.diary} == {line.id: 2, other.id: 1}
    # Marked anew it counts anew.
    again = ToldMark(id=new_id(), habit=habit, on_day=TODAY)
    (found,) = phone.sync(marks=[again]).plan.habits
    assert [one.id for one in found.marked] == [again.id]


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


def test_the_diary_is_kept_line_by_line(acts: Acts) -> None:
    patient, she = woman(acts)
    lines = [
        ToldEntry(id=new_id(), on_day=TODAY, at="09:10", kind="void", amount_ml=250, urge=2),
        ToldEntry(id=new_id(), on_day=TODAY, at="08:00", kind="drink", remark="tea"),
    ]
    told = Phone(acts, she).sync(entries=lines)
    assert [one.at for one in told.plan.diary.entries] == ["08:00", "09:10"]
    wrong = [replace(lines[0], id=new_id(), **one) for one in ({"at": "25:00"}, {"urge": 9})]
    assert len(Phone(acts, she).sync(entries=wrong).refused) == 2
    assert len(history.read(acts, actor(), patient.id).diary) == 2


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


def test_pain_that_ended_an_exercise_holds_on_its_day_only(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    tomorrow = Phone(at(acts, days_later(1)), she)
    assert tomorrow.sync(session(TODAY, ended_by="pain")).plan.stopped is None
    assert tomorrow.sync(session(day(1), ended_by="pain")).plan.stopped is not None


def test_a_plan_has_the_diary_of_late_only(acts: Acts) -> None:
    _, she = woman(acts)
    days = load_home().plan_days
    lines = [
        ToldEntry(id=new_id(), on_day=day(-ago), at="09:00", kind="leak")
        for ago in (days + 1, days)
    ]
    found = Phone(acts, she).sync(entries=lines).plan.diary.entries
    assert [one.id for one in found] == [lines[1].id]


def test_a_day_that_is_its_own_is_not_taken_over_again(acts: Acts) -> None:
    _, she = woman(acts)
    phone = Phone(acts, she)
    phone.sync()
    phone.sync(take_over=True)
    with acts.repository.work(writes=False) as work:
        assert {one.version for one in work.find(HomeLease, TENANT)} == {1}


def test_a_habit_that_ended_keeps_its_first_end(acts: Acts) -> None:
    _, she = woman(acts)
    begun = ToldHabit(id=new_id(), on_day=TODAY, code="feeding")
    Phone(acts, she).sync(habits=[begun])
    for later in (3, 5):
        phone = Phone(at(acts, days_later(later)), she)
        phone.sync(habits=[replace(begun, on_day=day(later), is_active=False)])
    with acts.repository.work(writes=False) as work:
        [kept] = work.find(Habit, TENANT)
    assert kept.until_on == day(2)


def test_a_line_and_a_mark_of_a_clock_that_was_set_meanwhile_are_kept_once(acts: Acts) -> None:
    _, she = woman(acts)
    habit = ToldHabit(id=new_id(), on_day=day(-9), code="feeding")
    entry = ToldEntry(id=new_id(), on_day=day(-3), at="09:00", kind="drink")
    mark = ToldMark(id=new_id(), habit=habit.id, on_day=day(-3))
    phone = Phone(acts, she)
    phone.sync(habits=[habit])
    for off in (-1, -2):
        told = phone.sync(entries=[entry], marks=[mark], now=days_later(off))
        assert (set(told.kept), told.refused) == ({entry.id, mark.id}, ())


def test_two_clocks_as_far_apart_as_they_may_be_are_the_same(acts: Acts) -> None:
    _, she = woman(acts)
    for over_s, is_wrong in ((0, False), (1, True)):
        apart = timedelta(seconds=load_home().clock_tolerance_s + over_s)
        now = datetime.fromisoformat(acts.now()) + apart
        assert (Phone(acts, she).sync(now=now.isoformat()).clock is not None) is is_wrong


def test_of_the_same_score_told_again_the_last_place_counts(acts: Acts) -> None:
    _, she = woman(acts)
    told = [
        replace(answer("pain", score), at=f"{TODAY}T08:0{minute}:00")
        for minute, score in enumerate((8, 1, 8))
    ]
    assert [one.answer for one in Phone(acts, she).sync(*told).plan.answered] == [1, 8]
