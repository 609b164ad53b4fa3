"""A sitting is opened from her file: pain and red flags of today, sensor, cushion and posture are
asked here; everything else comes from her chart.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from levator.clinic import POSTURES, Clinic, courses, seats
from levator.clinic.courses import View
from levator.clinic.sittings import DoseRefusedError, Seating, StageShutError, answered
from levator.course.prescription import DoseRefused
from levator.course.progression import REFUSING
from levator.course.protocol import Stage
from levator.course.today import dose_today, shut_today
from levator.errors import CallerError, LevatorError
from levator.library import load_hard_limits
from levator.live.asking import CUSHIONS
from levator.live.room import Room
from levator.texts import Speaker
from levator.texts.answers import dose_refused
from levator.texts.course import lowered, reason
from levator.texts.words import dose
from levator.web.desk.asked import pain_in, red_flags_field, red_flags_in
from levator.web.desk.course_words import flag_acts, flag_lines, stage_line
from levator.web.desk.filling import whole
from levator.web.desk.next_thing import birth_told, unknown
from levator.web.desk.pages import Desk, name_of, new_id, voice, who_is
from levator.web.forms import Typed, read_form
from levator.web.seating import Seats
from levator.web.signed import actor
from levator.web.starting import cushion_words, known_sensors, posture_words
from levator.web.troubles import exact_words

#: Sensors that were used before, in the list of a new session.
_MOST_SHOWN = 8


class SittingPage:
    """Handlers over one clinic."""

    def __init__(self, desk: Desk, seats: Seats) -> None:
        """Keep the desk, and what lets her into the room."""
        self._desk, self._seats = desk, seats

    def routes(self) -> list[Route]:
        """Return every page with its address."""
        return [
            Route("/patients/{patient_id}/sitting", self.show),
            Route("/patients/{patient_id}/sitting", self.open, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """Ask what the chart does not know."""
        return await self._page(request, Typed({"asked_id": new_id()}), [])

    async def open(self, request: Request) -> Response:
        """Open the room; the screen that did so is its first. A red flag is kept first of all."""
        typed, say = Typed(await read_form(request)), voice(request)
        patient_id = request.path_params["patient_id"]
        try:
            red_flags = red_flags_in(typed)
            if red_flags:
                seat = _seat(typed, red_flags, whole(typed.pain))
                stop = self._desk.clinic.stops(actor())
                await self._desk.do(answered, patient_id, seat, stop)
                return await self._page(request, typed, [], 409)
            running = self._desk.clinic.rooms.of_patient(actor().tenant_id, patient_id)
            if running:
                return self._seats.back(running[0])
            room = await self._opened(patient_id, typed)
        except StageShutError as shut:
            return await self._page(request, typed, [reason(say, one) for one in shut.gates], 409)
        except DoseRefusedError as refused:
            return await self._page(request, typed, dose_refused(say, refused.refused), 409)
        except LevatorError as error:
            self._seats.passed_on(error)
            return await self._page(request, typed, [exact_words(say, error)], 422)
        return self._seats.first(request, room)

    async def _opened(self, patient_id: str, typed: Typed) -> Room:
        seat = _seat(typed, (), pain_in(typed))
        if typed.cushion not in CUSHIONS or typed.posture not in POSTURES:
            raise CallerError("Choose a cushion and a posture from the lists.")
        return await self._desk.clinic.open_for(actor(), patient_id, seat)

    async def _page(
        self, request: Request, typed: Typed, troubles: list[str], status: int = 200
    ) -> Response:
        view = await self._desk.do(courses.view, request.path_params["patient_id"])
        say = voice(request)
        given = typed.fields
        if given.get("asked_id") and troubles:
            given = {**given, "asked_id": new_id()}
        sensors = await self._sensors(say)
        first = {"device": sensors[0][0], "cushion": "none", "posture": "upright"}
        values = {
            "patient": view.history.patient,
            "name": name_of(view.history.patient),
            "about": who_is(say, view.history.patient),
            "birth_told": birth_told(say, view),
            "typed": Typed(first | {"stage": view.chart.stage or ""} | dict(given)),
            "troubles": troubles,
            "red_flags": flag_lines(say, view),
            "acts": flag_acts(say, view),
            "has_no_dates": unknown(view) == "dates",
            "flags": red_flags_field(say),
            "stages": [_stage(say, view, one) for one in _choices(view)],
            "devices": sensors,
            "has_left_out": await asyncio.to_thread(
                seats.has_left_out, self._desk.clinic.recordings
            ),
            "is_another": given.get("device", first["device"]) not in dict(sensors),
            "cushions": cushion_words(say),
            "postures": posture_words(say),
            "pain_today": view.chart.pain_today,
        }
        return self._desk.page(request, "sitting.html", values, status)

    async def _sensors(self, say: Speaker) -> list[tuple[str, str]]:
        clinic = self._desk.clinic
        used = await self._desk.do(seats.used)
        found = await asyncio.to_thread(seats.recordings_in, clinic.recordings)
        return known_sensors(say, await asyncio.to_thread(_still_open, clinic, used), found)


def _still_open(clinic: Clinic, used: Iterable[str]) -> list[str]:
    """Return the last ones used that can be made here now; making one may take a while."""
    return list(islice((url for url in used if _is_open(clinic, url)), _MOST_SHOWN))


def _is_open(clinic: Clinic, url: str) -> bool:
    """Whether a sensor that was used before can be made here now."""
    try:
        clinic.make_device(url)
    except LevatorError:
        return False
    return True


def _seat(typed: Typed, red_flags: tuple[str, ...], pain: int | None) -> Seating:
    return Seating(
        device_url=typed.device or typed.address,
        cushion=typed.cushion,
        posture=typed.posture,
        stage=typed.stage,
        pain=pain,
        red_flags=red_flags,
        asked_id=typed.asked_id,
        rest=typed.rest,
        reference=typed.reference,
    )


def _choices(view: View) -> list[Stage]:
    """Return her stage, and those in open mode, which ask for nothing."""
    return [
        one
        for one in view.protocol.stages_of(view.chart.phase)
        if one.id == view.chart.stage or one.dose is None
    ]


def is_refused(view: View) -> bool:
    """Return whether nothing that could be chosen here may be trained, whatever is answered."""
    return all(
        any(one.code in REFUSING for one in shut_today(view.protocol, stage, view.chart))
        for stage in _choices(view)
    )


def _stage(say: Speaker, view: View, stage: Stage) -> dict[str, Any]:
    """Return a stage with its dose today, and what keeps it shut besides what is asked here."""
    shut = [
        one
        for one in shut_today(view.protocol, stage, view.chart)
        if one.kind != "pain" and one.code != "red_flags_asked"
    ]
    made = dose_today(view.protocol, stage, view.chart, load_hard_limits())
    shown: dict[str, Any] = {"id": stage.id, "line": stage_line(say, stage), "lowered": []}
    shown["goal"] = stage.words_in(say.language).goal
    shown["shut"] = [reason(say, one, view.protocol) for one in shut]
    if isinstance(made, DoseRefused):
        return shown | {"dose": "", "refused": dose_refused(say, made)}
    shown["lowered"] = [lowered(say, view.protocol, one) for one in made.lowered]
    return shown | {"dose": dose(say, made.dose), "refused": []}
