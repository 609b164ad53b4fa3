"""The pages at home: one shell for all that her script shows, and what makes it an app."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, get_args

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from levator.clinic.factors import digest
from levator.library import exercise_ids, load_exercise, load_home
from levator.records.home import DiaryKind
from levator.texts import mark, speaker
from levator.web.browsers import browser_name
from levator.web.home.bundle import STATIC, Bundle, bundle, one_script, one_style, packed
from levator.web.home.hers import her_id
from levator.web.home.words import WORDS, words_in
from levator.web.looks import Looks, language_of
from levator.web.signed import ARRIVED, own_path

FOLDER = STATIC / "home"
#: What the pages need without a network.
_OFFLINE = ("home.js", "home.css", "icon.svg")
#: The paper in light; the pages themselves follow light and dark.
_PAPER = "#faf6ef"
NAME = mark("Day plan")


def parts() -> dict[str, Bundle]:
    """Return the files that every page at home needs, each as one."""
    style = one_style(
        [STATIC / "app.css", FOLDER / "home.css", FOLDER / "shell.css", STATIC / "print.css"]
    )
    icon = (FOLDER / "icon.svg").read_text("utf-8")
    found = (
        bundle("home.js", "text/javascript", one_script(FOLDER / "home.js")),
        bundle("home.css", "text/css", style),
        bundle("icon.svg", "image/svg+xml", icon),
        Bundle("icon.png", "image/png", (FOLDER / "icon.png").read_bytes()),
    )
    return {one.name: one for one in found}


@cache
def pictures() -> tuple[str, ...]:
    """Return the names of the drawings that an exercise of any plan may show."""
    found = [load_exercise(one) for one in exercise_ids()]
    named = {one.picture for one in found} | {at.id for one in found for at in one.postures}
    return tuple(sorted(named))


class HomePages:
    """Handlers of the shell and its parts."""

    def __init__(self, looks: Looks) -> None:
        """Read the parts once. parts : name -> what is sent under it."""
        self._looks, self.parts = looks, parts()

    def routes(self) -> list[Route]:
        """Return every page with its address."""
        shells = (
            "/home",
            "/home/exercise/{exercise}",
            "/home/diary",
            "/home/settings",
            "/home/help",
        )
        return [
            *(Route(path, self.shell) for path in shells),
            Route("/home/manifest.webmanifest", self.manifest),
            Route("/home/sw.js", self.worker),
            Route("/home/parts/{version}/{name}", self.part),
        ]

    async def shell(self, request: Request) -> Response:
        """Show the page that her script fills; of herself it holds only her ids.

        Somebody who arrived goes on to what she wanted, where that is another page.
        """
        on = own_path(request.query_params.get(ARRIVED, ""))
        if on not in ("", "/home"):
            return RedirectResponse(on, 303)
        language, her, found = language_of(request), her_id(), self.parts
        say = speaker(language)
        values: dict[str, Any] = {
            "whose": digest(f"home {her}")[:32],
            "her": her,
            "style": found["home.css"].address,
            "script": found["home.js"].address,
            "icon": found["icon.svg"].address,
            "touch_icon": found["icon.png"].address,
            "phone": browser_name(request.headers.get("user-agent", "")),
            "pictures": pictures(),
            "urge_most": load_home().urge_most,
            "words": words_in(say),
            "kinds": [(kind, say.say(WORDS[kind])) for kind in get_args(DiaryKind)],
        }
        page = self._looks.page("home.html", language, values)
        # Nothing that was sent comes back in it, so that its packed size tells nobody anything.
        headers = {"X-Shell": self._version, "Cache-Control": "no-store"}
        return packed(request, bytes(page.body), "text/html", headers)

    @property
    def _version(self) -> str:
        return digest(" ".join(one.version for one in self.parts.values()))[:16]

    async def part(self, request: Request) -> Response:
        """Send a script, a style or a picture; of an older version there is nothing any more."""
        found = self.parts.get(request.path_params["name"])
        if found is None or found.version != request.path_params["version"]:
            return Response(status_code=404)
        return found.answer(request)

    async def manifest(self, request: Request) -> Response:
        """Say what it is called among her apps: a neutral name and a neutral picture."""
        language = language_of(request)
        name = speaker(language).say(NAME)
        icon = {"src": self.parts["icon.svg"].address, "sizes": "any", "type": "image/svg+xml"}
        told = {
            "id": "/home",
            "name": name,
            "short_name": name,
            "lang": language,
            "start_url": "/home",
            "scope": "/home",
            "display": "standalone",
            "background_color": _PAPER,
            "theme_color": _PAPER,
            "icons": [{**icon, "purpose": "any"}, {**icon, "purpose": "maskable"}],
        }
        return JSONResponse(told, media_type="application/manifest+json")

    async def worker(self, request: Request) -> Response:
        """Send the script that lets the pages work without a network, with what it keeps."""
        files = ["/home", *(self.parts[name].address for name in _OFFLINE)]
        name = speaker(language_of(request)).say(NAME)
        icon = self.parts["icon.svg"].address
        shell = {"version": self._version, "files": files, "name": name, "icon": icon}
        script = (FOLDER / "sw.js").read_text("utf-8")
        written = f"self.shell = {json.dumps(shell)};\n{script}".encode()
        return packed(request, written, "text/javascript", {"Service-Worker-Allowed": "/home"})
