"""What is wrong in a room, in one sentence each: what it is and what to do."""

from __future__ import annotations

from levator.course.gates import GateKind
from levator.errors import (
    CallerError,
    DeviceError,
    DeviceLostError,
    DeviceNotFoundError,
    LevatorError,
    LibraryError,
    RecordingError,
    StorageError,
    UnitError,
)
from levator.live.asking import RoomRefusal
from levator.live.joining import JoinRefusal, ViewerRole
from levator.live.room import Room
from levator.texts import Speaker, mark
from levator.texts.course import reason as gate_words
from levator.texts.reasons import for_therapist

#: The class says who can mend it; the first that fits speaks: what is wrong, what to do.
_ERRORS: tuple[tuple[type[LevatorError], str, str], ...] = (
    (
        DeviceNotFoundError,
        mark("The sensor does not answer."),
        mark("Check that it is on and connected."),
    ),
    (DeviceLostError, mark("The sensor is gone."), mark("Connect it again; the session waits.")),
    (
        DeviceError,
        mark("The sensor does not do its part."),
        mark("Check it, or choose another."),
    ),
    (
        StorageError,
        mark("Nothing can be saved now."),
        mark("Check the disk before you go on."),
    ),
    (
        RecordingError,
        mark("This recording cannot be used as it is."),
        mark("Choose another file."),
    ),
    (
        LibraryError,
        mark("A file of the library is not as it should be."),
        mark("Run levator check."),
    ),
    (
        UnitError,
        mark("A number has no unit, or another one than is needed."),
        mark("Write it behind it."),
    ),
    (
        CallerError,
        mark("This cannot be done as asked."),
        mark("Check what is filled in."),
    ),
)
_SENSOR_GONE = mark(
    "The sensor was away, so the measuring stopped. Check its plug, then begin again."
)
_NO_SAMPLES = mark("Nothing comes from the sensor. Check its plug; begin once it is back.")
_REFUSALS: dict[RoomRefusal | JoinRefusal, str] = {
    "patient_missing": mark("The patient's screen is not connected. Let it join, then start."),
    "measuring_unclear": mark(
        "Measuring failed three times, so it stopped: lift and push may look alike, or nothing "
        "stood clear of rest. Explain first what lifting is, then begin again."
    ),
    "not_at_rest": mark(
        "She was not at rest three times, so the measuring stopped. Let her settle on the seat, "
        "then begin again."
    ),
    "patient_gone": mark("The patient's screen was away, so the measuring stopped. Begin again."),
    "sensor_gone": _SENSOR_GONE,
    "no_samples": _NO_SAMPLES,
    "place_taken": mark("Somebody trains in this session already. There is one such place."),
    "wrong_code": mark(
        "This code is not known, or no longer. Check the six characters first; if they are right, "
        "ask the therapist for a new one."
    ),
    "too_many_guesses": mark("Too many tries. Wait a minute, and ask for the code again."),
    "name_missing": mark("Fill in your name, so that the therapist knows who comes in."),
    "not_calibrated": mark("Not calibrated yet. Begin the calibration first."),
    "dose_unclear": mark(
        "These numbers make no dose. Fill in a force and four lengths in seconds."
    ),
    "not_saving": mark("Nothing can be saved now. Check the disk before you go on."),
    "not_now": mark("That is not possible now."),
    "not_yours": mark("Another screen of this room has to ask that."),
    "not_allowed": mark("Her record was looked at again: nothing is asked of her now."),
    "nobody_leads": mark(
        "The account that leads this session was disabled. End it; a therapist who treats her "
        "begins a new one."
    ),
}
#: What she herself asked for, or what stopped her own measuring; the rest is not hers to mend.
_TO_HER: dict[RoomRefusal, str] = {
    "patient_missing": mark("Not begun yet: there was no picture on your screen. Press again."),
    "sensor_gone": _SENSOR_GONE,
    "no_samples": _NO_SAMPLES,
    "not_calibrated": mark("First your own maximum is measured. Press Begin."),
    "measuring_unclear": mark(
        "It could not be measured clearly, so we stopped. Your therapist explains it, and then "
        "you begin again."
    ),
    "not_at_rest": mark(
        "It did not become quite calm, so we stopped. Find a seat that is comfortable, and then "
        "you begin again."
    ),
    "not_saving": mark("Nothing can be saved now, so we wait. Your therapist sees to it."),
    "nobody_leads": mark("Nobody leads this session any more. Call a therapist."),
}
#: What shut the step while her room was open, as she reads it; the therapist reads each gate.
_SHUT_TO_HER: dict[GateKind, str] = {
    "course": mark("Your course has ended. There is nothing to train now."),
    "time": mark("This step is not for now."),
    "clearance": mark("First a doctor or midwife has to say that you may train."),
    "pain": mark("It hurts too much to train now."),
    "performance": mark("Another step comes first."),
}
_DISK: dict[str, str] = {
    "low": mark("The disk is getting full. Make room after this session."),
    "full": mark("The disk is nearly full. Make room before the next session."),
}


