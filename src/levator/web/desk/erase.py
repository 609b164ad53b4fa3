"""Erasing a patient: what goes is said first; who one is, the ground and her name are asked."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from levator.clinic import erasing, retention
from levator.clinic.acting import RefusedError
from levator.clinic.erasing import GROUNDS, Erased, Said
from levator.clinic.logins import NotConfirmedError
from levator.clinic.retention import Retained
from levator.errors import LevatorError
from levator.library import load_checklist
from levator.records.people import Patient
from levator.records.work import NotThereError
from levator.texts import Speaker
from levator.web.confirming import ask_again
from levator.web.desk.filling import Field
from levator.web.desk.pages import Desk, day_text, name_of, voice, who_is
from levator.web.forms import Typed, read_form
from levator.web.signed import signed_in

MOST_SHOWN = 100


class ErasePages:
    """Handlers over one clinic."""

    def __init__(self, desk: Desk) -> None:
        """Keep the desk."""
        self._desk = desk

    def routes(self) -> list[Route]:
        """Return every page with its address."""
        path = "/patients/{patient_id}/erase"
        return [
            Route("/retention", self.past),
            Route(path, self.show),
            Route(path, self.erase, methods=["POST"]),
        ]

    async def past(self, request: Request) -> Response:
        """List the records whose time is over."""
        say, over = voice(request), await self._desk.do(retention.over)
        values = {
            "years": over.years,
            "rows": [_row(say, one) for one in over.records[:MOST_SHOWN]],
            "total": len(over.records),
        }
        return self._desk.page(request, "retention.html", values)

    async def show(self, request: Request) -> Response:
        """Say what would go, and ask; who asks shows once more who she is before."""
        await self._desk.check("patient.erase", request)
        ask_again(self._desk.clinic, request.url.path)
        return await self._form(request, Typed())

    async def _form(
        self, request: Request, typed: Typed, error: LevatorError | None = None
    ) -> Response:
        say = voice(request)
        foreseen = await self._desk.do(erasing.foresee, request.path_params["patient_id"])
        values = {
            "foreseen": foreseen,
            "about": who_is(say, foreseen.time.patient),
            "until": day_text(say, foreseen.time.until),
            "last": day_text(say, foreseen.time.last_on),
            "ground": None if foreseen.is_past else _ground(say),
            "typed": typed,
            "trouble": say.error(error) if error else "",
        }
        return self._desk.page(request, "erase.html", values, 422 if error else 200)

    async def erase(self, request: Request) -> Response:
        """Erase her, once everything that is asked was said."""
        typed, clinic = Typed(await read_form(request)), self._desk.clinic
        said, logins = Said(name=typed.name, ground=typed.ground), clinic.accounts.logins
        patient_id = request.path_params["patient_id"]
        given = (clinic.acts, logins, signed_in(), patient_id, said, clinic.backups)
        try:
            done = await asyncio.to_thread(erasing.erase_said, *given)
        except (NotThereError, RefusedError, NotConfirmedError):
            raise
        except LevatorError as error:
            hers = signed_in().actor.tenant_id, patient_id
            if await asyncio.to_thread(erasing.gone, clinic.repository, [hers]):
                return self._left(request, error)
            return await self._form(request, typed, error)
        return self._desk.page(request, "erased.html", _done(done))

    def _left(self, request: Request, error: LevatorError) -> Response:
        """Say that bytes may be left of her who is gone, with the button that erases them."""
        values = {"trouble": voice(request).error(error)}
        return self._desk.page(request, "erased.html", values, 503)


def _ground(say: Speaker) -> Field:
    listed = load_checklist(GROUNDS)
    return Field(
        name="ground",
        label=say.say("Why she is erased before that"),
        kind="choice",
        options=[(one.code, one.words_in(say.language)) for one in listed.items],
        is_needed=True,
    )


def _done(done: Erased) -> dict[str, Any]:
    return {"done": done, "backups": [str(file) for file in done.backups]}


def _row(say: Speaker, one: Retained) -> dict[str, str]:
    patient: Patient = one.patient
    return {
        "address": f"/patients/{patient.id}",
        "name": name_of(patient),
        "number": patient.number,
        "last": day_text(say, one.last_on),
        "until": day_text(say, one.until),
    }
