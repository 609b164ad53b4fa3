"""A patient is invited to look at her own record: a link that works once, shown this once."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from levator.clinic import patients
from levator.clinic.acting import RefusedError
from levator.clinic.invitations import LASTS, Invitations
from levator.errors import CallerError
from levator.records.people import Patient
from levator.records.work import NotThereError
from levator.web.account import drawn
from levator.web.desk.filling import Form, labelled
from levator.web.desk.pages import Desk, voice, who_is
from levator.web.forms import Typed, read_form
from levator.web.signed import actor
from levator.web.signing_in import origin_of


class InvitePage:
    """Handlers over one clinic."""

    def __init__(self, desk: Desk) -> None:
        """Keep the desk."""
        self._desk = desk
        self._invitations = Invitations(desk.clinic.accounts)

    def routes(self) -> list[Route]:
        """Return the page with its address."""
        path = "/patients/{patient_id}/invite"
        return [Route(path, self.show), Route(path, self.invite, methods=["POST"])]

    async def show(self, request: Request) -> Response:
        """Ask for her address."""
        patient = await self._desk.do(patients.read, request.path_params["patient_id"])
        return self._form(request, patient, patient.email)

    def _form(self, request: Request, patient: Patient, email: str, trouble: str = "") -> Response:
        say = voice(request)
        form = Form(
            heading=say.say("Invite her"),
            lead=say.say(
                "She gets an account of her own: her record, her pain scores, and who looked. Where"
                " she has one, the new link ends its password, its passkeys and every login."
            ),
            fields=[labelled(say, "email", is_needed=True)],
            values={"email": email},
            button=say.say("Make a link"),
            about=who_is(say, patient),
        )
        values = {"form": form, "trouble": trouble, "back": f"/patients/{patient.id}"}
        return self._desk.page(request, "form.html", values, 422 if trouble else 200)

    async def invite(self, request: Request) -> Response:
        """Make her account, or a new link for the one she has, and show the link."""
        typed, patient_id = Typed(await read_form(request)), request.path_params["patient_id"]
        make = self._invitations.invite_patient
        try:
            user, token = await asyncio.to_thread(make, actor(), patient_id, typed.email)
        except (NotThereError, RefusedError):
            raise
        except CallerError as error:
            patient = await self._desk.do(patients.read, patient_id)
            return self._form(request, patient, typed.email, voice(request).error(error))
        link = f"{origin_of(request)}/invitation/{token}"
        values = {"user": user, "link": link, "qr": drawn(link), "days": LASTS.days}
        return self._desk.page(
            request, "invited.html", values | {"back": f"/patients/{patient_id}"}
        )
