"""The pages: start, the two live screens, the report."""

from __future__ import annotations

import asyncio
import io
from urllib.parse import urlencode

import segno
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from levator.clinic import Clinic, sessions
from levator.clinic.sittings import DoseRefusedError, StageShutError
from levator.errors import LevatorError
from levator.live.rooms import Entry
from levator.records.work import NotThereError
from levator.reports import to_html
from levator.texts import speaker
from levator.web.guard import is_opened_by_her
from levator.web.leaving import while_there
from levator.web.looks import (
    PATIENT,
    SIGNED,
    Looks,
    cookie,
    cookie_of,
    language_of,
    set_cookie,
    voice_of,
)
from levator.web.painting import Painter
from levator.web.seating import Seats
from levator.web.signed import account, actor, as_report
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
        """Open one more session for a room that is over; her reference may hold."""
        over = self._seats.room(request)
        if over is None or not over.sitting.patient_id:
            return self._gone(request)
        try:
            room = await self._clinic.again_for(actor(), over)
        except (StageShutError, DoseRefusedError):
            # Her own page says why, with everything that can be done about it.
            return RedirectResponse(f"/patients/{over.sitting.patient_id}/sitting", 303)
        except LevatorError as error:
            self._seats.passed_on(error)
            voice = voice_of(request)
            heading = voice.say("No session could be opened")
            return self._looks.notice(voice.language, heading, exact_words(voice, error), 422)
        if room is None:
            return self._gone(request)
        self._rooms.lead_on(over, room)
        return self._seats.first(request, room)

    # --- The live screens

    async def enter(self, request: Request) -> Response:
        """Take the ticket and give her screen a cookie for its own room only.

        A ticket works once. Where it was taken before, the screen that took it comes in with
        its cookie; any other is told that the session is not open there.
        """
        ticket = request.path_params["ticket"]
        if not is_opened_by_her(request.scope):
            return self._gone(request)
        query = f"?{request.url.query}" if request.url.query else ""
        taken = self._rooms.redeem(ticket)
        if taken is None:
            before = self._rooms.redeemed(ticket)
            if before is None:
                return self._gone(request)
            return RedirectResponse(_address(before) + query, 303)
        entry, token = taken
        answer = RedirectResponse(_address(entry) + query, 303)
        set_cookie(answer, cookie(request, PATIENT), token, _address(entry))
        return answer

    async def patient(self, request: Request) -> Response:
        """Show the patient's screen."""
        token, number = cookie_of(request, PATIENT), request.path_params["number"]
        entry = self._rooms.entry(token, number)
        return self._live(entry) if entry else self._gone(request)

    async def therapist(self, request: Request) -> Response:
        """Show the therapist's screen, to who leads or watches; she begins to do so here."""
        entry = await self._seats.begin(request, language_of(request))
        return self._live(entry) if entry else self._gone(request)

    def _live(self, entry: Entry) -> Response:
        room, role, language = entry.room, entry.person.role, entry.person.language
        session = self._clinic.settings.session
        voice = speaker(language)
        values = {
            "line": f"/rooms/{room.number}/{role}/line",
            "number": room.number,
            "patient": room.sitting.patient,
            "amber_s": session.amber_after_s,
            "grey_s": session.grey_after_s,
            "texts": self._looks.texts(language),
            "cushions": cushion_words(voice),
            "seat": seat_words(voice, room.sitting.cushion, room.sitting.posture),
            "record": _record(entry),
        }
        return self._looks.page(f"{role}.html", language, values)

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
        entry = self._seats.entry(request)
        may_see = entry is not None and not entry.person.is_watcher
        code = self._rooms.code_of(entry.room) if entry is not None and may_see else None
        if code is None:
            return Response(status_code=404)
        address = f"{self._painter.address}/join?{urlencode({'code': code.code})}"
        drawn = io.BytesIO()
        segno.make(address, error="m").save(drawn, kind="svg", border=0, scale=4, omitsize=True)
        return Response(drawn.getvalue(), media_type="image/svg+xml")

    async def report(self, request: Request) -> Response:
        """Write the report of a session of a room."""
        recording, who = request.path_params["recording"], actor()
        found = [
            room.sitting
            for room in self._rooms.of_tenant(who.tenant_id)
            if any(one.number == recording and one.is_saved for one in room.recordings)
        ]
        if not found:
            return self._gone(request)
        try:
            await asyncio.to_thread(
                sessions.noted, self._clinic.acts, who, found[0].patient_id, recording
            )
        except NotThereError:
            return self._gone(request)
        language = language_of(request)
        telling = self._clinic.replays.told(
            who.login_id,
            recording,
            lambda report: to_html(report, language, found[0].patient),
        )
        html = await while_there(request, telling)
        return await as_report(self._clinic.accounts.logins, request, html)


def _record(entry: Entry) -> str:
    """Return the address of her record for who leads, and for herself where she is signed in."""
    patient_id, signed = entry.room.sitting.patient_id, SIGNED.get()
    leads = entry.person.asker == "therapist"
    is_she = account() != "" and signed is not None and signed.user.patient_id == patient_id
    return f"/patients/{patient_id}" if patient_id and (leads or is_she) else ""


def _address(entry: Entry) -> str:
    return f"/rooms/{entry.room.number}/{entry.person.role}"
