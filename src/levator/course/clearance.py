"""Who may train: a clearance that holds today, and red flags that no clearance has answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from levator.course.chart import Chart, Clearance, Day, RedFlag
from levator.course.facts import StartFacts
from levator.course.protocol import ClearanceRule

#: Why a clearance does not hold. flagged : a red flag came on its first day, or since.
NotHeld = Literal["unsigned", "revoked", "ended", "before_birth", "flagged", "later"]


@dataclass(frozen=True, slots=True)
class Reminders:
    """When people are told what is to come, or is late (`library/reminders.toml`)."""

    clearance_ends_days: int
    backup_old_hours: int


def ends_soon(chart: Chart, reminders: Reminders) -> Day | None:
    """Return the last day of the clearance that holds today, if it is near."""
    held = current(chart)
    if held is None or held.until_day is None:
        return None
    is_near = held.until_day - chart.today <= reminders.clearance_ends_days
    return held.until_day if is_near else None


def is_signed(clearance: Clearance) -> bool:
    """Return whether somebody put a name to it."""
    return bool(clearance.signed_by.strip())


def holds(clearance: Clearance, chart: Chart) -> bool:
    """Return whether a clearance holds today."""
    return why_not(clearance, chart) is None


def why_not(clearance: Clearance, chart: Chart) -> NotHeld | None:
    """Return why a clearance does not hold today, None where it does; what stays so comes first.

    It is signed, has begun and not ended, is not revoked, was not agreed to before this birth,
    and no red flag came on its first day or later.
    """
    today, begins, ends = chart.today, clearance.from_day, clearance.until_day
    is_revoked = clearance.revoked_on is not None and clearance.revoked_on <= today
    is_ended = ends is not None and ends < today
    is_of_before = chart.birth is not None and clearance.agreed_on < chart.birth.day
    is_unanswered = any(begins <= flag.day for flag in chart.red_flags)
    found: tuple[tuple[NotHeld, bool], ...] = (
        ("unsigned", not is_signed(clearance)),
        ("revoked", is_revoked),
        ("ended", is_ended),
        ("before_birth", is_of_before),
        ("flagged", is_unanswered),
        ("later", today < begins),
    )
    return next((why for why, is_so in found if is_so), None)


def current(chart: Chart, what: str | None = None) -> Clearance | None:
    """Return the newest clearance that holds today, for a stage or an exercise by its id, or any.

    One that names stages is for these only, and so for no exercise.
    """
    found = [
        one
        for one in chart.clearances
        if holds(one, chart) and (what is None or one.stages is None or what in one.stages)
    ]
    return max(found, key=lambda one: one.from_day, default=None)


def open_flag(chart: Chart) -> RedFlag | None:
    """Return the newest red flag that no clearance from a later day answers.

    One that has run out answered it all the same: then a clearance is missing, no flag is open.
    """
    latest = max(chart.red_flags, key=lambda one: one.day, default=None)
    if latest is None or any(answers(one, latest, chart.today) for one in chart.clearances):
        return None
    return latest


def answers(one: Clearance, flag: RedFlag, today: Day) -> bool:
    """Return whether somebody agreed to training on a day after a red flag, and still does."""
    is_revoked = one.revoked_on is not None and one.revoked_on <= today
    return is_signed(one) and flag.day < one.from_day <= today and not is_revoked


def was_flagged(chart: Chart) -> bool:
    """Return whether a red flag is open, or there was one since the birth or in the pregnancy."""
    begin = 0 if chart.birth is None else chart.birth.day
    return open_flag(chart) is not None or any(one.day >= begin for one in chart.red_flags)


def begins_later(chart: Chart) -> Day | None:
    """Return the first day of a clearance that is signed and has yet to begin."""
    later = [one.from_day for one in chart.clearances if one.from_day > chart.today]
    return min(later, default=None)


def is_needed(chart: Chart, rule: ClearanceRule) -> bool:
    """Return whether a rule asks for a clearance: not known whether there were complications
    counts as complications, and so does a red flag."""
    return rule == "always" or chart.is_complicated is not False or was_flagged(chart)


def facts_of(chart: Chart, stage_id: str | None = None) -> StartFacts:
    """Return the facts that bound a dose, as the chart knows them, for a stage or for any.

    A red flag counts as complications.
    """
    held, score = current(chart, stage_id), chart.pain_today
    is_born = chart.birth is not None
    return StartFacts(
        weeks_pregnant=None if is_born else chart.week,
        weeks_since_birth=chart.week if is_born else None,
        cleared_by=None if held is None else held.signed_by,
        complications=True if was_flagged(chart) else chart.is_complicated,
        pain_now=None if score is None else score > 0,
    )
