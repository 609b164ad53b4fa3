"""Who looked: at one record, for her and the clinic; at all of them, for the clinic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, TypeAlias
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from levator.clinic import looking
from levator.clinic.looking import Looked, LookedPage
from levator.errors import CallerError
from levator.records.audit import AuditSearch
from levator.records.people import Role
from levator.texts import Speaker, mark
from levator.web.desk.filling import whole
from levator.web.desk.pages import Desk, local, voice
from levator.web.forms import Typed
from levator.web.signed import actor

PER_PAGE = 100
#: Whose lines are looked for, besides one account's.
PATIENTS, ITSELF = "patients", "levator"
ROLES: Mapping[Role, str] = {
    "patient": mark("patient"),
    "therapist": mark("therapist"),
    "researcher": mark("researcher"),
    "clinic_admin": mark("admin of the clinic"),
    "system_admin": mark("admin of the installation"),
}
#: What was done, in words.
ACTIONS: Mapping[str, str] = {
    "patient.list": mark("looked for patients"),
    "patient.make": mark("made a record"),
    "patient.read": mark("read the details"),
    "patient.change": mark("changed the details"),
    "patient.take_on": mark("took the patient on, with a reason"),
    "patient.hand_over": mark("handed the patient over"),
    "patient.export": mark("exported the record"),
    "patient.import": mark("brought a record in"),
    "patient.erase": mark("erased the record"),
    "patient.invite": mark("invited the patient"),
    "invitation.take": mark("chose a password by the link"),
    "patient.close_access": mark("closed the patient's own access"),
    "treatment.read": mark("read the record"),
    "pregnancy.write": mark("wrote a pregnancy"),
    "birth.write": mark("wrote a birth"),
    "clearance.sign": mark("signed a clearance"),
    "clearance.revoke": mark("revoked a clearance"),
    "red_flag.report": mark("reported a red flag"),
    "course.end": mark("ended a course"),
    "course.decide": mark("decided on the course"),
    "pain.report": mark("told of pain"),
    "symptom.report": mark("told of a symptom"),
    "assessment.write": mark("wrote a test"),
    "note.write": mark("wrote a note"),
    "consent.write": mark("wrote a consent"),
    "session.open": mark("opened a session"),
    "session.lead": mark("began a session"),
    "session.watch": mark("watched a session live"),
    "session.close": mark("closed a session"),
    "session.check": mark("looked again at what she may train"),
    "session.read": mark("looked at a session"),
    "session.report": mark("read the report of a session"),
    "session.train": mark("trained"),
    "session.stop": mark("stopped a session"),
    "home.prescribe": mark("prescribed for at home"),
    "home.read": mark("looked at what is done at home"),
    "home.keep": mark("sent what was done at home"),
    "home.feed": mark("gave the reminders to a calendar that has the link"),
    "home.remind": mark("reminded a browser of the patient"),
    "home.push_off": mark("forgot a browser: the clinic sends no messages any more"),
    "board.read": mark("looked at the running sessions"),
    "research.read": mark("read recordings for research"),
    "access.fail": mark("asked for what is not for the account"),
    "login.begin": mark("signed in"),
    "login.half": mark("gave a right password, without the second factor yet"),
    "login.fail": mark("did not get in"),
    "login.end": mark("signed out, or a login was ended"),
    "login.confirm": mark("showed once more who is signed in"),
    "account.own": mark("looked at the own account"),
    "account.language": mark("chose a language"),
    "account.password": mark("chose a password"),
    "account.totp": mark("changed the app for codes"),
    "account.passkey": mark("added a passkey"),
    "account.passkey_off": mark("took a passkey away"),
    "account.recovery": mark("made recovery codes"),
    "user.list": mark("looked at the accounts"),
    "user.invite": mark("made an account or a link for it"),
    "user.change": mark("changed an account"),
    "user.disable": mark("disabled an account"),
    "tenant.list": mark("looked at the clinics"),
    "tenant.read": mark("looked at the clinic's settings"),
    "tenant.change": mark("changed the clinic's settings"),
    "tenant.make": mark("made a clinic"),
    "key.exchange": mark("exchanged the key file"),
    "key.push": mark("changed the keys for messages to browsers"),
    "backup.check": mark("read a backup back"),
    "backup.restore": mark("restored a backup"),
    "todo.read": mark("looked at what is to do"),
    "retention.read": mark("looked whose time is over"),
    "backup.read": mark("looked at the backups"),
    "backup.make": mark("made a backup"),
    "audit.own": mark("looked at who looked"),
    "audit.read": mark("looked at who looked"),
}


#: A day in words, with its rows.
Days: TypeAlias = list[tuple[str, list[dict[str, Any]]]]


class LookedPages:
    """Handlers over one clinic."""

    def __init__(self, desk: Desk) -> None:
        """Keep the desk."""
        self._desk = desk

    def routes(self) -> list[Route]:
        """Return every page with its address."""
        return [
            Route("/patients/{patient_id}/looked", self.of_patient),
            Route("/audit", self.of_clinic),
        ]

    async def of_patient(self, request: Request) -> Response:
        """Show who did what with one record."""
        patient_id = request.path_params["patient_id"]
        found = await self._desk.do(
            looking.of_patient, patient_id, limit=PER_PAGE, offset=_offset(request)
        )
        is_admin = actor().role == "clinic_admin"
        if actor().role == "patient":
            say = voice(request)
            more = {"groups": _for_her(say, found.lines), "count": _times(say, found)}
            return self._page(request, found, f"/patients/{patient_id}", more)
        back = f"/patients/{patient_id}{'/details' if is_admin else ''}"
        about = next((one.patient for one in found.lines), "")
        return self._page(request, found, back, {"about": about})

    async def of_clinic(self, request: Request) -> Response:
        """Show what was done in the clinic, or what is looked for of it."""
        asked, say, trouble = Typed(dict(request.query_params)), voice(request), ""
        try:
            search = search_in(asked)
        except CallerError as error:
            search, trouble = looking.EVERYTHING, say.error(error)
        found = await self._desk.do(
            looking.of_clinic, search, limit=PER_PAGE, offset=_offset(request)
        )
        staff = await self._desk.do(looking.people)
        people = [(number, f"{name}, {say.say(ROLES[role])}") for number, name, role in staff]
        values = {
            "asked": asked,
            "is_searched": search != looking.EVERYTHING or bool(trouble),
            "trouble": trouble,
            "people": [*people, (PATIENTS, say.say("a patient")), (ITSELF, _itself(say))],
            "actions": _choices(say),
        }
        return self._page(request, found, "", values)

    def _page(
        self, request: Request, found: LookedPage, back: str, more: Mapping[str, Any] | None = None
    ) -> Response:
        say, first = voice(request), found.offset + 1
        last = found.offset + len(found.lines)
        values = {
            "groups": [("", _by_day(say, found.lines))],
            "is_clinic": not back,
            "back": back,
            "count": say.say(
                "%(first)s to %(last)s of %(total)s lines.",
                first=say.number(first, 0),
                last=say.number(last, 0),
                total=say.number(found.total, 0),
            ),
            "newer": _address(request, found.offset - PER_PAGE) if found.offset else "",
            "older": _address(request, last) if found.total > last else "",
        }
        status = 422 if more and more.get("trouble") else 200
        return self._desk.page(request, "looked.html", values | dict(more or {}), status)


def search_in(asked: Typed) -> AuditSearch:
    """Return what the fields of the page look for."""
    is_role = asked.who == PATIENTS
    user_id = None if is_role or not asked.who else "" if asked.who == ITSELF else asked.who
    words = ACTIONS.get(asked.what)
    return looking.search_of(
        user_id,
        "patient" if is_role else None,
        [code for code, said in ACTIONS.items() if said == words],
        asked.since,
        asked.until,
    )


def _choices(say: Speaker) -> list[tuple[str, str]]:
    """Return what can be looked for, once each, by its words."""
    codes = {say.say(words): code for code, words in ACTIONS.items()}
    return [(code, words) for words, code in sorted(codes.items(), key=lambda pair: pair[0])]


def _address(request: Request, offset: int) -> str:
    asked = {name: value for name, value in request.query_params.items() if value}
    asked |= {"offset": str(max(0, offset))}
    return f"{request.url.path}?{urlencode(asked)}"


def _offset(request: Request) -> int:
    return min(max(0, whole(request.query_params.get("offset", "")) or 0), 10**6)


def _itself(say: Speaker) -> str:
    return say.say("levator itself")


def _by_day(say: Speaker, lines: Sequence[Looked]) -> Days:
    """Return the lines under the day on which they were written, as this computer counts it."""
    days = groupby(lines, lambda one: local(one.at).date())
    return [(say.date(day), [_row(say, one) for one in of_day]) for day, of_day in days]


def _times(say: Speaker, found: LookedPage) -> str:
    """Return how often something was done: her page has alike lines of a day as one."""
    if len(found.lines) == found.total:
        return say.say_count("%(count)s time in all.", "%(count)s times in all.", found.total)
    return say.say(
        "Times %(first)s to %(last)s of %(total)s.",
        first=say.number(found.offset + 1, 0),
        last=say.number(found.offset + len(found.lines), 0),
        total=say.number(found.total, 0),
    )


def _for_her(say: Speaker, lines: Sequence[Looked]) -> list[tuple[str, Days]]:
    """Return what others did with her record, then what she did; equal lines of a day as one."""
    me = actor().user_id
    parts = (
        (say.say("Others"), [one for one in lines if one.user_id != me]),
        (say.say("You yourself"), [one for one in lines if one.user_id == me]),
    )
    return [(name, [_grouped(day) for day in _by_day(say, part)]) for name, part in parts if part]


def _grouped(day: tuple[str, list[dict[str, Any]]]) -> tuple[str, list[dict[str, Any]]]:
    """Return a day with its equal lines as one, at the time of the newest, with their number."""
    once: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in day[1]:
        same = (row["who"], row["role"], row["what"], str(row["is_refused"]))
        once.setdefault(same, row | {"times": 0})["times"] += 1
    return day[0], list(once.values())


def _row(say: Speaker, one: Looked) -> dict[str, Any]:
    roles = {str(role): words for role, words in ROLES.items()}
    role = say.say(roles[one.role]) if one.role in roles else ""
    what = say.say(ACTIONS[one.action]) if one.action in ACTIONS else one.action
    return {
        "when": f"{local(one.at):%H:%M}",
        "who": one.name or (one.user_id[:8] if one.user_id else _itself(say)),
        "role": role,
        "what": what,
        "is_refused": one.outcome == "refused",
        "patient_id": one.patient_id or "",
        "patient": one.patient or say.say("no record any more"),
        "address": one.address,
    }
