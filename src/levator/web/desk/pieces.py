"""The page that shows every piece of the screens at once, for who changes how they look."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from levator.web.desk.pages import Desk
from levator.web.pictures import PICTURES

_STYLE = Path(__file__).parents[1] / "static/app.css"
_COLOUR = re.compile(r"^  --([a-z-]+): (?:#[0-9a-f]{6}|var\(--[a-z]+\));$", re.MULTILINE)


class PiecesPage:
    """The handler of the page."""

    def __init__(self, desk: Desk) -> None:
        """Keep the desk."""
        self._desk = desk

    def routes(self) -> list[Route]:
        """Return the page with its address."""
        return [Route("/pieces", self.show)]

    async def show(self, request: Request) -> Response:
        """Show all pieces; nothing of anybody is read for it."""
        values = {"colours": colours(), "pictures": list(PICTURES)}
        return self._desk.page(request, "pieces.html", values)


@cache
def colours() -> tuple[str, ...]:
    """Return the names of the tokens that are colours, as they stand in the style."""
    light = _STYLE.read_text(encoding="utf-8").partition("@media")[0]
    return tuple(_COLOUR.findall(light))
