"""The page that shows every piece of the screens, in each look, for who changes how they look."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from levator.texts import mark
from levator.web.desk.pages import Desk
from levator.web.pictures import PICTURES

_STYLE = Path(__file__).parents[1] / "static/app.css"
_BLOCK = re.compile(r"^ *:root \{([^}]*)\}", re.MULTILINE)
_COLOUR = re.compile(r"^ *--([a-z-]+): (?:#[0-9a-f]{6}|var\(--[a-z]+\));$", re.MULTILINE)
#: Blocks of tokens in the order in which they stand in the style, and what a browser draws itself.
_BLOCKS = {"light": "light", "dark": "dark", "forced": "light dark"}
LOOKS: Mapping[str, str] = {
    "own": mark("As this screen has it"),
    "light": mark("Light"),
    "dark": mark("Dark"),
    "large": mark("Text twice as large"),
    "forced": mark("Forced colours"),
}


class PiecesPage:
    """The handlers of the page and of its looks."""

    def __init__(self, desk: Desk) -> None:
        """Keep the desk."""
        self._desk = desk

    def routes(self) -> list[Route]:
        """Return the page and its style with their addresses."""
        return [Route("/pieces", self.show), Route("/pieces/looks.css", self.style)]

    async def show(self, request: Request) -> Response:
        """Show all pieces in a look; nothing of anybody is read for it."""
        asked = request.query_params.get("look", "")
        values = {
            "looks": LOOKS,
            "look": asked if asked in LOOKS else "own",
            "colours": _COLOUR.findall(_blocks()["light"]),
            "pictures": list(PICTURES),
        }
        return self._desk.page(request, "pieces.html", values)

    async def style(self, request: Request) -> Response:
        """Send the tokens of each look for a part of a page, whatever the screen has."""
        rules = (
            f".look-{name} {{{block} color-scheme: {_BLOCKS[name]}; }}"
            for name, block in _blocks().items()
        )
        return Response("\n".join(rules), media_type="text/css")


@cache
def _blocks() -> Mapping[str, str]:
    """Return look -> its tokens, as they stand in the style; each takes over those before it."""
    light, *others = _BLOCK.findall(_STYLE.read_text(encoding="utf-8"))
    return dict(zip(_BLOCKS, (light, *(light + one for one in others)), strict=True))
