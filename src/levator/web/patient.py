"""What the patient's screen says: its largest word, and the one sentence under the curve."""

from __future__ import annotations

from levator.live.facts import Facts
from levator.live.room import Room
from levator.live.sitting import known_reference
from levator.texts import Speaker
from levator.texts.sentences import for_patient
from levator.texts.words import state
from levator.training.events import RepetitionScored, StateChanged
from levator.training.verdict import INTERRUPTED


def headline(room: Room, voice: Speaker) -> str:
    """Return the largest word while no phase is asked; a phase says itself, by the clock."""
    facts = room.facts
    if room.stage == "open":
        return voice.say("Sit comfortably")
    if room.stage == "calibrating":
        return voice.say("One moment")
    if room.is_over:
        return voice.say("Done")
    if facts.state == "set_ended":
        return voice.say("Rest")
    if facts.state == "running":
        return _while_running(facts, voice)
    return state(voice, facts.state)


def _while_running(facts: Facts, voice: Speaker) -> str:
    if facts.dose is not None and facts.dose.mode == "open":
        return voice.say("Tighten and let go")
    is_first = facts.round in (None, 1) and not facts.scored_in_set
    return voice.say("Get ready") if is_first else voice.say("Rest")


def before_beginning(room: Room, voice: Speaker) -> str:
    """Return what Begin will do, and what to do for it."""
    if room.refusal == "patient_gone":
        return voice.say("Your screen was away for a moment. We measure again from the start.")
    if known_reference(room.sitting, room.trained[1]) is not None:
        return voice.say("Your own maximum is known already. Press Begin when you sit well.")
    return voice.say(
        "First we measure your rest and your own maximum. Press Begin when you sit well."
    )


def while_nothing_is_asked(facts: Facts, voice: Speaker) -> str:
    """Return why it does not go on now, what that means for the round, and what to do."""
    why = for_patient(voice, StateChanged(0.0, facts.state, "")) or ""
    if facts.state != "paused":
        return why
    if facts.cause == "presence":
        why = voice.say("Your screen was away for a moment, so we paused.")
    if _is_broken_off(facts):
        return f"{why} {voice.say('That round does not count.')}"
    return why


def _is_broken_off(facts: Facts) -> bool:
    """Whether the pause fell in a round that had begun: that one was told as it paused."""
    newest = facts.latest[-1] if facts.latest else None
    return isinstance(newest, RepetitionScored) and INTERRUPTED in newest.reasons


def before_a_set(facts: Facts, voice: Speaker) -> str:
    """Return what comes next where nothing has happened yet."""
    if facts.state != "ready":
        return ""
    return voice.say("Everything is ready. Press Start when you want to begin.")
