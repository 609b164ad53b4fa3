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

from levator.clinic import Clinic
from levator.course.entry import Locked
from levator.course.prescription import DoseRefused
from levator.errors import LevatorError
from levator.live.joining import ViewerRole, shown_name
from levator.live.room import Room
from levator.live.rooms import Entry
from levator.live.sitting import Sitting
from levator.records.repository import Repository
from levator.reports import session_report, to_html
from levator.texts import LANGUAGES, Speaker, speaker
from levator.texts.answers import dose_refused, lock_reason
from levator.web.forms import CLINICAL, Typed, read_form, typed_again
from levator.web.guard import REPORT_POLICY
from levator.web.looks import Looks, cookie, cookie_of, language_of, set_cookie, voice_of
from levator.web.painting import Painter, stage_line
from levator.web.starting import seat_words, start_values
from levator.web.troubles import exact_words

DESK = "desk"


class Pages:
    """Handlers over one clinic."""

    def __init__(self, clinic: Clinic, looks: Looks, painter: Painter) -> None:
        """Keep what the handlers need."""
        self._clinic, self._looks, self._painter = clinic, looks, painter
        self._rooms = clinic.rooms

    def routes(self) -> list[Route]:
        """Return every page with its address."""
        return [
            Route("/", self.start),
            Route("/stages", self.stages),
            Route("/rooms", self.open_room, methods=["POST"]),
            Route("/rooms/{number}/again", self.again, methods=["POST"]),
            Route("/rooms/{number}/patient", self.patient),
            Route("/rooms/{number}/therapist", self.therapist),
            Route("/rooms/{number}/therapist/code.svg", self.code),
            Route("/enter/{ticket}", self.enter),
            Route("/recordings/{recording}/report", self.report),
        ]

    # --- The start page

    async def start(self, request: Request) -> Response:
        """Show the form for a new session."""
        # An address may fill in who and where; what is known of her health is typed each time.
        asked = request.query_params.items()
        given = {name: text for name, text in asked if name not in CLINICAL}
        return self._start(request, language_of(request), Typed(given))

    def _start(
        self, request: Request, language: str, typed: Typed, trouble: str = "", status: int = 200
    ) -> Response:
        values = start_values(self._clinic, speaker(language), typed)
        values |= {"trouble": trouble, "rooms": self._desk_rooms(request, speaker(language))}
        return self._looks.page("start.html", language, values, status)

    def _desk_rooms(self, request: Request, voice: Speaker) -> list[dict[str, str]]:
        rooms = self._rooms.on_desk(cookie_of(request, DESK))
        return [
            {
                "name": room.sitting.patient,
                "stage": stage_line(room, voice),
                "address": f"/rooms/{room.number}/therapist",
            }
            for _, room in rooms
            if not room.is_over
        ]

    async def stages(self, request: Request) -> Response:
        """Show the stages again as what is typed opens or locks them."""
        typed = Typed(request.query_params)
        language = language_of(request)
        try:
            values = start_values(self._clinic, speaker(language), typed)
        except LevatorError:
            return Response(status_code=400)
        return self._looks.page("stages.html", language, values)

    async def open_room(self, request: Request) -> Response:
        """Open a room for what was filled in; the desk that did so is its first screen."""
        typed = Typed(await read_form(request))
        language = language_of(request, typed.language)
        voice = speaker(language)
        try:
            sitting = self._clinic.sitting_for(typed.wish())
            if not isinstance(sitting, Sitting):
                return self._start(request, language, typed, _why_not(sitting, voice), 409)
            room = await self._clinic.open_room(sitting)
        except LevatorError as error:
            why = exact_words(voice, error)
            return self._start(request, language, typed, why, 422)
        return self._seat(request, room, shown_name(typed.therapist), language)

    def _seat(self, request: Request, room: Room, therapist: str, language: str) -> Response:
        """Let the first screen into the room that it opened, and show the code there."""
        self._rooms.show_code(room)
        ticket = self._rooms.admit(room, therapist, "therapist", language)
        desk = self._rooms.desk(cookie_of(request, DESK))
        self._rooms.put_on_desk(desk, ticket)
        answer = RedirectResponse(f"/enter/{ticket}", 303)
        set_cookie(answer, cookie(request, DESK), desk, "/")
        return answer

    async def again(self, request: Request) -> Response:
        """Open one more session for a room of this desk that is over; her reference may hold."""
        number = request.path_params["number"]
        tickets = self._rooms.on_desk(cookie_of(request, DESK))
        entries = [
            self._rooms.by_ticket(ticket) for ticket, room in tickets if room.number == number
        ]
        entry = entries[0] if entries else None
        sitting = self._clinic.again(entry.room) if entry is not None else None
        if entry is None or sitting is None:
            return self._gone(request)
        language = entry.person.language
        typed = typed_again(entry.room, entry.person.name)
        if not isinstance(sitting, Sitting):
            why = _why_not(sitting, speaker(language))
            return self._start(request, language, typed, why, 409)
        try:
            room = await self._clinic.open_room(sitting)
        except LevatorError as error:
            why = exact_words(speaker(language), error)
            return self._start(request, language, typed, why, 422)
        self._rooms.lead_on(entry.room, room)
        return self._seat(request, room, entry.person.name, language)

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
            "seat": seat_words(voice, room.sitting.cushion, room.sitting.posture),
        }
        return self._looks.page(f"{role}.html", language, values)

    def _entry(self, request: Request, role: ViewerRole) -> Entry | None:
        token = cookie_of(request, role)
        return self._rooms.entry(token, request.path_params["number"], role)

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
            for ticket, room in self._rooms.on_desk(cookie_of(request, DESK))
            if room.recording == recording and room.is_saved
        ]
        entry = self._rooms.by_ticket(found[0][0]) if found else None
        if entry is None:
            return self._gone(request)
        language = request.query_params.get("language", "")
        if language not in LANGUAGES:
            language = entry.person.language
        html = await asyncio.to_thread(write_report, self._clinic.repository, recording, language)
        return HTMLResponse(html, headers={"Content-Security-Policy": REPORT_POLICY})


def _address(entry: Entry) -> str:
    return f"/rooms/{entry.room.number}/{entry.person.role}"


def _why_not(refused: Locked | DoseRefused, voice: Speaker) -> str:
    if isinstance(refused, Locked):
        return " ".join(lock_reason(voice, one) for one in refused.reasons)
    return " ".join(dose_refused(voice, refused))


def write_report(repository: Repository, recording: str, language: str) -> str:
    """Return the report's HTML; it replays the session, so it is called from a thread."""
    return to_html(session_report(repository, recording), language)
