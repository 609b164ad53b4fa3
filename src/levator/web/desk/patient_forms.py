"""Every form about one patient: shown, sent, and shown again with what was wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from levator.clinic import Clinic, courses, history, patients
from levator.clinic.acting import RefusedError
from levator.clinic.courses import ChangedMeanwhileError, UndecidedError, View
from levator.clinic.patients import TwinError
from levator.errors import CallerError
from levator.records.access import Actor
from levator.records.entity import Entity, Plain
from levator.records.treatment import Clearance
from levator.records.work import ConflictError, NotThereError
from levator.texts import Speaker, mark
from levator.web.desk import course_forms, person_forms, telling_forms, treatment_forms
from levator.web.desk.course_words import revoked_words
from levator.web.desk.filling import Field, Form
from levator.web.desk.pages import Desk, day_text, new_id, voice, who_is
from levator.web.forms import LONGEST_NOTE, Typed, read_form
from levator.web.signed import actor

#: Where what is told is never changed: what was sent first stays.
_SENT_BEFORE = mark(
    "This form was sent before and is kept as it was then. Send it again, and what you changed is "
    "kept as a new entry."
)
Show = Callable[[Speaker, View, str], Form]
Take = Callable[[Clinic, Actor, str, Typed], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One form of her file: the last part of its address, how it is shown, what takes it."""

    name: str
    show: Show
    take: Take


#: Forms that are made from her course as it stands.
KINDS = (
    Kind("pregnancy", treatment_forms.pregnancy_form, treatment_forms.keep_pregnancy),
    Kind("birth", treatment_forms.birth_form, treatment_forms.keep_birth),
    Kind("clearance", treatment_forms.clearance_form, treatment_forms.sign_clearance),
    Kind("revoke", treatment_forms.revoke_form, treatment_forms.revoke),
    Kind("red-flag", treatment_forms.red_flag_form, treatment_forms.report_red_flag),
    Kind("pain", telling_forms.pain_form, telling_forms.report_pain),
    Kind("symptom", telling_forms.symptom_form, telling_forms.report_symptom),
    Kind("test", telling_forms.assessment_form, telling_forms.write_assessment),
    Kind("consent", telling_forms.consent_form, telling_forms.give_consent),
    Kind("withdraw", telling_forms.withdraw_form, telling_forms.withdraw_consent),
    Kind("note", telling_forms.note_form, telling_forms.write_note),
    Kind("decide", course_forms.otherwise_form, course_forms.decide),
    Kind("release", course_forms.release_form, course_forms.decide),
    Kind("end", course_forms.end_form, course_forms.end),
)


