"""What she has shown in her sittings: holding, letting go, lasting, less pain, force reached.

The last sittings of the stage that a protocol names are looked at, all of them; one that says
nothing shows nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from levator.course import pain
from levator.course.chart import Chart, SittingResult
from levator.course.protocol import Judged, JudgedCode, ProgressionRule

Shown = tuple[float | None, float | None]


def is_shown(judged: Judged, rule: ProgressionRule, chart: Chart) -> bool:
    """Return whether an ability is shown; one that only a therapist judges never is."""
    if judged.code == "pain_reduced":
        return judged.pain_at_most is not None and pain.is_reduced(judged.pain_at_most, chart)
    needed, given = shown(judged, rule, chart)
    return needed is not None and given is not None and given >= needed


def shown(judged: Judged, rule: ProgressionRule, chart: Chart) -> Shown:
    """Return (needed, given) of an ability; given is the poorest of the sittings looked at."""
    if judged.code == "pain_reduced":
        return judged.pain_at_most, chart.pain_today
    needed = _NEEDED[judged.code](judged, rule)
    looked_at = _looked_at(judged, chart)
    if needed is None or not looked_at:
        return needed, None
    values = [_GIVEN[judged.code](one, judged, needed) for one in looked_at]
    known = [one for one in values if one is not None]
    return needed, min(known) if len(known) == len(values) else None


def _looked_at(judged: Judged, chart: Chart) -> tuple[SittingResult, ...]:
    if judged.shown_in is None:
        return ()
    last = chart.in_stage(judged.shown_in)[-judged.sittings :]
    return last if len(last) == judged.sittings else ()


def _hold_s(one: SittingResult, judged: Judged, needed: float) -> float | None:
    return _when_in_band(one.asked.hold_s, one, judged)


def _force(one: SittingResult, judged: Judged, needed: float) -> float | None:
    return _when_in_band(one.asked.force_percent_mvc, one, judged)


def _when_in_band(value: float | None, one: SittingResult, judged: Judged) -> float | None:
    """Return what was asked where she kept it in the band, 0 where she did not."""
    if one.in_band_percent is None or judged.in_band_percent is None:
        return None
    return value if one.in_band_percent >= judged.in_band_percent else 0.0


def _released(one: SittingResult, judged: Judged, needed: float) -> float | None:
    return one.released_percent


def _lasted(one: SittingResult, judged: Judged, needed: float) -> float | None:
    """Return the rounds before fatigue; without fatigue those that were done, or enough.

    A set that stopped just before fatigue lasted for its rounds, no longer.
    """
    if one.fatigue_round is not None:
        return float(one.fatigue_round)
    if one.ended_by == "before_fatigue":
        return float(one.rounds)
    return max(float(one.rounds), needed) if one.rounds else None


_NEEDED: Mapping[JudgedCode, Callable[[Judged, ProgressionRule], float | None]] = {
    "holds_long": lambda judged, rule: judged.hold_s,
    "releases_well": lambda judged, rule: rule.released_percent,
    "lasts": lambda judged, rule: judged.rounds,
    "force_reached": lambda judged, rule: judged.force_percent_mvc,
}
_GIVEN: Mapping[JudgedCode, Callable[[SittingResult, Judged, float], float | None]] = {
    "holds_long": _hold_s,
    "releases_well": _released,
    "lasts": _lasted,
    "force_reached": _force,
}