def error_words(voice: Speaker, error: LevatorError) -> str:
    """Return what is wrong and what to do, in the words of its class: no file, no address."""
    return " ".join(voice.say(text) for text in _of_class(error))


def exact_words(voice: Speaker, error: LevatorError) -> str:
    """Return what is wrong with the exact reason, for who can mend it; nothing said twice."""
    what, exact = voice.say(_of_class(error)[0]), voice.error(error)
    return exact if exact.startswith(what.removesuffix(".")) else f"{what} {exact}"


def _of_class(error: LevatorError) -> tuple[str, str]:
    fitting = ((what, remedy) for kind, what, remedy in _ERRORS if isinstance(error, kind))
    return next(fitting, _ERRORS[-1][1:])


def refusal_words(voice: Speaker, refusal: RoomRefusal | JoinRefusal) -> str:
    """Return why a room or its door said no."""
    return voice.say(_REFUSALS[refusal])


def pain_words(room: Room, voice: Speaker) -> str:
    """Return that the sitting ended because it hurt, and in which round; else empty."""
    facts = room.facts
    if not room.is_over or facts.cause != "pain":
        return ""
    ended, in_set = facts.ended, facts.set_ended
    if ended is None or in_set is None or in_set.at_s != ended.at_s:
        return voice.say("Stopped: she said it hurts.")
    begun = [
        one.round
        for one in facts.targets
        if one.round is not None
        and one.set_number == in_set.set_number
        and one.breakpoints
        and one.breakpoints[0][0] <= ended.at_s
    ]
    if not begun:
        return voice.say("Stopped: she said it hurts, before the first round.")
    return voice.say("Stopped: she said it hurts, round %(round)s.", round=begun[-1])


def _said_to_her(room: Room, voice: Speaker) -> list[str]:
    if room.refusal not in _TO_HER or room.refusal is None or room.is_over:
        return []
    if room.refusal == "patient_missing" and room.asked_by != "patient":
        return [voice.say("Not begun yet: there was no picture on your screen.")]
    return [voice.say(_TO_HER[room.refusal])]


def _refused(room: Room, refusal: RoomRefusal, voice: Speaker) -> str:
    if refusal == "patient_missing" and room.audience.has_patient:
        return voice.say("There was no picture on the patient's screen yet. Begin again.")
    return refusal_words(voice, refusal)


def _shut(room: Room, voice: Speaker, role: ViewerRole) -> list[str]:
    """Return which gates of her chart ended the sitting."""
    if role == "therapist":
        return [gate_words(voice, one) for one in room.shut_by]
    return [voice.say(_SHUT_TO_HER[kind]) for kind in dict.fromkeys(g.kind for g in room.shut_by)]


def troubles(room: Room, voice: Speaker, role: ViewerRole) -> list[str]:
    """Return what stands in the way now; the patient only hears of her own seat."""
    found = _shut(room, voice, role)
    if room.is_faulty:
        found.append(
            voice.say("Something went wrong inside levator, so the session has ended. It is saved.")
        )
    is_told = room.refusal in ("sensor_gone", "no_samples")
    is_for_her = isinstance(room.trouble, DeviceError) and not is_told
    if room.trouble is not None and (role == "therapist" or is_for_her):
        words = error_words if role == "patient" else exact_words
        found.append(words(voice, room.trouble))
    if role == "patient":
        return [*found, *_said_to_her(room, voice)]
    if hurts := pain_words(room, voice):
        found.append(hurts)
    if room.disk in _DISK and not room.is_over:
        found.append(voice.say(_DISK[room.disk]))
    if room.facts.state == "paused" and room.facts.cause == "presence":
        found.append(
            voice.say("Paused: the patient's screen has not confirmed its picture for 2 seconds.")
        )
    if room.refusal is not None and room.refusal != "dose_unclear":
        found.append(_refused(room, room.refusal, voice))
    others = [one for one in room.facts.refusals if one.command != "dose" and one.by != "patient"]
    found += [for_therapist(voice, one) or "" for one in others]
    return found
