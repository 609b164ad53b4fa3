"""The pages before and between: signing in and out, invitations, the first run."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from levator.clinic import Clinic
from levator.clinic.accounts import ChooseClinicError
from levator.clinic.guesses import TooManyGuessesError
from levator.clinic.home.leasing import give_back
from levator.clinic.invitations import Invitations, NoInvitationError
from levator.clinic.passkeys import is_possible_at
from levator.clinic.setup import NewClinic
from levator.errors import CallerError, LevatorError
from levator.records.people import User
from levator.texts import LANGUAGES, mark
from levator.web.forms import LONGEST_FORM_BYTES, Typed, read_form
from levator.web.guard import is_here, is_opened_by_her
from levator.web.looks import SIGNED, Looks, language_of, voice_of
from levator.web.signed import (
    begins_at,
    browser_of,
    drop_login,
    going,
    home_of,
    keep_login,
    login_token,
    own_path,
    signed_in,
)
from levator.web.typed import TYPED_AT

_TWICE = mark("The two passwords are not the same; type them again.")
_NO_LINK = (
    mark("This link does not hold"),
    mark(
        "It was used, or is too old. Did you choose a password with it before? Then sign in. Else "
        "ask the clinic for a new one."
    ),
)
_NO_SETUP = (
    mark("There is nothing to set up here"),
    mark("The clinic is set up already, or this is not the computer that levator runs on."),
)


class SignInPages:
    """Handlers over one clinic's accounts."""

    def __init__(self, clinic: Clinic, looks: Looks) -> None:
        """Keep what the handlers need. `demo`: token of a link -> (who, where to)."""
        self._clinic, self._looks = clinic, looks
        self._invitations = Invitations(clinic.accounts)
        self.demo: Mapping[str, tuple[User, str]] = {}

    def routes(self) -> list[Route]:
        """Return every page with its address."""
        return [
            Route("/sign-in", self.sign_in),
            Route("/sign-in", self.take_password, methods=["POST"]),
            Route("/sign-in/left", self.left),
            Route("/sign-in/code", self.code),
            Route("/sign-in/code", self.take_code, methods=["POST"]),
            Route("/sign-in/passkey/question", self.question, methods=["POST"]),
            Route("/sign-in/passkey", self.take_passkey, methods=["POST"]),
            Route("/sign-out", self.sign_out, methods=["POST"]),
            Route("/invitation/{token}", self.invitation),
            Route("/invitation/{token}", self.accept, methods=["POST"]),
            Route("/set-up", self.set_up),
            Route("/set-up", self.make_clinic, methods=["POST"]),
            Route("/demo/{token}", self.demonstrate),
        ]

    # --- Signing in

    async def sign_in(self, request: Request) -> Response:
        """Show where address and password go."""
        signed = SIGNED.get()
        if signed is not None and signed.is_whole:
            return RedirectResponse(home_of(signed), 303)
        return self._sign_in(request, Typed({"next": request.query_params.get("next", "")}))

    def _sign_in(
        self,
        request: Request,
        typed: Typed,
        trouble: str = "",
        status: int = 200,
        clinics: Sequence[tuple[str, str]] = (),
    ) -> Response:
        values = {
            "typed": typed,
            "is_kept": f"{TYPED_AT}=" in typed.next,
            "clinics": clinics,
            "trouble": trouble,
            "has_passkeys": is_possible_at(origin_of(request)),
            "texts": self._looks.texts(language_of(request)),
        }
        return self._looks.page("sign-in.html", language_of(request), values, status)

    async def take_password(self, request: Request) -> Response:
        """Sign somebody in, wholly or up to the second factor."""
        typed = Typed(await read_form(request, keeps=("password",)))
        accounts = self._clinic.accounts
        try:
            browser = browser_of(request)
            token = await accounts.sign_in(typed.email, typed.password, browser, typed.clinic)
        except ChooseClinicError as error:
            said = voice_of(request).error(error)
            return self._sign_in(request, typed, said, 422, error.clinics)
        except CallerError as error:
            return self._sign_in(request, typed, voice_of(request).error(error), status_of(error))
        return await self._going_on(request, token, typed.next)

    async def _going_on(self, request: Request, token: str, wanted: str) -> Response:
        """Go where the login may; the one that this browser had before ends."""
        logins = self._clinic.accounts.logins
        signed = await asyncio.to_thread(logins.who, token)
        if (before := SIGNED.get()) is not None:
            await asyncio.to_thread(logins.end, before)
        to = begins_at(signed, wanted) if signed is not None else own_path(wanted) or "/"
        return going(request, token, to)

    async def left(self, request: Request) -> Response:
        """Tell how long the login of this browser still lasts; nothing of whose it is."""
        left = await asyncio.to_thread(self._clinic.accounts.logins.left, login_token(request))
        return JSONResponse({"left_s": left.total_seconds()})

    async def code(self, request: Request) -> Response:
        """Show where the code of the second factor goes."""
        return self._code(request)

    def _code(self, request: Request, trouble: str = "", status: int = 200) -> Response:
        signed = signed_in()
        if signed.is_whole:
            return RedirectResponse(home_of(signed), 303)
        values = {
            "trouble": trouble,
            "next": own_path(request.query_params.get("next", "")),
            "has_app": signed.user.totp_sealed is not None,
            "has_passkeys": is_possible_at(origin_of(request)),
            "texts": self._looks.texts(language_of(request)),
        }
        return self._looks.page("code.html", language_of(request), values, status)

    async def take_code(self, request: Request) -> Response:
        """Take a code; the login is whole then."""
        typed = Typed(await read_form(request))
        try:
            token = await self._clinic.accounts.show_code(signed_in(), typed.code)
        except CallerError as error:
            return self._code(request, voice_of(request).error(error), status_of(error))
        return going(request, token, begins_at(signed_in(), typed.next))

    async def question(self, request: Request) -> Response:
        """Ask the browser for a passkey."""
        asked = await asyncio.to_thread(self._clinic.passkeys.question, origin_of(request))
        return Response(asked, media_type="application/json")

    async def take_passkey(self, request: Request) -> Response:
        """Sign in with a passkey; the page goes on to the address in the answer."""
        answer = await read_json(request)
        sign_in = self._clinic.passkeys.sign_in
        try:
            token = await asyncio.to_thread(
                sign_in, answer, origin_of(request), browser_of(request)
            )
        except CallerError as error:
            return trouble_for_script(request, error)
        going_on = await self._going_on(request, token, str(answer.get("next", "")))
        told = JSONResponse({"address": going_on.headers["location"]})
        keep_login(told, request, token)
        return told

    async def sign_out(self, request: Request) -> Response:
        """End this login; a phone that says which one it is gives its days at home back."""
        signed = signed_in()
        # First, so that nothing of it takes them again.
        await asyncio.to_thread(self._clinic.accounts.logins.end, signed)
        phone = Typed(await read_form(request)).phone
        if phone and signed.is_whole and signed.user.role == "patient":
            # What she sent before she signed out has its turn first: it would take them again.
            async with self._clinic.syncs.of(signed.user.patient_id or ""):
                with suppress(LevatorError):  # she is signed out, whatever it says
                    await asyncio.to_thread(give_back, self._clinic.acts, signed.actor, phone)
        answer = RedirectResponse("/sign-in", 303)
        drop_login(answer, request)
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
        return answer

    # --- Invitations

    async def invitation(self, request: Request) -> Response:
        """Show where an invited person sets her password."""
        return await self._invitation(request)

    async def _invitation(self, request: Request, trouble: str = "", status: int = 200) -> Response:
        try:
            user = await asyncio.to_thread(self._invitations.invited, request.path_params["token"])
        except NoInvitationError:
            return self._notice(request, _NO_LINK, 404)
        clinic = await asyncio.to_thread(self._clinic.accounts.clinic_name, user.tenant_id)
        values = {"user": user, "clinic": clinic, "trouble": trouble}
        return self._looks.page("invitation.html", language_of(request), values, status)

    async def accept(self, request: Request) -> Response:
        """Set the password of an invited person and sign her in."""
        typed = Typed(await read_form(request, keeps=("password", "again")))
        voice = voice_of(request)
        if typed.password != typed.again:
            return await self._invitation(request, voice.say(_TWICE), 422)
        try:
            token = await self._invitations.accept(
                request.path_params["token"], typed.password, browser_of(request)
            )
        except CallerError as error:
            return await self._invitation(request, voice.error(error), 422)
        signed = await asyncio.to_thread(self._clinic.accounts.logins.who, token)
        begins = "" if signed is not None and signed.is_whole else "/account/factor"
        return await self._going_on(request, token, begins)

    # --- The first run

    async def set_up(self, request: Request) -> Response:
        """Show where a clinic is made."""
        typed = Typed({"code": request.query_params.get("code", "")})
        return await self._set_up(request, typed)

    async def _set_up(
        self, request: Request, typed: Typed, trouble: str = "", status: int = 200
    ) -> Response:
        if not await self._may_set_up(request):
            return self._notice(request, _NO_SETUP, 404)
        values = {"typed": typed, "trouble": trouble}
        return self._looks.page("set-up.html", language_of(request), values, status)

    async def _may_set_up(self, request: Request) -> bool:
        setup = self._clinic.setup
        is_offered = setup.in_browser and is_here(request.scope)
        return is_offered and await asyncio.to_thread(setup.is_open)

    async def make_clinic(self, request: Request) -> Response:
        """Make the clinic and its first admin, and sign her in."""
        typed = Typed(await read_form(request, keeps=("password", "again")))
        if not await self._may_set_up(request):
            return self._notice(request, _NO_SETUP, 404)
        voice = voice_of(request)
        if typed.password != typed.again:
            return await self._set_up(request, typed, voice.say(_TWICE), 422)
        language = typed.language if typed.language in LANGUAGES else voice.language
        wish = NewClinic(typed.clinic, typed.name, typed.email, language, typed.therapist_email)
        setup = self._clinic.setup
        try:
            setup.check_code(typed.code)
            token, link = await setup.make(wish, typed.password, browser_of(request))
        except CallerError as error:
            return await self._set_up(request, typed, voice.error(error), 422)
        if link is None:
            return going(request, token, "/account/factor")
        answer = self._made(request, link)
        keep_login(answer, request, token)
        return answer

    def _made(self, request: Request, link: str) -> Response:
        values = {"link": f"{origin_of(request)}/invitation/{link}"}
        return self._looks.page("set-up-done.html", language_of(request), values)

    async def demonstrate(self, request: Request) -> Response:
        """Sign in one of the made-up people of `levator demo`, unless somebody is already."""
        from levator.clinic.demonstration import let_in

        user, to = self.demo.get(request.path_params["token"], (None, ""))
        if user is None or not is_opened_by_her(request.scope):
            return self._notice(request, _NO_LINK, 404)
        signed = SIGNED.get()
        if signed is not None and user.role in ("patient", signed.user.role):
            return RedirectResponse(to, 303)
        token = await asyncio.to_thread(let_in, self._clinic.accounts, user, browser_of(request))
        return going(request, token, to)

    def _notice(self, request: Request, words: tuple[str, str], status: int) -> Response:
        voice = voice_of(request)
        heading, sentence = map(voice.say, words)
        signs_in = words is _NO_LINK
        return self._looks.notice(voice.language, heading, sentence, status, signs_in=signs_in)


def origin_of(request: Request) -> str:
    """Return the origin of our own pages, as the browser names it."""
    return f"{request.url.scheme}://{request.headers.get('host', '')}"


def status_of(error: LevatorError) -> int:
    """Return how a refusal is told apart by programs."""
    return 429 if isinstance(error, TooManyGuessesError) else 422


def trouble_for_script(request: Request, error: LevatorError) -> Response:
    """Return a refusal for a script of ours to show."""
    return JSONResponse({"trouble": voice_of(request).error(error)}, status_of(error))


async def read_json(request: Request) -> dict[str, Any]:
    """Return what a script of ours sent; raises HTTPException for anything else."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_FORM_BYTES:
            raise HTTPException(413)
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise HTTPException(400) from None
    if not isinstance(found, dict):
        raise HTTPException(400)
    return found
