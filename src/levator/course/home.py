"""What she does at home without a sensor: day by day, as data that a page only looks up.

The gates are those of a stage, asked again for each day to come. What hangs on what she tells on
the day itself is a question with the answers that stop.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from levator.course import clearance
from levator.course.caution import Caution, cautions
from levator.course.chart import Chart, Day
from levator.course.daily import Adherence, adherence_of
from levator.course.exercise import Exercise
from levator.course.gates import (
    Gate,
    clearance_gates,
    course_gate,
    pain_gates,
    rest_gate,
    time_gates,
)
from levator.course.home_dose import (
    HomeDose,
    HomeItem,
    HomeRefused,
    OutsideLibrary,
    home_item,
)
from levator.course.protocol import CautionRule, Protocol, Window
from levator.course.scales import Scales
from levator.course.today import Lowered, cap_of
from levator.training.limits import Limits

QuestionCode: TypeAlias = Literal["red_flags", "pain", "birth", "leak"]


@dataclass(frozen=True, slots=True)
class HomeQuestion:
    """What is asked on a day; `QuestionWording.when` says whether before anything is offered.

    stops : the answers after which there is only advice. counts_days : for how many days an
    answer counts, the day itself being the first.
    """

    code: QuestionCode
    stops: tuple[int | str, ...]
    counts_days: int


@dataclass(frozen=True, slots=True)
class HomeDay:
    """One day: what she does, what is shut (gates by exercise) or refused, what to heed."""

    day: Day
    items: tuple[HomeItem, ...]
    shut: Mapping[str, tuple[Gate, ...]]
    refused: tuple[HomeRefused, ...]
    cautions: tuple[Caution, ...]


@dataclass(frozen=True, slots=True)
class HomePlan:
    """The days to come; after `valid_until`, the last of them, there is only advice."""

    days: tuple[HomeDay, ...]
    valid_until: Day
    questions: tuple[HomeQuestion, ...]


# --- Gates


def home_gates(exercise: Exercise, protocol: Protocol, chart: Chart) -> tuple[Gate, ...]:
    """Return every gate of an exercise, open or shut; no decision opens one of them.

    A clearance for some stages says nothing about exercises.
    """
    entry = exercise.entry
    found = (
        course_gate(chart),
        *time_gates(_window(exercise, protocol, chart), chart),
        *_cleared(exercise, chart),
        *pain_gates(protocol.pain, chart, asks_effort=True),
    )
    if not entry.asks_strength:
        return found
    source = entry.sources.get("asks_strength", "")
    return (*found, rest_gate(protocol.progression, source, chart))


def _cleared(exercise: Exercise, chart: Chart) -> tuple[Gate, ...]:
    entry = exercise.entry
    is_own = chart.birth is None and entry.clearance_in_pregnancy is not None
    source = entry.sources.get("clearance_in_pregnancy" if is_own else "clearance", "")
    return clearance_gates(entry.clearance_in(chart.phase), source, exercise.id, chart)


def _window(exercise: Exercise, protocol: Protocol, chart: Chart) -> Window:
    """Return when it may be done.

    A pregnancy lasts as long as the protocol's stages say; strength waits until its week is known.
    """
    entry, phase = exercise.entry, chart.phase
    if phase not in entry.phases:
        return Window(entry.phases[0], 0.0, None, False, entry.sources.get("phases", ""))
    if phase == "pregnancy":
        last = [one.window.until_week for one in protocol.stages_of(phase)]
        known = [week for week in last if week is not None]
        return Window(phase, 0.0, max(known, default=None), entry.asks_strength, protocol.document)
    begins, ends = entry.from_week_after_birth, entry.until_week_after_birth
    names = ("from_week_after_birth", "until_week_after_birth")
    sources = dict.fromkeys(entry.sources[one] for one in names if one in entry.sources)
    return Window(phase, begins or 0.0, ends, True, "; ".join(sources))


# --- Days


def home_plan(
    exercises: Sequence[Exercise],
    doses: Sequence[HomeDose],
    protocol: Protocol,
    chart: Chart,
    rules: Sequence[CautionRule],
    hard: Limits,
    days: int,
    scales: Scales,
) -> HomePlan:
    """Return the days from today on, at most so many.

    Only what a dose names is offered; of several for one exercise the last that holds on the day
    counts. The days end before the first on which something ends that held until then: an
    exercise's gates, a clearance, the window of her stage, a caution.
    """
    wanted = {one.exercise_id for one in doses}
    named = [one for one in exercises if one.id in wanted]
    planned: list[HomeDay] = []
    held: frozenset[tuple[str, str]] = frozenset()
    for day in range(chart.today, chart.today + days):
        now = replace(chart, today=day)
        holds = _holding(named, protocol, now, rules)
        if not held <= holds:
            break
        held = holds
        planned.append(home_day(exercises, doses, protocol, now, rules, hard))
    until = chart.today + len(planned) - 1
    return HomePlan(tuple(planned), until, home_questions(protocol, scales))


def home_questions(protocol: Protocol, scales: Scales) -> tuple[HomeQuestion, ...]:
    """Return what is asked on each day: how much pain, and whether a red flag is there."""
    scores = tuple(range(protocol.pain.stop_above + 1, scales.pain_most + 1))
    days = protocol.red_flags.answer_counts_days
    return (HomeQuestion("red_flags", ("yes",), days), HomeQuestion("pain", scores, 1))


def home_day(
    exercises: Sequence[Exercise],
    doses: Sequence[HomeDose],
    protocol: Protocol,
    chart: Chart,
    rules: Sequence[CautionRule],
    hard: Limits,
) -> HomeDay:
    """Return what today brings, as far as it is known before she tells anything."""
    prescribed = {one.exercise_id: one for one in doses if one.holds_on(chart.today)}
    found: list[HomeItem | HomeRefused] = [
        HomeRefused(one, (OutsideLibrary("exercise", one),))
        for one in sorted(prescribed.keys() - {exercise.id for exercise in exercises})
    ]
    shut: dict[str, tuple[Gate, ...]] = {}
    for one in (exercise for exercise in exercises if exercise.id in prescribed):
        if closed := _shut(one, protocol, chart):
            shut[one.id] = closed
        else:
            found.append(_eased(one, prescribed[one.id], protocol, chart, hard))
    return HomeDay(
        chart.today,
        tuple(one for one in found if isinstance(one, HomeItem)),
        shut,
        tuple(one for one in found if isinstance(one, HomeRefused)),
        cautions(rules, chart),
    )


def _shut(exercise: Exercise, protocol: Protocol, chart: Chart) -> tuple[Gate, ...]:
    return tuple(one for one in home_gates(exercise, protocol, chart) if not one.is_open)


def _eased(
    exercise: Exercise, dose: HomeDose, protocol: Protocol, chart: Chart, hard: Limits
) -> HomeItem | HomeRefused:
    """Return the item with a hold that is no longer than the caps of the day."""
    asked = exercise.pattern.hold_s if dose.hold_s is None else dose.hold_s
    cap = _hold_cap(protocol, chart)
    if cap is None or not asked > cap[0]:
        return home_item(exercise, dose, chart, hard)
    made = home_item(exercise, replace(dose, hold_s=cap[0]), chart, hard)
    if isinstance(made, HomeRefused):
        return made
    return replace(made, lowered=Lowered("hold", asked, *cap))


def _hold_cap(protocol: Protocol, chart: Chart) -> tuple[float, str] | None:
    """Return the lowest cap on a hold of her stage; where she stands at none, of any stage."""
    stages = protocol.stages_of(chart.phase)
    here = [one for one in stages if one.id == chart.stage]
    found = (cap_of(protocol, one, chart, "hold") for one in here or stages)
    return min((cap for cap in found if cap is not None), default=None)


def _holding(
    named: Iterable[Exercise], protocol: Protocol, chart: Chart, rules: Iterable[CautionRule]
) -> frozenset[tuple[str, str]]:
    """Return everything that holds today and may end."""
    found = {("exercise", one.id) for one in named if not _shut(one, protocol, chart)}
    found |= {("caution", one.rule.code) for one in cautions(rules, chart)}
    if clearance.current(chart) is not None:
        found.add(("clearance", ""))
    here = [one for one in protocol.stages_of(chart.phase) if one.id == chart.stage]
    for stage in here:
        if all(one.is_open for one in time_gates(stage.window, chart)):
            found.add(("stage", stage.id))
    return frozenset(found)


# --- What was done


def home_adherence(
    asked: Sequence[Mapping[str, int]], done: Sequence[Mapping[str, int]]
) -> Adherence | None:
    """Return what was done of what was asked: for each day, times by exercise.

    More than was asked counts as what was asked, and one exercise not for another. None where
    nothing was asked.
    """
    return adherence_of(
        [(times, did.get(one, 0)) for one, times in day.items()]
        for day, did in zip(asked, done, strict=True)
    )
