"""What women gave to research: how much there is, and all of it as one file. The researcher's own
page, and the only one with anything of a patient that she sees."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import partial

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from levator.clinic import Clinic, research
from levator.clinic.turns import Turns
from levator.records.access import Actor
from levator.web.desk.pages import Desk, voice
from levator.web.desk.take_along import ZIP
from levator.web.leaving import while_there
from levator.web.looks import language_of
from levator.web.signed import actor


class ResearchPage:
    """Handlers over one clinic."""

    def __init__(self, desk: Desk) -> None:
        """Keep the desk."""
        self._desk = desk

    def routes(self) -> list[Route]:
        """Return the page with its address."""
        return [Route("/research", self.show), Route("/research", self.give, methods=["POST"])]

    async def show(self, request: Request) -> Response:
        """Say how much there is, what is in the file and what to do with it."""
        found, say = await self._desk.do(research.given), voice(request)
        values = {
            "women": found.women,
            "sessions": found.sessions,
            "since": found.since,
            "is_few": found.is_few,
            "fewest": say.number(research.FEWEST, 0),
        }
        return self._desk.page(request, "research.html", values)

    async def give(self, request: Request) -> Response:
        """Send the file while it is put together; it is kept nowhere here."""
        making = sent(self._desk.clinic, actor(), language_of(request))
        return await while_there(request, making)


async def sent(clinic: Clinic, who: Actor, language: str) -> Response:
    """Return the file as something to be saved, piece by piece, one at a time for a login."""
    turn = clinic.exports.of(who.login_id)
    await turn.acquire()
    try:
        made = await clinic.exports.work(partial(research.export, clinic.acts, who, language))
    except BaseException:
        turn.release()
        raise
    return Sending(_in_turns(clinic.exports, made.pieces), f"{clinic.now():%Y-%m-%d}", turn)


class Sending(StreamingResponse):
    """A file that is put together while it is sent, as far as anybody takes it."""

    def __init__(self, pieces: AsyncIterator[bytes], day: str, turn: asyncio.Lock) -> None:
        """Take what is sent, the day in its name, and a turn that is held."""
        name = f"levator-research-{day}.zip"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        super().__init__(pieces, media_type=ZIP, headers=headers)
        self._turn = turn

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, then give the turn back."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._turn.release()


async def _in_turns(turns: Turns, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield each piece, made in the threads of exports: those of the pages stay free."""
    while (piece := await turns.work(partial(next, pieces, None))) is not None:
        yield piece
