"""The gates of a stage: time AND clearance AND pain AND performance.

Each gate is a value with its numbers, open or shut, so that a screen can show all of them.
What is not known never opens one. A therapist's decision may open some, never a clearance, a
red flag, a pain stop or a held programme.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from levator.course import clearance, pain, performance, tone
from levator.course.chart import Chart, Day, day_of_week
from levator.course.protocol import (
    ClearanceRule,
    JudgedCode,
    PainRule,
    ProgressionRule,
    Protocol,
    Stage,
    Window,
)

GateKind = Literal["course", "time", "clearance", "pain", "performance"]
GateCode: TypeAlias = (
    Literal[
        "course_not_ended",  # for a start only; a new course may begin
        "dates_fit",  # nothing in the chart lies after today
        "right_phase",  # pregnant or after birth, as the stage is for
        "week_reached",
        "week_not_over",
        "daily_dose_left",
        "no_red_flag",
        "red_flags_asked",  # today; for a start only, as the daily dose
        "cleared",
        "not_held",  # the programme is not held by pain
        "below_stop",  # the last score is not over the stop
        "not_ended_by_pain",  # no sitting of today ended by pain
        "no_pain",  # none today, and somebody asked
        "rest_first",  # she has let go since a sitting that ended because she did not
    ]
    | JudgedCode
)
#: Gates that a therapist's decision may open.
OVERRULABLE: frozenset[GateCode] = frozenset(
    {
        "week_reached",
        "not_ended_by_pain",
        "no_pain",
        "rest_first",
        "holds_long",
        "releases_well",
        "lasts",
        "pain_reduced",
        "force_reached",
    }
)


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition of a stage.

    needed, given : its numbers (or a name); None where there is none or nothing is known.
    from_day : when it opens by itself. overruled_by : who opened it all the same.
    """

    kind: GateKind
    code: GateCode
    is_open: bool
    needed: float | str | None = None
    given: float | str | None = None
    from_day: Day | None = None
    source: str = ""
    overruled_by: str | None = None


def gates(protocol: Protocol, stage: Stage, chart: Chart) -> tuple[Gate, ...]:
    """Return every gate of a stage, open or shut; the stage is open when all are."""
    found = (
        *time_gates(stage.window, chart),
        *clearance_gates(stage.clearance, stage.sources["clearance"], stage.id, chart),
        *pain_gates(protocol.pain, chart, asks_effort=stage.dose is not None),
        *_of_lock(stage, chart),
        *_of_performance(protocol, stage, chart),
    )
    return tuple(one if one.is_open else _overruled(one, protocol, stage, chart) for one in found)


def shut(protocol: Protocol, stage: Stage, chart: Chart) -> tuple[Gate, ...]:
    """Return the gates of a stage that are shut."""
    return tuple(one for one in gates(protocol, stage, chart) if not one.is_open)


def course_gate(chart: Chart) -> Gate:
    """Return whether her course was not ended; after an end nothing is trained before another."""
    return Gate("course", "course_not_ended", not chart.has_ended)


def is_open(protocol: Protocol, stage: Stage, chart: Chart) -> bool:
    """Return whether every gate of a stage is open."""
    return not shut(protocol, stage, chart)


def may_be_overruled(gate: Gate) -> bool:
    """Return whether a therapist's decision may open a shut gate; unknown pain is asked."""
    return gate.code in OVERRULABLE and not (gate.code == "no_pain" and gate.given is None)


def _overruled(gate: Gate, protocol: Protocol, stage: Stage, chart: Chart) -> Gate:
    if not may_be_overruled(gate):
        return gate
    since = _valid_since(gate, protocol, chart)
    for decision in reversed(chart.decisions):
        names_it = decision.kind == "overrule" and decision.stage == stage.id
        if names_it and gate.code in decision.opens and decision.day >= since:
            return replace(gate, is_open=True, overruled_by=decision.by)
    return gate


