"""What a muscle did: onset, peak, rates, hold, steadiness, release, return to rest.

`Detector` finds contractions in a stream; the other functions measure a window of levels
that is already there. Levels are %MVC above rest; nan is an unknown level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import fsum, isnan, sqrt
from typing import NamedTuple

from levator.quantities import Hertz, Percent, PercentMvc, PercentMvcPerSecond
from levator.signals.averages import mean
from levator.signals.settings import ContractionSettings
from levator.signals.tape import index_at


@dataclass(frozen=True, slots=True)
class DetectorLimits:
    """The settings of the detector, in samples, at one sampling frequency."""

    found: PercentMvc
    onset: PercentMvc
    ended: PercentMvc
    ended_of_peak: float
    shortest: int
    end_lasts: int
    strain: PercentMvc


def detector_limits(settings: ContractionSettings, sampling_frequency_hz: Hertz) -> DetectorLimits:
    """Return the limits of the detector at a sampling frequency."""
    fs = sampling_frequency_hz
    return DetectorLimits(
        settings.found_above_percent_mvc,
        settings.onset_above_percent_mvc,
        settings.ended_below_percent_mvc,
        settings.ended_below_of_peak_percent / 100.0,
        max(1, index_at(settings.shortest_s, fs)),
        max(1, index_at(settings.end_lasts_s, fs)),
        -settings.strain_below_percent_mvc,
    )


@dataclass(frozen=True, slots=True)
class Contraction:
    """One contraction, by index; `peak` keeps its sign (a strain is negative)."""

    onset: int
    end: int
    peak: PercentMvc


class Detector(NamedTuple):
    """State of the search (a tuple: one is made with every new peak).

    onset : index where the level last left rest, None at rest.
    found : index from which the level has been above the finding threshold.
    told : whether the contraction under way has been reported as found.
    low : index from which the level has been low enough to end it.
    tone : what was left when the last one ended is tone, not the next one, up to this level;
        0 once the level has been at rest.
    """

    onset: int | None = None
    found: int | None = None
    told: bool = False
    low: int | None = None
    peak: PercentMvc = 0.0
    pushing: bool = False
    tone: PercentMvc = 0.0


NOTHING_FOUND = Detector()


@dataclass(frozen=True, slots=True)
class Finding:
    """At `index` the detector knew that a contraction had begun, or had ended."""

    index: int
    onset: int
    ended: Contraction | None


def detect(
    state: Detector,
    levels: Sequence[float],
    first_index: int,
    limits: DetectorLimits,
    all_known: bool = False,
) -> tuple[Detector, Finding | None, int]:
    """Search a block of levels, up to the first finding.

    all_known : the caller knows that no level is nan, which saves looking.

    Returns the state, the finding and the index after the last level that was looked at.
    A push below rest is found like a contraction, by its size.
    """
    stop = first_index + len(levels)
    # Highest and lowest pass over an unknown level, and an unknown level ends things.
    after = None
    if all_known or not isnan(fsum(levels)):
        after = _unchanged(state, levels, stop, limits)
    if after is not None:
        return after, None, stop
    for index, level in enumerate(levels, first_index):
        search = _inside if state.told else _outside
        state, finding = search(state, level, index, limits)
        if finding is not None:
            return state, finding, index + 1
    return state, None, stop


def _unchanged(
    state: Detector, levels: Sequence[float], stop: int, limits: DetectorLimits
) -> Detector | None:
    """Return the state after a block in which nothing begins or ends, None if something may.

    All levels near rest, or on the way up but not up yet, or well inside a contraction that
    at most gets a higher peak, or low but not for long enough.
    """
    if not levels:
        return state
    highest, lowest = max(levels), min(levels)
    if state.onset is None and state.found is None:
        return NOTHING_FOUND if highest < limits.onset and lowest > -limits.onset else None
    if not state.told:
        return _unchanged_on_the_way(state, lowest, highest, stop, limits)
    if state.pushing:
        return None
    peak = state.peak
    if state.low is not None:
        is_low = highest < max(limits.ended, limits.ended_of_peak * peak)
        return state if is_low and stop - state.low < limits.end_lasts else None
    if highest <= peak:
        return state if lowest >= max(limits.ended, limits.ended_of_peak * peak) else None
    if not lowest >= max(limits.ended, limits.ended_of_peak * highest):
        return None
    return Detector(state.onset, state.found, True, None, highest)


def _unchanged_on_the_way(
    state: Detector, lowest: float, highest: float, stop: int, limits: DetectorLimits
) -> Detector | None:
    """The same, before a contraction is told: not up yet, or up but not for long enough."""
    if state.tone or state.pushing:
        return None
    if state.found is None:
        return state if limits.onset <= lowest and highest < limits.found else None
    if not lowest >= max(limits.onset, limits.found) or stop - state.found >= limits.shortest:
        return None
    return state if highest <= state.peak else state._replace(peak=highest)


def _outside(
    state: Detector, level: float, index: int, limits: DetectorLimits
) -> tuple[Detector, Finding | None]:
    """At rest, or on the way up but not yet for long enough."""
    size, tone = (-level if level < 0.0 else level), state.tone
    if not size >= limits.onset:
        return NOTHING_FOUND, None
    if size < tone:
        return Detector(tone=tone), None
    onset = index if state.onset is None else state.onset
    if not size >= (limits.found if level > 0.0 else limits.strain):
        unchanged = state.onset is not None and state.found is None
        return (state if unchanged else Detector(onset, tone=tone)), None
    found = index if state.found is None else state.found
    peak = level if size > abs(state.peak) else state.peak
    told = index - found + 1 >= limits.shortest
    finding = Finding(index, onset, None) if told else None
    return Detector(onset, found, told, None, peak, peak < 0.0, tone), finding


def _inside(
    state: Detector, level: float, index: int, limits: DetectorLimits
) -> tuple[Detector, Finding | None]:
    """In a contraction that has been told."""
    size = -level if state.pushing else level
    peak = -state.peak if state.pushing else state.peak
    end_below = max(limits.ended, limits.ended_of_peak * peak)
    if size >= end_below:
        if size <= peak and state.low is None:
            return state, None
        signed = level if size > peak else state.peak
        return Detector(state.onset, state.found, True, None, signed, state.pushing), None
    low = index if state.low is None else state.low
    if index - low + 1 < limits.end_lasts:
        if state.low is not None:
            return state, None
        return Detector(state.onset, state.found, True, low, state.peak, state.pushing), None
    onset = state.onset if state.onset is not None else low
    found = Finding(index, onset, Contraction(onset, low, state.peak))
    return Detector(tone=end_below), found


def moving_mean(levels: Sequence[float], width: int) -> list[float]:
    """Return the mean of the `width` levels around each level, of fewer near both ends.

    Around, not before: it costs no delay, so it is for levels that are all there already.
    """
    if width <= 1:
        return list(levels)
    before, count = width // 2, len(levels)
    after = width - before
    sums, places = [0.0, *accumulate(levels)], list(range(count + 1))
    lows, highs = ([0.0] * before + sums)[:count], (sums[after:] + sums[-1:] * after)[:count]
    froms, tos = ([0] * before + places)[:count], (places[after:] + places[-1:] * after)[:count]
    return [
        (high - low) / (stop - start)
        for low, high, start, stop in zip(lows, highs, froms, tos, strict=True)
    ]


def longest_run(flags: Sequence[bool]) -> int:
    """Return the length of the longest run of true flags."""
    longest = run = 0
    for flag in flags:
        run = run + 1 if flag else 0
        if run > longest:
            longest = run
    return longest


def steadiness(levels: Sequence[float]) -> Percent | None:
    """Return the coefficient of variation around the straight line through the levels, in %.

    The line is taken off first, so that a slow slope is not read as trembling
    (clinical.md section 3: 1.3 % for a real plateau of 17 s).
    """
    n = len(levels)
    average = mean(levels)
    if n < 3 or average is None or average <= 0.0:
        return None
    middle = (n - 1) / 2.0
    spread = n * (n * n - 1) / 12.0
    slope = fsum((i - middle) * (level - average) for i, level in enumerate(levels)) / spread
    apart = [level - average - slope * (i - middle) for i, level in enumerate(levels)]
    return 100.0 * sqrt(fsum(a * a for a in apart) / n) / average


def rise_rate(
    levels: Sequence[float], fs: Hertz, low: PercentMvc, high: PercentMvc
) -> PercentMvcPerSecond | None:
    """Return the slope from the last passing of `low` to the first reaching of `high`.

    Crossings are interpolated between samples. None where the window starts above `low`
    or never reaches `high`.
    """
    top = next((i for i, level in enumerate(levels) if level >= high), None)
    if not top:
        return None
    bottom = next((i for i in range(top - 1, -1, -1) if levels[i] <= low), None)
    if bottom is None:
        return None
    start = bottom + _share(levels[bottom], levels[bottom + 1], low)
    end = top - 1 + _share(levels[top - 1], levels[top], high)
    return (high - low) * fs / (end - start) if end > start else None


def release_rate(
    levels: Sequence[float], fs: Hertz, low: PercentMvc, high: PercentMvc
) -> PercentMvcPerSecond | None:
    """Return the speed of letting go, positive, from `high` down to `low`.

    The rise backwards in time: the same crossings, the same interpolation.
    """
    return rise_rate(levels[::-1], fs, low, high)


def _share(before: float, after: float, crossing: float) -> float:
    """Where between two samples the crossing lies, 0 to 1."""
    return (crossing - before) / (after - before) if after != before else 0.0


def onset_in(levels: Sequence[float], limits: DetectorLimits) -> int | None:
    """Return the place where the level leaves rest for a contraction, None if never.

    A window that starts above the onset threshold has no onset of its own.
    """
    run = 0
    for place, level in enumerate(levels):
        run = run + 1 if level >= limits.found else 0
        if run >= limits.shortest:
            for back in range(place, -1, -1):
                if not levels[back] >= limits.onset:
                    return back + 1
            return None
    return None
