"""What the start page offers: sensors, stages with their doses, and why some are locked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from levator.clinic import POSTURES, Clinic
from levator.course.entry import Locked, StartFacts, entry
from levator.course.prescription import (
    DoseRefused,
    dose_for,
    limits_for,
    reference_kind_for,
    times_a_day_for,
)
from levator.course.protocol import Stage
from levator.devices.device import known_devices
from levator.errors import CallerError
from levator.live.asking import CUSHIONS, Cushion
from levator.texts import Speaker, mark
from levator.texts.answers import judged, lock_reason
from levator.texts.words import REFERENCES, dose
from levator.web.forms import Typed

_CUSHIONS: Mapping[str, str] = {
    "none": mark("No cushion"),
    "soft": mark("Soft cushion"),
    "firm": mark("Firm cushion"),
    "other": mark("Another cushion"),
}
_POSTURES = {"upright": mark("Upright"), "leaning_back": mark("Leaning back")}
FIRST_DEVICE = "simulator://?seed=7&emg=2000Hz&second=yes&respiration=25Hz"
_FIRST = {"device": FIRST_DEVICE, "cushion": "none", "posture": "upright"}


def start_values(clinic: Clinic, voice: Speaker, typed: Typed) -> dict[str, Any]:
    """Return what the start page shows for what is typed so far."""
    filled = Typed(_FIRST | {name: text for name, text in typed.fields.items() if text})
    try:
        facts, wrong = filled.facts(), ""
    except CallerError as error:
        facts, wrong = StartFacts(), voice.error(error)
    language = voice.language
    return {
        "typed": filled,
        "wrong_weeks": wrong,
        "devices": _devices(),
        "cushions": cushions(voice),
        "postures": [(code, voice.say(_POSTURES[code])) for code in POSTURES],
        "protocol_title": _in(clinic.protocol.title, language),
        "protocol_about": _in(clinic.protocol.about, language),
        "stages": [_stage(clinic, stage, facts, voice) for stage in clinic.protocol.stages],
    }


def cushions(voice: Speaker) -> list[tuple[Cushion, str]]:
    """Return every cushion with its name."""
    return [(code, voice.say(_CUSHIONS[code])) for code in CUSHIONS]


def seat_words(voice: Speaker, cushion: str, posture: str) -> str:
    """Return cushion and posture in words."""
    return f"{voice.say(_CUSHIONS[cushion])} · {voice.say(_POSTURES[posture])}"


def _in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language, texts["en"])


def _devices() -> list[tuple[str, str]]:
    found = [(example, name) for _, name, example in known_devices()]
    return [(FIRST_DEVICE, found[-1][1]), *found] if found else []


def _stage(clinic: Clinic, stage: Stage, facts: StartFacts, voice: Speaker) -> dict[str, str]:
    words = stage.words_in(voice.language)
    number = stage.id.rpartition("-")[2]
    answer = entry(stage, facts)
    shown = {
        "id": stage.id,
        "name": voice.say("Step %(number)s: %(title)s", number=number, title=words.title),
        "goal": words.goal,
        "dose": _dose(clinic, stage, facts, voice),
        "locked": "",
        "judged": "",
    }
    if isinstance(answer, Locked):
        shown["locked"] = " ".join(lock_reason(voice, one) for one in answer.reasons)
        return shown
    known = [judged(voice, one) for one in answer.judged]
    kind = REFERENCES[reference_kind_for(clinic.protocol, facts)]
    known.append(voice.say("100 %% is her %(kind)s.", kind=voice.say(kind)))
    shown["judged"] = " ".join(known)
    return shown


def _dose(clinic: Clinic, stage: Stage, facts: StartFacts, voice: Speaker) -> str:
    limits = limits_for(clinic.protocol, stage, facts, clinic.hard_limits)
    made = dose_for(stage, facts, limits)
    if isinstance(made, DoseRefused):
        return ""
    times = times_a_day_for(stage, facts)
    said = dose(voice, made)
    if times is None:
        return said
    return f"{said}; {voice.say_count('%(count)s time a day', '%(count)s times a day', times)}"
