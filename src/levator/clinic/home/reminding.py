"""When she is reminded of training at home: never until she chooses, changed by her alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from levator.clinic.acting import Act, Acts
from levator.clinic.checking import ID_LENGTH
from levator.clinic.factors import digest
from levator.clinic.hers import all_of_hers, patient_of
from levator.clinic.home.plan import PhonePlan, PlannedDay
from levator.clinic.kept_values import is_time
from levator.course.home_rules import QuietHours
from levator.errors import CallerError
from levator.library import load_home
from levator.records.access import Actor
from levator.records.reminders import CalendarFeed, HomeReminders

#: Nobody wants more of them, and a calendar of two weeks stays small.
MOST_TIMES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindersWanted:
    """When she wants to be reminded. Times are HH:MM; the same twice is never quiet."""

    is_on: bool
    times: Sequence[str]
    quiet_begins: str
    quiet_ends: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """What holds now. feed_made_at : when her calendar's link was made; None where none is."""

    is_on: bool
    times: tuple[str, ...]
    quiet_begins: str
    quiet_ends: str
    feed_made_at: str | None


def read(acts: Acts, actor: Actor) -> Reminded:
    """Return what she chose; before that, what the library proposes, turned off."""
    with acts.on_patient(actor, "home.read", actor.patient_id or "") as act:
        return _chosen(act, reminders_of(act))


def choose(acts: Acts, actor: Actor, wanted: RemindersWanted) -> Reminded:
    """Keep what she chooses; raises CallerError where nothing could ever remind her."""
    with acts.on_patient(actor, "home.keep", actor.patient_id or "") as act:
        times = tuple(sorted({_time(one) for one in wanted.times}))
        quiet = QuietHours(_time(wanted.quiet_begins), _time(wanted.quiet_ends))
        _check(times, quiet, is_on=wanted.is_on)
        made = replace(
            reminders_of(act),
            is_on=wanted.is_on,
            times=times,
            quiet_begins=quiet.begins,
            quiet_ends=quiet.ends,
            changed_at=act.at,
        )
        return _chosen(act, act.put(made))


def reminders_of(act: Act) -> HomeReminders:
    """Return what the patient chose on whom somebody acts; not kept yet where she did not."""
    patient, rules = patient_of(act), load_home()
    kept = all_of_hers(act, HomeReminders)
    return (
        kept[0]
        if kept
        else HomeReminders(
            id=digest(f"home reminders {patient.id}")[:ID_LENGTH],
            tenant_id=patient.tenant_id,
            patient_id=patient.id,
            is_on=False,
            times=rules.reminder_times,
            quiet_begins=rules.quiet_hours.begins,
            quiet_ends=rules.quiet_hours.ends,
            changed_at=act.at,
        )
    )


def times_of(reminders: HomeReminders) -> tuple[str, ...]:
    """Return the times at which she is reminded: none while it is off, none in quiet hours."""
    quiet = QuietHours(reminders.quiet_begins, reminders.quiet_ends)
    return tuple(one for one in reminders.times if reminders.is_on and not quiet.has(one))


def open_days(plan: PhonePlan) -> tuple[str, ...]:
    """Return the days of a plan on which there is still something to do."""
    return tuple(one.on_day for one in plan.days if _is_open(plan, one))


def _is_open(plan: PhonePlan, day: PlannedDay) -> bool:
    is_shut = day.on_day in plan.closed or (plan.stopped is not None and day is plan.days[0])
    done = plan.done.get(day.on_day, {})
    items = [plan.items[key] for key in day.items]
    return not is_shut and any(done.get(one.exercise, 0) < one.times_a_day for one in items)


def _chosen(act: Act, reminders: HomeReminders) -> Reminded:
    feeds = [one for one in all_of_hers(act, CalendarFeed, "made_at") if one.revoked_at is None]
    return Reminded(
        is_on=reminders.is_on,
        times=reminders.times,
        quiet_begins=reminders.quiet_begins,
        quiet_ends=reminders.quiet_ends,
        feed_made_at=feeds[-1].made_at if feeds else None,
    )


def _time(text: str) -> str:
    if not is_time(text):
        raise CallerError("“%(text)s” is no time of the day; write 09:30.", text=text[:20])
    return text


def _check(times: Sequence[str], quiet: QuietHours, *, is_on: bool) -> None:
    if len(times) > MOST_TIMES:
        raise CallerError("Choose at most %(most)s times.", most=MOST_TIMES)
    if is_on and not times:
        raise CallerError("Choose a time, or turn the reminders off.")
    in_quiet = next((one for one in times if quiet.has(one)), None)
    if in_quiet is not None:
        raise CallerError(
            "%(time)s is in your quiet hours; choose another time, or other quiet hours.",
            time=in_quiet,
        )
