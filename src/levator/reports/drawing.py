"""The curve beside what was asked, as geometry: equal strips of at most a minute, stacked.

Numbers only; the template turns them into SVG and the texts into words. The target is the
one that was shown at each moment: the newest that had been told by then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, isnan

from levator.quantities import PercentMvc, Seconds
from levator.reports.replaying import Trace
from levator.training.events import (
    Event,
    FatigueEstablished,
    FatigueWarned,
    GapFound,
    Marked,
    RepetitionScored,
    SetStarted,
    StateChanged,
    TargetSet,
)

LONGEST_STRIP_S: Seconds = 60.0
WIDTH, HEIGHT = 960.0, 196.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 8.0, 26.0, 24.0
FLOOR_PERCENT, LOWEST_TOP_PERCENT, HIGHEST_TOP_PERCENT = -12.0, 50.0, 160.0
#: A round narrower than this has room for its number only.
ROOM_FOR_WORD = 105.0
#: Strips longer than the first number of seconds have a time at every so many.
TIMES_S = ((30.0, 10), (12.0, 5), (0.0, 1))
#: This share of the points fits on the sheet, whatever the rest does.
USUAL_SHARE = 0.99
#: A level in the sensor's own unit is read against this many lines, over at least this spread.
OWN_STEPS, LEAST_OWN_SPREAD = 5, 1e-6
#: A gap is drawn at least this wide.
THINNEST = 2.0
_QUIET_STATES = ("paused", "no_signal", "tare_needed", "taring")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a strip; `code` says what it is."""

    x: float
    width: float
    code: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A moment of a strip, to be labelled; `event` says what it is."""

    x: float
    event: Event
    has_room: bool = True


@dataclass(frozen=True, slots=True)
class Strip:
    """A stretch over the whole width. Polygons and lines are SVG point lists."""

    from_s: Seconds
    to_s: Seconds
    bands: tuple[str, ...]
    middles: tuple[str, ...]
    lines: tuple[str, ...]
    spans: tuple[Span, ...]
    rounds: tuple[Flag, ...]
    flags: tuple[Flag, ...]
    times: tuple[tuple[float, int], ...]
    levels: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A target in force from one time to another."""

    from_s: Seconds
    to_s: Seconds
    target: TargetSet


@dataclass(frozen=True, slots=True)
class _Sheet:
    """How seconds and percentages fall on one strip."""

    from_s: Seconds
    to_s: Seconds
    top_percent: PercentMvc
    floor_percent: PercentMvc = FLOOR_PERCENT

    @property
    def per_s(self) -> float:
        return (WIDTH - LEFT - RIGHT) / (self.to_s - self.from_s)

    def x(self, time_s: Seconds) -> float:
        inside_s = min(max(time_s, self.from_s), self.to_s)
        return LEFT + (inside_s - self.from_s) * self.per_s

    def y(self, percent: PercentMvc) -> float:
        shown = min(max(percent, self.floor_percent), self.top_percent)
        share = (self.top_percent - shown) / (self.top_percent - self.floor_percent)
        return TOP + share * (HEIGHT - TOP - BOTTOM)

    def point(self, time_s: Seconds, percent: PercentMvc) -> str:
        return f"{self.x(time_s):.1f},{self.y(percent):.1f}"

    def shows(self, from_s: Seconds, to_s: Seconds) -> bool:
        return from_s < self.to_s and to_s > self.from_s


def strips(
    trace: Trace,
    events: Sequence[Event],
    from_s: Seconds,
    to_s: Seconds,
    *,
    is_percent: bool = True,
) -> tuple[Strip, ...]:
    """Return the strips between two times, at most what the trace holds.

    is_percent : false where the trace is in the sensor's own unit; the sheet then reaches
        from its lowest to its highest level instead of over the percentages people have.
    """
    from_s, to_s = max(from_s, trace.start_s), min(to_s, trace.end_s)
    pieces = _pieces(events)
    if is_percent:
        bounds = FLOOR_PERCENT, _top(trace, pieces, from_s, to_s)
    else:
        bounds = _own_bounds(trace, from_s, to_s)
    sheets = (_Sheet(*ends, bounds[1], bounds[0]) for ends in _cut(from_s, to_s))
    return tuple(_strip(sheet, trace, events, pieces) for sheet in sheets)


