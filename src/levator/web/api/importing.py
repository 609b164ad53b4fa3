"""The one route to which a whole record is sent."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request

from levator.web.api.refusing import NotSignedInError
from levator.web.api.routes import Arriving, Here, Self, route
from levator.web.api.shown import ImportedShown
from levator.web.arriving import take_in_sent
from levator.web.desk.take_along import ZIP

router = APIRouter(route_class=Arriving, tags=["what is kept"])
_FILE = {"required": True, "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}}}
_ROUTE = route("patient.import", model=ImportedShown)
_ROUTE["openapi_extra"] |= {"requestBody": _FILE}


@router.post("/patients/import", **_ROUTE)
async def import_patient(request: Request, here: Here, signed: Self) -> dict[str, Any]:
    """Take in a patient whom another clinic has exported; what is here already is passed over."""
    done = await take_in_sent(here, request, signed)
    if done is None:
        raise NotSignedInError
    return {
        "patient_id": done.patient.id,
        "entities": done.entities,
        "recordings": done.recordings,
        "to_sign": sorted(done.to_sign),
    }
