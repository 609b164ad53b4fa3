"""Doubt about a signal: what must never be scored as a number.

Two watchers, both streaming with carried state: `RawWatch` sees the raw values of one
channel (missing values, a stuck sensor, a converter at its rail), `EdgeWatch` sees the
level (a cough, a shift of posture). Found doubts are index intervals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import fsum, inf, nan, sqrt
from typing import Literal

from levator.quantities import PERCENT_MVC, Hertz, PercentMvc, PercentMvcPerSecond
from levator.signals.samples import Channel
from levator.signals.settings import QualitySettings
from levator.signals.tape import Tape, index_at

DoubtCode = Literal[
    "gap", "not_a_number", "out_of_range", "flat_line", "clipping", "cough", "shift"
]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Samples from `first` up to `stop` (excluded) are in doubt; a shift has its height.

    known_from : index of the position from which the evidence for it is there.
    """

    code: DoubtCode
    first: int
    stop: int
    height_percent_mvc: PercentMvc = 0.0
    known_from: int = 0


@dataclass(frozen=True, slots=True)
class RawWatch:
    """State of the watch on raw values.

    A sensor that never trembled cannot be told to have stopped trembling: a flat line or a
    rail counts only after `reversals` of direction have shown that this channel is noisy.

    quiet : where a channel in %MVC stood still before it ever trembled. It is computed, so that
        is its rest, and it may stand still there again; a sensor's own values never may.
    """

    last: float | None = None
    run: int = 0
    rising: bool = False
    reversals: int = 0
    quiet: float | None = None


UNWATCHED = RawWatch()


def watch_raw(
    state: RawWatch,
    raw: Sequence[float],
    first_index: int,
    channel: Channel,
    flat_samples: int,
    clipped_samples: int,
    reversals_needed: int,
) -> tuple[RawWatch, list[Doubt]]:
    """Watch finite raw values; a doubt is told once, when it has lasted long enough.

    Later samples of the same stuck run extend it: the caller merges touching doubts.
    """
    last, run, rising, reversals = state.last, state.run, state.rising, state.reversals
    quiet = state.quiet
    doubts: list[Doubt] = []
    for index, value in enumerate(raw, first_index):
        if value == last:
            run += 1
            if run + 1 < clipped_samples or value == quiet:
                continue
            if reversals >= reversals_needed:
                _add_stuck(doubts, channel, value, run + 1, index, flat_samples)
            elif run + 1 >= flat_samples and channel.unit == PERCENT_MVC:
                quiet = value
            continue
        if last is not None and (value > last) is not rising:
            rising = value > last
            reversals += 1
        last, run = value, 0
    return RawWatch(last, run, rising, reversals, quiet), doubts


def _add_stuck(
    doubts: list[Doubt], channel: Channel, value: float, run: int, index: int, flat_samples: int
) -> None:
    """Add what `run` equal values up to `index` mean."""
    if run >= flat_samples:
        doubts.append(Doubt("flat_line", index - run + 1, index + 1))
    elif value in (channel.raw_minimum, channel.raw_maximum):
        doubts.append(Doubt("clipping", index - run + 1, index + 1))


def merged(known: tuple[Doubt, ...], new: list[Doubt]) -> tuple[Doubt, ...]:
    """Return the doubts with each new one grown into the one that it continues.

    A stuck run continues only itself; a gap or missing values continue what they touch.
    """
    out = list(known)
    for doubt in new:
        for place in range(len(out) - 1, -1, -1):
            if _continues(out[place], doubt):
                out[place] = replace(out[place], stop=max(out[place].stop, doubt.stop))
                break
        else:
            out.append(doubt)
    return tuple(out)


def _continues(old: Doubt, doubt: Doubt) -> bool:
    if old.code != doubt.code:
        return False
    if doubt.code in ("flat_line", "clipping"):
        return doubt.first == old.first
    return old.first <= doubt.first <= old.stop


@dataclass(frozen=True, slots=True)
class Edge:
    """A change faster than a muscle can be: where, which way, and the level before it."""

    index: int
    upwards: bool
    before: PercentMvc


@dataclass(frozen=True, slots=True)
class EdgeWatch:
    """State of the watch on the level.

    open : an edge that waits for its way back.
    closing : the way back is still under way; it is no new edge.
    """

    open: Edge | None = None
    closing: bool = False


NO_EDGE = EdgeWatch()


