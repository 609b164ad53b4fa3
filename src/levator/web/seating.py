"""How a screen that opens a room gets into it: a ticket, a desk, and its cookie."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from levator.clinic import Clinic
from levator.clinic.acting import RefusedError
from levator.errors import LevatorError
from levator.live.room import Room
from levator.records.work import NotThereError
from levator.web.looks import DESK, cookie, cookie_of, set_cookie
from levator.web.signed import account


class Seats:
    """Lets first screens into their rooms."""

    def __init__(self, clinic: Clinic) -> None:
        """Keep the rooms."""
        self._rooms = clinic.rooms

    def seat(self, request: Request, room: Room, therapist: str, language: str) -> Response:
        """Let the first screen into the room that it opened, and show the code there."""
        self._rooms.show_code(room)
        ticket = self._rooms.admit(room, therapist, "therapist", language, account=account())
        desk = self._rooms.desk(cookie_of(request, DESK))
        self._rooms.put_on_desk(desk, ticket)
        answer = RedirectResponse(f"/enter/{ticket}", 303)
        set_cookie(answer, cookie(request, DESK), desk, "/")
        return answer

    def is_hers(self, request: Request, room: Room) -> bool:
        """Return whether a room was opened from this desk by who is signed in."""
        hers = self._rooms.on_desk(cookie_of(request, DESK), account())
        return any(one is room for _, one in hers)

    def back(self, room: Room) -> Response:
        """Return the way to a room of this desk."""
        return RedirectResponse(f"/rooms/{room.number}/therapist", 303)

    @staticmethod
    def passed_on(error: LevatorError) -> None:
        """Raise what is not a form's to show."""
        if isinstance(error, (NotThereError, RefusedError)):
            raise error
