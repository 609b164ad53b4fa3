"""The guided calibration as both screens show it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from levator.live.guidance import Guidance, Result
from levator.live.joining import ViewerRole
from levator.live.room import Room
from levator.live.sitting import known_reference
from levator.signals.phases import CalibrationFailed, Instruction, Phase
from levator.texts import Speaker, mark
from levator.texts.guiding import guided, guiding, measured_numbers

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
    "reference": mark("Measuring, 3 of 4: tighten and hold, attempt %(trial)s of %(trials)s"),
    "quick": mark("Measuring, 4 of 4: quick ones, %(trial)s of %(trials)s"),
}
_HER_PARTS = _PARTS | {
    "rest": mark("Measuring, 1 of 4: her rest"),
}


def is_reference_known(room: Room) -> bool:
    """Return whether it begins without a calibration: her levels are known already."""
    is_known = known_reference(room.sitting, room.trained[1]) is not None
    return is_known and not room.is_void


def calibration_of(
    guidance: Guidance | None, voice: Speaker, role: ViewerRole
) -> dict[str, Any] | None:
    """Return the step that is under way and what came of those before; None without one."""
    said = guiding if role == "patient" else guided
    if guidance is None or guidance.phase is None:
        return None
    return {
        "from_s": guidance.from_s,
        "until_s": guidance.until_s,
        "instruction": guidance.phase.instruction,
        "headline": voice.say(_WORDS[guidance.phase.instruction]),
        "step": _step(guidance, guidance.phase, voice, role),
        "results": [said(voice, one) or "" for one in guidance.results],
    }


def measured(guidance: Guidance | None, voice: Speaker) -> list[dict[str, Any]]:
    """Return what the therapist reads of every result: words, and numbers with their unit."""
    results = guidance.results if guidance is not None else []
    return [
        {
            "line": _result(one, guidance, voice),
            "is_well": not isinstance(one, CalibrationFailed),
        }
        for one in results
        if guidance is not None
    ]


def _step(guidance: Guidance, phase: Phase, voice: Speaker, role: ViewerRole) -> str:
    parts = _PARTS if role == "patient" else _HER_PARTS
    same = [one.trial for one in guidance.phases if one.part == phase.part]
    return voice.say(parts[phase.part], trial=phase.trial, trials=max(same))


def _result(result: Result, guidance: Guidance, voice: Speaker) -> str:
    clear = guidance.state.settings.polarity_clear_rest_sds * guidance.state.rest_sd
    numbers = measured_numbers(voice, result, guidance.unit, clear)
    return f"{guided(voice, result) or ''} {numbers}".rstrip()
