"""The four numbers of a repetition: rise, hold, fall, rest.

Source: seed 000 gives patterns such as (40; 20; 40; 60) without a unit; they are read as
tenths of a second. A unit is always stated by whoever brings the numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum
from typing import Literal

from levator.errors import CallerError, UnitError
from levator.quantities import Percent, Seconds, number_of

PatternUnit = Literal["s", "0.1s"]
_NUMBERS = 4
#: A microsecond, which no sensor resolves, and a day: sums and slopes of these stay numbers.
_SHORTEST_S, _LONGEST_S = 1e-6, 86_400.0


@dataclass(frozen=True, slots=True)
class Pattern:
    """One cycle: seconds of rise, isometric hold, fall and rest."""

    rise_s: Seconds
    hold_s: Seconds
    fall_s: Seconds
    rest_s: Seconds

    def __post_init__(self) -> None:
        """Refuse phases that no clock measures and a cycle without effort or rest."""
        phases = (self.rise_s, self.hold_s, self.fall_s, self.rest_s)
        if not all(phase == 0 or _SHORTEST_S <= phase <= _LONGEST_S for phase in phases):
            raise CallerError(
                "A phase of a pattern must be zero seconds, or from %(shortest)s to %(longest)s s.",
                shortest=_SHORTEST_S,
                longest=_LONGEST_S,
            )
        if self.effort_s <= 0 or self.rest_s <= 0:
            raise CallerError("A pattern needs an effort and a rest longer than zero seconds.")

    @property
    def effort_s(self) -> Seconds:
        """Rise + hold + fall, seconds."""
        return fsum((self.rise_s, self.hold_s, self.fall_s))

    @property
    def cycle_s(self) -> Seconds:
        """Rise + hold + fall + rest, seconds."""
        return fsum((self.rise_s, self.hold_s, self.fall_s, self.rest_s))

    def with_tangent(self, tangent_percent: Percent) -> Pattern:
        """Shorten the rise to rise * (1 - T); the time won goes to the hold."""
        won_s = self.rise_s * tangent_percent / 100.0
        if self.rise_s - won_s < _SHORTEST_S:
            won_s = self.rise_s
        return Pattern(self.rise_s - won_s, self.hold_s + won_s, self.fall_s, self.rest_s)

    def with_longer_rest(self, extra_s: Seconds) -> Pattern:
        """Return the pattern with `extra_s` more rest."""
        return Pattern(self.rise_s, self.hold_s, self.fall_s, self.rest_s + extra_s)


def parse_pattern(text: str, unit: str | None) -> Pattern:
    """Read ``40;20;40;60`` in the stated unit (``s`` or ``0.1s``).

    Raises UnitError without a unit, CallerError for anything but four numbers.
    """
    if unit not in ("s", "0.1s"):
        raise UnitError("A pattern has no unit of its own; say whether it is in s or in 0.1s.")
    found = [number_of(part) for part in text.replace(",", ".").split(";")]
    numbers = [number for number in found if number is not None]
    if not len(found) == len(numbers) == _NUMBERS:
        raise CallerError("Pattern %(text)r must be four numbers: rise;hold;fall;rest.", text=text)
    # Dividing (not multiplying by 0.1) gives 4.0 for 40 and 0.3 for 3, as written in seconds.
    return Pattern(*(number / 10.0 if unit == "0.1s" else number for number in numbers))
