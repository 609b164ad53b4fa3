"""Routes about who looked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from levator.clinic import looking
from levator.clinic.looking import LookedPage
from levator.web.api.asking import ID_SIGNS, Day, Id, Limit, Offset
from levator.web.api.routes import Asking, Bounded, Doing, route
from levator.web.api.shown import LookedListShown

IdWanted = Annotated[str | None, Query(pattern=ID_SIGNS)]
Action = Annotated[str | None, Query(pattern=r"^[a-z_]+\.[a-z_]+$", max_length=40)]
router = APIRouter(route_class=Bounded, tags=["audit"])


@router.get("/patients/{patient_id}/audit", **route("audit.read", 404, model=LookedListShown))
def list_audit_of_patient(
    acts: Doing, actor: Asking, patient_id: Id, limit: Limit = 50, offset: Offset = 0
) -> LookedPage:
    """Tell who did what with her record, newest first; she herself may ask, and the clinic."""
    return looking.of_patient(acts, actor, patient_id, limit=limit, offset=offset)


@router.get("/audit", **route("audit.read", model=LookedListShown))
def list_audit(
    acts: Doing,
    actor: Asking,
    limit: Limit = 50,
    offset: Offset = 0,
    user_id: IdWanted = None,
    action: Action = None,
    from_on: Day | None = None,
    until_on: Day | None = None,
) -> LookedPage:
    """Tell what was done in the clinic, newest first: by whom, what, and on which days."""
    actions = [action] if action else []
    search = looking.search_of(user_id, None, actions, from_on or "", until_on or "")
    return looking.of_clinic(acts, actor, search, limit=limit, offset=offset)
