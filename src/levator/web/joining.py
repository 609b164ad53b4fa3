"""The pages of a second screen: it types a code, waits, and hears the first screen's answer."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from levator.live.joining import JoinRefusedError, ViewerRole
from levator.live.rooms import Rooms
from levator.texts import speaker
from levator.web.forms import Typed, read_form
from levator.web.looks import Looks, cookie, cookie_of, language_of, set_cookie
from levator.web.troubles import refusal_words

GUEST = "guest"


class JoinPages:
    """Handlers over the rooms of one clinic."""

    def __init__(self, rooms: Rooms, looks: Looks) -> None:
        """Keep what the handlers need."""
        self._rooms, self._looks = rooms, looks

    def routes(self) -> list[Route]:
        """Return every page with its address."""
        return [
            Route("/join", self.join),
            Route("/join", self.knock, methods=["POST"]),
            Route("/join/waiting", self.waiting),
            Route("/join/answer", self.answer),
        ]

    async def join(self, request: Request) -> Response:
        """Show where a second screen types its code."""
        values = {"typed": Typed(request.query_params), "trouble": "", "wrong": ""}
        return self._looks.page("join.html", language_of(request), values)

    async def knock(self, request: Request) -> Response:
        """Take code, name and role; the first screen is asked for its yes."""
        typed = Typed(await read_form(request))
        language = language_of(request, typed.language)
        role: ViewerRole = "therapist" if typed.role == "therapist" else "patient"
        guesser = request.client.host if request.client else ""
        try:
            asked = self._rooms.knock(typed.code, typed.name, role, language, guesser)
        except JoinRefusedError as refused:
            why = refusal_words(speaker(language), refused.code)
            wrong = "name" if refused.code == "name_missing" else "code"
            status = 429 if refused.code == "too_many_guesses" else 403
            values = {"typed": typed, "trouble": why, "wrong": wrong}
            return self._looks.page("join.html", language, values, status)
        answer = RedirectResponse("/join/waiting", 303)
        set_cookie(answer, cookie(request, GUEST), asked.number, "/join")
        return answer

    async def waiting(self, request: Request) -> Response:
        """Show that the first screen has been asked."""
        asked = self._rooms.door.requests.get(cookie_of(request, GUEST))
        if asked is None:
            return RedirectResponse("/join", 303)
        values = {"name": asked.name, "texts": self._looks.texts(asked.language)}
        return self._looks.page("waiting.html", asked.language, values)

    async def answer(self, request: Request) -> Response:
        """Tell the waiting page whether there is an answer."""
        asked = self._rooms.door.requests.get(cookie_of(request, GUEST))
        if asked is None:
            return JSONResponse({"answer": "no"})
        address = f"/enter/{asked.ticket}" if asked.ticket else None
        return JSONResponse({"answer": asked.answer, "address": address})
