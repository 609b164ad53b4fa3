"""What she reads of her plan at home: why an exercise is not there today."""

from __future__ import annotations

from collections.abc import Mapping

from levator.course.gates import Gate, GateCode
from levator.texts.speaker import Speaker, mark

#: Gates as she reads them when they are shut.
_SHUT: Mapping[GateCode, str] = {
    "course_not_ended": mark("Your course has ended. Ask your therapist how to go on."),
    "dates_fit": mark("A date in your record cannot be right. Your therapist looks at it first."),
    "right_phase": mark("This exercise is for another time, before or after the birth."),
    "week_reached": mark("This exercise begins in week %(needed)s after the birth."),
    "week_not_over": mark("The weeks for this exercise are over."),
    "no_red_flag": mark("First a doctor or midwife says that you may train again."),
    "red_flags_asked": mark("First answer the questions about your health."),
    "cleared": mark("First a doctor or midwife agrees. Ask your therapist about it."),
    "not_held": mark(
        "Pain was too much several times. Your therapist talks it over with you first."
    ),
    "below_stop": mark("There is too much pain now. Rest, and tell it again when it is less."),
    "not_ended_by_pain": mark("Pain ended your session. Rest for today."),
    "no_pain": mark("Leave this exercise while there is pain."),
    "rest_first": mark("First you practise letting go, together with your therapist."),
}
_UNKNOWN: Mapping[GateCode, str] = {
    "week_reached": mark("Your therapist first fills in when you gave birth, or when you are due."),
}
_LATER = mark("Your therapist looks at this exercise first.")
#: What holds everything, the gravest first; a question's own words say the rest.
HELD: tuple[GateCode, ...] = ("course_not_ended", "not_held", "not_ended_by_pain")


def shut(speaker: Speaker, gate: Gate) -> str:
    """Return why an exercise is not done on a day, in words for her."""
    unknown = _UNKNOWN.get(gate.code) if gate.given is None else None
    needed = gate.needed
    number = int(needed) if isinstance(needed, float) else needed or ""
    return speaker.say(unknown or _SHUT.get(gate.code, _LATER), needed=number)


def refused(speaker: Speaker) -> str:
    """Return what she reads of an exercise whose dose the library does not allow any more."""
    return speaker.say(_LATER)


def held(speaker: Speaker, code: GateCode) -> str:
    """Return why nothing at all is offered."""
    return speaker.say(_SHUT[code])
