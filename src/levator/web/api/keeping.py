"""Routes about what is kept as a whole: her data for herself, erasure, retention, backups."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from levator.clinic import erasing, retention
from levator.clinic.backup import Shelf, begin_one, shelf
from levator.clinic.erasing import Erased, Foreseen, Said
from levator.clinic.retention import Over
from levator.web.api import asking
from levator.web.api.asking import Id
from levator.web.api.routes import Asking, Bounded, Doing, Here, Self, route
from levator.web.api.shown import ErasedShown, ForeseenShown, OverShown, ShelfShown
from levator.web.desk.take_along import ZIP, given
from levator.web.leaving import while_there
from levator.web.looks import voice_of

router = APIRouter(route_class=Bounded, tags=["what is kept"])
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A zip with everything of hers; see hand-a-patient-her-data.",
        "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}},
    }
}


def _giving(action: str, *statuses: int) -> dict[str, Any]:
    told = route(action, *statuses)
    return told | {"responses": told["responses"] | _FILE, "response_class": Response}


@router.post("/patients/{patient_id}/export", **_giving("patient.export", 404))
async def export_patient(request: Request, here: Here, actor: Asking, patient_id: Id) -> Response:
    """Give everything that is kept of her as one file, which `levator import` takes in."""
    name = f"levator-{patient_id[:8]}-{here.now():%Y-%m-%d}.zip"
    return await while_there(request, given(here, actor, patient_id, name))


@router.get("/patients/{patient_id}/erasure", **route("patient.erase", 404, model=ForeseenShown))
def foresee_erasure(acts: Doing, actor: Asking, patient_id: Id) -> dict[str, Any]:
    """Tell what an erasure would take away, and until when her record must be kept."""
    return _foreseen(erasing.foresee(acts, actor, patient_id))


def _foreseen(one: Foreseen) -> dict[str, Any]:
    return {
        "last_on": one.time.last_on,
        "until": one.time.until,
        "is_past": one.is_past,
        "entities": one.entities,
        "recordings": one.recordings,
        "backups": [str(file) for file in one.backups],
        "grounds": list(erasing.grounds()),
    }


@router.post("/patients/{patient_id}/erasure", **route("patient.erase", 404, model=ErasedShown))
def erase_patient(
    here: Here, signed: Self, patient_id: Id, asked: asking.ErasureAsked
) -> dict[str, Any]:
    """Erase her down to the bytes; whoever asks has just shown once more who she is."""
    said, logins = Said(**asked.model_dump()), here.accounts.logins
    done = erasing.erase_said(here.acts, logins, signed, patient_id, said, here.backups)
    return _erased(done)


def _erased(done: Erased) -> dict[str, Any]:
    backups = [str(file) for file in done.backups]
    return {"entities": done.entities, "recordings": done.recordings, "backups": backups}


@router.get("/retention", **route("retention.read", model=OverShown))
def list_past_records(acts: Doing, actor: Asking) -> dict[str, Any]:
    """List the records whose time is over, the longest first."""
    return _over(retention.over(acts, actor))


def _over(found: Over) -> dict[str, Any]:
    rows = [
        {"patient_id": one.patient.id, "last_on": one.last_on, "until": one.until}
        for one in found.records
    ]
    return {"years": found.years, "records": rows}


@router.get("/backups", **route("backup.read", model=ShelfShown))
def list_backups(request: Request, here: Here, acts: Doing, actor: Asking) -> dict[str, Any]:
    """List the backups that are there, newest first, and tell what is being made."""
    return _shelf(request, shelf(acts, actor, here.backups))


@router.post("/backups", status_code=202, **route("backup.make", model=ShelfShown))
async def make_backup(request: Request, here: Here, acts: Doing, actor: Asking) -> dict[str, Any]:
    """Begin a backup; it is made while everybody works on, and GET tells how far it is."""
    await begin_one(acts, actor, here.backups)
    return _shelf(request, await asyncio.to_thread(shelf, acts, actor, here.backups))


def _shelf(request: Request, found: Shelf) -> dict[str, Any]:
    voice, names = voice_of(request), ("backups", "is_late", "step", "done", "of")
    told = {name: getattr(found, name) for name in names}
    return told | {"trouble": voice.error(found.trouble) if found.trouble else ""}
