"""What people did during the sitting, in words: who, when, what, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from levator.quantities import Seconds
from levator.reports.session_report import SessionReport
from levator.texts import words
from levator.texts.answers import tangent_sum
from levator.texts.reasons import for_therapist
from levator.texts.speaker import Speaker, mark
from levator.training.events import CommandRefused, DoseAccepted
from levator.training.inputs import EFFORT_MOST, By, Command, CommandKind

WHO: Mapping[By, str] = {
    "patient": mark("patient"),
    "therapist": mark("therapist"),
    "room": mark("the system"),
}
_DID: Mapping[CommandKind, str] = {
    "start": mark("began a set"),
    "pause": mark("paused"),
    "resume": mark("went on"),
    "stop": mark("ended the session"),
    "pain": mark("said that it hurts; the session ended"),
    "tired": mark("said that she is tired"),
    "effort": mark("rated the effort %(effort)s of %(most)s"),
    "mark": mark("marked: %(mark)s"),
    "dose": mark("asked for another dose: %(dose)s"),
    "limits": mark("set other limits: %(limits)s"),
    "clearance_revoked": mark("revoked the clearance; the session ended"),
    "signal_lost": mark("the sensor was gone"),
    "tare": mark("had the resting tone taken again"),
}
_WHY: Mapping[str, str] = {
    "presence": mark("the patient's screen had not answered"),
    "end_of_recording": mark("end of the recording"),
    "interrupted": mark("interrupted"),
    "recalibrate": mark("the seat has changed"),
    "not_allowed": mark("her record no longer allowed it"),
    "handed_over": mark("another therapist treats her now"),
    "leader_gone": mark("the account of who led was disabled"),
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One deed in words."""

    at: str
    who: str
    what: str


def happenings(speaker: Speaker, report: SessionReport) -> list[Happening]:
    """Return what people did, in order, with what the engine answered."""
    answers = [one for one in report.told if isinstance(one, CommandRefused | DoseAccepted)]
    out = []
    for command in report.commands:
        at_s = report.time_of(command)
        answer = _answer_to(command, at_s, answers)
        said = for_therapist(speaker, answer) if answer is not None else ""
        what = f"{_did(speaker, command)}. {said}".strip()
        if _is_hold_refused(answer) and command.dose is not None:
            what = f"{what} {tangent_sum(speaker, command.dose)}".strip()
        out.append(Happening(speaker.number(at_s), speaker.say(WHO[command.by]), what))
    return out


def _answer_to(
    command: Command, at_s: Seconds, answers: list[CommandRefused | DoseAccepted]
) -> CommandRefused | DoseAccepted | None:
    """Take the next answer to this command off the list: accepted, or refused and why."""
    for answer in answers:
        kind = answer.command if isinstance(answer, CommandRefused) else "dose"
        if (kind, answer.by, answer.at_s) == (command.kind, command.by, at_s):
            answers.remove(answer)
            return answer
    return None


def _is_hold_refused(answer: CommandRefused | DoseAccepted | None) -> bool:
    breaches = answer.breaches if isinstance(answer, CommandRefused) else ()
    return any(one.limit == "hold" for one in breaches)


def _did(speaker: Speaker, command: Command) -> str:
    marked = speaker.say(words.MARKS[command.mark]) if command.mark else ""
    said = speaker.say(
        _DID[command.kind],
        effort="–" if command.effort is None else command.effort,
        most=EFFORT_MOST,
        mark=marked,
        dose=words.dose(speaker, command.dose) if command.dose else "–",
        limits=words.limits(speaker, command.limits) if command.limits else "–",
    )
    if command.reason is None:
        return said
    why = speaker.say(_WHY[command.reason]) if command.reason in _WHY else command.reason
    return f"{said} ({why})"
