"""What comes next, and why: one parameter at a time, proposed to the therapist, never done.

The rules are tried from the strictest to the kindest; the first that has an answer gives it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from levator.course import pain, passing
from levator.course.chart import Chart, Prescribed, SittingResult
from levator.course.gates import Gate, GateCode, shut
from levator.course.protocol import Parameter, Protocol, Range, Stage
from levator.course.reasons import Reason, ReasonCode, reasons_of
from levator.course.today import cap_of, in_force, value_of

#: Shut, they need somebody before anything is proposed.
REFUSING: frozenset[GateCode] = frozenset(
    {"dates_fit", "no_red_flag", "cleared", "not_held", "below_stop", "not_ended_by_pain"}
)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that would change: a stage, the rest, or one parameter of the dose."""

    parameter: Parameter | Literal["stage", "rest"]
    was: float | str | None
    becomes: float | str


@dataclass(frozen=True, slots=True)
class Advance:
    """One step on."""

    change: Change
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class StepBack:
    """One step lighter."""

    change: Change
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Hold:
    """The same once more."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Refuse:
    """No training before somebody has looked at it."""

    reasons: tuple[Reason, ...]


Proposal: TypeAlias = Advance | StepBack | Hold | Refuse


def propose(protocol: Protocol, chart: Chart) -> Proposal:
    """Return the next step of a course with its reasons."""
    if chart.stage is None:
        why: ReasonCode = "begins_anew" if chart.has_ended else "course_begins"
        return _begin(protocol, chart, Reason(why))
    stage = protocol.stage(chart.stage)
    if stage.window.phase != chart.phase:
        return _begin(protocol, chart, Reason("other_phase", chart.phase, stage.id))
    view = _View(protocol, chart, stage)
    answers = (rule(view) for rule in _RULES)
    return next(answer for answer in answers if answer is not None)


def asks_nothing(protocol: Protocol, chart: Chart, proposal: Proposal) -> bool:
    """Return whether her step asks nothing of her now: nothing may be trained, or it is behind
    her, in the other phase."""
    is_behind = chart.stage is not None and (
        protocol.stage(chart.stage).window.phase != chart.phase
    )
    return is_behind or isinstance(proposal, Refuse)


@dataclass(frozen=True)
class _View:
    """A course in the middle of a stage, with what the rules look at more than once."""

    protocol: Protocol
    chart: Chart
    stage: Stage

    @cached_property
    def now(self) -> Prescribed:
        return in_force(self.stage, self.chart.settings)

    @cached_property
    def sittings(self) -> tuple[SittingResult, ...]:
        """The sittings of this stage at the settings in force."""
        done = self.chart.in_stage(self.stage.id)
        return tuple(one for one in done if _is_at(one.asked, self.now))

    @cached_property
    def outcomes(self) -> tuple[passing.Outcome, ...]:
        rules = self.protocol.progression, self.protocol.pain
        return tuple(passing.outcome(one, *rules) for one in self.sittings)

    def last(self, count: int, kind: passing.OutcomeKind) -> bool:
        """Whether the last so many sittings all came out like this."""
        latest = self.outcomes[-count:]
        return len(latest) == count and all(one.kind == kind for one in latest)


def _is_at(asked: Prescribed, now: Prescribed) -> bool:
    """Return whether a sitting was done at least as prescribed in all that progression raises."""
    pairs = (
        (asked.force_percent_mvc, now.force_percent_mvc),
        (asked.hold_s, now.hold_s),
        (asked.tangent_percent, now.tangent_percent),
        (asked.rounds, now.rounds),
    )
    return all(one == other for one, other in pairs if other is not None)


# --- The rules, from the strictest to the kindest


def _begin(protocol: Protocol, chart: Chart, why: Reason) -> Proposal:
    """Return the first stage of the phase that is not optional, or what keeps it shut."""
    stages = protocol.stages_of(chart.phase)
    first = next((one for one in stages if not one.optional), None)
    if first is None:
        return Hold((why, Reason("last_stage")))
    closed = shut(protocol, first, chart)
    if closed:
        return _shut(closed, why)
    return Advance(Change("stage", chart.stage, first.id), (why,))


def _shut(closed: tuple[Gate, ...], *why: Reason) -> Proposal:
    refusing = tuple(one for one in closed if one.code in REFUSING)
    return Refuse(reasons_of(refusing)) if refusing else Hold((*why, *reasons_of(closed)))


def _own_gates(view: _View) -> Proposal | None:
    closed = shut(view.protocol, view.stage, view.chart)
    return _shut(closed) if closed else None


def _pain(view: _View) -> Proposal | None:
    rule, chart = view.protocol.pain, view.chart
    if (worse := pain.worse_next_morning(chart)) is not None:
        source = rule.sources["rise_at_least"]
        return _lighter(view, Reason("worse_next_morning", *worse, source))
    if view.stage.dose is None:
        return None
    if chart.pain_today is None:
        return Hold((Reason("pain_unknown"),))
    if chart.pain_today > rule.safe_at_most:
        source = rule.sources["safe_at_most"]
        return Hold((Reason("pain_not_safe", rule.safe_at_most, chart.pain_today, source),))
    if pain.is_rising(rule, chart):
        source = rule.sources["rising_days"]
        return Hold((Reason("pain_rising", rule.rising_days, chart.pain_today, source),))
    rise = pain.rise_of_last_sitting(chart, view.stage.id)
    if rise is not None and rise >= rule.rise_at_least:
        source = rule.sources["rise_at_least"]
        return Hold((Reason("pain_rose", rule.rise_at_least, rise, source),))
    return None


def _letting_go(view: _View) -> Proposal | None:
    """Propose a longer rest where she did not let go in the last sitting, done at this rest."""
    dose, rule = view.stage.dose, view.protocol.progression
    last = view.sittings[-1] if view.sittings else None
    if dose is None or dose.rest_range_s is None or last is None or last.released_percent is None:
        return None
    if last.released_percent >= rule.released_percent or last.asked.rest_s != view.now.rest_s:
        return None
    why = Reason(
        "letting_go_is_hard",
        rule.released_percent,
        last.released_percent,
        dose.rest_range_s.source,
    )
    longer = _step(dose.rest_range_s, view.now.rest_s, 1)
    return None if longer is None else StepBack(Change("rest", view.now.rest_s, longer), (why,))


def _failing(view: _View) -> Proposal | None:
    rule = view.protocol.progression
    if not view.last(rule.sittings_down, "failed"):
        return None
    source = rule.sources["sittings_down"]
    why = Reason("failed", rule.sittings_down, rule.sittings_down, source)
    return _lighter(view, why, *view.outcomes[-1].reasons)


def _next_stage(view: _View) -> Proposal | None:
    after = view.protocol.after(view.stage)
    if after is None or not view.chart.in_stage(view.stage.id):
        return None
    if shut(view.protocol, after, view.chart):
        return None
    return Advance(
        Change("stage", view.stage.id, after.id), (Reason("next_stage_open", source=after.source),)
    )


def _next_step(view: _View) -> Proposal | None:
    rule = view.protocol.progression
    if view.stage.dose is None or not view.last(rule.sittings_up, "passed"):
        return None
    why = Reason("passed", rule.sittings_up, rule.sittings_up, rule.sources["sittings_up"])
    for parameter in view.stage.order:
        was = value_of(view.now, parameter)
        higher = _step(range_of(view.stage, parameter), was, 1)
        if higher is not None:
            return _raised(view, Change(parameter, was, higher), why)
    return None


def _raised(view: _View, change: Change, why: Reason) -> Proposal:
    """Return one parameter higher, or the cap of today that it would pass."""
    if change.parameter in ("force", "hold"):
        cap = cap_of(view.protocol, view.stage, view.chart, change.parameter)
        if cap is not None and isinstance(change.becomes, float) and change.becomes > cap[0]:
            code: ReasonCode = "force_capped" if change.parameter == "force" else "hold_capped"
            return Hold((why, Reason(code, cap[0], change.becomes, cap[1])))
    return Advance(change, (why,))


def _wait(view: _View) -> Proposal:
    """Return the same again, with everything that is still to come."""
    after = view.protocol.after(view.stage)
    if after is None:
        return Hold((*_so_far(view), Reason(_last(view))))
    return Hold((*_so_far(view), *reasons_of(shut(view.protocol, after, view.chart))))


def _last(view: _View) -> ReasonCode:
    """Return what is said of a stage behind which none comes in this phase."""
    is_before = view.stage.window.phase == "pregnancy"
    goes_on = is_before and view.protocol.stages_of("after_birth")
    return "last_before_birth" if goes_on else "last_stage"


def _needed(view: _View) -> tuple[int, str]:
    """Return how many sittings move the course on, and who says so.

    Where a stage raises nothing they are those in which the next one looks for an ability.
    """
    rule, after = view.protocol.progression, view.protocol.after(view.stage)
    if view.stage.order:
        return rule.sittings_up, rule.sources["sittings_up"]
    shown = [one for one in (after.judged if after else ()) if one.shown_in == view.stage.id]
    most = max(shown, key=lambda one: one.sittings, default=None)
    return (1, view.stage.source) if most is None else (most.sittings, most.source)


def _so_far(view: _View) -> tuple[Reason, ...]:
    """Return how far the sittings at this dose have come; open mode needs one."""
    needed, source = _needed(view)
    if not view.sittings:
        return (Reason("no_sittings", needed, 0, source),)
    if view.stage.dose is None:
        return ()
    if view.last(needed, "passed"):
        return (Reason("highest_reached"),) if view.stage.order else ()
    passed = len([one for one in view.outcomes[-needed:] if one.kind == "passed"])
    return (Reason("passed_so_far", needed, passed, source), *view.outcomes[-1].reasons)


_RULES: tuple[Callable[[_View], Proposal | None], ...] = (
    _own_gates,
    _pain,
    _letting_go,
    _failing,
    _next_stage,
    _next_step,
    _wait,
)


# --- One step


def range_of(stage: Stage, parameter: Parameter) -> Range | None:
    """Return what a parameter of a stage may be; None where it has one value."""
    dose, times = stage.dose, stage.times_a_day
    if parameter == "times":
        return None if times is None else times.allowed
    if dose is None:
        return None
    ranges: dict[Parameter, Range | None] = {
        "hold": dose.hold_range_s,
        "rounds": dose.rounds.count_range,
        "force": dose.force_range,
        "tangent": dose.tangent_range,
    }
    return ranges[parameter]


def _step(allowed: Range | None, was: float | None, up: Literal[1, -1]) -> float | None:
    """Return the next value up or down on the range's own steps; None where there is none."""
    if allowed is None or was is None:
        return None
    number = round((was - allowed.lowest) / allowed.step) + up
    value = min(max(allowed.lowest + number * allowed.step, allowed.lowest), allowed.highest)
    return value if (value > was if up > 0 else value < was) else None


def _lighter(view: _View, *why: Reason) -> Proposal:
    """Return one step back on what was raised last, else the stage before, else the same."""
    start = in_force(view.stage, Prescribed())
    for parameter in reversed(view.stage.order):
        was, least = value_of(view.now, parameter), value_of(start, parameter)
        lower = _step(range_of(view.stage, parameter), was, -1)
        if lower is not None and least is not None and lower >= least:
            return StepBack(Change(parameter, was, lower), why)
    before = view.protocol.before(view.stage)
    if before is not None and not shut(view.protocol, before, view.chart):
        return StepBack(Change("stage", view.stage.id, before.id), why)
    return Hold((*why, Reason("lowest_reached")))
