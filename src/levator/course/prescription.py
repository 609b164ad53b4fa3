"""From a stage and what is known today to the dose, its limits and its reference.

A dose outside the stage's ranges is refused as data; the limits then go with the session
and are checked again at the last gate.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import Literal

from levator.course.facts import StartFacts
from levator.course.protocol import Cap, Protocol, Range, RoundsPlan, Stage, StageDose
from levator.quantities import Percent, PercentMvc, Seconds
from levator.training.dose import Dose, RoundsKind, RoundsRule
from levator.training.limits import Breach, Limits, breaches, strictest
from levator.training.pattern import Pattern

Setting = Literal["force", "hold", "rest", "tangent", "rise", "fall", "rounds"]


@dataclass(frozen=True, slots=True)
class OutOfRange:
    """One setting outside what the stage allows."""

    setting: Setting
    asked: float
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True)
class DoseRefused:
    """No dose, and every reason: settings outside their range, limits that are passed."""

    ranges: tuple[OutOfRange, ...]
    breaches: tuple[Breach, ...] = ()


def reference_kind_for(protocol: Protocol, facts: StartFacts) -> Literal["mvc", "comfortable_max"]:
    """Return which reference contraction may be asked of her today.

    A true maximum needs: a known week, no pain (unknown is not none), and in pregnancy no
    complication without clearance; after birth the protocol's week and a clearance.
    """
    is_easy = facts.complications is False or facts.is_cleared
    if facts.pain_now is not False or not is_easy:
        return "comfortable_max"
    rule = protocol.reference
    if facts.weeks_since_birth is not None:
        is_allowed = facts.is_cleared and facts.weeks_since_birth >= rule.mvc_from_week_after_birth
    else:
        is_allowed = facts.weeks_pregnant is not None and rule.mvc_in_pregnancy
    return "mvc" if is_allowed else "comfortable_max"


def active_caps(protocol: Protocol, stage: Stage, facts: StartFacts) -> tuple[Cap, ...]:
    """Return the bounds of protocol and stage that hold today; they are about the birth."""
    if stage.window.phase != "after_birth":
        return ()
    return tuple(cap for cap in (*protocol.caps, *stage.caps) if _is_active(cap, facts))


def _is_active(cap: Cap, facts: StartFacts) -> bool:
    """Return whether a cap holds: an unknown week counts as early, unknown pain as pain."""
    until, week = cap.until_week_after_birth, facts.weeks_since_birth
    is_early = until is not None and (week is None or week < until)
    return is_early or (cap.while_pain and facts.pain_now is not False)


def limits_for(protocol: Protocol, stage: Stage, facts: StartFacts, hard: Limits) -> Limits:
    """Return the bounds for today: hard limits, the stage's own maxima, and active caps.

    The label lists the rules as ids, for `levator.texts` to speak. The stage's longest
    hold includes what the highest Tangent adds to it. A stage in open mode asks for
    nothing: its force limit is 0 %, so a target needs another stage, with its own entry.
    """
    if stage.dose is None:
        return replace(hard, force_percent_mvc=0.0, label=stage.id)
    limits = strictest(hard, _stage_limits(stage, stage.dose, hard))
    for cap in active_caps(protocol, stage, facts):
        limits = strictest(limits, _cap_limits(cap, hard))
    return limits


def _stage_limits(stage: Stage, dose: StageDose, hard: Limits) -> Limits:
    tangent = _highest(dose.tangent_range, dose.tangent_percent or 0.0)
    won_s = dose.pattern.rise_s * tangent / 100.0
    return Limits(
        force_percent_mvc=_highest(dose.force_range, dose.force_percent_mvc),
        hold_s=_highest(dose.hold_range_s, dose.pattern.hold_s) + won_s,
        cycle_s=hard.cycle_s,
        max_rounds=dose.rounds.max_rounds,
        max_effort_s=dose.rounds.max_effort_s,
        label=stage.id,
    )


def _cap_limits(cap: Cap, hard: Limits) -> Limits:
    return Limits(
        hard.force_percent_mvc if cap.force_percent_mvc is None else cap.force_percent_mvc,
        hard.hold_s if cap.hold_s is None else cap.hold_s,
        hard.cycle_s,
        hard.max_rounds,
        hard.max_effort_s,
        cap.name,
    )


def _highest(allowed: Range | None, written: float) -> float:
    return written if allowed is None else allowed.highest


def _lowest(allowed: Range | None, written: float) -> float:
    return written if allowed is None else allowed.lowest


def rounds_kind_for(plan: RoundsPlan, facts: StartFacts) -> RoundsKind:
    """Return the rounds rule for today: the source's own only where it is known to fit."""
    from_week = plan.seed_rounds_from_week_after_birth
    if from_week is None or facts.weeks_since_birth is None:
        return plan.kind
    fits = facts.weeks_since_birth >= from_week and facts.pain_now is False
    return plan.seed_rounds if fits else plan.kind


