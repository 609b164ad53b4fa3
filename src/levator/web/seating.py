"""How a therapist gets into a room: by the account that is signed in, in any browser."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response

from levator.clinic import Clinic, attending
from levator.clinic.acting import RefusedError
from levator.errors import LevatorError
from levator.live.room import Room
from levator.live.rooms import Entry
from levator.records.work import NotThereError
from levator.web.signed import account, actor


class Seats:
    """Lets therapists into the rooms of their clinic."""

    def __init__(self, clinic: Clinic) -> None:
        """Keep the rooms."""
        self._clinic, self._rooms = clinic, clinic.rooms

    def first(self, request: Request, room: Room) -> Response:
        """Return the way into a room for who has just opened it, and show the code there."""
        self._rooms.show_code(room)
        return self.back(room, request.query_params.get("language", ""))

    @staticmethod
    def back(room: Room, language: str = "") -> Response:
        """Return the way to a room."""
        query = f"?{urlencode({'language': language})}" if language else ""
        return RedirectResponse(f"/rooms/{room.number}/therapist{query}", 303)

    def room(self, connection: HTTPConnection) -> Room | None:
        """Return the room in an address; None where it is none of this clinic."""
        return self._rooms.in_tenant(connection.path_params["number"], actor().tenant_id)

    async def begin(self, request: Request, language: str) -> Entry | None:
        """Let who is signed in begin to watch, or lead; None where there is nothing for her."""
        room, who = self.room(request), actor()
        if room is None:
            return None
        acts, led = self._clinic.acts, self._clinic.sittings.led(room)
        try:
            may_lead = await asyncio.to_thread(attending.begun, acts, who, room)
        except (NotThereError, RefusedError):
            return None
        leads = may_lead or (led is not None and led.actor.user_id == who.user_id)
        person = self._rooms.seat(room, account(), who.name, language, is_watcher=not leads)
        return Entry(room, person)

    def entry(self, connection: HTTPConnection) -> Entry | None:
        """Return what was begun by who is signed in; None before that."""
        room = self.room(connection)
        person = None if room is None else self._rooms.seated(room, account())
        return None if room is None or person is None else Entry(room, person)

    @staticmethod
    def passed_on(error: LevatorError) -> None:
        """Raise what is not a form's to show."""
        if isinstance(error, (NotThereError, RefusedError)):
            raise error
