"""What every screen but hers says under the curve: one sentence, and of her, not to her."""

from __future__ import annotations

from levator.live.facts import Facts
from levator.live.room import Room
from levator.texts import Speaker
from levator.texts.guiding import guided
from levator.texts.reasons import ended_for_therapist, for_therapist
from levator.texts.sentences import for_patient
from levator.training.events import StateChanged
from levator.web.measuring import is_reference_known
from levator.web.patient import SPEAKING, is_broken_off


def sentence(room: Room, voice: Speaker) -> str:
    """Return the sentence for who watches; of what she hears, as the therapist reads it."""
    facts = room.facts
    if room.guidance is not None and room.guidance.started is not None:
        return guided(voice, room.guidance.started) or ""
    if room.stage == "open":
        return _before_beginning(room, voice)
    if room.is_over:
        return _over(facts, voice)
    if room.is_void and facts.is_between_sets:
        return voice.say(
            "The cushion has changed, so her own maximum no longer holds. Calibrate again first."
        )
    if room.stage == "session" and facts.state in SPEAKING:
        return _while_nothing_is_asked(facts, voice)
    heard = (event for event in reversed(facts.latest) if for_patient(voice, event))
    return next((said for event in heard if (said := for_therapist(voice, event))), "")


def _before_beginning(room: Room, voice: Speaker) -> str:
    if room.flow.is_away:
        return voice.say("Once the sensor is back, the calibration can begin.")
    is_here, is_known = room.audience.has_patient, is_reference_known(room)
    if is_known and is_here:
        return voice.say("Her own maximum is known. Begin when she sits well.")
    if is_known:
        return voice.say("Her own maximum is known. Let her screen join, then begin.")
    if is_here:
        return voice.say("Begin the calibration when she sits well.")
    return voice.say("Let the patient's screen join, then begin the calibration.")


def _over(facts: Facts, voice: Speaker) -> str:
    if facts.ended is None:
        return ended_for_therapist(voice, facts.cause)
    return for_therapist(voice, facts.ended) or ""


def _while_nothing_is_asked(facts: Facts, voice: Speaker) -> str:
    why = for_therapist(voice, StateChanged(0.0, facts.state, "")) or ""
    if facts.state != "paused":
        return why
    if facts.cause == "presence":
        why = voice.say("Her screen was away for a moment, so it paused.")
    elif facts.cause == "leader_gone":
        why = voice.say("The account of who led was disabled, so it paused. End this session.")
    return f"{why} {voice.say('That round does not count.')}" if is_broken_off(facts) else why