def times_a_day_for(stage: Stage, facts: StartFacts) -> int | None:
    """Return how often a day; None where the protocol does not say (open mode)."""
    times = stage.times_a_day
    if times is None:
        return None
    until, week = times.early_until_week_after_birth, facts.weeks_since_birth
    if times.early_times is None or until is None or (week is not None and week >= until):
        return times.times
    return times.early_times


def written_dose(stage: Stage, facts: StartFacts = StartFacts()) -> Dose:  # noqa: B008, frozen
    """Return the dose as the source writes it, at the low end of a force range."""
    if stage.dose is None:
        return Dose("open")
    dose = stage.dose
    pattern, count = dose.pattern, dose.rounds.count
    asked = _Asked(
        dose.force_percent_mvc, pattern.hold_s, pattern.rest_s, dose.tangent_percent, count
    )
    return _dose(dose, pattern, asked, facts, None)


def dose_for(
    stage: Stage,
    facts: StartFacts,
    limits: Limits,
    *,
    force_percent_mvc: PercentMvc | None = None,
    hold_s: Seconds | None = None,
    rest_s: Seconds | None = None,
    tangent_percent: Percent | None = None,
    rounds: RoundsKind | None = None,
    count: int | None = None,
    last_known_fatigue_round: int | None = None,
) -> Dose | DoseRefused:
    """Return today's dose: where the stage starts, changed by what is given here.

    `limits` come from `limits_for`, `count` belongs to a `number` of rounds. A value outside
    the stage's range, or a dose over the limits, is refused with the numbers.
    """
    if stage.dose is None:
        return Dose("open")
    dose = stage.dose
    asked = _Asked(
        dose.force_percent_mvc if force_percent_mvc is None else force_percent_mvc,
        dose.start_hold_s if hold_s is None else hold_s,
        dose.pattern.rest_s if rest_s is None else rest_s,
        dose.start_tangent_percent if tangent_percent is None else tangent_percent,
        dose.rounds.count if count is None else count,
    )
    if outside := _outside(dose, asked):
        return DoseRefused(outside)
    pattern = Pattern(dose.pattern.rise_s, asked.hold_s, dose.pattern.fall_s, asked.rest_s)
    made = _dose(dose, pattern, asked, facts, rounds, last_known_fatigue_round)
    over = breaches(made, limits)
    return DoseRefused((), over) if over else made


@dataclass(frozen=True, slots=True)
class Allowed:
    """What one setting of a dose may be; during a sitting `highest` may be endless."""

    setting: Setting
    lowest: float
    highest: float


def allowed_in(stage: Stage, limits: Limits) -> tuple[Allowed, ...]:
    """Return what the settings of a stage may be within today's limits; none in open mode.

    Settings hang together: a Tangent adds to the hold, and a round has a longest length.
    The last word is with `outside_stage` and the limits.
    """
    written = stage.dose
    if written is None:
        return ()
    rows: tuple[tuple[Setting, Range | None, float | None, float], ...] = (
        ("force", written.force_range, written.force_percent_mvc, limits.force_percent_mvc),
        ("hold", written.hold_range_s, written.pattern.hold_s, limits.hold_s),
        ("tangent", written.tangent_range, written.tangent_percent, inf),
    )
    ranges = [
        Allowed(setting, _lowest(allowed, value), min(_highest(allowed, value), highest))
        for setting, allowed, value, highest in rows
        if value is not None
    ]
    longer: tuple[tuple[Setting, Seconds], ...] = (
        ("rise", written.pattern.rise_s),
        ("fall", written.pattern.fall_s),
        ("rest", _lowest(written.rest_range_s, written.pattern.rest_s)),
    )
    return (*ranges, *(Allowed(setting, lowest_s, inf) for setting, lowest_s in longer))


