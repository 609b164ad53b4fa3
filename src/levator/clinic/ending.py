"""The end of a course: her therapist says it, with a reason and its last day.

After it no sitting opens, and one under way stops; her record stays. It is not taken back: who goes
on begins a new course, so that both are told.
"""

from __future__ import annotations

from dataclasses import replace

from levator.clinic import checking
from levator.clinic.acting import Act, Acts
from levator.clinic.hers import all_of_hers, one_of_hers
from levator.errors import CallerError
from levator.library import load_checklist
from levator.records.access import Actor
from levator.records.treatment import Course, Session
from levator.records.work import ConflictError

REASONS = "course-ends"
#: The reason that says nothing without words.
_OTHER = "other"


def reasons() -> tuple[str, ...]:
    """Return the codes of why a course ends."""
    return tuple(item.code for item in load_checklist(REASONS).items)


def end_course(
    acts: Acts,
    actor: Actor,
    patient_id: str,
    course_id: str,
    *,
    ended_on: str,
    ended_ground: str,
    ended_because: str = "",
    version: int,
) -> Course:
    """Let a course end with a day; sent twice by the same therapist it ends once.

    version : of the course as it was seen. Raises ConflictError where it is another by now.
    """
    with acts.on_patient(actor, "course.end", patient_id) as act:
        kept = one_of_hers(act, Course, course_id)
        ground = checking.one_of("ended_ground", ended_ground, reasons())
        words = checking.longer("ended_because", ended_because, is_needed=ground == _OTHER)
        given = replace(
            kept,
            version=version,
            ended_on=_last_day(act, kept, ended_on),
            ended_ground=ground,
            ended_because=words,
            ended_by=actor.user_id,
            ended_at=act.at,
        )
        return act.put(given) if kept.ended_on is None else _ended_already(kept, given)


def _ended_already(kept: Course, given: Course) -> Course:
    if replace(given, version=kept.version, ended_at=kept.ended_at) == kept:
        return kept
    if given.version != kept.version:
        raise ConflictError(kept, given)
    raise CallerError("This course has ended already; if she goes on, begin a new one.")


def _last_day(act: Act, kept: Course, text: str) -> str:
    """Return the last day of a course: not after today, nor before it began or she trained."""
    found = checking.past_day("ended_on", text, act.at[:10])
    if found < kept.begun_on:
        raise CallerError("The course began after that day; choose a later one.")
    trained = (one.on_day for one in all_of_hers(act, Session) if one.course_id == kept.id)
    if any(day > found for day in trained):
        raise CallerError("She trained after that day; choose her last session or a later day.")
    return found
