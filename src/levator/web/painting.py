"""The picture of a room: everything but the samples, in words of one language.

A screen only lays out what is written here; it decides nothing. The shape is in
docs/reference/wire.md and, for the scripts, in static/page.js.
"""

from __future__ import annotations

import json
from typing import Any

from levator.live.asking import Asker, offered
from levator.live.facts import phases_of
from levator.live.joining import ViewerRole
from levator.live.room import Room
from levator.live.rooms import Rooms
from levator.quantities import PERCENT_MVC, shown_unit
from levator.texts import Speaker, mark, speaker
from levator.texts.reasons import verdict_word
from levator.texts.words import stage_name, state
from levator.training.context import ChannelUse
from levator.training.events import RepetitionScored, TargetSet
from levator.web import patient, watching
from levator.web.channels import as_label, channel_words
from levator.web.measuring import calibration_of
from levator.web.therapy import therapist_part
from levator.web.troubles import troubles


class Painter:
    """Paints any room for any role, in any language."""

    def __init__(self, rooms: Rooms, address: str) -> None:
        """`address` is where the second screen goes to join."""
        self._rooms = rooms
        self.address = address

    def __call__(self, room: Room, asker: Asker, language: str) -> str:
        """Return the text of one picture message."""
        voice = speaker(language)
        picture = _for_everybody(room, voice, asker)
        if asker == "patient":
            picture["next"] = f"/enter/{room.next_ticket}" if room.next_ticket else None
        else:
            picture["therapist"] = therapist_part(room, self._rooms, voice, self.address, asker)
        return json.dumps(picture, ensure_ascii=False)


def _for_everybody(room: Room, voice: Speaker, asker: Asker) -> dict[str, Any]:
    facts = room.facts
    role: ViewerRole = "patient" if asker == "patient" else "therapist"
    return {
        "type": "picture",
        "generation": room.frames.generation,
        "room": room.stage,
        "state": facts.state if room.stage == "session" else None,
        "headline": _headline(room, voice, role),
        "sentence": _sentence(room, voice, role),
        "troubles": troubles(room, voice, role),
        "stage_line": stage_line(room, voice),
        "watchers": _watchers(room, voice),
        "is_watched": bool(_watching(room)),
        "targets": [_target(target) for target in facts.targets],
        "tracks": [_track(room, use, voice) for use in room.state.context.uses],
        "set": _set(room, voice),
        "is_tired": patient.is_tired(facts),
        "asks_effort": facts.asks_effort and room.stage == "session",
        "calibration": calibration_of(room.guidance, voice, role),
        "can": offered(
            asker,
            room.stage,
            facts.state,
            is_void=room.is_void,
            is_silent=room.flow.is_away,
            asks_cushion=not room.sitting.is_cushion_named,
        ),
    }


def _headline(room: Room, voice: Speaker, role: ViewerRole) -> str:
    if role == "patient":
        return patient.headline(room, voice)
    if room.stage == "open":
        return voice.say("One moment")
    if room.stage == "calibrating":
        return voice.say("Calibrating")
    if room.is_over:
        return patient.over(room.facts, voice)
    if room.facts.state == "running" and room.facts.dose and room.facts.dose.mode == "open":
        return voice.say("Tighten and let go")
    return state(voice, room.facts.state)


def _sentence(room: Room, voice: Speaker, role: ViewerRole) -> str:
    """Speak to her on her own screen, and of her on every other one."""
    return patient.sentence(room, voice) if role == "patient" else watching.sentence(room, voice)


def stage_line(room: Room, voice: Speaker) -> str:
    """Return the step, what it is about, and its force."""
    stage = room.sitting.stage
    wording, parts = stage.words_in(voice.language), [stage_name(voice, stage)]
    if parts != [wording.title]:
        parts.append(wording.short)
    asked = room.facts.dose or room.sitting.dose
    if asked.force_percent_mvc is not None:
        parts.append(voice.say("%(force)s %%", force=asked.force_percent_mvc))
    return " · ".join(parts)


def _watchers(room: Room, voice: Speaker) -> str:
    names = _watching(room)
    if not names:
        return voice.say("Nobody is watching.")
    return voice.say("Watching: %(names)s", names=voice.listing(names))


def _watching(room: Room) -> list[str]:
    people = room.audience.people.values()
    return [one.name for one in people if one.role == "therapist" and one.is_here]


def _target(target: TargetSet) -> dict[str, Any]:
    return {
        "revision": target.revision,
        "at_s": target.at_s,
        "round": target.round,
        "breakpoints": target.breakpoints,
        "valid_until_s": target.valid_until_s,
        "band_percent_mvc": target.band_percent_mvc,
        "phases": [
            {"name": phase.name, "from_s": phase.from_s, "to_s": phase.to_s}
            for phase in phases_of(target)
        ],
    }


_TRACKS = {
    "primary": mark("Pelvic floor"),
    "respiration": mark("Breathing"),
    "co_contraction": mark("Second muscle: %(name)s"),
    "shown": mark("%(name)s"),
}


def _track(room: Room, use: ChannelUse, voice: Speaker) -> dict[str, str]:
    stream = room.state.feeds[use.stream].stream
    channel = next(one for one in stream.channels if one.name == use.channel)
    unit = channel.unit if use.reference is None else PERCENT_MVC
    name = channel_words(channel.name, voice)
    label = voice.gettext(_TRACKS[use.role]) % {"name": name}
    return {"label": as_label(label), "role": use.role, "unit": shown_unit(unit)}


def _set(room: Room, voice: Speaker) -> dict[str, Any] | None:
    facts = room.facts
    if facts.set_started is None or facts.set_started.dose.rounds is None:
        return None
    rule, number, done = facts.set_started.dose.rounds, facts.round, facts.scored_in_set
    if patient.is_tired(facts):
        line = patient.tired(room, voice)
    elif number is not None:
        line = voice.say("Round %(number)s", number=number)
    else:
        line = voice.say_count("%(count)s round", "%(count)s rounds", len(done)) if done else ""
    return {
        "number": facts.set_started.set_number,
        "round": number,
        "asked": rule.count,
        "line": line,
        "done": [_done(one, voice) for one in done],
    }


def _done(scored: RepetitionScored, voice: Speaker) -> dict[str, Any]:
    return {
        "round": scored.round,
        "is_good": scored.verdict == "good",
        "word": verdict_word(voice, scored),
    }
