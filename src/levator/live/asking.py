"""What a screen may ask of its room, once its message has been read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite
from typing import Literal, TypeAlias

from levator.errors import CallerError
from levator.quantities import Percent, PercentMvc, Seconds
from levator.training.context import Role
from levator.training.dose import Dose
from levator.training.inputs import Mark
from levator.training.pattern import Pattern

AskedKind: TypeAlias = Literal[
    "calibrate",
    "start",
    "pause",
    "resume",
    "stop",
    "pain",
    "tired",
    "effort",
    "mark",
    "dose",
    "tare",
    "role",
    "code",
    "answer",
]


@dataclass(frozen=True, slots=True)
class AskedDose:
    """The numbers of a dose editor: force, the four phases, Tangent where the mode has one."""

    force_percent_mvc: PercentMvc
    rise_s: Seconds
    hold_s: Seconds
    fall_s: Seconds
    rest_s: Seconds
    tangent_percent: Percent | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One command of a screen. `drawn_index`: the newest sample that its page had drawn."""

    kind: AskedKind
    drawn_index: int | None = None
    effort: int | None = None
    mark: Mark | None = None
    dose: AskedDose | None = None
    channel: str | None = None
    role: Role | None = None
    number: str | None = None
    is_yes: bool = False


def dose_of(asked: AskedDose | None, known: Dose | None) -> Dose | None:
    """Return the known dose with the asked numbers; None where that makes no dose.

    Limits are not looked at here: that is the engine's gate.
    """
    if asked is None or known is None or known.pattern is None:
        return None
    numbers = (asked.force_percent_mvc, asked.rise_s, asked.hold_s, asked.fall_s, asked.rest_s)
    if not all(isfinite(number) for number in numbers):
        return None
    try:
        return replace(
            known,
            force_percent_mvc=asked.force_percent_mvc,
            pattern=Pattern(asked.rise_s, asked.hold_s, asked.fall_s, asked.rest_s),
            tangent_percent=asked.tangent_percent if known.mode == "advanced" else None,
        )
    except CallerError:
        return None
