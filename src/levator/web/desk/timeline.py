"""The course as a picture, as plain values: weeks from pregnancy to months after the birth,
stages, pain and sessions. Where things lie; what they say is the page's.

x is counted in weeks from the birth, or from the day on which it is due.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor, inf
from typing import Literal

from levator.clinic.charts import counted, day_of
from levator.clinic.courses import View
from levator.clinic.history import History
from levator.course.chart import DAYS_A_WEEK, Day
from levator.course.protocol import Phase, Stage
from levator.library import load_scales
from levator.records.treatment import Session

BarKind = Literal["past", "now", "ahead"]
DotKind = Literal["done", "pain", "broken"]
WIDTH, HEIGHT = 1200.0, 252.0
LEFT, RIGHT = 96.0, 24.0
BAR_TOP, BAR_HEIGHT = 52.0, 62.0
PAIN_TOP, PAIN_HEIGHT = 140.0, 48.0
DOTS_BOTTOM, DOT_STEP, DOTS_MOST = 234.0, 10.0, 4
#: What is always shown, in weeks: half a pregnancy and a little more than three months.
_FIRST_WEEK, _LAST_WEEK = -24, 16
_FEWEST_BEFORE = -4
_TICK_EVERY = 4
_GAP = 3.0
#: Widths of letters in the two sizes that a bar is written in.
_TITLE_SIGN, _SHORT_SIGN, _PADDING = 9.6, 7.2, 18.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A stage. title, short : what fits in it."""

    stage: Stage
    kind: BarKind
    x: float
    width: float

    def fits(self, text: str, *, is_title: bool) -> bool:
        """Return whether a text fits in it."""
        return len(text) * (_TITLE_SIGN if is_title else _SHORT_SIGN) + _PADDING <= self.width