class PatientForms:
    """Handlers over one clinic."""

    def __init__(self, desk: Desk) -> None:
        """Keep the desk."""
        self._desk = desk

    def routes(self) -> list[Route]:
        """Return every form with its address."""
        found = []
        for kind in KINDS:
            path = f"/patients/{{patient_id}}/{kind.name}"
            found += [
                Route(path, self._shower(kind)),
                Route(path, self._taker(kind), methods=["POST"]),
            ]
        own = {
            "details": self.details,
            "take-on": self.take_on,
            "hand-over": self.hand_over,
            "close-access": self.close_access,
        }
        for name, handler in own.items():
            found.append(
                Route(f"/patients/{{patient_id}}/{name}", handler, methods=["GET", "POST"])
            )
        return found

    # --- Forms that are made from her course

    def _shower(self, kind: Kind) -> Callable[[Request], Any]:
        async def shown(request: Request) -> Response:
            return self._page(request, await self._made(request, kind, new_id()))

        return shown

    def _taker(self, kind: Kind) -> Callable[[Request], Any]:
        async def taken(request: Request) -> Response:
            typed = Typed(await read_form(request, LONGEST_NOTE))

            async def form() -> Form:
                return await self._made(request, kind, typed.id)

            return await self._take(request, kind.take, typed, form)

        return taken

    async def _made(self, request: Request, kind: Kind, made: str) -> Form:
        view, say = await self._desk.do(courses.view, _patient_id(request)), voice(request)
        form = kind.show(say, view, made)
        form.about = who_is(say, view.history.patient)
        return form

    async def _about(self, request: Request, form: Form) -> Form:
        patient = await self._desk.do(patients.read, _patient_id(request))
        form.about = who_is(voice(request), patient)
        return form

    # --- Forms about who she is

    async def details(self, request: Request) -> Response:
        """Show her details, or keep others."""

        async def form() -> Form:
            patient, say = await self._desk.do(patients.read, _patient_id(request)), voice(request)
            form = person_forms.details_form(say, patient)
            form.about = who_is(say, patient)
            if actor().role == "clinic_admin":
                asked = (patient.id, "patient.close_access")
                has_account = await self._desk.do(history.has_account, *asked)
                form.links = _admins_links(say, patient.id, has_account=has_account)
            return form

        return await self._either(request, person_forms.change, form)

    async def take_on(self, request: Request) -> Response:
        """Show why another's patient is taken on, or take her on."""

        async def form() -> Form:
            await self._desk.check("patient.take_on", request)
            patient = await self._desk.do(patients.listed, _patient_id(request))
            form = person_forms.take_on_form(voice(request), new_id())
            form.about = who_is(voice(request), patient)
            return form

        return await self._either(request, person_forms.take_on, form)

    async def hand_over(self, request: Request) -> Response:
        """Show to whom, or hand her over."""

        async def form() -> Form:
            await self._desk.check("patient.hand_over", request)
            others = await self._desk.do(history.therapists)
            patient = await self._desk.do(patients.read, _patient_id(request))
            is_admin = actor().role == "clinic_admin"
            made = person_forms.hand_over_form(
                voice(request), others, patient.treated_by, is_admin=is_admin
            )
            made.about = who_is(voice(request), patient)
            return made

        return await self._either(request, person_forms.hand_over, form, back="/patients")

    async def close_access(self, request: Request) -> Response:
        """Ask whether, or end all with which she comes in."""

        async def form() -> Form:
            patient_id, action = _patient_id(request), "patient.close_access"
            has_one = await self._desk.do(history.has_account, patient_id, action)
            return await self._about(
                request, person_forms.close_access_form(voice(request), has_one)
            )

        return await self._either(request, person_forms.close_access, form)

    async def _either(
        self, request: Request, take: Take, form: Callable[[], Any], back: str = ""
    ) -> Response:
        if request.method != "POST":
            return self._page(request, await form())
        typed = Typed(await read_form(request, LONGEST_NOTE))
        return await self._take(request, take, typed, form, back)

    # --- What both do

    async def _take(
        self,
        request: Request,
        take: Take,
        typed: Typed,
        form: Callable[[], Any],
        back: str = "",
    ) -> Response:
        patient_id = request.path_params["patient_id"]
        try:
            await asyncio.to_thread(take, self._desk.clinic, actor(), patient_id, typed)
        except (NotThereError, RefusedError):
            raise
        except ChangedMeanwhileError as error:
            if typed.kind == "accept":
                return await self._too_late(request, error, typed)
            return self._again(request, await form(), typed, error)
        except CallerError as error:
            shown: Form = await form()
            return self._again(request, shown, typed, error)
        is_admin = actor().role == "clinic_admin"
        return RedirectResponse(
            back or ("/patients" if is_admin else f"/patients/{patient_id}"), 303
        )

    async def _too_late(
        self, request: Request, error: ChangedMeanwhileError, typed: Typed
    ) -> Response:
        """Say who decided before the proposal was accepted on this page; nothing is kept."""
        since = [one for one in error.decisions[-1:] if one.id != typed.fields.get("last")]
        writers = [one.made_by for one in since]
        names = await self._desk.do(history.names, _patient_id(request), writers)
        form, trouble = course_forms.too_late(voice(request), since, names)
        return self._page(request, await self._about(request, form), trouble, 409)

    def _again(self, request: Request, form: Form, typed: Typed, error: CallerError) -> Response:
        """Show a form with what was typed and what is wrong with it."""
        say = voice(request)
        changed = (ConflictError, ChangedMeanwhileError, TwinError)
        status = 409 if isinstance(error, changed) else 422
        if form.is_over and not form.fields:  # what was asked for has come about
            return self._page(request, form, status=status)
        if isinstance(error, ConflictError) and (why := _revoked(error.kept)):
            # Who signed it did not know why; the same words are not offered once more.
            form.hidden = {**form.hidden, "id": new_id()}
            since = say.say(
                "It was kept, and is revoked since: %(because)s", because=revoked_words(say, why)
            )
            return self._page(request, form, since, status)
        form.values = typed.fields
        kept = {name: typed.fields.get(name, value) for name, value in form.hidden.items()}
        more: dict[str, Any] = {}
        trouble = say.error(error)
        if isinstance(error, ConflictError) and "version" in form.hidden:
            # What is kept may stand under another id: somebody else told of the same birth.
            kept |= {"version": str(error.kept.version), "id": error.kept.id}
        elif isinstance(error, ConflictError) and error.kept.id != typed.id:
            kept["last"] = error.kept.id
        elif isinstance(error, ConflictError):
            kept["id"], trouble = new_id(), say.say(_SENT_BEFORE)
        if isinstance(error, ChangedMeanwhileError):
            # What was typed is decided on the course as it stands now, which is shown beside it.
            kept = dict(form.hidden)
        if isinstance(error, (ConflictError, ChangedMeanwhileError)):
            more["differs"] = list(_differing(say, form, error.differs))
        if isinstance(error, TwinError):
            person_forms.with_twins(say, form, error)
            more["twins"] = person_forms.twin_rows(say, error.twins)
        if isinstance(error, UndecidedError):
            more["reasons"] = course_forms.refusal_lines(say, error)
        form.hidden = kept
        return self._page(request, form, trouble, status, more)

    def _page(
        self,
        request: Request,
        form: Form,
        trouble: str = "",
        status: int = 200,
        more: dict[str, Any] | None = None,
    ) -> Response:
        back = f"/patients/{_patient_id(request)}"
        if actor().role == "clinic_admin":
            back = "/patients" if form.links else f"{back}/details"
        values = {"form": form, "trouble": trouble, "back": form.back or back, "twins": []}
        values |= more or {}
        return self._desk.page(request, "form.html", values, status)


