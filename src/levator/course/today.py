"""What today brings: may she start, within which limits, with which dose and reference.

A dose that was prescribed and is over today's limits is lowered, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from levator.course import clearance
from levator.course.chart import Chart, Prescribed
from levator.course.daily import daily_gate
from levator.course.gates import Gate, course_gate, shut
from levator.course.prescription import (
    DoseRefused,
    active_caps,
    dose_for,
    limits_for,
    reference_kind_for,
)
from levator.course.protocol import Parameter, Protocol, Stage
from levator.course.red_flags import asked_gate
from levator.training.dose import Dose
from levator.training.limits import Limits


@dataclass(frozen=True, slots=True)
class Lowered:
    """A setting that is less today than prescribed, and the cap that makes it so."""

    setting: Literal["force", "hold"]
    asked: float
    given: float
    cap: str


@dataclass(frozen=True, slots=True)
class TodaysDose:
    """The dose of today and what was lowered in it."""

    dose: Dose
    lowered: tuple[Lowered, ...]


@dataclass(frozen=True, slots=True)
class Permitted:
    """What her chart allows today of one stage.

    shut : the gates that are; none where it may be trained. is_here : whether her course stands
    at this stage; in open mode nothing is asked of her, so that any is. dose : what is asked,
    within `limits`, and against which `reference`.
    """

    shut: tuple[Gate, ...]
    is_here: bool
    limits: Limits
    dose: TodaysDose | DoseRefused
    reference: Literal["mvc", "comfortable_max"]

    @property
    def may_train(self) -> bool:
        """Whether anything may be asked of her at all."""
        return not self.shut and self.is_here and isinstance(self.dose, TodaysDose)


def allowed_today(protocol: Protocol, stage: Stage, chart: Chart, hard: Limits) -> Permitted:
    """Return what her chart allows today: the one question, asked again whenever it may differ."""
    return Permitted(
        shut=shut_today(protocol, stage, chart),
        is_here=stage.dose is None or stage.id == chart.stage,
        limits=limits_today(protocol, stage, chart, hard),
        dose=dose_today(protocol, stage, chart, hard),
        reference=reference_today(protocol, chart),
    )


def shut_today(protocol: Protocol, stage: Stage, chart: Chart) -> tuple[Gate, ...]:
    """Return every gate that keeps a sitting of this stage from starting now.

    After the end of a course that is all there is to say.
    """
    goes_on = course_gate(chart)
    if not goes_on.is_open:
        return (goes_on,)
    for_a_start = daily_gate(stage, chart), asked_gate(protocol.red_flags, chart)
    closed = tuple(one for one in for_a_start if not one.is_open)
    return shut(protocol, stage, chart) + closed


def reference_today(protocol: Protocol, chart: Chart) -> Literal["mvc", "comfortable_max"]:
    """Return which reference contraction may be asked today."""
    return reference_kind_for(protocol, clearance.facts_of(chart))


def limits_today(protocol: Protocol, stage: Stage, chart: Chart, hard: Limits) -> Limits:
    """Return the bounds of today; they hold whoever decides what."""
    return limits_for(protocol, stage, clearance.facts_of(chart, stage.id), hard)


def in_force(stage: Stage, settings: Prescribed) -> Prescribed:
    """Return the settings with the stage's start where nothing is prescribed."""
    dose, times = stage.dose, stage.times_a_day
    often = settings.times_a_day or (None if times is None else times.times)
    if dose is None:
        return Prescribed(times_a_day=often)
    return Prescribed(
        _or(settings.force_percent_mvc, dose.force_percent_mvc),
        _or(settings.hold_s, dose.start_hold_s),
        _or(settings.rest_s, dose.pattern.rest_s),
        _or(settings.tangent_percent, dose.start_tangent_percent),
        settings.rounds or dose.rounds.count,
        often,
        settings.rounds_rule,
    )


def _or(prescribed: float | None, start: float | None) -> float | None:
    return start if prescribed is None else prescribed


def value_of(settings: Prescribed, parameter: Parameter) -> float | None:
    """Return one setting by its name."""
    values: dict[Parameter, float | None] = {
        "hold": settings.hold_s,
        "rounds": settings.rounds,
        "force": settings.force_percent_mvc,
        "tangent": settings.tangent_percent,
        "times": settings.times_a_day,
    }
    return values[parameter]


def changed(settings: Prescribed, parameter: Parameter, value: float) -> Prescribed:
    """Return the settings with one of them changed."""
    match parameter:
        case "hold":
            return replace(settings, hold_s=value)
        case "rounds":
            return replace(settings, rounds=int(value))
        case "force":
            return replace(settings, force_percent_mvc=value)
        case "tangent":
            return replace(settings, tangent_percent=value)
        case "times":
            return replace(settings, times_a_day=int(value))


def cap_of(
    protocol: Protocol, stage: Stage, chart: Chart, setting: Literal["force", "hold"]
) -> tuple[float, str] | None:
    """Return the lowest cap on a setting that holds today, and its name."""
    found = []
    for cap in active_caps(protocol, stage, clearance.facts_of(chart, stage.id)):
        bound = cap.force_percent_mvc if setting == "force" else cap.hold_s
        if bound is not None:
            found.append((bound, cap.name))
    return min(found, default=None)


def dose_today(
    protocol: Protocol, stage: Stage, chart: Chart, hard: Limits
) -> TodaysDose | DoseRefused:
    """Return today's dose of a stage: what is prescribed, lowered to the caps of today.

    A prescription outside the stage's ranges, or over the limits otherwise, is refused.
    """
    is_here = stage.id == chart.stage
    settings = in_force(stage, chart.settings if is_here else Prescribed())
    lowered = []
    for setting in ("force", "hold"):
        asked, cap = value_of(settings, setting), cap_of(protocol, stage, chart, setting)
        if asked is not None and cap is not None and asked > cap[0]:
            lowered.append(Lowered(setting, asked, *cap))
            settings = changed(settings, setting, cap[0])
    limits = limits_today(protocol, stage, chart, hard)
    made = dose_with(stage, chart, settings, limits)
    return made if isinstance(made, DoseRefused) else TodaysDose(made, tuple(lowered))


def dose_with(
    stage: Stage, chart: Chart, settings: Prescribed, limits: Limits
) -> Dose | DoseRefused:
    """Return the dose that settings make, or why there is none."""
    return dose_for(
        stage,
        clearance.facts_of(chart, stage.id),
        limits,
        force_percent_mvc=settings.force_percent_mvc,
        hold_s=settings.hold_s,
        rest_s=settings.rest_s,
        tangent_percent=settings.tangent_percent,
        rounds=settings.rounds_rule,
        count=settings.rounds,
        last_known_fatigue_round=_last_fatigue(stage, chart),
    )


def _last_fatigue(stage: Stage, chart: Chart) -> int | None:
    known = [one.fatigue_round for one in chart.in_stage(stage.id) if one.fatigue_round is not None]
    return known[-1] if known else None
