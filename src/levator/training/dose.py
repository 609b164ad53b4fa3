"""What is asked for: mode, force, pattern, Tangent and how many rounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from levator.errors import CallerError
from levator.quantities import Percent, PercentMvc, Seconds
from levator.training.pattern import Pattern

Mode = Literal["open", "basic_strength", "endurance", "advanced"]
RoundsKind = Literal["number", "past_fatigue", "before_fatigue"]


@dataclass(frozen=True, slots=True)
class RoundsRule:
    """When a set ends.

    `number`: after `count` rounds. `past_fatigue`: one round after fatigue is established.
    `before_fatigue`: at the first warning, or at `last_known_fatigue_round` - 1.
    The two caps hold for every rule; reaching one ends the set as `round_limit`.
    """

    kind: RoundsKind
    max_rounds: int
    max_effort_s: Seconds
    count: int | None = None
    last_known_fatigue_round: int | None = None

    def __post_init__(self) -> None:
        """Refuse a number rule without its number and caps below one round."""
        if (self.kind == "number") != (self.count is not None):
            raise CallerError("Rounds are either a number, past_fatigue or before_fatigue.")
        if (self.count is not None and self.count < 1) or self.max_rounds < 1:
            raise CallerError("A set needs at least one round.")


@dataclass(frozen=True, slots=True)
class Dose:
    """One prescription for a set. Open mode has no force, pattern, Tangent or rounds."""

    mode: Mode
    force_percent_mvc: PercentMvc | None = None
    pattern: Pattern | None = None
    tangent_percent: Percent | None = None
    rounds: RoundsRule | None = None

    def __post_init__(self) -> None:
        """Refuse what does not belong to the mode."""
        parts = (self.force_percent_mvc, self.pattern, self.rounds)
        if self.mode == "open":
            if any(part is not None for part in (*parts, self.tangent_percent)):
                raise CallerError("Open mode has no target: leave out force, pattern and rounds.")
            return
        if any(part is None for part in parts):
            raise CallerError("Mode %(mode)s needs a force, a pattern and rounds.", mode=self.mode)
        if (self.tangent_percent is not None) != (self.mode == "advanced"):
            raise CallerError("A Tangent belongs to mode advanced, always and only.")
        if self.force_percent_mvc is not None and not 0 < self.force_percent_mvc:
            raise CallerError("The force must be above 0 %%.")
        if self.tangent_percent is not None and not 0 <= self.tangent_percent < 100:
            raise CallerError("The Tangent must be from 0 %% to below 100 %%.")

    @property
    def asked_pattern(self) -> Pattern | None:
        """The pattern as the target shows it, Tangent applied."""
        if self.pattern is None or self.tangent_percent is None:
            return self.pattern
        return self.pattern.with_tangent(self.tangent_percent)
