"""The list of patients with its search, and a new patient.

What is looked for is a name, so it stands in no address: it is sent in a form, and comes back
sealed for this login, so that reloading, going back and the next page work as always.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from levator.clinic import patients
from levator.clinic.patients import TwinError
from levator.clinic.seal_key import SealKey
from levator.errors import CallerError
from levator.records.people import Patient
from levator.records.work import ConflictError
from levator.texts import Speaker, mark
from levator.web.desk import person_forms
from levator.web.desk.filling import Form, whole
from levator.web.desk.pages import Desk, day_text, name_of, new_id, voice
from levator.web.forms import Typed, read_form
from levator.web.signed import actor, signed_in

PER_PAGE = 50
_MADE_BEFORE = mark("This form has made her record already; change the rest on her own page.")


class PatientList:
    """Handlers over one clinic."""

    def __init__(self, desk: Desk) -> None:
        """Keep the desk."""
        self._desk = desk

    def routes(self) -> list[Route]:
        """Return every page with its address."""
        return [
            Route("/patients", self.find),
            Route("/patients", self.look, methods=["POST"]),
            Route("/patients/new", self.new),
            Route("/patients/new", self.make, methods=["POST"]),
        ]

    async def look(self, request: Request) -> Response:
        """Take what is looked for, and go on to who is found."""
        typed = Typed(await read_form(request))
        sealed = self._key.seal(typed.text, _context()) if typed.text else ""
        return RedirectResponse(_address(sealed, _whose(typed.fields), 0), 303)

    @property
    def _key(self) -> SealKey:
        return self._desk.clinic.accounts.key

    def _text(self, sealed: str) -> str:
        """Return what is looked for; nothing where another login has sealed it."""
        return self._key.unseal(sealed, _context()) or ""

    async def find(self, request: Request) -> Response:
        """Show who is looked for, or everybody by name."""
        text = self._text(request.query_params.get("looked", ""))
        sealed = request.query_params["looked"] if text else ""
        whose = _whose(request.query_params)
        offset = max(0, whole(request.query_params.get("offset", "")) or 0)
        found = await self._desk.do(
            patients.find,
            text,
            is_mine=whose == "mine",
            is_nobodys=whose == "nobodys",
            limit=PER_PAGE,
            offset=min(offset, 10**6),
        )
        treating = await self._desk.do(patients.treating)
        say = voice(request)
        values = {
            "text": text,
            "looked": sealed,
            "whose": whose,
            "rows": [_row(say, one, treating) for one in found.patients],
            "total": found.total,
            "first": found.offset + 1,
            "last": found.offset + len(found.patients),
            "earlier": _address(sealed, whose, offset - PER_PAGE) if offset else "",
            "later": _address(sealed, whose, offset + PER_PAGE)
            if found.total > offset + PER_PAGE
            else "",
        }
        return self._desk.page(request, "patients.html", values)

    async def new(self, request: Request) -> Response:
        """Show the form; what was searched for stands in it."""
        name = self._text(request.query_params.get("looked", ""))
        form = person_forms.new_form(voice(request), new_id(), name)
        return self._form(request, form)

    async def make(self, request: Request) -> Response:
        """Make her; a twin is asked about."""
        typed = Typed(await read_form(request))
        say = voice(request)
        form = person_forms.new_form(say, typed.id)
        form.values = typed.fields
        try:
            made = await asyncio.to_thread(person_forms.make, self._desk.clinic, actor(), typed)
        except TwinError as refused:
            form = person_forms.with_twins(say, form, refused)
            return self._form(request, form, say.error(refused), refused.twins)
        except ConflictError as error:
            found = [kept for kept in (error.kept,) if isinstance(kept, Patient)]
            return self._form(request, form, say.say(_MADE_BEFORE), found)
        except CallerError as error:
            return self._form(request, form, say.error(error))
        return RedirectResponse(_file_of(made), 303)

    def _form(
        self, request: Request, form: Form, trouble: str = "", here: Sequence[Patient] = ()
    ) -> Response:
        twins = person_forms.twin_rows(voice(request), here)
        values = {"form": form, "trouble": trouble, "twins": twins, "back": "/patients"}
        status = 409 if here else 422 if trouble else 200
        return self._desk.page(request, "form.html", values, status)


def _row(say: Speaker, patient: Patient, treating: Mapping[str, str]) -> dict[str, object]:
    return {
        "address": _file_of(patient),
        "name": name_of(patient),
        "born_on": day_text(say, patient.born_on) if patient.born_on else "",
        "number": patient.number,
        "treated": _treated(say, patient, treating),
    }


def _treated(say: Speaker, patient: Patient, treating: Mapping[str, str]) -> str:
    """Return who treats her, of those who can sign in; an admin reads their names."""
    names = [treating[one] for one in patient.treated_by if one in treating]
    if actor().role == "therapist" and actor().user_id in patient.treated_by:
        return say.say("treated by you")
    if not names:
        return say.say("treated by nobody")
    if actor().role == "therapist":
        return say.say("treated by another")
    return say.say("treated by %(names)s", names=", ".join(names))


def _file_of(patient: Patient) -> str:
    """Return where she is looked at: an admin reads who she is, not how she is treated."""
    is_admin = actor().role == "clinic_admin"
    return f"/patients/{patient.id}{'/details' if is_admin else ''}"


def _context() -> str:
    return f"search {signed_in().login.id}"


def _whose(asked: Mapping[str, str]) -> str:
    """Return whether only some are looked for: `mine`, or `nobodys`; empty for everybody."""
    return next((one for one in ("mine", "nobodys") if asked.get(one) == "yes"), "")


def _address(sealed: str, whose: str, offset: int) -> str:
    asked = {"looked": sealed, "offset": max(0, offset) or ""} | ({whose: "yes"} if whose else {})
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"/patients?{query}" if query else "/patients"
