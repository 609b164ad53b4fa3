"""The pages: start, the two live screens, the report."""

from __future__ import annotations

import asyncio
import io
from typing import Any
from urllib.parse import urlencode

import segno
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from levator.clinic import Clinic, sessions
from levator.clinic.sittings import DoseRefusedError, StageShutError
from levator.errors import LevatorError
from levator.live.joining import ViewerRole
from levator.live.rooms import Entry
from levator.records.work import NotThereError
from levator.reports import to_html
from levator.texts import LANGUAGES, speaker
from levator.web.guard import REPORT_POLICY
from levator.web.looks import DESK, Looks, cookie, cookie_of, language_of, set_cookie, voice_of
from levator.web.painting import Painter
from levator.web.seating import Seats
from levator.web.signed import account, actor
from levator.web.starting import cushion_words, seat_words
from levator.web.troubles import exact_words


class Pages:
    """Handlers over one clinic."""

    def __init__(self, clinic: Clinic, looks: Looks, painter: Painter) -> None:
        """Keep what the handlers need."""
        self._clinic, self._looks, self._painter = clinic, looks, painter
        self._rooms, self._seats = clinic.rooms, Seats(clinic)

    def routes(self) -> list[Route]:
        """Return every page with its address."""
        return [
            Route("/rooms/{number}/again", self.again, methods=["POST"]),
            Route("/rooms/{number}/patient", self.patient),
            Route("/rooms/{number}/therapist", self.therapist),
            Route("/rooms/{number}/therapist/code.svg", self.code),
            Route("/enter/{ticket}", self.enter),
            Route("/recordings/{recording}/report", self.report),
        ]

    # --- Rooms

    async def again(self, request: Request) -> Response:
        """Open one more session for a room of this desk that is over; her reference may hold."""
        number = request.path_params["number"]
        desk = self._rooms.on_desk(cookie_of(request, DESK), account())
        rooms = [room for _, room in desk if room.number == number]
        if not rooms or not rooms[0].sitting.patient_id:
            return self._gone(request)
        try:
            room = await self._clinic.again_for(actor(), rooms[0])
        except (StageShutError, DoseRefusedError):
            # Her own page says why, with everything that can be done about it.
            return RedirectResponse(f"/patients/{rooms[0].sitting.patient_id}/sitting", 303)
        except LevatorError as error:
            voice = voice_of(request)
            heading = voice.say("No session could be opened")
            return self._looks.notice(voice.language, heading, exact_words(voice, error), 422)
        if room is None:
            return self._gone(request)
        self._rooms.lead_on(rooms[0], room)
        return self._seats.seat(request, room, actor().name, language_of(request))

    # --- The live screens

    async def enter(self, request: Request) -> Response:
        """Take the ticket and give this screen a cookie for its own room and role only.

        A ticket works once. Where it was taken before, the screen that took it comes in with
        its cookie; any other is told that the session is not open there.
        """
        ticket = request.path_params["ticket"]
        query = f"?{request.url.query}" if request.url.query else ""
        taken = self._rooms.redeem(ticket)
        if taken is None:
            before = self._rooms.redeemed(ticket)
            if before is None:
                return self._gone(request)
            return RedirectResponse(_address(before) + query, 303)
        entry, token = taken
        answer = RedirectResponse(_address(entry) + query, 303)
        set_cookie(answer, cookie(request, entry.person.role), token, _address(entry))
        desk = self._rooms.desk_of(token)
        own = cookie_of(request, DESK)
        if desk and self._rooms.is_desk(own):
            self._rooms.put_on_desk(own, token)
        elif desk:
            set_cookie(answer, cookie(request, DESK), desk, "/")
        return answer

    async def patient(self, request: Request) -> Response:
        """Show the patient's screen."""
        return self._live(request, "patient", {})

    async def therapist(self, request: Request) -> Response:
        """Show the therapist's screen."""
        return self._live(request, "therapist", {})

    def _live(self, request: Request, role: ViewerRole, values: dict[str, Any]) -> Response:
        entry = self._entry(request, role)
        if entry is None:
            return self._gone(request)
        room, language = entry.room, entry.person.language
        session = self._clinic.settings.session
        voice = speaker(language)
        values |= {
            "line": f"/rooms/{room.number}/{role}/line",
            "number": room.number,
            "patient": room.sitting.patient,
            "amber_s": session.amber_after_s,
            "grey_s": session.grey_after_s,
            "texts": self._looks.texts(language),
            "cushions": cushion_words(voice),
            "seat": seat_words(voice, room.sitting.cushion, room.sitting.posture),
        }
        return self._looks.page(f"{role}.html", language, values)

    def _entry(self, request: Request, role: ViewerRole) -> Entry | None:
        token = cookie_of(request, role)
        return self._rooms.entry(token, request.path_params["number"], role, account())

    def _gone(self, request: Request) -> Response:
        voice = voice_of(request)
        return self._looks.notice(
            voice.language,
            voice.say("This session is not open here"),
            voice.say("It is over, or this screen was not let in. Join again with a new code."),
            404,
        )

    async def code(self, request: Request) -> Response:
        """Draw the code that holds now as a QR code of the join page's address."""
        entry = self._entry(request, "therapist")
        may_see = entry is not None and not entry.person.is_watcher
        code = self._rooms.code_of(entry.room) if entry is not None and may_see else None
        if code is None:
            return Response(status_code=404)
        address = f"{self._painter.address}/join?{urlencode({'code': code.code})}"
        drawn = io.BytesIO()
        segno.make(address, error="m").save(drawn, kind="svg", border=0, scale=4, omitsize=True)
        return Response(drawn.getvalue(), media_type="image/svg+xml")

    async def report(self, request: Request) -> Response:
        """Write the report of a session that was opened from this desk."""
        recording = request.path_params["recording"]
        found = [
            (ticket, room)
            for ticket, room in self._rooms.on_desk(cookie_of(request, DESK), account())
            if any(one.number == recording and one.is_saved for one in room.recordings)
        ]
        entry = self._rooms.by_ticket(found[0][0]) if found else None
        if entry is None:
            return self._gone(request)
        patient_id = entry.room.sitting.patient_id
        if patient_id:
            acts = self._clinic.acts
            try:
                await asyncio.to_thread(sessions.noted, acts, actor(), patient_id, recording)
            except NotThereError:
                return self._gone(request)
        language = request.query_params.get("language", "")
        if language not in LANGUAGES:
            language = entry.person.language
        html = await self._clinic.replays.told(
            actor().login_id, recording, lambda report: to_html(report, language)
        )
        return HTMLResponse(html, headers={"Content-Security-Policy": REPORT_POLICY})


def _address(entry: Entry) -> str:
    return f"/rooms/{entry.room.number}/{entry.person.role}"
