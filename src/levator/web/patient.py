"""What the patient's screen says: its largest word, and the one sentence under the curve."""

from __future__ import annotations

from levator.live.facts import Facts
from levator.live.room import Room
from levator.live.sitting import known_reference
from levator.texts import Speaker
from levator.texts.guiding import guiding
from levator.texts.sentences import ended_for_patient, for_patient
from levator.texts.words import state
from levator.training.events import FatigueEstablished, RepetitionScored, StateChanged
from levator.training.verdict import INTERRUPTED

#: States that say more than what happened last.
SPEAKING = ("paused", "no_signal", "tare_needed", "taring")


def headline(room: Room, voice: Speaker) -> str:
    """Return the largest word while no phase is asked; a phase says itself, by the clock."""
    facts = room.facts
    if room.stage == "open":
        return voice.say("Sit comfortably")
    if room.stage == "calibrating":
        return voice.say("One moment")
    if room.is_over:
        return over(facts, voice)
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


def over(facts: Facts, voice: Speaker) -> str:
    """Return the word after the end: whether it was broken off, or done."""
    is_asked = facts.cause in ("stop", "pain")
    return voice.say("Stopped") if is_asked and was_in_set(facts) else voice.say("Done")


def was_in_set(facts: Facts) -> bool:
    """Return whether the sitting ended in the middle of a set, or of the measuring."""
    ended, in_set = facts.ended, facts.set_ended
    return ended is None or (in_set is not None and in_set.at_s == ended.at_s)


def sentence(room: Room, voice: Speaker) -> str:
    """Return the one sentence under the curve, spoken to her."""
    facts = room.facts
    if room.guidance is not None:
        # Before its first samples a calibration asks nothing yet.
        begun = room.guidance.started
        return "" if begun is None else guiding(voice, begun) or ""
    if room.stage == "open":
        return _before_beginning(room, voice)
    if room.is_over:
        return _goodbye(facts, voice)
    if room.is_void and facts.is_between_sets:
        return voice.say("The seat has changed, so we measure again first.")
    if room.stage == "session" and facts.state in SPEAKING:
        return _while_nothing_is_asked(facts, voice)
    told = (for_patient(voice, event) for event in reversed(facts.latest))
    return next((said for said in told if said), "") or _before_a_set(facts, voice)


def _goodbye(facts: Facts, voice: Speaker) -> str:
    """Say why it ended before anything is counted; after pain nothing is counted."""
    ended = facts.ended
    if ended is None:
        return ended_for_patient(voice, facts.cause)
    is_said = was_in_set(facts) or ended.ended_by != "stop"
    why = ended_for_patient(voice, ended.ended_by) if is_said else ""
    if ended.ended_by == "pain" or (why and not ended.valid_rounds):
        return why
    return f"{why} {for_patient(voice, ended) or ''}".strip()


def _before_beginning(room: Room, voice: Speaker) -> str:
    """Return what Begin will do, and what to do for it."""
    if room.flow.is_away:
        return voice.say("Once the sensor is back, Begin stands here again.")
    if room.refusal == "patient_gone":
        return voice.say("Your screen was away for a moment. We measure again from the start.")
    if known_reference(room.sitting, room.trained[1]) is not None:
        return voice.say("Your own maximum is known already. Press Begin when you sit well.")
    return voice.say(
        "First we measure your rest and how you tighten. Press Begin when you sit well."
    )


def is_tired(facts: Facts) -> bool:
    """Return whether fatigue stands in the set under way: she said so, or it was seen."""
    return isinstance(facts.fatigue, FatigueEstablished) and not facts.is_between_sets


def tired(room: Room, voice: Speaker) -> str:
    """Return that it was heard, and how many rounds are still to come where that follows."""
    now = room.state.set_state
    rule = now.rule.kind if now is not None and now.rule is not None else ""
    last = now.last_round if now is not None and rule == "past_fatigue" else None
    if rule == "before_fatigue" or (last is not None and (room.facts.round or 0) >= last):
        return voice.say("Tired: the last round")
    return voice.say("Tired: one more round") if last is not None else voice.say("Tired: heard")


def _while_nothing_is_asked(facts: Facts, voice: Speaker) -> str:
    """Return why it does not go on now, what that means for the round, and what to do."""
    why = for_patient(voice, StateChanged(0.0, facts.state, "")) or ""
    if facts.state != "paused":
        return why
    if facts.cause == "presence":
        why = voice.say("Your screen was away for a moment, so we paused.")
    elif facts.cause == "leader_gone":
        why = voice.say("Nobody leads this session any more, so we paused. Call a therapist.")
    if is_broken_off(facts):
        return f"{why} {voice.say('That round does not count.')}"
    return why


def is_broken_off(facts: Facts) -> bool:
    """Whether the pause fell in a round that had begun: that one was told as it paused."""
    newest = facts.latest[-1] if facts.latest else None
    return isinstance(newest, RepetitionScored) and INTERRUPTED in newest.reasons


def _before_a_set(facts: Facts, voice: Speaker) -> str:
    """Return what comes next where nothing has happened yet."""
    if facts.state != "ready":
        return ""
    return voice.say("Everything is ready. Press Start when you want to begin.")
