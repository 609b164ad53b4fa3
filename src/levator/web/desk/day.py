"""The therapist's day: what is to do, which rooms run, and the way to any patient."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from levator.clinic import todo
from levator.clinic.courses import View
from levator.clinic.todo import Task, TaskCode, Todo
from levator.texts import Speaker, mark
from levator.texts.course import proposal
from levator.texts.words import stage_name
from levator.web.board import running, tile
from levator.web.desk.next_thing import NEWS, Unknown, unknown
from levator.web.desk.pages import Desk, name_of, voice, who_is
from levator.web.signed import actor

#: What is to be done, in one line; a proposal says itself.
TASKS: Mapping[TaskCode, str] = {
    "birth_told": NEWS["birth_told"],
    "pain_told": NEWS["pain_told"],
    "leak_told": NEWS["leak_told"],
    "unreadable": mark("Her record cannot be read"),
    "red_flag": mark("Red flag: no training until she is cleared again"),
    "held": mark("Pain holds the programme: talk to her"),
    "clearance_needed": mark("Needs a clearance"),
    "clearance_ends": mark("Clearance ends on %(day)s"),
    "birth_due": mark("Was due on %(day)s: has she given birth?"),
    "course_to_begin": mark("No course yet: begin it"),
    "pain_unasked": mark("Pain after the last session is not asked yet"),
    "interrupted": mark("The last session was broken off"),
    "over_at_home": mark("Did more at home than was asked, on %(day)s"),
}


#: What keeps everything shut until somebody has filled it in.
UNKNOWN: Mapping[Unknown, str] = {
    "dates": mark("No due date and no birth yet"),
    "complications": mark("Not known yet whether there were complications"),
}
GRAVE: tuple[TaskCode, ...] = ("unreadable", "red_flag", "held", "pain_told", "leak_told")


class Day:
    """Handlers over one clinic."""

    def __init__(self, desk: Desk) -> None:
        """Keep the desk."""
        self._desk = desk

    def routes(self) -> list[Route]:
        """Return the page with its address."""
        return [Route("/", self.show)]

    async def show(self, request: Request) -> Response:
        """Show the day."""
        found, say = await self._desk.do(todo.of_today), voice(request)
        values = {
            "todos": _rows(say, found.todos),
            "patients": found.patients,
            "rooms": [tile(room, say) for room in running(self._desk.clinic, actor(), say)],
            "today": say.date(found.today),
        }
        return self._desk.page(request, "day.html", values)


def _line(say: Speaker, view: View, task: Task) -> str:
    if task.code == "proposal":
        return proposal(say, view.protocol, view.proposal)
    missing = unknown(view) if task.code == "clearance_needed" else None
    text = TASKS[task.code] if missing is None else UNKNOWN[missing]
    return say.say(text, day=say.date(task.day) if task.day else "")


def _rows(say: Speaker, todos: Sequence[Todo]) -> list[dict[str, Any]]:
    """Return the rows; two women of one name are told apart by their dates of birth."""
    often = Counter(name_of(one.patient) for one in todos)
    rows = [_row(say, one) for one in todos]
    for row, one in zip(rows, todos, strict=True):
        if often[row["name"]] > 1:
            row["name"] = who_is(say, one.patient)
    return rows


def _row(say: Speaker, one: Todo) -> dict[str, Any]:
    stage = one.view.stage if one.view else None
    lines = []
    for task in one.tasks:
        line = _line(say, one.view, task) if one.view else ""
        lines.append({"line": line, "is_grave": task.code in GRAVE})
    if one.unreadable:
        lines = [{"line": say.error(one.unreadable), "is_grave": True}]
    return {
        "address": f"/patients/{one.patient.id}",
        "name": name_of(one.patient),
        "stage": stage_name(say, stage) if stage else "",
        "lines": lines,
    }
