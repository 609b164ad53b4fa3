"""Clocks at home that are wrong, and days that are not the clinic's."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from levator.clinic import history
from levator.clinic.acting import Acts
from levator.clinic.home.keeping import ToldEntry, ToldHabit, ToldMark
from levator.errors import CallerError
from levator.library import load_home
from tests.clinic.desk import TODAY, actor, new_id
from tests.clinic.home.women import Phone, answer, at, day, days_later, prescribed, session, woman
from tests.zone import in_zone, needs_zones


def test_too_much_is_not_told_away_to_a_day_before(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient, times_a_day=2)
    started = session().started_at
    Phone(acts, she).sync(session(), session(), session(day(-1), started_at=started))
    kept = history.read(acts, actor(), patient.id).home_sessions
    marks = [(one.on_day, one.is_over_limit, one.is_clock_unsure) for one in kept]
    assert sorted(marks) == [*2 * [(TODAY, False, False)], (TODAY, True, True)]


def test_a_day_in_another_zone_is_a_day_of_hers(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    started = f"{day(-1)}T22:00:00-05:00"
    Phone(acts, she).sync(session(day(-1), started_at=started))
    (kept,) = history.read(acts, actor(), patient.id).home_sessions
    assert (kept.on_day, kept.is_clock_unsure) == (day(-1), False)


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


def test_a_line_of_tomorrow_by_a_clock_that_is_minutes_ahead_is_of_now(acts: Acts) -> None:
    patient, she = woman(acts)
    late = at(acts, f"{TODAY}T23:58:00+01:00")
    phone = Phone(late, she)
    entry = ToldEntry(id=new_id(), on_day=day(1), at="00:05", kind="void")
    for seconds in ("30", "50"):
        assert phone.sync(entries=[entry], now=f"{day(1)}T00:05:{seconds}").kept == (entry.id,)
    [kept] = history.read(late, actor(), patient.id).diary
    assert (kept.on_day, kept.at) == (TODAY, "23:58")


@pytest.fixture
def in_brussels() -> Iterator[None]:
    with in_zone("Europe/Brussels"):
        yield


@pytest.mark.usefixtures("in_brussels")
@needs_zones
@pytest.mark.parametrize(
    ("now", "told", "is_kept"),
    [
        ("2026-10-25T02:05:00+01:00", "02:50", True),  # a quarter of an hour ago
        ("2026-10-25T02:05:00+01:00", "02:15", True),
        ("2026-10-25T02:05:00+01:00", "03:10", False),
        ("2026-10-25T02:05:00+02:00", "02:50", False),
        ("2026-10-26T02:05:00+01:00", "02:50", False),
        ("2026-03-29T01:05:00+01:00", "02:50", False),  # a time that no clock shows
        ("2026-03-29T03:05:00+02:00", "02:50", True),
    ],
)
def test_in_the_hour_that_clocks_show_twice_a_line_of_the_first_time_is_kept(
    acts: Acts, now: str, told: str, is_kept: bool
) -> None:
    _, she = woman(at(acts, now))
    entry = ToldEntry(id=new_id(), on_day=now[:10], at=told, kind="void")
    synced = Phone(at(acts, now), she).sync(entries=[entry], now=now[:19])
    assert (synced.kept == (entry.id,)) is is_kept


@pytest.mark.parametrize("now", ["yesterday", "0001-01-01T00:00:00", "9999-12-31T00:00:00Z"])
def test_a_moment_that_is_none_is_refused_in_a_sentence(acts: Acts, now: str) -> None:
    _, she = woman(acts)
    with pytest.raises(CallerError, match="A moment has"):
        Phone(acts, she).sync(now=now)


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
