"""How often today, over all devices: what was done counts wherever it was done."""

from __future__ import annotations

from math import fsum

from levator.course import clearance
from levator.course.chart import Chart, Day
from levator.course.gates import Gate
from levator.course.prescription import times_a_day_for
from levator.course.protocol import Stage


def asked_today(stage: Stage, chart: Chart) -> int | None:
    """Return how often a day: as prescribed, else as the protocol says; None is no number.

    Where the protocol asks for less at first, that holds for what is prescribed, too.
    """
    usual = times_a_day_for(stage, clearance.facts_of(chart))
    times, prescribed = stage.times_a_day, chart.settings.times_a_day
    if times is None or usual is None or stage.id != chart.stage or not prescribed:
        return usual
    return min(usual, prescribed) if usual < times.times else prescribed


def done_on(day: Day, chart: Chart) -> int:
    """Return how many sittings with a target she did on a day, begun or finished."""
    return len([one for one in chart.sittings if one.day == day and one.asked.force_percent_mvc])


def daily_gate(stage: Stage, chart: Chart) -> Gate:
    """Return whether there is still something to do today; open mode is always free."""
    asked = asked_today(stage, chart) if stage.dose is not None else None
    done = done_on(chart.today, chart)
    is_left = asked is None or done < asked
    source = "" if stage.times_a_day is None else stage.times_a_day.source
    opens = None if is_left else chart.today + 1
    return Gate("time", "daily_dose_left", is_left, asked, done, opens, source)


def adherence(stage: Stage, chart: Chart, days: int) -> float | None:
    """Return the share of the daily dose done over the last days, today left out; at most 1.

    A share, no pass or fail; None where the protocol says no number.
    """
    asked = asked_today(stage, chart)
    if asked is None or days < 1:
        return None
    done = (min(done_on(chart.today - ago, chart), asked) for ago in range(1, days + 1))
    return fsum(done) / (asked * days)
