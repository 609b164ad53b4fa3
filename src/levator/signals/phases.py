"""What a guided calibration asks, step by step, and what it tells.

A fixed list of phases, each an instruction with a length. Heights are distances from rest in
the channel's physical unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from levator.quantities import Seconds
from levator.signals.reference import Reference
from levator.signals.settings import CalibrationSettings

Instruction = Literal["rest", "lift", "push", "hold_comfortably", "hold_hard", "quick", "let_go"]
CalibratedKind = Literal["mvc", "comfortable_max"]
Failure = Literal["restless", "lift_unclear", "lift_and_push_alike", "no_reference", "gap"]


@dataclass(frozen=True, slots=True)
class Phase:
    """One instruction; `trial` counts from 1 where an instruction is repeated."""

    instruction: Instruction
    lasts_s: Seconds
    part: Literal["rest", "polarity", "reference", "quick"]
    trial: int = 0


def phases_of(settings: CalibrationSettings, kind: CalibratedKind) -> tuple[Phase, ...]:
    """Return the whole course of a calibration."""
    s = settings
    hold: Instruction = "hold_hard" if kind == "mvc" else "hold_comfortably"
    out = [
        Phase("rest", s.rest_s, "rest"),
        Phase("lift", s.polarity_lift_s, "polarity", 1),
        Phase("let_go", s.polarity_between_s, "polarity", 1),
        Phase("push", s.polarity_push_s, "polarity", 2),
        Phase("let_go", s.polarity_between_s, "polarity", 2),
    ]
    for trial in range(1, s.reference_trials + 1):
        out.append(Phase(hold, s.reference_hold_s, "reference", trial))
        out.append(Phase("let_go", s.reference_rest_s, "reference", trial))
    for trial in range(1, s.quick_trials + 1):
        out.append(Phase("quick", s.quick_on_s, "quick", trial))
        out.append(Phase("let_go", s.quick_rest_s, "quick", trial))
    return tuple(out)


@dataclass(frozen=True, slots=True)
class PhaseStarted:
    """What is asked now, and until when (session time)."""

    at_s: Seconds
    phase: Phase
    until_s: Seconds


@dataclass(frozen=True, slots=True)
class RestMeasured:
    """Resting tone and its spread, physical unit."""

    at_s: Seconds
    rest: float
    rest_sd: float


@dataclass(frozen=True, slots=True)
class PolarityMeasured:
    """Which way a lift moves the signal, and how far lift and push went from rest."""

    at_s: Seconds
    falling: bool
    lift: float
    push: float


@dataclass(frozen=True, slots=True)
class TrialMeasured:
    """One reference contraction: mean of its plateau above rest, lifting counted positive."""

    at_s: Seconds
    trial: int
    height: float


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The end: a reference to train with."""

    at_s: Seconds
    reference: Reference


@dataclass(frozen=True, slots=True)
class CalibrationFailed:
    """It could not be told; the phases begin again at the part that failed.

    is_last : it failed as often as it may; the calibration ends without a reference.
    rest_sd : spread of the resting tone. calm_sd : that of her calmest seconds in a restless
        rest. lift, push, best : how far from rest each went, best
        is the best trial; None where it was not asked for. Physical unit.
    """

    at_s: Seconds
    failure: Failure
    is_last: bool = False
    rest_sd: float | None = None
    lift: float | None = None
    push: float | None = None
    best: float | None = None
    calm_sd: float | None = None


CalibrationEvent: TypeAlias = (
    PhaseStarted | RestMeasured | PolarityMeasured | TrialMeasured | Calibrated | CalibrationFailed
)