@dataclass(frozen=True, slots=True)
class Dot:
    """A session."""

    x: float
    y: float
    kind: DotKind


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything that is drawn. pain : points; is_born : whether x counts from a birth. ends :
    where a course ended."""

    ticks: tuple[tuple[float, int], ...]
    bars: tuple[Bar, ...]
    zero_x: float
    today_x: float
    is_born: bool
    pain: tuple[tuple[float, float, int], ...]
    dots: tuple[Dot, ...]
    ends: tuple[float, ...] = ()

    @property
    def pain_line(self) -> str:
        """The line through the pain scores."""
        return " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in self.pain)


@dataclass(frozen=True, slots=True)
class _Scale:
    zero: Day
    first: int
    last: int

    def x(self, week: float) -> float:
        share = (week - self.first) / (self.last - self.first)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def week(self, day: Day) -> float:
        return (day - self.zero) / DAYS_A_WEEK

    def is_in(self, week: float) -> bool:
        return self.first <= week <= self.last


def timeline(view: View) -> Timeline | None:
    """Return the picture of a course; None where neither a due date nor a birth is known."""
    zero = _zero(view.history)
    if zero is None:
        return None
    scale = _scale(view, zero)
    return Timeline(
        ticks=tuple(
            (scale.x(week), week)
            for week in range(scale.first, scale.last + 1)
            if week % _TICK_EVERY == 0
        ),
        bars=tuple(_bars(view, scale)),
        zero_x=scale.x(0),
        today_x=scale.x(min(max(scale.week(view.chart.today), scale.first), scale.last)),
        is_born=view.chart.birth is not None,
        pain=tuple(_pain(view.history, scale)),
        dots=tuple(_dots(view.history, scale)),
        ends=tuple(scale.x(week) for week in _ends(view.history, scale) if scale.is_in(week)),
    )


def _zero(history: History) -> Day | None:
    if history.birth is not None:
        return day_of(history.birth.born_on)
    return day_of(history.pregnancy.expected_on) if history.pregnancy is not None else None


def _scale(view: View, zero: Day) -> _Scale:
    chart = view.chart
    days = [chart.today, *(one.day for one in chart.decisions)]
    days += [*(one.day for one in chart.pains), *(one.day for one in chart.sittings)]
    earliest = floor((min(days) - zero) / DAYS_A_WEEK) - 1
    latest = ceil((view.chart.today - zero) / DAYS_A_WEEK) + 2
    first = min(_FEWEST_BEFORE, max(earliest, _FIRST_WEEK * 2))
    if view.chart.birth is None:
        first = min(first, _FIRST_WEEK)
    return _Scale(zero, first, max(_LAST_WEEK, latest))


# --- Stages


def _bars(view: View, scale: _Scale) -> Iterator[Bar]:
    for stage, kind, begin, end in _stretches(view, scale):
        x, until = scale.x(max(begin, scale.first)), scale.x(min(end, scale.last))
        if until - x > _GAP:
            yield Bar(stage, kind, x, until - x - _GAP)


def _stretches(view: View, scale: _Scale) -> Iterator[tuple[Stage, BarKind, float, float]]:
    """Yield stages with the weeks of their begin and end: as they were, as they may come."""
    today = scale.week(view.chart.today)
    was = list(_was(view, scale))
    for place, (stage, begin, ended) in enumerate(was[:-1]):
        yield stage, "past", begin, min(was[place + 1][1], _end_of(stage, today), ended)
    if view.history.ended is not None:
        for stage, begin, ended in was[-1:]:
            yield stage, "past", begin, min(_end_of(stage, today), ended)
        return
    ahead_from = today
    if was:
        stage, begin, _ = was[-1]
        is_past = stage.window.phase != view.chart.phase
        coming = [one for one, _ in _ahead(view, today) if one.id != stage.id]
        end = 0.0 if is_past else _until(view, stage, today, coming)
        yield stage, "past" if is_past else "now", begin, end
        ahead_from = max(today, end)
    plan = [one for one in _ahead(view, ahead_from) if not was or one[0].id != was[-1][0].id]
    for place, (stage, begin) in enumerate(plan):
        last = float(scale.last) if stage.window.phase == "after_birth" else 0.0
        yield stage, "ahead", begin, plan[place + 1][1] if place + 1 < len(plan) else last


def _end_of(stage: Stage, today: float) -> float:
    return min(today, 0.0) if stage.window.phase == "pregnancy" else today


def _was(view: View, scale: _Scale) -> Iterator[tuple[Stage, float, float]]:
    """Yield the stages that she has been in, with the weeks in which each began and its course
    ended; infinity where it runs."""
    known = {stage.id: stage for stage in view.protocol.stages}
    ended = {one.id: one.ended_on for one in view.history.courses}
    before = None
    for kept, one in zip(counted(view.history), view.chart.decisions, strict=True):
        here = kept.course_id, one.stage
        if one.stage in known and here != before and one.stage is not None:
            before, last = here, ended.get(kept.course_id or "")
            end = inf if last is None else scale.week(day_of(last))
            yield known[one.stage], scale.week(one.day), end


def _ends(history: History, scale: _Scale) -> Iterator[float]:
    """Yield the weeks in which a course ended."""
    yield from (scale.week(day_of(one.ended_on)) for one in history.courses if one.ended_on)


def _until(view: View, stage: Stage, today: float, coming: list[Stage]) -> float:
    """Return where the present stage is thought to end: where the next one opens."""
    same = [one for one in coming if one.window.phase == stage.window.phase]
    if stage.window.phase == "pregnancy":
        return today + max(0.0, -today) / (len(same) + 1)
    due = [one for one in same if one.window.from_week <= today]
    return today + (_next_window(same, today) - today) / (len(due) + 1)


def _next_window(stages: list[Stage], week: float) -> float:
    """Return the first week after this one in which a stage opens, else the end of the picture."""
    later = [one.window.from_week for one in stages if one.window.from_week > week]
    return min(later, default=max(week, float(_LAST_WEEK)))


def _ahead(view: View, from_week: float) -> Iterator[tuple[Stage, float]]:
    """Yield the stages to come with their begin: those of the pregnancy share what is left of
    it, those after the birth begin where their window does; of these, those whose week has come
    share the time until the next one opens."""
    if view.chart.phase == "pregnancy":
        stages = _after_now(view, "pregnancy")
        left = max(0.0, -from_week) / max(1, len(stages))
        yield from ((one, from_week + place * left) for place, one in enumerate(stages))
    stages = _after_now(view, "after_birth")
    due = [one for one in stages if one.window.from_week <= from_week]
    share = (_next_window(stages, from_week) - from_week) / max(1, len(due))
    yield from ((one, from_week + place * share) for place, one in enumerate(due))
    yield from ((one, one.window.from_week) for one in stages if one not in due)


def _after_now(view: View, phase: Phase) -> list[Stage]:
    stages = [one for one in view.protocol.stages_of(phase) if not one.optional]
    place = next((n for n, one in enumerate(stages) if one.id == view.chart.stage), -1)
    return stages[place + 1 :]


# --- Pain and sessions


def _pain(history: History, scale: _Scale) -> Iterator[tuple[float, float, int]]:
    """Yield the highest score of each day."""
    highest: dict[str, int] = {}
    for one in history.pains:
        highest[one.on_day] = max(one.score, highest.get(one.on_day, 0))
    for on_day in sorted(highest):
        week, score = scale.week(day_of(on_day)), highest[on_day]
        if scale.is_in(week):
            yield (
                scale.x(week),
                PAIN_TOP + PAIN_HEIGHT * (1 - score / load_scales().pain_most),
                score,
            )


def _dots(history: History, scale: _Scale) -> Iterator[Dot]:
    """Yield a dot for each session, those of one day above each other."""
    of_day: Counter[str] = Counter()
    for one in history.sessions:
        week, place = scale.week(day_of(one.on_day)), of_day[one.on_day]
        of_day[one.on_day] += 1
        if scale.is_in(week) and place < DOTS_MOST:
            yield Dot(scale.x(week), DOTS_BOTTOM - place * DOT_STEP, _dot_kind(one))


def _dot_kind(session: Session) -> DotKind:
    if session.had_pain:
        return "pain"
    return "done" if session.state == "ended" and session.rounds else "broken"
