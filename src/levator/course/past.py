"""What of a woman's past counts: which birth is a complication, and what a new pregnancy ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from levator.course.chart import DAYS_TO_EXPECTED, BirthMode, Chart, Day
from levator.course.clearance import answers

Tear = Literal["none", "first", "second", "third", "fourth", "episiotomy", "not_known"]
#: Tears that are a complication by themselves, whether or not the box was ticked -> its code.
DEEP_TEARS: dict[Tear, str] = {"third": "tear_3_or_4", "fourth": "tear_3_or_4"}
#: Ways of birth that are one in the same way: vacuum and forceps.
HELPED: dict[BirthMode, str] = {"instrumental": "operative_delivery"}


def complications_of(
    mode: BirthMode, tear: Tear, ticked: Iterable[str] | None
) -> tuple[str, ...] | None:
    """Return the complications of a birth; None where not known.

    Vacuum, forceps and a deep tear are among them, whatever was ticked.

    ticked : codes of the checklist, None where nobody asked.
    """
    told = {one for one in (HELPED.get(mode), DEEP_TEARS.get(tear)) if one is not None}
    return None if ticked is None and not told else tuple(sorted({*(ticked or ())} | told))


def first_day(expected_on: Day | None, has_given_birth: bool) -> Day:
    """Return the first day that counts: that of this pregnancy, where she gave birth before."""
    return expected_on - DAYS_TO_EXPECTED if expected_on is not None and has_given_birth else 0


def in_this_pregnancy(chart: Chart, has_given_birth: bool) -> Chart:
    """Return a chart without what no longer counts: pregnant again, what was before it.

    A red flag from before it stays for as long as nobody agreed to training on a later day.
    """
    begin = first_day(chart.expected_on, has_given_birth)
    return replace(
        chart,
        clearances=tuple(one for one in chart.clearances if one.agreed_on >= begin),
        red_flags=tuple(
            flag
            for flag in chart.red_flags
            if flag.day >= begin
            or not any(answers(one, flag, chart.today) for one in chart.clearances)
        ),
        pains=tuple(one for one in chart.pains if one.day >= begin),
        sittings=tuple(one for one in chart.sittings if one.day >= begin),
        decisions=tuple(one for one in chart.decisions if one.day >= begin),
    )
