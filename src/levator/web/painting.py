"""The picture of a room: everything but the samples, in words of one language.

A screen only lays out what is written here; it decides nothing. The shape is in
docs/reference/wire.md and, for the scripts, in static/page.js.
"""

from __future__ import annotations

import json
from typing import Any

from levator.live.asking import Asker, offered
from levator.live.facts import Facts, phases_of
from levator.live.joining import ViewerRole
from levator.live.room import Room
from levator.live.rooms import Rooms
from levator.quantities import PERCENT_MVC
from levator.texts import Speaker, mark, speaker
from levator.texts.guiding import guiding
from levator.texts.reasons import verdict_word
from levator.texts.sentences import ended_for_patient, for_patient
from levator.texts.words import state
from levator.training.context import ChannelUse
from levator.training.events import RepetitionScored, SetStarted, TargetSet
from levator.web import patient
from levator.web.channels import channel_words
from levator.web.measuring import calibration_of, is_reference_known
from levator.web.therapy import therapist_part
from levator.web.troubles import troubles

#: States that say more than what happened last.
_SPEAKING = ("paused", "no_signal", "tare_needed", "taring")


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
        "calibration": calibration_of(room.guidance, voice),
        "can": offered(asker, room.stage, room.facts.state, is_void=room.is_void),
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
    facts = room.facts
    if room.guidance is not None and room.guidance.started is not None:
        return guiding(voice, room.guidance.started) or ""
    if room.stage == "open" and role == "therapist" and is_reference_known(room):
        return voice.say("Her own maximum is known. Let her screen join, then begin.")
    if room.stage == "open" and role == "therapist":
        return voice.say("Let the patient's screen join, then begin the calibration.")
    if room.stage == "open":
        return patient.before_beginning(room, voice)
    if room.is_over:
        return _goodbye(facts, voice)
    if room.is_void and facts.is_between_sets:
        return _measure_again(voice, role)
    if room.stage == "session" and facts.state in _SPEAKING:
        return patient.while_nothing_is_asked(facts, voice)
    told = (
        for_patient(voice, event)
        for event in reversed(facts.latest)
        if role == "patient" or not isinstance(event, SetStarted)  # that is said to her alone
    )
    newest = next((sentence for sentence in told if sentence), "")
    return newest or (patient.before_a_set(facts, voice) if role == "patient" else "")


def _measure_again(voice: Speaker, role: ViewerRole) -> str:
    if role == "patient":
        return voice.say("The seat has changed, so we measure again first.")
    return voice.say(
        "The cushion has changed, so her own maximum no longer holds. Calibrate again first."
    )


def _goodbye(facts: Facts, voice: Speaker) -> str:
    """Say why it ended before anything is counted; after pain nothing is counted."""
    ended = facts.ended
    if ended is None:
        return ended_for_patient(voice, facts.cause)
    is_said = patient.was_in_set(facts) or ended.ended_by != "stop"
    why = ended_for_patient(voice, ended.ended_by) if is_said else ""
    if ended.ended_by == "pain" or (why and not ended.valid_rounds):
        return why
    return f"{why} {for_patient(voice, ended) or ''}".strip()


def stage_line(room: Room, voice: Speaker) -> str:
    """Return the step, what it is about, and its force."""
    stage = room.sitting.stage
    number = stage.id.rpartition("-")[2]
    parts = [voice.say("Step %(number)s", number=number), stage.words_in(voice.language).short]
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


#: Files write units in ASCII; screens do not have to.
_SHOWN_UNITS = {"uV": "µV"}
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
    return {"label": label, "role": use.role, "unit": _SHOWN_UNITS.get(unit, unit)}


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