def _patient_id(request: Request) -> str:
    return str(request.path_params["patient_id"])


def _admins_links(say: Speaker, number: str, *, has_account: bool) -> list[tuple[str, str]]:
    """Return what an admin may do for her, besides her details."""
    links = {
        "hand-over": say.say("Hand over"),
        "close-access": say.say("Close her access") if has_account else "",
        "looked": say.say("Who looked"),
        "export": say.say("Take her data along"),
        "erase": say.say("Erase her"),
    }
    return [(f"/patients/{number}/{page}", words) for page, words in links.items() if words]


def _revoked(kept: Entity) -> str:
    """Return why a clearance that is kept holds no more; empty for everything else."""
    return kept.revoked_because if isinstance(kept, Clearance) and kept.revoked_on else ""


def _differing(
    say: Speaker, form: Form, differs: Mapping[str, tuple[Plain, Plain]]
) -> Iterator[tuple[str, str, str]]:
    """Yield what it is called, how it is now and what was typed; who and when is in the audit."""
    fields = {field.name: field for field in (*form.kept_as, *form.fields)}
    for name, values in differs.items():
        field = fields.get(name)
        if field is None and name.endswith(("_by", "_at")):
            continue
        was, given = (_in_words(say, field, one) for one in values)
        yield field.label if field is not None else name, was, given


def _in_words(say: Speaker, field: Field | None, value: Plain) -> str:
    """Return a value as its field shows it."""
    if field is not None and field.kind == "day" and value:
        return day_text(say, str(value))
    words = dict(field.options) if field is not None else {}
    if isinstance(value, tuple):
        return ", ".join(words.get(one, one) for one in value)
    text = _plain(say, value)
    return words.get(text, text)


def _plain(say: Speaker, value: Plain) -> str:
    if isinstance(value, float):
        return say.number(value, 2)
    return "–" if value is None or value == "" else str(value)
