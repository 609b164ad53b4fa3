"""Routes about the course, decisions, sittings, and what is to do today."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from levator.clinic import courses, todo
from levator.clinic.charts import text_of
from levator.clinic.courses import View, Wanted
from levator.course.chart import Prescribed
from levator.course.gates import Gate
from levator.records.entity import Entity
from levator.records.treatment import Decision
from levator.web.api import asking
from levator.web.api.asking import Id
from levator.web.api.routes import Asking, Doing, route
from levator.web.api.shown import (
    CourseShown,
    TodayShown,
    shown,
)

router = APIRouter(tags=["course"])


@router.get("/patients/{patient_id}/course", **route("treatment.read", 404, model=CourseShown))
def course(acts: Doing, actor: Asking, patient_id: Id) -> dict[str, Any]:
    """Read where her course stands: gates of every step, what is proposed, and why."""
    return _course(courses.view(acts, actor, patient_id))


@router.put(
    "/patients/{patient_id}/decisions/{entity_id}",
    **route("course.decide", 404, 409, model=shown(Decision)),
)
def decide(
    acts: Doing, actor: Asking, patient_id: Id, entity_id: Id, asked: asking.DecisionAsked
) -> Entity:
    """Accept the proposal that was seen, decide otherwise with a reason, or let it go on."""
    given = asked.settings
    settings = Prescribed(**given.model_dump()) if given is not None else None
    wanted = Wanted(
        kind=asked.kind,
        seen=asked.seen,
        because=asked.because,
        stage=asked.stage,
        settings=settings,
    )
    return courses.decided(acts, actor, patient_id, entity_id, wanted)


@router.get("/todo", **route("todo.read", model=TodayShown))
def to_do(acts: Doing, actor: Asking) -> dict[str, Any]:
    """Read what is to do today for the women whom the therapist treats."""
    found = todo.of_today(acts, actor)
    rows = [
        {"patient_id": one.patient.id, "tasks": [task.code for task in one.tasks]}
        for one in found.todos
    ]
    return {"today": found.today.isoformat(), "todos": rows}


def _course(view: View) -> dict[str, Any]:
    return {
        "protocol": view.protocol.id,
        "stage": view.chart.stage,
        "week": view.chart.week,
        "settings": asdict(view.in_force),
        "proposal": courses.plain(view.proposal),
        "seen": view.seen,
        "gates": {stage: [_gate(one) for one in gates] for stage, gates in view.gates.items()},
    }


def _gate(gate: Gate) -> dict[str, Any]:
    day = None if gate.from_day is None else text_of(gate.from_day)
    return asdict(gate) | {"from_day": day}
