"""Asking once more who somebody is, before something that matters.

A page that does such a thing calls `ask_again` first, where it is shown and where its form is
taken; whoever has shown it a moment ago goes on, all others are brought here and back.
"""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from levator.clinic import Clinic
from levator.clinic.confirming import Confirming
from levator.clinic.logins import CONFIRMED_LASTS, NotConfirmedError
from levator.clinic.passkeys import is_possible_at
from levator.errors import CallerError
from levator.web.forms import Typed, read_form
from levator.web.frame import framed
from levator.web.looks import Looks, language_of, voice_of
from levator.web.signed import own_path, signed_in
from levator.web.signing_in import origin_of, read_json, status_of, trouble_for_script

HERE = "/account/confirm"


def ask_again(clinic: Clinic, back: str) -> None:
    """Raise unless who asks has just shown once more who she is; `back` is where to go then."""
    if not clinic.accounts.logins.is_confirmed(signed_in()):
        raise NotConfirmedError(back)


def to_confirm(request: Request, error: NotConfirmedError) -> Response:
    """Return the way to the question, and back from there."""
    return RedirectResponse(f"{HERE}?next={quote(error.back or request.url.path)}", 303)


class ConfirmPages:
    """Handlers over one clinic's accounts."""

    def __init__(self, clinic: Clinic, looks: Looks) -> None:
        """Keep what the handlers need."""
        self._passkeys, self._looks = clinic.passkeys, looks
        self._confirming = Confirming(clinic.passkeys)

    def routes(self) -> list[Route]:
        """Return every page with its address."""
        return [
            Route(HERE, self.ask),
            Route(HERE, self.take, methods=["POST"]),
            Route(f"{HERE}/passkey/question", self.question, methods=["POST"]),
            Route(f"{HERE}/passkey", self.take_passkey, methods=["POST"]),
        ]

    async def ask(self, request: Request) -> Response:
        """Show what the account asks for."""
        return await self._ask(request, _back(request.query_params.get("next", "")))

    async def _ask(
        self, request: Request, back: str, trouble: str = "", status: int = 200
    ) -> Response:
        signed = signed_in()
        passkeys = await asyncio.to_thread(self._passkeys.of, signed.user)
        has_code = signed.user.totp_sealed is not None or bool(signed.user.recovery_hashes)
        values = {
            "trouble": trouble,
            "next": back,
            "minutes": int(CONFIRMED_LASTS.total_seconds() // 60),
            "has_factor": signed.has_factor,
            "takes_password": has_code or not signed.has_factor,
            "has_app": signed.user.totp_sealed is not None,
            "has_passkeys": bool(passkeys) and is_possible_at(origin_of(request)),
            "texts": self._looks.texts(language_of(request)),
        }
        return self._looks.page(
            "confirm.html", language_of(request), framed(request, "/account") | values, status
        )

    async def take(self, request: Request) -> Response:
        """Take the password, with a code where there is a second factor."""
        typed = Typed(await read_form(request, keeps=("password",)))
        back = _back(typed.next)
        try:
            await self._confirming.show(signed_in(), typed.password, typed.code)
        except CallerError as error:
            return await self._ask(request, back, voice_of(request).error(error), status_of(error))
        return RedirectResponse(back, 303)

    async def question(self, request: Request) -> Response:
        """Ask the browser for a passkey of hers."""
        ask = self._confirming.question
        asked = await asyncio.to_thread(ask, signed_in(), origin_of(request))
        return Response(asked, media_type="application/json")

    async def take_passkey(self, request: Request) -> Response:
        """Take a passkey of hers; the page goes on to the address in the answer."""
        answer, show = await read_json(request), self._confirming.show_passkey
        try:
            await asyncio.to_thread(show, signed_in(), answer, origin_of(request))
        except CallerError as error:
            return trouble_for_script(request, error)
        return JSONResponse({"address": _back(str(answer.get("next", "")))})


def _back(wanted: str) -> str:
    return own_path(wanted) or "/account"
