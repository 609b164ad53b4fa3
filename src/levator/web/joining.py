"""The pages of a second screen: it types a code, waits, and hears the first screen's answer."""

from __future__ import annotations

import asyncio
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from levator.clinic import Clinic, attending
from levator.clinic.acting import RefusedError
from levator.clinic.networks import network_of
from levator.live.joining import JoinRefusedError, ViewerRole
from levator.live.joining import Request as Asked
from levator.live.room import Room
from levator.records.access import Actor
from levator.records.work import NotThereError
from levator.texts import speaker
from levator.web.forms import Typed, read_form
from levator.web.looks import Looks, cookie, cookie_of, language_of, set_cookie
from levator.web.signed import account, actor, address_of
from levator.web.troubles import refusal_words

GUEST = "guest"


class JoinPages:
    """Handlers over the rooms of an installation."""

    def __init__(self, clinic: Clinic, looks: Looks) -> None:
        """Keep what the handlers need."""
        self._clinic, self._rooms, self._looks = clinic, clinic.rooms, looks

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
        typed = dict(request.query_params)
        if account():
            typed.setdefault("name", actor().name)
        return self._form(language_of(request), Typed(typed))

    def _form(
        self, language: str, typed: Typed, trouble: str = "", wrong: str = "", status: int = 200
    ) -> Response:
        """Return the form; a patient who is signed in is asked for the code alone."""
        is_patient = bool(account()) and actor().role == "patient"
        values = {"typed": typed, "trouble": trouble, "wrong": wrong, "is_patient": is_patient}
        return self._looks.page("join.html", language, values, status)

    async def knock(self, request: Request) -> Response:
        """Take code, name and role; the first screen is asked for its yes."""
        typed = Typed(await read_form(request))
        language = language_of(request, typed.language)
        role: ViewerRole = "therapist" if typed.role == "therapist" else "patient"
        if role == "therapist" and not account():
            back = urlencode({"code": typed.code, "role": role, "language": language})
            return RedirectResponse(f"/sign-in?next={quote(f'/join?{back}')}", 303)
        try:
            asked = await self._asked(request, typed, role, language)
        except JoinRefusedError as refused:
            why = refusal_words(speaker(language), refused.code)
            wrong = "name" if refused.code == "name_missing" else "code"
            status = 429 if refused.code == "too_many_guesses" else 403
            return self._form(language, typed, why, wrong, status)
        answer = RedirectResponse("/join/waiting", 303)
        set_cookie(answer, cookie(request, GUEST), asked.number, "/join")
        return answer

    async def _asked(
        self, request: Request, typed: Typed, role: ViewerRole, language: str
    ) -> Asked:
        code, name, signed_as = typed.code, typed.name, ""
        room = self._rooms.behind(code)
        if account() and room is not None:
            who = actor()
            if not await self._may_come(who, room, role):
                code = ""  # to whom it is nothing, a right code is a wrong one
            clinic = self._clinic.accounts.clinic_name
            signed_as = f"{who.name}, {await asyncio.to_thread(clinic, who.tenant_id)}"
            name = who.name if role == "therapist" or who.role == "patient" else name
        guesser = network_of(address_of(request))
        return self._rooms.knock(code, name, role, language, guesser, signed_as)

    async def _may_come(self, who: Actor, room: Room, role: ViewerRole) -> bool:
        """Ask the table; another clinic is not told whose session it was that was asked for."""
        if room.sitting.tenant_id != who.tenant_id:
            return False
        acts, trains = self._clinic.acts, role == "patient"
        try:
            await asyncio.to_thread(attending.may_come, acts, who, room, trains=trains)
        except (NotThereError, RefusedError):
            return False
        return True

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
        address = None
        if asked.answer == "yes":
            there = f"/rooms/{asked.room}/therapist"
            address = f"/enter/{asked.ticket}" if asked.role == "patient" else there
        return JSONResponse({"answer": asked.answer, "address": address})
