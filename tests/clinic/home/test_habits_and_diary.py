"""Habits, their marks and the diary, as her phones send them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from levator.clinic import history
from levator.clinic.acting import Acts
from levator.clinic.home.keeping import ToldEntry, ToldHabit, ToldMark
from levator.clinic.home.taking_back import ToldBack
from levator.library import load_home
from levator.records.home import Habit
from tests.clinic.desk import TENANT, TODAY, actor, new_id
from tests.clinic.home.women import Phone, at, day, days_later, woman


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


def test_a_line_of_a_time_to_come_is_refused_in_a_sentence_and_one_of_yesterday_kept(
    acts: Acts,
) -> None:
    _, she = woman(acts)
    now = datetime.fromisoformat(acts.now())

    def line(ahead_s: float) -> ToldEntry:
        on_day, _, at = (now + timedelta(seconds=ahead_s)).isoformat().partition("T")
        return ToldEntry(id=new_id(), on_day=on_day, at=at[:5], kind="void")

    tolerance_s = load_home().clock_tolerance_s
    of_now, of_yesterday = line(tolerance_s), replace(line(0), on_day=day(-1), at="23:50")
    to_come = [line(tolerance_s + 60), replace(of_yesterday, id=new_id(), on_day=TODAY)]
    phone = Phone(acts, she)
    told = phone.sync(entries=[of_now, of_yesterday, *to_come])
    assert told.kept == (of_now.id, of_yesterday.id)
    assert [one.on_day for one in told.plan.diary.entries] == [day(-1), TODAY]
    assert [one.id for one in told.refused] == [one.id for one in to_come]
    assert "at 23:50 is of a time to come, so it was not kept" in told.refused[1].why
    # By a clock that is a day fast it was now.
    fast = replace(line(0), on_day=day(1))
    assert phone.sync(entries=[fast], now=days_later(1)).kept == (fast.id,)


def test_a_plan_has_the_diary_of_late_only(acts: Acts) -> None:
    _, she = woman(acts)
    days = load_home().plan_days
    lines = [
        ToldEntry(id=new_id(), on_day=day(-ago), at="09:00", kind="leak")
        for ago in (days + 1, days)
    ]
    found = Phone(acts, she).sync(entries=lines).plan.diary.entries
    assert [one.id for one in found] == [lines[1].id]


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
