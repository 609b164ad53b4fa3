"""One exercise as it is done on a day: what is prescribed, held against library and hard limits.

`home_item` is the last gate: no dose passes it that the ranges of the library or the hard limits
do not allow, whoever prescribed it, and gentle is gentle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from levator.course.chart import Chart, Day
from levator.course.exercise import Exercise, Part
from levator.course.protocol import Range
from levator.course.today import Lowered
from levator.quantities import Seconds
from levator.training.limits import Breach, Limits, breaches_of
from levator.training.pattern import Pattern

HomeSetting = Literal["exercise", "posture", "hold", "repetitions", "times"]
#: Seconds from the start of a set, and the part of a repetition that begins there.
HomeBreakpoint: TypeAlias = tuple[Seconds, Part]


@dataclass(frozen=True, slots=True)
class HomeDose:
    """What is prescribed of an exercise; None is as the library says.

    from_day, until_day : when, both included; None is no bound.
    """

    exercise_id: str
    posture: str | None = None
    hold_s: Seconds | None = None
    repetitions: int | None = None
    times_a_day: int | None = None
    from_day: Day | None = None
    until_day: Day | None = None

    def holds_on(self, day: Day) -> bool:
        """Return whether it is prescribed for a day."""
        has_begun = self.from_day is None or self.from_day <= day
        return has_begun and (self.until_day is None or day <= self.until_day)


@dataclass(frozen=True, slots=True)
class OutsideLibrary:
    """One setting that the library does not allow; a name has no lowest and highest."""

    setting: HomeSetting
    asked: float | str
    lowest: float | None = None
    highest: float | None = None


@dataclass(frozen=True, slots=True)
class HomeRefused:
    """No exercise, and every reason."""

    exercise_id: str
    outside: tuple[OutsideLibrary, ...]
    breaches: tuple[Breach, ...] = ()


@dataclass(frozen=True, slots=True)
class HomeItem:
    """An exercise as she does it on a day.

    is_gentle : she is asked to do it gently. breakpoints : of one set, whole. lasts_s : until its
    last rest is over. lowered : her hold, where a cap of the day makes it shorter.
    """

    exercise_id: str
    posture: str
    repetitions: int
    times_a_day: int
    pattern: Pattern
    is_gentle: bool
    breakpoints: tuple[HomeBreakpoint, ...]
    lasts_s: Seconds
    lowered: Lowered | None = None


def home_item(
    exercise: Exercise, dose: HomeDose, chart: Chart, hard: Limits
) -> HomeItem | HomeRefused:
    """Return an exercise as it is done today; what library or hard limits forbid is refused."""
    settled = _settled(exercise, dose)
    if outside := _outside(exercise, settled):
        return HomeRefused(exercise.id, outside)
    written = exercise.pattern
    pattern = Pattern(written.rise_s, settled.hold_s, written.fall_s, written.rest_s)
    effort_s = settled.repetitions * pattern.effort_s
    if over := breaches_of(pattern, settled.repetitions, effort_s, hard):
        return HomeRefused(exercise.id, (), over)
    return HomeItem(
        exercise.id,
        settled.posture,
        settled.repetitions,
        settled.times_a_day,
        pattern,
        _is_gentle(exercise, chart),
        _breakpoints(pattern, settled.repetitions),
        settled.repetitions * pattern.cycle_s,
    )


@dataclass(frozen=True, slots=True)
class _Settled:
    posture: str
    hold_s: Seconds
    repetitions: int
    times_a_day: int


def _settled(exercise: Exercise, dose: HomeDose) -> _Settled:
    """Return what is prescribed, with what the library says where nothing is."""
    return _Settled(
        exercise.postures[0].id if dose.posture is None else dose.posture,
        exercise.pattern.hold_s if dose.hold_s is None else dose.hold_s,
        exercise.repetitions if dose.repetitions is None else dose.repetitions,
        exercise.times_a_day if dose.times_a_day is None else dose.times_a_day,
    )


def _outside(exercise: Exercise, asked: _Settled) -> tuple[OutsideLibrary, ...]:
    hold_s = exercise.pattern.hold_s
    rows: tuple[tuple[HomeSetting, float, Range | None], ...] = (
        ("hold", asked.hold_s, exercise.hold_range_s),
        ("repetitions", asked.repetitions, exercise.repetitions_range),
        ("times", asked.times_a_day, exercise.times_range),
    )
    found = []
    if asked.posture not in [one.id for one in exercise.postures]:
        found.append(OutsideLibrary("posture", asked.posture))
    for setting, value, allowed in rows:
        lowest, highest = (allowed.lowest, allowed.highest) if allowed else (hold_s, hold_s)
        if not lowest <= value <= highest:
            found.append(OutsideLibrary(setting, value, lowest, highest))
    return tuple(found)


def _is_gentle(exercise: Exercise, chart: Chart) -> bool:
    """Return whether it is asked gently, whatever is prescribed; an unknown week is early."""
    until = exercise.entry.gentle_until_week_after_birth
    if until is None or chart.birth is None:
        return False
    return chart.week is None or chart.week < until


def _breakpoints(pattern: Pattern, repetitions: int) -> tuple[HomeBreakpoint, ...]:
    """Return where each part of a set begins; a part of no length has no place in it."""
    rise_s, hold_s, fall_s = pattern.rise_s, pattern.hold_s, pattern.fall_s
    parts: tuple[tuple[Seconds, Seconds, Part], ...] = (
        (0.0, rise_s, "rise"),
        (rise_s, hold_s, "hold"),
        (rise_s + hold_s, fall_s, "fall"),
        (pattern.effort_s, pattern.rest_s, "rest"),
    )
    return tuple(
        (number * pattern.cycle_s + begins_s, part)
        for number in range(repetitions)
        for begins_s, lasts_s, part in parts
        if lasts_s > 0
    )


def is_over_limit(times_a_day: int, done_today: int) -> bool:
    """Return whether a session is one too many; `done_today` counts it in, on all phones."""
    return done_today > times_a_day