def _cut(from_s: Seconds, to_s: Seconds) -> Iterator[tuple[Seconds, Seconds]]:
    """Yield as few equal stretches as fit, so that each fills the sheet."""
    if from_s < to_s:
        count = ceil((to_s - from_s) / LONGEST_STRIP_S)
        each_s = (to_s - from_s) / count
        yield from pairwise([from_s + number * each_s for number in range(count)] + [to_s])


def _strip(sheet: _Sheet, trace: Trace, events: Sequence[Event], pieces: Sequence[_Piece]) -> Strip:
    shown = [piece for piece in pieces if sheet.shows(piece.from_s, piece.to_s)]
    curves = [curve for piece in shown if (curve := _curve(sheet, piece))]
    return Strip(
        sheet.from_s,
        sheet.to_s,
        tuple(_band(sheet, curve, band) for curve, band in curves),
        tuple(" ".join(sheet.point(*point) for point in curve) for curve, _ in curves),
        tuple(_lines(sheet, trace)),
        tuple(_spans(sheet, events)),
        tuple(_rounds(sheet, events)),
        tuple(_flags(sheet, events)),
        tuple(_times(sheet)),
        tuple((sheet.y(level), level) for level in _levels(sheet)),
    )


def _pieces(events: Sequence[Event]) -> list[_Piece]:
    """Each target holds until the next one is told, at most as long as it is valid."""
    targets = [event for event in events if isinstance(event, TargetSet)]
    ends = [*(target.at_s for target in targets[1:]), float("inf")][: len(targets)]
    return [
        _Piece(target.at_s, min(end_s, target.valid_until_s), target)
        for target, end_s in zip(targets, ends, strict=True)
        if target.breakpoints and target.at_s < min(end_s, target.valid_until_s)
    ]


def _top(trace: Trace, pieces: Sequence[_Piece], from_s: Seconds, to_s: Seconds) -> PercentMvc:
    asked = [
        level + 2.0 * piece.target.band_percent_mvc
        for piece in pieces
        for _, level in piece.target.breakpoints
    ]
    done = sorted(high for _, _, high in trace.between(from_s, to_s) if not isnan(high))
    # A cough must not press the whole curve flat: what few points reach is cut off.
    usual = done[int((len(done) - 1) * USUAL_SHARE)] + 4.0 if done else 0.0
    highest = max([LOWEST_TOP_PERCENT, usual, *asked])
    return min(HIGHEST_TOP_PERCENT, ceil(highest / 10.0) * 10.0)


def _own_bounds(trace: Trace, from_s: Seconds, to_s: Seconds) -> tuple[float, float]:
    """Return the lowest and highest number of the sheet, in steps that read well."""
    done = [(low, high) for _, low, high in trace.between(from_s, to_s) if not isnan(low)]
    lowest = min((low for low, _ in done), default=0.0)
    highest = max((high for _, high in done), default=1.0)
    exact = max(highest - lowest, LEAST_OWN_SPREAD) / (OWN_STEPS - 1)
    step = next(one for one in _steps(exact) if one >= exact)
    floor_level = floor(lowest / step) * step
    return floor_level, max(floor_level + OWN_STEPS * step, ceil(highest / step) * step)


def _steps(exact: float) -> Iterator[float]:
    """Yield 1, 2 and 5 times every power of ten from below a number on."""
    power = LEAST_OWN_SPREAD / 10.0
    while power < 100.0 * exact:
        yield from (power, 2.0 * power, 5.0 * power)
        power *= 10.0


def _curve(sheet: _Sheet, piece: _Piece) -> tuple[list[tuple[float, float]], float] | None:
    """Return the asked (time, %MVC) points within the strip, and the half width of the band."""
    points = piece.target.breakpoints
    from_s = max(piece.from_s, sheet.from_s, points[0][0])
    to_s = min(piece.to_s, sheet.to_s, points[-1][0])
    if from_s >= to_s:
        return None
    inner = [point for point in points if from_s < point[0] < to_s]
    ends = ((from_s, _level(points, from_s)), (to_s, _level(points, to_s)))
    return [ends[0], *inner, ends[1]], piece.target.band_percent_mvc


