"""What a therapist has to do today, drawn from the courses of the women whom she treats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from levator.clinic.acting import Act, Acts
from levator.clinic.charts import day_of
from levator.clinic.courses import UnreadableRecordError, View, look_at
from levator.clinic.home.news import HomeNews, told_at_home
from levator.course.clearance import ends_soon, open_flag
from levator.course.progression import Advance, StepBack
from levator.library import load_reminders
from levator.records.access import Actor
from levator.records.people import Patient
from levator.records.work import Term

TaskCode = Literal[
    "unreadable",
    "red_flag",
    "held",
    "birth_told",
    "pain_told",
    "leak_told",
    "clearance_needed",
    "clearance_ends",
    "birth_due",
    "proposal",
    "course_to_begin",
    "pain_unasked",
    "interrupted",
    "over_at_home",
]


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do; `day` where it is about one."""

    code: TaskCode
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Todo:
    """A woman with what is to be done for her, the gravest first.

    view : None where her record cannot be read; `unreadable` says why.
    """

    patient: Patient
    view: View | None
    tasks: Sequence[Task]
    unreadable: UnreadableRecordError | None = None


@dataclass(frozen=True, slots=True)
class Today:
    """A therapist's day. patients : how many she treats."""

    today: date
    todos: Sequence[Todo]
    patients: int


def of_today(acts: Acts, actor: Actor) -> Today:
    """Return what is to do; the audit has each woman whose record was looked at for it."""
    with acts.in_tenant(actor, "todo.read") as act:
        mine = [Term("treated_by", "contains", actor.user_id)]
        patients = act.work.find(Patient, actor.tenant_id, mine, order="search_key")
        todos = [_of(act, patient) for patient in patients]
        found = sorted((one for one in todos if one.tasks), key=_gravity)
        for one in found:
            act.also(one.patient.id)
    return Today(date.fromisoformat(act.at[:10]), found, len(patients))


def _of(act: Act, patient: Patient) -> Todo:
    """Return what is to do for one woman; a record that cannot be read hides nobody else's."""
    try:
        view = look_at(act, patient)
        return Todo(patient, view, tuple(tasks(view)))
    except UnreadableRecordError as error:
        return Todo(patient, None, (Task("unreadable"),), error)


_ORDER: tuple[TaskCode, ...] = get_args(TaskCode)


def _gravity(one: Todo) -> int:
    return _ORDER.index(one.tasks[0].code)


def tasks(view: View) -> Iterator[Task]:
    """Yield what is to be done for one woman, the gravest first."""
    chart, codes = view.chart, {one.code for one in view.proposal.reasons}
    if open_flag(chart) is not None:
        yield Task("red_flag")
    if view.history.ended is not None:
        return  # a red flag waits for its answer all the same, and nothing else does
    if "not_held" in codes:
        yield Task("held")
    at_home = told_at_home(view)
    for code in ("birth_told", "pain_told", "leak_told"):
        yield from _at_home(at_home, code)
    if "cleared" in codes and open_flag(chart) is None:
        yield Task("clearance_needed")
    yield from _clearance_ends(view)
    if chart.birth is None and chart.expected_on is not None and chart.expected_on < chart.today:
        yield Task("birth_due", date.fromordinal(chart.expected_on))
    if isinstance(view.proposal, (Advance, StepBack)):
        yield Task("proposal" if view.history.course else "course_to_begin")
    yield from _last_session(view)
    yield from _at_home(at_home, "over_at_home")


def _at_home(told: Mapping[HomeNews, date], code: HomeNews) -> Iterator[Task]:
    if code in told:
        yield Task(code, told[code])


def _clearance_ends(view: View) -> Iterator[Task]:
    last = ends_soon(view.chart, load_reminders())
    if last is not None:
        yield Task("clearance_ends", date.fromordinal(last))


def _last_session(view: View) -> Iterator[Task]:
    sessions = view.history.sessions
    last = sessions[-1] if sessions else None
    if last is None or last.state == "open" or day_of(last.on_day) < view.chart.today - 1:
        return
    if last.state == "interrupted":
        yield Task("interrupted")
    if not any(one.session_id == last.id for one in view.history.pains):
        yield Task("pain_unasked")
