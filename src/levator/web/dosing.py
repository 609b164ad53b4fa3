"""The dose editor: the numbers asked, what each may be, and why one was not taken.

What is allowed is settled in `course.prescription` and at the engine's last gate; this puts
it beside the fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from levator.course.prescription import Setting, allowed_in
from levator.live.room import Room
from levator.texts import Speaker
from levator.texts.answers import allowed, breach, limit_rules, out_of_range, tangent_sum
from levator.texts.reasons import for_therapist
from levator.texts.words import dose_numbers, limits
from levator.training.dose import Dose
from levator.training.events import CommandRefused
from levator.training.limits import Breach, LimitCode
from levator.web.troubles import refusal_words

#: Setting or limit -> the field of the editor that it is about.
_FIELDS: Mapping[Setting | LimitCode, str] = {
    "force": "force_percent_mvc",
    "rise": "rise_s",
    "hold": "hold_s",
    "fall": "fall_s",
    "rest": "rest_s",
    "tangent": "tangent_percent",
}


def dose_editor(room: Room, voice: Speaker) -> dict[str, Any] | None:
    """Return fields, hints, limits and refusals of the editor; None where nothing is dosed."""
    asked = room.facts.dose_to_come
    if asked is None or asked.pattern is None or asked.force_percent_mvc is None:
        return None
    refusals = _refusals(room, voice)
    refused = room.dosing.numbers if refusals else None
    return {
        "fields": _fields(asked) if refused is None else asdict(refused),
        "hints": _hints(room, voice),
        "limits_line": _limits_line(room, voice),
        **_when(room, voice),
        "line": "; ".join(dose_numbers(voice, asked.force_percent_mvc, asked.pattern)),
        "refusals": refusals,
    }


def _fields(asked: Dose) -> dict[str, float | None]:
    pattern = asked.pattern
    assert pattern is not None
    return {
        "force_percent_mvc": asked.force_percent_mvc,
        "rise_s": pattern.rise_s,
        "hold_s": pattern.hold_s,
        "fall_s": pattern.fall_s,
        "rest_s": pattern.rest_s,
        "tangent_percent": asked.tangent_percent,
    }


def _hints(room: Room, voice: Speaker) -> dict[str, str]:
    known = allowed_in(room.sitting.stage, room.facts.limits)
    return {_FIELDS[one.setting]: allowed(voice, one) for one in known}


def _limits_line(room: Room, voice: Speaker) -> str:
    bounds = room.facts.limits
    rules = limit_rules(voice, bounds.label, room.sitting.protocol)
    return voice.say(
        "Limits: %(limits)s (%(rules)s).", limits=limits(voice, bounds), rules="; ".join(rules)
    )


def _when(room: Room, voice: Speaker) -> dict[str, str]:
    """Title and button say the same: from when the numbers hold."""
    if room.facts.is_between_sets:
        return {"title": voice.say("Next set"), "use": voice.say("Use from the next set")}
    return {"title": voice.say("Next round"), "use": voice.say("Use from the next round")}


def _refusals(room: Room, voice: Speaker) -> list[dict[str, str]]:
    """Why the newest dose was not taken, by the step's ranges or at the engine's limits.

    `field` is empty where a refusal is not about one number.
    """
    if room.dosing.numbers is not None and room.dosing.dose is None:
        return [{"field": "", "line": refusal_words(voice, "dose_unclear")}]
    if room.dosing.refused is not None:
        return [
            {"field": _FIELDS[one.setting], "line": out_of_range(voice, one)}
            for one in room.dosing.refused.ranges
        ]
    refused = [one for one in room.facts.refusals if one.command == "dose"]
    return _of_engine(room, refused[-1], voice) if refused else []


def _of_engine(room: Room, refused: CommandRefused, voice: Speaker) -> list[dict[str, str]]:
    if not refused.breaches:
        return [{"field": "", "line": for_therapist(voice, refused) or ""}]
    return [
        {"field": _FIELDS.get(one.limit, ""), "line": _breach(one, room.dosing.dose, voice)}
        for one in refused.breaches
    ]


def _breach(one: Breach, asked: Dose | None, voice: Speaker) -> str:
    """A limit that is passed; where a Tangent has made the hold too long, with its sum."""
    said = breach(voice, one)
    if one.limit == "hold" and asked is not None:
        said = f"{said} {tangent_sum(voice, asked)}"
    return said.rstrip()
