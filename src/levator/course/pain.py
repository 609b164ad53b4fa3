"""Pain over the weeks: what today's score allows, whether it rises, and a programme held by it.

After the pain-monitoring model of Thomeé and Silbernagel; every limit is the protocol's.
"""

from __future__ import annotations

from itertools import pairwise

from levator.course.chart import Chart, Day, PainReport
from levator.course.protocol import PainRule


def last_release(chart: Chart) -> Day | None:
    """Return the day on which a held programme was last let go on."""
    return max((one.day for one in chart.decisions if one.kind == "release"), default=None)


def over_the_stop(rule: PainRule, chart: Chart) -> tuple[PainReport, ...]:
    """Return the scores over the stop that still count.

    A release answers what was told before its day; a score of that day still counts.
    """
    released = last_release(chart)
    return tuple(
        one
        for one in chart.pains
        if one.score > rule.stop_above and (released is None or one.day >= released)
    )


def is_held(rule: PainRule, chart: Chart) -> bool:
    """Return whether pain holds the programme until a therapist releases it."""
    days = [one.day for one in over_the_stop(rule, chart)]
    spans = zip(days, days[rule.held_by - 1 :], strict=False)
    return any(last - first <= rule.held_within_days for first, last in spans)


def rise_of_last_sitting(chart: Chart, stage_id: str) -> int | None:
    """Return by how much pain rose in the last sitting of a stage; None where not asked."""
    last = next(reversed(chart.in_stage(stage_id)), None)
    if last is None or last.pain_before is None or last.pain_after is None:
        return None
    return last.pain_after - last.pain_before


def worse_next_morning(chart: Chart) -> tuple[int, int] | None:
    """Return (before the last sitting, the morning after) where that morning was worse.

    It counts until a sitting comes after that morning; None where it was not worse.
    """
    last = chart.sittings_since_birth[-1] if chart.sittings_since_birth else None
    if last is None or last.pain_before is None:
        return None
    mornings = [
        one.score for one in chart.pains if one.moment == "next_morning" and one.day == last.day + 1
    ]
    worst = max(mornings, default=0)
    return (last.pain_before, worst) if worst > last.pain_before else None


def daily(chart: Chart) -> list[int]:
    """Return the highest score of each day since the birth on which there was one, oldest first."""
    begin = 0 if chart.birth is None else chart.birth.day
    highest: dict[Day, int] = {}
    for one in (report for report in chart.pains if report.day >= begin):
        highest[one.day] = max(one.score, highest.get(one.day, 0))
    return [highest[day] for day in sorted(highest)]


def is_rising(rule: PainRule, chart: Chart) -> bool:
    """Return whether each of the last days with a score was worse than the one before."""
    latest = daily(chart)[-rule.rising_days :]
    return len(latest) == rule.rising_days and all(a < b for a, b in pairwise(latest))


def is_reduced(at_most: int, chart: Chart) -> bool:
    """Return whether pain has become less: none at all, or little and less than it was."""
    scores = daily(chart)
    if not scores or chart.pain_today is None:
        return False
    now = chart.pain_today
    return now == 0 or (now <= at_most and now < max(scores))
