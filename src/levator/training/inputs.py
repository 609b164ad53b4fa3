"""What `step` takes besides `Samples`: commands of people and ticks of the shell's clock.

Both are recorded. `at_index` is the index of the primary stream's next sample when the
input takes effect: everything before it has been seen, nothing from it on. An input that
lies ahead of the samples waits for them, so a replay may bring inputs before blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from levator.quantities import Seconds
from levator.signals.samples import Samples
from levator.training.dose import Dose
from levator.training.limits import Limits

CommandKind = Literal[
    "start",  # begin a set; the first rise comes after the lead-in, or at `first_rise_s`
    "pause",
    "resume",
    "stop",  # ends the session
    "pain",  # ends the session and says so
    "tired",  # "I am tired": establishes fatigue
    "effort",  # own rating in `effort`
    "mark",  # `mark`: cough, moved or cushion
    "dose",  # `dose` for the next round that has not been announced
    "limits",  # `limits` from now on
    "clearance_revoked",  # ends the session
    "signal_lost",  # the driver says that the sensor is gone
    "tare",  # take the resting tone again
]
Mark = Literal["cough", "moved", "cushion"]
By = Literal["patient", "therapist", "room"]
#: The scale of her own rating: 0 is no effort at all, this is all she has.
EFFORT_MOST = 10


@dataclass(frozen=True, slots=True)
class Command:
    """Something a person (or the room) asks of the session.

    drawn_index : the newest sample that her page had drawn when she asked; kept for the
        record, never read by the engine.
    """

    kind: CommandKind
    at_index: int
    by: By
    effort: int | None = None
    mark: Mark | None = None
    dose: Dose | None = None
    limits: Limits | None = None
    first_rise_s: Seconds | None = None
    reason: str | None = None
    drawn_index: int | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """The shell's monotonic clock; silence is decided from it, in the engine."""

    elapsed_s: Seconds
    at_index: int


Input: TypeAlias = Samples | Command | Tick
