"""What a therapist decides: accept a proposal, overrule it with a reason, release a hold.

An overrule may open gates of time and performance. It never passes a clearance, a red flag, a
pain stop, a held programme, the ranges of a stage, or the limits of today.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from levator.course import pain
from levator.course.chart import Chart, Decision, Prescribed
from levator.course.gates import may_be_overruled, shut
from levator.course.prescription import DoseRefused
from levator.course.progression import Advance, Change, StepBack, propose, range_of
from levator.course.protocol import Protocol, Stage
from levator.course.reasons import Reason, reasons_of
from levator.course.today import changed, dose_with, in_force, limits_today
from levator.training.limits import Limits


@dataclass(frozen=True, slots=True)
class Decided:
    """Where the course stands after a decision; `decision` is what the record keeps."""

    stage: str | None
    settings: Prescribed
    decision: Decision


@dataclass(frozen=True, slots=True)
class DecisionRefused:
    """Nothing changes, and every reason; `dose` has those of the settings with their ranges."""

    reasons: tuple[Reason, ...]
    dose: DoseRefused | None = None


def decide(
    protocol: Protocol, chart: Chart, decision: Decision, hard: Limits
) -> Decided | DecisionRefused:
    """Return what a decision of today comes to."""
    if wrong := _form(chart, decision):
        return DecisionRefused(wrong)
    match decision.kind:
        case "accept":
            return _accept(protocol, chart, decision)
        case "release":
            if not pain.is_held(protocol.pain, chart):
                return DecisionRefused((Reason("nothing_held"),))
            return Decided(chart.stage, chart.settings, decision)
        case "overrule":
            return _overrule(protocol, chart, decision, hard)


def after(chart: Chart, decided: Decided) -> Chart:
    """Return the chart with a decision in it."""
    return replace(
        chart,
        stage=decided.stage,
        settings=decided.settings,
        decisions=(*chart.decisions, decided.decision),
    )


def _form(chart: Chart, decision: Decision) -> tuple[Reason, ...]:
    found = []
    if not decision.by.strip():
        found.append(Reason("name_needed"))
    if decision.kind != "accept" and not decision.reason.strip():
        found.append(Reason("reason_needed"))
    if decision.day != chart.today:
        found.append(Reason("not_today", chart.today, decision.day))
    return tuple(found)


def _accept(protocol: Protocol, chart: Chart, decision: Decision) -> Decided | DecisionRefused:
    proposal = propose(protocol, chart)
    if not isinstance(proposal, (Advance, StepBack)):
        return DecisionRefused((Reason("nothing_proposed"), *proposal.reasons))
    stage, settings = _with(chart, proposal.change)
    return Decided(stage, settings, replace(decision, stage=stage, settings=settings, opens=()))


def _with(chart: Chart, change: Change) -> tuple[str | None, Prescribed]:
    match change.parameter:
        case "stage":
            return str(change.becomes), Prescribed()
        case "rest":
            return chart.stage, replace(chart.settings, rest_s=float(change.becomes))
        case parameter:
            return chart.stage, changed(chart.settings, parameter, float(change.becomes))


def _overrule(
    protocol: Protocol, chart: Chart, decision: Decision, hard: Limits
) -> Decided | DecisionRefused:
    known = {one.id: one for one in protocol.stages}
    stage = known.get(decision.stage or chart.stage or "")
    if stage is None:
        return DecisionRefused((Reason("unknown_stage", given=decision.stage or ""),))
    closed = shut(protocol, stage, chart)
    if kept := [one for one in closed if not may_be_overruled(one)]:
        return DecisionRefused(reasons_of(kept))
    is_here = stage.id == chart.stage
    settings = decision.settings or (chart.settings if is_here else Prescribed())
    if refused := _outside(protocol, stage, chart, settings, hard):
        return refused
    opens = tuple(one.code for one in closed)
    kept_as = replace(decision, stage=stage.id, settings=settings, opens=opens)
    return Decided(stage.id, settings, kept_as)


def _outside(
    protocol: Protocol, stage: Stage, chart: Chart, settings: Prescribed, hard: Limits
) -> DecisionRefused | None:
    """Return the settings outside the stage's ranges, and the limits of today they pass."""
    rules = () if stage.dose is None else (stage.dose.rounds.kind, stage.dose.rounds.seed_rounds)
    if settings.rounds_rule is not None and settings.rounds_rule not in rules:
        return DecisionRefused((Reason("other_rounds_rule", given=settings.rounds_rule),))
    wanted = in_force(stage, settings)
    made = dose_with(stage, chart, wanted, limits_today(protocol, stage, chart, hard))
    refused = made if isinstance(made, DoseRefused) else DoseRefused(())
    found = [Reason("outside_range", one.highest, one.asked) for one in refused.ranges]
    found += [Reason("over_limits", one.allowed, one.asked) for one in refused.breaches]
    found += _times_outside(stage, wanted)
    return DecisionRefused(tuple(found), refused) if found else None


def _times_outside(stage: Stage, wanted: Prescribed) -> tuple[Reason, ...]:
    """Return how often a day, where the stage does not allow it; open mode has no number."""
    often, times = wanted.times_a_day, stage.times_a_day
    if often is None or times is None:
        return ()
    allowed = range_of(stage, "times")
    lowest = times.times if allowed is None else allowed.lowest
    highest = times.times if allowed is None else allowed.highest
    return () if lowest <= often <= highest else (Reason("outside_range", highest, often),)
