"""Routes about who looked."""

from __future__ import annotations

from fastapi import APIRouter

from levator.clinic import looking
from levator.clinic.looking import LookedPage
from levator.web.api.asking import Id, Limit, Offset
from levator.web.api.routes import Asking, Doing, route
from levator.web.api.shown import LookedListShown

router = APIRouter(tags=["audit"])


@router.get("/patients/{patient_id}/audit", **route("audit.read", 404, model=LookedListShown))
def of_patient(
    acts: Doing, actor: Asking, patient_id: Id, limit: Limit = 50, offset: Offset = 0
) -> LookedPage:
    """Tell who did what with her record, newest first; she herself may ask, and the clinic."""
    return looking.of_patient(acts, actor, patient_id, limit=limit, offset=offset)


@router.get("/audit", **route("audit.read", model=LookedListShown))
def of_clinic(acts: Doing, actor: Asking, limit: Limit = 50, offset: Offset = 0) -> LookedPage:
    """Tell what was done in the clinic, newest first."""
    return looking.of_clinic(acts, actor, limit=limit, offset=offset)
