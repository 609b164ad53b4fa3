"""Before each sitting the red flags are asked; without an answer of today nothing is asked of her.

A red flag that is there is no answer but a `RedFlag` of the chart, and shuts `no_red_flag`.
"""

from __future__ import annotations

from levator.course.chart import Chart
from levator.course.gates import Gate
from levator.course.protocol import RedFlagRule


def asked_gate(rule: RedFlagRule, chart: Chart) -> Gate:
    """Return whether an answer that still counts says that there is none."""
    last = max((day for day in chart.red_flags_asked if day <= chart.today), default=None)
    ago = None if last is None else chart.today - last
    is_answered = ago is not None and ago < rule.answer_counts_days
    return Gate("clearance", "red_flags_asked", is_answered, rule.answer_counts_days, ago)
