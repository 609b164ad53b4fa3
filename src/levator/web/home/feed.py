"""The address that a calendar program reads by itself, with no login: the link is the key."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from levator.clinic import Clinic
from levator.clinic.guesses import TooManyGuessesError
from levator.clinic.home import feed
from levator.errors import CallerError
from levator.web.looks import voice_of
from levator.web.pace import Paces
from levator.web.signed import address_of

#: Of one link: more than all her calendars ask, less than what fills a disk.
AT_ONCE, PER_S = 30.0, 1 / 60


class FeedPage:
    """The calendar of one clinic's patients."""

    def __init__(self, clinic: Clinic) -> None:
        """Keep the clinic, and how often each link was read."""
        self._clinic, self._paces = clinic, Paces(clinic.clock, AT_ONCE, PER_S)

    def routes(self) -> list[Route]:
        """Return its address."""
        return [Route("/feed/{secret}.ics", self.calendar)]

    async def calendar(self, request: Request) -> Response:
        """Give out the calendar of a link; what is wrong with a link is not told."""
        secret, address = request.path_params["secret"], address_of(request)
        guesses = self._clinic.accounts.guesses
        try:
            made = await asyncio.to_thread(
                feed.calendar, self._clinic.acts, guesses, self._paces.allow, secret, address
            )
        except CallerError as error:
            status = 429 if isinstance(error, TooManyGuessesError) else 404
            return PlainTextResponse(f"{voice_of(request).error(error)}\n", status)
        shown = {"Content-Disposition": 'inline; filename="calendar.ics"'}
        return Response(made, headers=shown, media_type="text/calendar; charset=utf-8")
