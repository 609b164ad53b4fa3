"""The bounds that no target may pass, and the refusals that name them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from levator.quantities import PercentMvc, Seconds
from levator.training.dose import Dose
from levator.training.pattern import Pattern

LimitCode = Literal["force", "hold", "cycle", "rounds", "effort", "strength_not_cleared"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds of a target; `label` says which rule brought them ("week 2 after birth")."""

    force_percent_mvc: PercentMvc
    hold_s: Seconds
    cycle_s: Seconds
    max_rounds: int
    max_effort_s: Seconds
    label: str


@dataclass(frozen=True, slots=True)
class Breach:
    """One limit that a dose passes: which, what was asked, what is allowed."""

    limit: LimitCode
    asked: float
    allowed: float


def breaches(dose: Dose, limits: Limits) -> tuple[Breach, ...]:
    """Return every limit that the dose passes; empty for a dose within limits."""
    pattern = dose.asked_pattern
    if pattern is None or dose.force_percent_mvc is None or dose.rounds is None:
        return ()
    rounds = dose.rounds
    return _over("force", dose.force_percent_mvc, limits.force_percent_mvc) + breaches_of(
        pattern, rounds.max_rounds, rounds.max_effort_s, limits
    )


def breaches_of(
    pattern: Pattern, rounds: int, effort_s: Seconds, limits: Limits
) -> tuple[Breach, ...]:
    """Return every limit that so many rounds of a pattern pass, with so much effort in all."""
    return (
        *_over("hold", pattern.hold_s, limits.hold_s),
        *_over("cycle", pattern.cycle_s, limits.cycle_s),
        *_over("rounds", rounds, limits.max_rounds),
        *_over("effort", effort_s, limits.max_effort_s),
    )


def _over(limit: LimitCode, asked: float, allowed: float) -> tuple[Breach, ...]:
    return (Breach(limit, asked, allowed),) if asked > allowed else ()


def is_lower(one: Limits, other: Limits) -> bool:
    """Return whether some bound of one is lower than that of another."""
    bounds = strictest(one, other)
    return replace(bounds, label=other.label) != other


def strictest(first: Limits, second: Limits) -> Limits:
    """Return the lower of each bound; the label names both sources."""
    return Limits(
        min(first.force_percent_mvc, second.force_percent_mvc),
        min(first.hold_s, second.hold_s),
        min(first.cycle_s, second.cycle_s),
        min(first.max_rounds, second.max_rounds),
        min(first.max_effort_s, second.max_effort_s),
        f"{first.label}; {second.label}",
    )
