"""The reference contraction: what 0 and 100 %MVC are, and for which seat it holds."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Literal

from levator.errors import CallerError
from levator.quantities import PERCENT_MVC, PercentMvcPerSecond, Seconds

#: `declared`: given by hand for a file, or by a file that is in %MVC above rest already.
ReferenceKind = Literal["mvc", "comfortable_max", "declared"]


@dataclass(frozen=True, slots=True)
class ReferenceContext:
    """The seat a reference was taken on; another device, cushion or posture voids it."""

    device: str
    cushion: str
    posture: str
    taken_at: str  # ISO 8601 with offset


@dataclass(frozen=True, slots=True)
class Reference:
    """Resting tone and reference contraction of one channel, in its physical unit.

    `reference` below `rest` means falling polarity: contracting lowers the signal.
    `rest_sd` in the same unit; the best rates in %MVC/s, None until measured.
    """

    kind: ReferenceKind
    rest: float
    reference: float
    unit: str
    rest_sd: float | None = None
    best_rise_rate_percent_mvc_per_s: PercentMvcPerSecond | None = None
    best_release_rate_percent_mvc_per_s: PercentMvcPerSecond | None = None
    context: ReferenceContext | None = None

    def __post_init__(self) -> None:
        """Refuse a reference that equals rest, or is so near or so far that it gives no scale."""
        apart = self.reference - self.rest
        if not (isfinite(apart) and apart and isfinite(100.0 / apart)):
            raise CallerError("Rest and reference must be two different numbers.")

    @property
    def is_falling(self) -> bool:
        """Whether contracting lowers the signal."""
        return self.reference < self.rest


def already_percent_mvc() -> Reference:
    """Return the reference of a channel that arrives in %MVC above rest."""
    return Reference("declared", 0.0, 100.0, PERCENT_MVC)


def is_valid(
    reference: Reference, context: ReferenceContext, age_s: Seconds, valid_days: int
) -> bool:
    """Return whether the reference holds for this seat now.

    `declared` is exempt: it was given by hand, for a file.
    """
    if reference.kind == "declared":
        return True
    taken = reference.context
    if taken is None or age_s < 0 or age_s > valid_days * 86_400:
        return False
    return (taken.device, taken.cushion, taken.posture) == (
        context.device,
        context.cushion,
        context.posture,
    )
