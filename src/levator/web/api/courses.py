"""Routes about the course, decisions, sittings, and what is to do today."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Response
from starlette.requests import Request

from levator.clinic import courses, ending, todo
from levator.clinic.charts import text_of
from levator.clinic.courses import View, Wanted
from levator.course.caution import Caution
from levator.course.chart import Prescribed
from levator.course.gates import Gate
from levator.records.entity import Entity
from levator.records.treatment import Course, Decision
from levator.web.api import asking
from levator.web.api.asking import Id, IfMatch
from levator.web.api.routes import Asking, Bounded, Doing, route, tagged
from levator.web.api.shown import CourseShown, TodayShown
from levator.web.api.shown_record import shown
from levator.web.looks import language_of

router = APIRouter(route_class=Bounded, tags=["course"])


@router.get("/patients/{patient_id}/course", **route("treatment.read", 404, model=CourseShown))
def read_course(request: Request, acts: Doing, actor: Asking, patient_id: Id) -> dict[str, Any]:
    """Read where her course stands: gates of every step, what is proposed, and why."""
    return _course(courses.view(acts, actor, patient_id), language_of(request))


@router.put(
    "/patients/{patient_id}/decisions/{entity_id}",
    **route("course.decide", 404, 409, model=shown(Decision)),
)
def decide_on_course(
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


@router.post(
    "/patients/{patient_id}/courses/{entity_id}/end",
    **route("course.end", 404, 409, model=shown(Course)),
)
def end_course(
    acts: Doing,
    actor: Asking,
    patient_id: Id,
    entity_id: Id,
    asked: asking.EndAsked,
    answer: Response,
    if_match: IfMatch = None,
) -> Entity:
    """End her course as it was seen, with a reason; a sitting under way stops within a second."""
    version = asking.version_of(if_match)
    ended = ending.end_course(
        acts, actor, patient_id, entity_id, version=version, **asked.model_dump()
    )
    return tagged(answer, ended)


@router.get("/todo", **route("todo.read", model=TodayShown))
def read_todo(acts: Doing, actor: Asking) -> dict[str, Any]:
    """Read what is to do today for the women whom the therapist treats."""
    found = todo.of_today(acts, actor)
    rows = [
        {
            "patient_id": one.patient.id,
            "given_name": one.patient.given_name,
            "family_name": one.patient.family_name,
            "stage": one.view.chart.stage if one.view else None,
            "tasks": [
                {"code": task.code, "day": task.day.isoformat() if task.day else None}
                for task in one.tasks
            ],
        }
        for one in found.todos
    ]
    return {"today": found.today.isoformat(), "todos": rows}


def _course(view: View, language: str) -> dict[str, Any]:
    return {
        "protocol": view.protocol.id,
        "phase": view.chart.phase,
        "stage": view.chart.stage,
        "week": view.chart.week,
        "settings": asdict(view.in_force),
        "adherence": view.adherence.share if view.adherence else None,
        "cautions": [_caution(one, language) for one in view.cautions],
        "proposal": {"change": None} | courses.plain(view.proposal),
        "seen": view.seen,
        "gates": {stage: [_gate(one) for one in gates] for stage, gates in view.gates.items()},
    }


def _caution(one: Caution, language: str) -> dict[str, Any]:
    return {
        "code": one.rule.code,
        "words": one.rule.words_in(language),
        "until_day": text_of(one.until_day),
        "source": one.rule.source,
    }


def _gate(gate: Gate) -> dict[str, Any]:
    day = None if gate.from_day is None else text_of(gate.from_day)
    return asdict(gate) | {"from_day": day}
