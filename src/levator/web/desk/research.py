"""What women gave to research: how much there is, and all of it as one file. The researcher's own
page, and the only one with anything of a patient that she sees."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from levator.clinic import research
from levator.clinic.acting import Acts
from levator.records.access import Actor
from levator.web.desk.pages import Desk, voice
from levator.web.desk.take_along import ZIP
from levator.web.looks import language_of


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
        return await self._desk.do(sent, language_of(request))


def sent(acts: Acts, actor: Actor, language: str) -> Response:
    """Return the file as something to be saved, piece by piece."""
    pieces = research.export(acts, actor, language).pieces
    name = f"levator-research-{acts.now()[:10]}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces, media_type=ZIP, headers=headers)
