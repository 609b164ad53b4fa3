"""Routes about the rooms that run: the board as it is now, and opening one.

What happens in a room goes over its socket; docs/reference/wire.md has its messages.
"""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request

from levator.clinic.sessions import look_at_board
from levator.clinic.sittings import Seating
from levator.live.room import Room
from levator.texts import Speaker
from levator.web.api import asking
from levator.web.api.asking import Id
from levator.web.api.routes import Asking, Bounded, Doing, Here, route
from levator.web.api.shown import BoardShown, RoomShown
from levator.web.board import level, running, tile
from levator.web.looks import voice_of

router = APIRouter(route_class=Bounded, tags=["rooms"])


@router.post("/patients/{patient_id}/sittings", **route("session.open", 404, 409, model=RoomShown))
async def open_sitting(
    here: Here, actor: Asking, patient_id: Id, asked: asking.SittingAsked
) -> dict[str, str]:
    """Open a room with what her chart allows today; `enter` is where the therapist's screen is.

    A red flag is kept, ends what she does, and opens nothing.
    """
    room = await here.open_for(actor, patient_id, Seating(**asked.model_dump()))
    return {"room": room.number, "enter": f"/rooms/{room.number}/therapist"}


@router.get("/rooms", **route("board.read", model=BoardShown))
async def read_board(request: Request, here: Here, acts: Doing, actor: Asking) -> dict[str, Any]:
    """Read which rooms of the clinic run now, as the board shows them."""
    await asyncio.to_thread(look_at_board, acts, actor)
    voice = voice_of(request)
    return {"rooms": [_running(room, voice) for room in running(here, actor, voice)]}


def _running(room: Room, voice: Speaker) -> dict[str, Any]:
    shown = tile(room, voice)
    told = {name: shown[name] for name in ("name", "stage", "line", "is_well")}
    enter = shown["address"]
    return told | {"room": room.number, "level_percent_mvc": level(room), "enter": enter}