def _level(points: Sequence[tuple[float, float]], time_s: Seconds) -> PercentMvc:
    for (start_s, low), (stop_s, high) in pairwise(points):
        if start_s <= time_s <= stop_s:
            share = (time_s - start_s) / (stop_s - start_s) if stop_s > start_s else 1.0
            return low + (high - low) * share
    return 0.0


def _band(sheet: _Sheet, curve: list[tuple[float, float]], half: PercentMvc) -> str:
    upper = [sheet.point(time_s, level + half) for time_s, level in curve]
    lower = [sheet.point(time_s, max(level - half, -half / 2.0)) for time_s, level in curve]
    return " ".join([*upper, *reversed(lower)])


def _lines(sheet: _Sheet, trace: Trace) -> Iterator[str]:
    """Yield one line per unbroken stretch: down to the lowest and up to the highest per bin."""
    points: list[str] = []
    for time_s, low, high in trace.between(sheet.from_s, sheet.to_s):
        if isnan(low):
            if points:
                yield " ".join(points)
            points = []
        elif sheet.from_s <= time_s <= sheet.to_s:
            points.append(sheet.point(time_s, low))
            if f"{sheet.y(low):.1f}" != f"{sheet.y(high):.1f}":
                points.append(sheet.point(time_s, high))
    if points:
        yield " ".join(points)


def _spans(sheet: _Sheet, events: Sequence[Event]) -> Iterator[Span]:
    for from_s, to_s, code in _quiet(events):
        if sheet.shows(from_s, to_s):
            yield _span(sheet, from_s, to_s, code)


def _span(sheet: _Sheet, from_s: Seconds, to_s: Seconds, code: str) -> Span:
    left = sheet.x(from_s)
    return Span(left, max(THINNEST, sheet.x(to_s) - left), code)


def _quiet(events: Sequence[Event]) -> Iterator[tuple[Seconds, Seconds, str]]:
    """Yield when nothing was asked because of a pause or a lost signal."""
    changes = [event for event in events if isinstance(event, StateChanged)]
    ends = [*(event.at_s for event in changes[1:]), float("inf")][: len(changes)]
    for change, end_s in zip(changes, ends, strict=True):
        if change.state in _QUIET_STATES:
            yield change.at_s, end_s, change.state


def gap_spans(strip: Strip, gaps: Sequence[tuple[Seconds, Seconds]]) -> tuple[Span, ...]:
    """Return the missing stretches (from, to) of the trained stream on a strip."""
    sheet = _Sheet(strip.from_s, strip.to_s, LOWEST_TOP_PERCENT)
    return tuple(_span(sheet, *gap, "gap") for gap in gaps if sheet.shows(*gap))


def _rounds(sheet: _Sheet, events: Sequence[Event]) -> Iterator[Flag]:
    for event in events:
        if isinstance(event, RepetitionScored):
            middle_s = (event.start_s + event.verdict_at_s) / 2.0
            if sheet.from_s <= middle_s < sheet.to_s:
                width = (event.verdict_at_s - event.start_s) * sheet.per_s
                yield Flag(sheet.x(middle_s), event, width >= ROOM_FOR_WORD)


def _flags(sheet: _Sheet, events: Sequence[Event]) -> Iterator[Flag]:
    kinds = (FatigueWarned, FatigueEstablished, Marked, SetStarted, GapFound)
    for event in events:
        if isinstance(event, kinds) and sheet.from_s <= event.at_s < sheet.to_s:
            yield Flag(sheet.x(event.at_s), event)


def _times(sheet: _Sheet) -> Iterator[tuple[float, int]]:
    long_s = sheet.to_s - sheet.from_s
    step = next(step for least_s, step in TIMES_S if long_s > least_s)
    for time_s in range(ceil(sheet.from_s / step) * step, floor(sheet.to_s) + 1, step):
        yield sheet.x(time_s), time_s


def _levels(sheet: _Sheet) -> list[float]:
    if sheet.floor_percent == FLOOR_PERCENT:
        step = 20 if sheet.top_percent <= 100.0 else 50
        return [float(level) for level in range(0, int(sheet.top_percent), step)]
    step_wide = (sheet.top_percent - sheet.floor_percent) / OWN_STEPS
    return [sheet.floor_percent + number * step_wide for number in range(OWN_STEPS)]
