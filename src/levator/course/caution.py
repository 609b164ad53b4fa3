"""What to heed for a while after a birth, and the day on which that ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from levator.course.chart import Chart, Day, day_of_week
from levator.course.protocol import CautionRule


@dataclass(frozen=True, slots=True)
class Caution:
    """A rule that holds today; on `until_day` it no longer does."""

    rule: CautionRule
    until_day: Day


def cautions(rules: Iterable[CautionRule], chart: Chart) -> tuple[Caution, ...]:
    """Return the rules that hold today: those for her birth, until their week is full."""
    birth = chart.birth
    if birth is None:
        return ()
    found = []
    for rule in rules:
        until = day_of_week(chart, rule.until_week_after_birth)
        if until is not None and chart.today < until and rule.birth in (None, birth.mode):
            found.append(Caution(rule, until))
    return tuple(found)
