"""The guided calibration as both screens show it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from levator.live.guidance import Guidance, Result
from levator.live.joining import ViewerRole
from levator.signals.calibration import (
    Calibrated,
    CalibrationFailed,
    Instruction,
    Phase,
    PolarityMeasured,
    RestMeasured,
    TrialMeasured,
)
from levator.texts import Speaker, mark
from levator.texts.guiding import guiding

_WORDS: Mapping[Instruction, str] = {
    "rest": mark("Rest"),
    "lift": mark("Lift"),
    "push": mark("Push gently"),
    "hold_comfortably": mark("Tighten"),
    "hold_hard": mark("Tighten hard"),
    "quick": mark("Quick"),
    "let_go": mark("Let go"),
}
_PARTS = {
    "rest": mark("Measuring, 1 of 4: your rest"),
    "polarity": mark("Measuring, 2 of 4: lift and push"),
    "reference": mark("Measuring, 3 of 4: your own maximum, attempt %(trial)s of %(trials)s"),
    "quick": mark("Measuring, 4 of 4: quick ones, %(trial)s of %(trials)s"),
}


def calibration_of(
    guidance: Guidance | None, voice: Speaker, role: ViewerRole
) -> dict[str, Any] | None:
    """Return the step that is under way and what came of those before; None without one."""
    if guidance is None or guidance.phase is None:
        return None
    return {
        "from_s": guidance.from_s,
        "until_s": guidance.until_s,
        "instruction": guidance.phase.instruction,
        "headline": voice.say(_WORDS[guidance.phase.instruction]),
        "step": _step(guidance, guidance.phase, voice),
        "results": [_result(one, guidance, voice, role) for one in guidance.results],
    }


def _step(guidance: Guidance, phase: Phase, voice: Speaker) -> str:
    same = [one.trial for one in guidance.phases if one.part == phase.part]
    return voice.say(_PARTS[phase.part], trial=phase.trial, trials=max(same))


def _result(result: Result, guidance: Guidance, voice: Speaker, role: ViewerRole) -> str:
    """Words for both; the therapist also gets the numbers, in the seat's own unit."""
    words = guiding(voice, result) or ""
    numbers = "" if role == "patient" else _numbers(result, guidance.unit, voice)
    return f"{words} {numbers}".rstrip()


def _numbers(result: Result, unit: str, voice: Speaker) -> str:
    def number(value: float) -> str:
        return f"{voice.number(value, 2)} {unit}"

    match result:
        case RestMeasured():
            return f"({number(result.rest)} ± {number(result.rest_sd)})"
        case PolarityMeasured():
            return f"({number(result.lift)} / {number(result.push)})"
        case TrialMeasured():
            return f"({number(result.height)})"
        case Calibrated():
            return f"({number(result.reference.rest)} / {number(result.reference.reference)})"
        case CalibrationFailed():
            return ""
