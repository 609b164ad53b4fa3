"""The curve that is asked for, and the last gate before it is shown.

House rule: only `announce` makes a `TargetSet` that asks for effort, and it checks the
limits itself, whatever was checked before.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum

from levator.errors import LimitError
from levator.quantities import Hertz, PercentMvc, Seconds
from levator.signals.tape import index_at
from levator.training.dose import Dose
from levator.training.events import TargetSet
from levator.training.limits import Breach, Limits, breaches
from levator.training.pattern import Pattern


@dataclass(frozen=True, slots=True)
class Plan:
    """One round as it is asked: when it starts, its pattern (Tangent and longer rest applied)."""

    round: int
    start_s: Seconds
    pattern: Pattern
    force_percent_mvc: PercentMvc
    dose: Dose

    @property
    def reach_s(self) -> Seconds:
        """End of the rise."""
        return self.start_s + self.pattern.rise_s

    @property
    def let_go_s(self) -> Seconds:
        """End of the hold."""
        return fsum((self.start_s, self.pattern.rise_s, self.pattern.hold_s))

    @property
    def effort_end_s(self) -> Seconds:
        """End of the fall."""
        return self.start_s + self.pattern.effort_s

    @property
    def end_s(self) -> Seconds:
        """End of the rest: the next round may start."""
        return self.start_s + self.pattern.cycle_s

    def breakpoints(self) -> tuple[tuple[Seconds, PercentMvc], ...]:
        """((time s, %MVC), ...) of rise, hold, fall and rest."""
        force = self.force_percent_mvc
        return (
            (self.start_s, 0.0),
            (self.reach_s, force),
            (self.let_go_s, force),
            (self.effort_end_s, 0.0),
            (self.end_s, 0.0),
        )

    def levels(self, start: int, stop: int, sampling_frequency_hz: Hertz) -> list[PercentMvc]:
        """Target at the samples from index start up to stop, 0 outside rise, hold and fall."""
        fs, force = sampling_frequency_hz, self.force_percent_mvc
        rise, fall = self.pattern.rise_s, self.pattern.fall_s
        edges = [
            max(start, min(stop, index_at(edge, fs)))
            for edge in (self.start_s, self.reach_s, self.let_go_s, self.effort_end_s)
        ]
        begin, end = self.start_s, self.effort_end_s
        return (
            [0.0] * (edges[0] - start)
            + [force * (i / fs - begin) / rise for i in range(edges[0], edges[1])]
            + [force] * (edges[2] - edges[1])
            + [force * (end - i / fs) / fall for i in range(edges[2], edges[3])]
            + [0.0] * (stop - edges[3])
        )


def plan_of(dose: Dose, round_number: int, start_s: Seconds, rest_extra_s: Seconds) -> Plan:
    """Return the round that a dose asks for."""
    pattern, force = dose.asked_pattern, dose.force_percent_mvc
    if pattern is None or force is None:
        raise LimitError("Open mode has no rounds.")
    return Plan(round_number, start_s, pattern.with_longer_rest(rest_extra_s), force, dose)


def announce(
    plans: tuple[Plan, ...],
    limits: Limits,
    band_percent_mvc: PercentMvc,
    at_s: Seconds,
    revision: int,
    set_number: int,
) -> TargetSet | tuple[Breach, ...]:
    """Return the target of a round (and the preview of the next), or the limits it passes.

    Effort is asked only until the first plan's end; the preview waits for a target of its
    own, so a page that loses its connection falls back to rest.
    """
    for plan in plans:
        over = breaches(plan.dose, limits) + _plan_breaches(plan, limits)
        if over:
            return over
    first = plans[0]
    points = first.breakpoints()
    for plan in plans[1:]:
        points += plan.breakpoints()[1:]
    return TargetSet(
        at_s,
        revision,
        set_number,
        first.round,
        points,
        first.end_s,
        band_percent_mvc,
        first.dose,
        limits.label,
    )


def _plan_breaches(plan: Plan, limits: Limits) -> tuple[Breach, ...]:
    """Check the curve itself: a lengthened rest counts for the cycle."""
    out = []
    if plan.force_percent_mvc > limits.force_percent_mvc:
        out.append(Breach("force", plan.force_percent_mvc, limits.force_percent_mvc))
    if plan.pattern.hold_s > limits.hold_s:
        out.append(Breach("hold", plan.pattern.hold_s, limits.hold_s))
    if plan.pattern.cycle_s > limits.cycle_s:
        out.append(Breach("cycle", plan.pattern.cycle_s, limits.cycle_s))
    return tuple(out)


def rest(
    at_s: Seconds, revision: int, set_number: int, band_percent_mvc: PercentMvc, limits: Limits
) -> TargetSet:
    """Return the target that asks for nothing."""
    return TargetSet(
        at_s, revision, set_number, None, (), at_s, band_percent_mvc, None, limits.label
    )
