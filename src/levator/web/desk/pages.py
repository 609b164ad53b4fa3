"""What every page of the record shares: who asks, acts in threads, words for what is refused."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from levator.clinic import Clinic
from levator.clinic.acting import Acts
from levator.records.access import Actor, may, relation_to_patient
from levator.records.people import Patient
from levator.texts import Speaker, mark, speaker
from levator.web.frame import framed
from levator.web.looks import Looks, language_of
from levator.web.signed import actor
from levator.web.typed import TYPED

#: Above a form that comes back after signing in again.
NOT_SENT = mark("Your login had ended, so this was not kept yet. Look it over and send it again.")

P = ParamSpec("P")
T = TypeVar("T")


def new_id() -> str:
    """Return an id for what a form will make."""
    return uuid.uuid4().hex


class Desk:
    """The clinic as its pages see it."""

    def __init__(self, clinic: Clinic, looks: Looks) -> None:
        """Keep what the pages need."""
        self.clinic, self.looks = clinic, looks

    async def do(
        self, act: Callable[Concatenate[Acts, Actor, P], T], *given: P.args, **more: P.kwargs
    ) -> T:
        """Let who asks do something, in a thread: it blocks."""
        return await asyncio.to_thread(act, self.clinic.acts, actor(), *given, **more)

    async def check(self, action: str, request: Request) -> None:
        """Raise where who asks may not do this with the patient in the address."""
        await self.do(Acts.check, action, request.path_params["patient_id"])

    def page(
        self, request: Request, template: str, values: dict[str, Any], status: int = 200
    ) -> Response:
        """Return a page with what its frame needs; a form with what was typed in it before."""
        typed, form = TYPED.get({}), values.get("form")
        if typed and form is not None and request.method == "GET":
            form.values = typed
            form.hidden = {name: typed.get(name, text) for name, text in form.hidden.items()}
            values["trouble"] = voice(request).say(NOT_SENT)
        return self.looks.page(template, language_of(request), framed(request) | values, status)


def voice(request: Request) -> Speaker:
    """Return the voice of a request."""
    return speaker(language_of(request))


def name_of(patient: Patient) -> str:
    """Return her name as it is written."""
    return f"{patient.given_name} {patient.family_name}".strip()


def who_is(say: Speaker, patient: Patient) -> str:
    """Return her name and date of birth: the two that tell one woman from another."""
    born = say.say("born %(day)s", day=day_text(say, patient.born_on)) if patient.born_on else ""
    return ", ".join(filter(None, (name_of(patient), born)))


def allowed(who: Actor, patient: Patient, *actions: str) -> dict[str, bool]:
    """Return action -> whether the table allows it with her, for what a page offers."""
    relation = relation_to_patient(who, patient)
    return {action.replace(".", "_"): may(who, action, relation) for action in actions}


def day_text(say: Speaker, day: str | None) -> str:
    """Return a day of the record in words; empty where there is none."""
    return say.date(date.fromisoformat(day[:10])) if day else ""


def moment_text(say: Speaker, moment: str) -> str:
    """Return a moment of the record in words."""
    if not moment:
        return ""
    at = local(moment)
    return f"{say.date(at.date())}, {at:%H:%M}"


def local(moment: str) -> datetime:
    """Return a moment of the record as the clocks of this computer show it."""
    return datetime.fromisoformat(moment).astimezone()
