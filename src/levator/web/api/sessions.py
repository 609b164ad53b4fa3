"""Routes about her sessions: the list, the rounds of one, and what was stored of it."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request

from levator.clinic import sessions
from levator.records.treatment import Session
from levator.reports import SessionReport
from levator.texts import Speaker
from levator.web.api.asking import Id
from levator.web.api.routes import Asking, Bounded, Doing, Here, route
from levator.web.api.shown import ReportShown, RoundsShown, SessionListShown
from levator.web.api.shown_record import shown
from levator.web.leaving import while_there
from levator.web.looks import voice_of

router = APIRouter(route_class=Bounded, prefix="/patients/{patient_id}/sessions", tags=["sessions"])


@router.get("", **route("session.read", 404, model=SessionListShown))
def list_sessions(acts: Doing, actor: Asking, patient_id: Id) -> dict[str, Any]:
    """List her sessions with their doses and numbers, oldest first."""
    return {"sessions": sessions.all_of(acts, actor, patient_id)}


@router.get("/{entity_id}", **route("session.read", 404, model=RoundsShown))
def read_session(acts: Doing, actor: Asking, patient_id: Id, entity_id: Id) -> dict[str, Any]:
    """Read one session with the verdict of every round."""
    told = sessions.told(acts, actor, patient_id, entity_id)
    return {"session": shown(Session).model_validate(told.session), "rounds": told.rounds}


@router.get("/{entity_id}/report", **route("session.report", 404, model=ReportShown))
async def read_report(
    request: Request, here: Here, acts: Doing, actor: Asking, patient_id: Id, entity_id: Id
) -> dict[str, Any]:
    """Read what was stored of a session, replayed by the present engine and compared.

    422 where it has no recording.
    """
    asked = (acts, actor, patient_id, entity_id, "session.report")
    told = await asyncio.to_thread(sessions.told, *asked)
    recording, voice = told.session.recording_id or "", voice_of(request)
    telling = here.replays.told(actor.login_id, recording, lambda one: _report(one, voice))
    return await while_there(request, telling)


def _report(one: SessionReport, voice: Speaker) -> dict[str, Any]:
    header, compared = one.header, one.comparison
    return {
        "recording_id": header.id,
        "started_at": header.started_at,
        "state": header.state,
        "ended_by": header.ended_by,
        "versions": header.versions,
        "replayed_by": one.engine_version,
        "is_identical": compared.is_identical if compared is not None else None,
        "trouble": voice.error(one.trouble) if one.trouble is not None else "",
        "events": [event.data for event in one.events],
    }