def prescribable(stage: Stage, limits: Limits) -> tuple[Allowed, ...]:
    """Return what the settings of a stage may be prescribed as, within today's limits; none in
    open mode, and none of what the stage has not.

    It is what `dose_for` checks: other than during a sitting, a rest has a longest length too.
    """
    dose = stage.dose
    if dose is None:
        return ()
    most: dict[Setting, float] = {"force": limits.force_percent_mvc, "hold": limits.hold_s}
    return tuple(
        replace(one, highest=min(one.highest, most.get(one.setting, inf)))
        for one in _ranges(dose)
        if one.highest > 0
    )


def outside_stage(stage: Stage, dose: Dose) -> tuple[OutOfRange, ...]:
    """Return every setting of a dose made during a sitting that the stage does not allow.

    Rest may be longer than the stage's, rise and fall slower, none of them shorter; how
    long a round may be at most is in the limits.
    """
    written, pattern = stage.dose, dose.pattern
    if written is None or pattern is None or dose.force_percent_mvc is None:
        return ()
    longest_rest_s = _highest(written.rest_range_s, written.pattern.rest_s)
    asked = _Asked(
        dose.force_percent_mvc,
        pattern.hold_s,
        min(pattern.rest_s, longest_rest_s),
        dose.tangent_percent,
        written.rounds.count,
    )
    pairs: tuple[tuple[Setting, Seconds, Seconds], ...] = (
        ("rise", pattern.rise_s, written.pattern.rise_s),
        ("fall", pattern.fall_s, written.pattern.fall_s),
    )
    quicker = tuple(OutOfRange(one, is_s, low_s, inf) for one, is_s, low_s in pairs if is_s < low_s)
    return (*_outside(written, asked), *quicker)


@dataclass(frozen=True, slots=True)
class _Asked:
    force: PercentMvc
    hold_s: Seconds
    rest_s: Seconds
    tangent: Percent | None
    count: int | None


def _outside(dose: StageDose, asked: _Asked) -> tuple[OutOfRange, ...]:
    values: dict[Setting, float | None] = {
        "force": asked.force,
        "hold": asked.hold_s,
        "rest": asked.rest_s,
        "tangent": asked.tangent,
        "rounds": asked.count,
    }
    rows = ((values[one.setting], one) for one in _ranges(dose))
    return tuple(
        OutOfRange(one.setting, value, one.lowest, one.highest)
        for value, one in rows
        if value is not None and not one.lowest <= value <= one.highest
    )


def _ranges(dose: StageDose) -> tuple[Allowed, ...]:
    """Return what each setting of a prescribed dose may be in a stage, today's limits apart."""
    rows: tuple[tuple[Setting, Range | None, float | None], ...] = (
        ("force", dose.force_range, dose.force_percent_mvc),
        ("hold", dose.hold_range_s, dose.pattern.hold_s),
        ("rest", dose.rest_range_s, dose.pattern.rest_s),
        ("tangent", dose.tangent_range, dose.tangent_percent),
        ("rounds", dose.rounds.count_range, dose.rounds.count),
    )
    return tuple(
        Allowed(setting, _lowest(allowed, written or 0.0), _highest(allowed, written or 0.0))
        for setting, allowed, written in rows
    )


def _dose(
    dose: StageDose,
    pattern: Pattern,
    asked: _Asked,
    facts: StartFacts,
    rounds: RoundsKind | None,
    last_known_fatigue_round: int | None = None,
) -> Dose:
    plan = dose.rounds
    kind = rounds or rounds_kind_for(plan, facts)
    rule = RoundsRule(
        kind,
        plan.max_rounds,
        plan.max_effort_s,
        count=asked.count if kind == "number" else None,
        last_known_fatigue_round=last_known_fatigue_round if kind == "before_fatigue" else None,
    )
    return Dose(dose.mode, asked.force, pattern, asked.tangent, rule)