@dataclass(frozen=True, slots=True)
class EdgeLimits:
    """What is looked for, in samples and %MVC, at one sampling frequency.

    `cough`: there and back within `longest`. `shift`: no way back within it.
    times_level : a change must also be this many times the lower of its two levels.
    """

    code: Literal["cough", "shift"]
    over: int
    change_percent_mvc: PercentMvc
    longest: int
    times_level: float = 0.0

    def is_edge(self, before: PercentMvc, after: PercentMvc) -> bool:
        """Whether the change is faster than a muscle; never next to an unknown level."""
        size, lower = (after - before, before) if after > before else (before - after, after)
        return size >= self.change_percent_mvc and size >= self.times_level * lower


def edge_limits(
    settings: QualitySettings,
    sampling_frequency_hz: Hertz,
    best_rise_rate_percent_mvc_per_s: PercentMvcPerSecond | None,
    is_activity: bool = False,
) -> tuple[EdgeLimits, EdgeLimits]:
    """Return the limits of coughs and shifts; published rates stand in for an own best.

    is_activity : the size of muscle activity swings by itself, and knows no posture; a slow own
        best says nothing of that swing, so it does not bring the limit of a cough down.
    """
    fs, best = sampling_frequency_hz, best_rise_rate_percent_mvc_per_s
    over = max(1, index_at(settings.slope_over_s, fs))
    longest = index_at(settings.cough_longest_s, fs)
    cough_rate = settings.cough_rate_percent_mvc_per_s
    shift_rate = settings.shift_rate_percent_mvc_per_s
    if best is not None:
        own_rate = settings.cough_times_own_best_rate * best
        cough_rate = max(cough_rate, own_rate) if is_activity else own_rate
        shift_rate = settings.shift_times_own_best_rate * best
    cough = max(cough_rate * over / fs, settings.cough_height_percent_mvc)
    shift = max(shift_rate * over / fs, settings.shift_percent_mvc)
    times_level = settings.activity_cough_of_level_percent / 100.0 if is_activity else 0.0
    return (
        EdgeLimits("cough", over, cough, longest, times_level),
        EdgeLimits("shift", over, inf if is_activity else shift, longest),
    )


def watch_edges(
    state: EdgeWatch,
    tape: Tape,
    start: int,
    stop: int,
    limits: EdgeLimits,
    since: int | None = None,
) -> tuple[EdgeWatch, Doubt | None, int]:
    """Watch the levels from start up to stop for the first cough or shift.

    since : levels before this index are on another scale (a tare) and are not compared.

    Returns the state, the doubt and the index after the last level that was looked at.
    """
    over, least = limits.over, limits.change_percent_mvc
    levels = _levels_since(since, tape, start - over, stop)
    if state.open is None and stop > start and max(levels) - min(levels) < least:
        # A stretch that begins with nan is not below: max and min then say nothing of the rest.
        return NO_EDGE, None, stop
    edge, closing = state.open, state.closing
    for place in range(over, len(levels)):
        index, before, after = start + place - over, levels[place - over], levels[place]
        if edge is not None and index - edge.index > limits.longest:
            height = after - edge.before
            if limits.code == "shift" and (height >= least or -height >= least):
                return NO_EDGE, Doubt("shift", edge.index - over, index, height), index + 1
            edge = None
        if not limits.is_edge(before, after):
            closing = False
        elif edge is None and not closing:
            edge = Edge(index, after > before, before)
        elif edge is not None and (after > before) is not edge.upwards:
            if limits.code == "cough":
                found = Doubt("cough", edge.index - over, index + 1)
                return EdgeWatch(closing=True), found, index + 1
            edge, closing = None, True
    return EdgeWatch(edge, closing), None, stop


def _levels_since(since: int | None, tape: Tape, start: int, stop: int) -> list[float]:
    if since is None or since <= start:
        return tape.cut(start, stop)
    unknown = min(since, stop) - start
    return [nan] * unknown + tape.cut(start + unknown, stop)


def is_noisy(levels: Sequence[float], highest_percent_mvc: PercentMvc) -> bool:
    """Return whether neighbouring levels differ as no muscle does (SD of difference / sqrt 2)."""
    pairs = len(levels) - 1
    if pairs < 1:
        return False
    steps = [after - before for before, after in pairwise(levels)]
    squares = fsum(step * step for step in steps)
    return sqrt(squares / (2.0 * pairs)) >= highest_percent_mvc