def _valid_since(gate: Gate, protocol: Protocol, chart: Chart) -> Day:
    """Return the first day whose decisions still open a gate.

    What is about today ends with today; a birth and a red flag end every decision.
    """
    if gate.code in ("no_pain", "not_ended_by_pain"):
        return chart.today
    days = [0 if chart.birth is None else chart.birth.day]
    days += [flag.day + 1 for flag in chart.red_flags]
    sitting = tone.unreleased(chart, protocol.progression.released_percent)
    if gate.code == "rest_first" and sitting is not None:
        days.append(sitting.day)
    return max(days)


def time_gates(window: Window, chart: Chart) -> tuple[Gate, ...]:
    """Return the gates of time of a stage or an exercise."""
    week = chart.week
    is_right = window.phase == chart.phase
    known = week if is_right else None
    has_begun = known >= window.from_week if known is not None else not window.needs_weeks
    opens = day_of_week(chart, window.from_week) if is_right and not has_begun else None
    found = [
        Gate("time", "dates_fit", chart.last_recorded <= chart.today),
        Gate("time", "right_phase", is_right, window.phase, chart.phase, None, window.source),
    ]
    if is_right:
        found.append(
            Gate("time", "week_reached", has_begun, window.from_week, known, opens, window.source)
        )
    if is_right and window.until_week is not None:
        is_in_time = known is None or known < window.until_week
        found.append(
            Gate("time", "week_not_over", is_in_time, window.until_week, known, None, window.source)
        )
    return tuple(found)


def clearance_gates(rule: ClearanceRule, source: str, what: str, chart: Chart) -> tuple[Gate, ...]:
    """Return whether no red flag is open, and whether she is cleared for what has this id."""
    flag, held = clearance.open_flag(chart), clearance.current(chart, what)
    is_cleared = held is not None or not clearance.is_needed(chart, rule)
    return (
        Gate("clearance", "no_red_flag", flag is None, None, None if flag is None else flag.code),
        Gate(
            "clearance",
            "cleared",
            is_cleared,
            None,
            None if held is None else held.signed_by,
            None if is_cleared else clearance.begins_later(chart),
            source,
        ),
    )


def pain_gates(rule: PainRule, chart: Chart, *, asks_effort: bool) -> tuple[Gate, ...]:
    """Return the gates of pain; without effort only whether the programme is held by it."""
    last = chart.latest_pain
    over = len(pain.over_the_stop(rule, chart))
    source = rule.sources["held_by"]
    found = [
        Gate("pain", "not_held", not pain.is_held(rule, chart), rule.held_by, over, None, source)
    ]
    if asks_effort:
        given = None if last is None else last.score
        is_below = given is None or given <= rule.stop_above
        source = rule.sources["stop_above"]
        found.append(Gate("pain", "below_stop", is_below, rule.stop_above, given, None, source))
        today = [one for one in chart.sittings if one.day == chart.today]
        has_ended = any(one.ended_by == "pain" for one in today)
        opens = chart.today + 1 if has_ended else None
        found.append(Gate("pain", "not_ended_by_pain", not has_ended, from_day=opens))
    return tuple(found)


def _of_lock(stage: Stage, chart: Chart) -> tuple[Gate, ...]:
    if not stage.locked_by_pain:
        return ()
    score, source = chart.pain_today, stage.sources["locked_by_pain"]
    return (Gate("pain", "no_pain", score == 0, 0, score, None, source),)


def _of_performance(protocol: Protocol, stage: Stage, chart: Chart) -> tuple[Gate, ...]:
    rule = protocol.progression
    found = []
    for judged in stage.judged:
        needed, given = performance.shown(judged, rule, chart)
        is_shown = performance.is_shown(judged, rule, chart)
        found.append(Gate("performance", judged.code, is_shown, needed, given, None, judged.source))
    if stage.locked_by_tone:
        found.append(rest_gate(rule, stage.sources["locked_by_tone"], chart))
    return tuple(found)


def rest_gate(rule: ProgressionRule, source: str, chart: Chart) -> Gate:
    """Return whether she has let go since a sitting that ended because she did not."""
    sitting = tone.unreleased(chart, rule.released_percent)
    given = None if sitting is None else tone.released_since(chart, sitting)
    needed = rule.released_percent
    return Gate("performance", "rest_first", sitting is None, needed, given, None, source)
