"""How often today, over all devices: what was done counts wherever it was done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Adherence:
    """How many sittings were done of how many that were asked, over some days; no pass or fail."""

    done: int
    asked: int
    days: int

    @property
    def share(self) -> float:
        """Return the part of the daily dose that was done, at most 1."""
        return self.done / self.asked


def adherence(stage: Stage, chart: Chart, days: int) -> Adherence | None:
    """Return what was done of the daily dose over the last days of this stage, today left out.

    More in one day than was asked counts as what was asked. None where the protocol says no
    number, and on the first day of the stage.
    """
    asked, since = asked_today(stage, chart), chart.stage_since
    if asked is None or days < 1:
        return None
    first = chart.today - days if since is None else max(since, chart.today - days)
    return adherence_of([(asked, done_on(day, chart))] for day in range(first, chart.today))


def adherence_of(days: Iterable[Sequence[tuple[int, int]]]) -> Adherence | None:
    """Return what was done of the dose: (asked, done) of each thing, for each day.

    More than was asked counts as what was asked. None where nothing was asked.
    """
    with_dose = [day for day in days if any(asked for asked, _ in day)]
    pairs = [pair for day in with_dose for pair in day]
    done = int(fsum(min(did, asked) for asked, did in pairs))
    asked = int(fsum(asked for asked, _ in pairs))
    return Adherence(done, asked, len(with_dose)) if pairs else None
