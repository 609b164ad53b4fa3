"""The people of the clinic, for its admin: listed, invited, changed, disabled."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from levator.clinic import Clinic
from levator.clinic.acting import RefusedError
from levator.clinic.invitations import INVITED, LASTS, Invitations, Invitee
from levator.clinic.showing import ENDS
from levator.clinic.users import Users
from levator.errors import CallerError, LevatorError
from levator.records.people import Role, User
from levator.records.work import ConflictError, NotThereError
from levator.texts import LANGUAGES, Speaker, mark
from levator.web.account import drawn
from levator.web.forms import Typed, read_form
from levator.web.frame import framed
from levator.web.looks import NAMES, Looks, language_of, voice_of
from levator.web.signed import actor, signed_in
from levator.web.signing_in import origin_of

ROLES: dict[Role, str] = {
    "patient": mark("Patient"),
    "therapist": mark("Therapist"),
    "researcher": mark("Researcher"),
    "clinic_admin": mark("Admin of the clinic"),
    "system_admin": mark("Admin of the installation"),
}
STATES = {
    "invited": mark("Invited"),
    "active": mark("Active"),
    "disabled": mark("Disabled"),
}
_NOT_THERE = (
    mark("There is no such account"),
    mark("Look in the list of the people of the clinic."),
)


class UsersPages:
    """Handlers over one clinic's people."""

    def __init__(self, clinic: Clinic, looks: Looks) -> None:
        """Keep what the handlers need."""
        self._clinic = clinic
        self._looks = looks
        self._users, self._invitations = Users(clinic.accounts), Invitations(clinic.accounts)

    def routes(self) -> list[Route]:
        """Return every page with its address."""
        return [
            Route("/users", self.users),
            Route("/users", self.invite, methods=["POST"]),
            Route("/users/{number}", self.user),
            Route("/users/{number}", self.change, methods=["POST"]),
            Route("/users/{number}/disable", self.disable, methods=["POST"]),
            Route("/users/{number}/invite", self.invite_again, methods=["POST"]),
        ]

    async def users(self, request: Request) -> Response:
        """List the people of the clinic."""
        return await self._list(request, Typed({}))

    async def _list(
        self, request: Request, typed: Typed, trouble: str = "", status: int = 200
    ) -> Response:
        voice = voice_of(request)
        found = await asyncio.to_thread(self._users.all, actor())
        values = {
            "typed": typed,
            "trouble": trouble,
            "certificate": self._certificate(voice),
            "people": [_line(user, voice) for user in found],
            "may_invite": actor().role == "clinic_admin",
            **_choices(voice),
        }
        return self._looks.page(
            "users.html", language_of(request), framed(request) | values, status
        )

    def _certificate(self, voice: Speaker) -> str:
        showing = self._clinic.showing
        day = None if showing is None else showing.ends_on()
        return "" if day is None else voice.say(ENDS, day=voice.date(day))

    async def invite(self, request: Request) -> Response:
        """Make an account and show its link, this once."""
        typed = Typed(await read_form(request))
        try:
            wanted = Invitee(typed.name, typed.email, _role(typed.role), _language(typed))
            user, token = await asyncio.to_thread(self._invitations.invite, actor(), wanted)
        except CallerError as error:
            return await self._list(request, typed, voice_of(request).error(error), 422)
        return self._link(request, user, token)

    def _link(self, request: Request, user: User, token: str) -> Response:
        link = f"{origin_of(request)}/invitation/{token}"
        values = {"user": user, "link": link, "qr": drawn(link), "days": LASTS.days}
        return self._looks.page(
            "invited.html", language_of(request), framed(request, "/users") | values
        )

    async def user(self, request: Request) -> Response:
        """Show one account."""
        return await self._user(request)

    async def _user(
        self, request: Request, trouble: str = "", status: int = 200, **filled: Any
    ) -> Response:
        """Show one account as it is kept, or with what was filled in."""
        voice, number = voice_of(request), request.path_params["number"]
        try:
            user = await asyncio.to_thread(self._users.one, actor(), number)
            treats = await asyncio.to_thread(self._users.treats, actor(), user)
        except NotThereError:
            return self._gone(request)
        values = {
            "user": user,
            "filled": user,
            "tongue": user.language,
            "version": user.version,
            "treats": treats,
            "state": voice.say(STATES[user.state]),
            "trouble": trouble,
            "is_own": user.id == signed_in().user.id,
            "may_change": actor().role == "clinic_admin",
            **_choices(voice),
            **filled,
        }
        return self._looks.page(
            "user.html", language_of(request), framed(request, f"/users/{number}") | values, status
        )

    async def change(self, request: Request) -> Response:
        """Change name, role and language."""
        typed, number = Typed(await read_form(request)), request.path_params["number"]
        try:
            role, version = _role(typed.role), _version(typed.version)
            await asyncio.to_thread(
                self._users.change, actor(), number, typed.name, role, _language(typed), version
            )
        except ConflictError as error:
            # Whoever has seen the difference may save again: over what is kept now.
            shown = _as_typed(typed, error.kept.version)
            shown["differs"] = _differing(voice_of(request), error)
            return await self._refused(request, error, **shown)
        except CallerError as error:
            return await self._refused(request, error, **_as_typed(typed, typed.version))
        return RedirectResponse("/users", 303)

    async def disable(self, request: Request) -> Response:
        """End an account; its browsers are signed out."""
        number = request.path_params["number"]
        try:
            await asyncio.to_thread(self._users.disable, actor(), number)
        except CallerError as error:
            return await self._refused(request, error)
        return RedirectResponse("/users", 303)

    async def invite_again(self, request: Request) -> Response:
        """Show a new link: for a forgotten password, or for who has lost everything."""
        typed, number = Typed(await read_form(request)), request.path_params["number"]
        makers = {
            "password": self._invitations.for_password,
            "everything": self._invitations.again,
        }
        try:
            if typed.lost not in makers:
                raise _not_whole()
            user, token = await asyncio.to_thread(makers[typed.lost], actor(), number)
        except CallerError as error:
            return await self._refused(request, error)
        return self._link(request, user, token)

    async def _refused(self, request: Request, error: LevatorError, **filled: Any) -> Response:
        if isinstance(error, NotThereError):
            return self._gone(request)
        codes = {ConflictError: 409, RefusedError: 403}
        return await self._user(
            request, voice_of(request).error(error), codes.get(type(error), 422), **filled
        )

    def _gone(self, request: Request) -> Response:
        voice = voice_of(request)
        heading, sentence = map(voice.say, _NOT_THERE)
        return self._looks.notice(voice.language, heading, sentence, 404)


