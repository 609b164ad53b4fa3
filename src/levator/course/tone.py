"""High tone: rest first. Strength waits until one sitting has shown that she lets go."""

from __future__ import annotations

from levator.course.chart import Chart, SittingResult
from levator.quantities import Percent


def unreleased(chart: Chart, released_percent: Percent) -> SittingResult | None:
    """Return the sitting that ended because she did not let go, while nothing answered it.

    A later sitting answers it when she let go after at least `released_percent` of its rounds.
    """
    found = None
    for sitting in chart.sittings_since_birth:
        if sitting.ended_by == "not_released":
            found = sitting
        elif sitting.released_percent is not None and sitting.released_percent >= released_percent:
            found = None
    return found


def released_since(chart: Chart, since: SittingResult) -> Percent | None:
    """Return the best share of rounds let go in the sittings from `since` on."""
    later = chart.sittings_since_birth
    begin = max(place for place, one in enumerate(later) if one is since or one == since)
    known = [one.released_percent for one in later[begin:] if one.released_percent is not None]
    return max(known, default=None)
