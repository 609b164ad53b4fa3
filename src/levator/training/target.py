"""The curve that is asked for, and the last gate before it is shown.

House rule: only `announce` makes a `TargetSet` that asks for effort, and it checks the
limits itself, whatever was checked before.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
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

    def curve(self, sampling_frequency_hz: Hertz) -> Curve:
        """Return the target as a function of the sample index."""
        fs, force, pattern = sampling_frequency_hz, self.force_percent_mvc, self.pattern
        rising = force / pattern.rise_s if pattern.rise_s > 0.0 else 0.0
        falling = force / pattern.fall_s if pattern.fall_s > 0.0 else 0.0
        start, end = index_at(self.start_s, fs), index_at(self.effort_end_s, fs)
        return Curve(
            start,
            index_at(self.reach_s, fs),
            index_at(self.let_go_s, fs),
            end,
            force,
            (start / fs - self.start_s) * rising,
            rising / fs,
            (self.effort_end_s - end / fs) * falling,
            -falling / fs,
        )


@dataclass(frozen=True, slots=True)
class Curve:
    """The target at samples: indices of its corners, and straight lines between them.

    The rise is at_start + rise * (i - start), the fall at_end + fall * (i - end).
    """

    start: int
    reach: int
    let_go: int
    end: int
    force_percent_mvc: PercentMvc
    at_start: PercentMvc
    rise: PercentMvc
    at_end: PercentMvc
    fall: PercentMvc

    def levels(self, start: int, stop: int) -> list[PercentMvc]:
        """Target from index start up to stop, 0 outside rise, hold and fall."""
        if self.start <= start and stop <= self.reach:
            base, slope, zero = self.at_start, self.rise, self.start
            return [base + slope * i for i in range(start - zero, stop - zero)]
        if self.reach <= start and stop <= self.let_go:
            return [self.force_percent_mvc] * (stop - start)
        if self.let_go <= start and stop <= self.end:
            base, slope, zero = self.at_end, self.fall, self.end
            return [base + slope * i for i in range(start - zero, stop - zero)]
        if stop <= self.start or start >= self.end:
            return [0.0] * (stop - start)
        corners = (self.start, self.reach, self.let_go, self.end)
        cuts = [start, *(corner for corner in corners if start < corner < stop), stop]
        pieces = [self.levels(a, b) for a, b in pairwise(cuts)]
        return [level for piece in pieces for level in piece]


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
