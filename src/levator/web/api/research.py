"""Routes about what women gave to research; no other route tells a researcher of a patient."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from levator.clinic import research
from levator.clinic.research import InResearch
from levator.web.api.routes import Asking, Bounded, Doing, Here, route
from levator.web.api.shown import ResearchShown
from levator.web.desk.research import sent
from levator.web.desk.take_along import ZIP
from levator.web.leaving import while_there
from levator.web.looks import voice_of

router = APIRouter(route_class=Bounded, tags=["research"])
_ACTION = "research.read"
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A zip with tables and recordings; see hand-data-to-research.",
        "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}},
    }
}


def _giving() -> dict[str, Any]:
    told = route(_ACTION)
    return told | {"responses": told["responses"] | _FILE, "response_class": Response}


@router.get("/research", **route(_ACTION, model=ResearchShown))
def read_research(acts: Doing, actor: Asking) -> InResearch:
    """Tell how much women of the clinic gave to research."""
    return research.given(acts, actor)


@router.post("/research/export", **_giving())
async def export_research(request: Request, here: Here, actor: Asking) -> Response:
    """Give all of it as one file without names; each woman sees it among who looked."""
    return await while_there(request, sent(here, actor, voice_of(request).language))