def _line(user: User, voice: Speaker) -> dict[str, str]:
    return {
        "number": user.id,
        "name": user.name,
        "email": user.email,
        "role": voice.say(ROLES[user.role]),
        "state": voice.say(STATES[user.state]),
        "code": user.state,
    }


def _choices(voice: Speaker) -> dict[str, Any]:
    return {
        "roles": [(role, voice.say(ROLES[role])) for role in INVITED],
        "tongues": [(code, NAMES[code]) for code in LANGUAGES],
    }


def _as_typed(typed: Typed, version: object) -> dict[str, Any]:
    """Return what stands in the form of an account in place of what is kept."""
    return {"filled": typed, "tongue": typed.tongue, "version": version}


def _differing(voice: Speaker, error: ConflictError) -> list[tuple[str, str, str]]:
    """Return what it is called, how it is now and what was filled in."""
    browsers = {"": voice.say("As the browser has it")}
    known: dict[str, tuple[str, Mapping[str, str]]] = {
        "name": (voice.say("Name"), {}),
        "role": (voice.say("Role"), {role: voice.say(words) for role, words in ROLES.items()}),
        "language": (voice.say("Language"), browsers | NAMES),
    }
    rows = []
    for field, (label, words) in known.items():
        if field in error.differs:
            kept, given = (str(one) for one in error.differs[field])
            rows.append((label, words.get(kept, kept), words.get(given, given)))
    return rows


def _role(text: str) -> Role:
    found: list[Role] = [role for role in ROLES if role == text]
    if not found:
        raise CallerError("Choose a role from the list.")
    return found[0]


def _language(typed: Typed) -> str:
    return typed.tongue if typed.tongue in LANGUAGES else ""


def _not_whole() -> CallerError:
    return CallerError("This page is not whole; load it anew.")


def _version(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise _not_whole()
    return int(text)
