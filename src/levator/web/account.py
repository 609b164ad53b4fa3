"""One's own account: second factors, password, recovery codes, and where one is signed in."""

from __future__ import annotations

import asyncio
import io
from datetime import datetime
from typing import Any

import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from levator.clinic import Clinic
from levator.clinic.factors import new_totp_secret, totp_address
from levator.clinic.logins import Signed
from levator.clinic.passkeys import is_possible_at
from levator.errors import CallerError
from levator.records.people import Login, Passkey
from levator.records.work import NotThereError
from levator.texts import Speaker
from levator.web.browsers import browser_name
from levator.web.confirming import ask_again
from levator.web.forms import Typed, read_form
from levator.web.frame import framed
from levator.web.looks import Looks, language_of, voice_of
from levator.web.signed import going, home_of, keep_login, own_path, signed_in
from levator.web.signing_in import origin_of, read_json, status_of, trouble_for_script

FACTOR = "/account/factor"


class AccountPages:
    """Handlers over one clinic's accounts; every one asks for a login."""

    def __init__(self, clinic: Clinic, looks: Looks) -> None:
        """Keep what the handlers need."""
        self._clinic, self._looks = clinic, looks
        self._accounts, self._passkeys = clinic.accounts, clinic.passkeys

    def routes(self) -> list[Route]:
        """Return every page with its address."""
        return [
            Route("/account", self.account),
            Route(FACTOR, self.factor),
            Route(FACTOR, self.take_factor, methods=["POST"]),
            Route("/account/password", self.change_password, methods=["POST"]),
            Route("/account/language", self.change_language, methods=["POST"]),
            Route("/account/codes", self.new_codes, methods=["POST"]),
            Route("/account/passkeys/question", self.question, methods=["POST"]),
            Route("/account/passkeys", self.take_passkey, methods=["POST"]),
            Route("/account/passkeys/{number}/remove", self.remove_passkey, methods=["POST"]),
            Route("/account/logins/end", self.end_others, methods=["POST"]),
            Route("/account/logins/{number}/end", self.end_login, methods=["POST"]),
        ]

    async def account(self, request: Request) -> Response:
        """Show the account."""
        return await self._account(request)

    async def _account(self, request: Request, trouble: str = "", status: int = 200) -> Response:
        signed, voice = signed_in(), voice_of(request)
        logins = await asyncio.to_thread(self._accounts.logins.of, signed.user)
        passkeys = await asyncio.to_thread(self._passkeys.of, signed.user)
        values = {
            "trouble": trouble,
            "has_app": signed.user.totp_sealed is not None,
            "codes_left": len(signed.user.recovery_hashes),
            "passkeys": [_passkey(one, voice) for one in passkeys],
            "logins": [_login(one, signed, voice) for one in logins],
            "is_done": request.query_params.get("done") == "1",
            "is_confirmed": self._accounts.logins.is_confirmed(signed),
        }
        return self._looks.page(
            "account.html", language_of(request), framed(request, "/account") | values, status
        )

    # --- Second factors

    async def factor(self, request: Request) -> Response:
        """Offer an app and a passkey."""
        self._ask_again(FACTOR)
        return await self._factor(request, new_totp_secret())

    async def _factor(
        self, request: Request, secret: str, trouble: str = "", status: int = 200
    ) -> Response:
        signed = signed_in()
        clinic = await asyncio.to_thread(self._accounts.clinic_name, signed.user.tenant_id)
        values: dict[str, Any] = {
            "trouble": trouble,
            "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
            "sealed": self._accounts.key.seal(secret, signed.login.id),
            "qr": drawn(totp_address(secret, signed.user.email, f"levator {clinic}")),
            "is_offered": signed.is_whole,
            "is_optional": signed.is_whole and signed.user.role == "patient",
            "home": home_of(signed),
            "has_passkeys": is_possible_at(origin_of(request)),
            "texts": self._looks.texts(language_of(request)),
        }
        return self._looks.page(
            "factor.html", language_of(request), framed(request) | values, status
        )

    async def take_factor(self, request: Request) -> Response:
        """Take the app once it shows the right code; show the recovery codes, this once."""
        typed, signed = Typed(await read_form(request)), signed_in()
        self._ask_again(FACTOR)
        secret = self._accounts.key.unseal(typed.sealed, signed.login.id)
        if secret is None:
            return RedirectResponse(FACTOR, 303)
        try:
            token, codes = await self._accounts.set_totp(signed, secret, typed.code)
        except CallerError as error:
            why = voice_of(request).error(error)
            return await self._factor(request, secret, why, status_of(error))
        return self._codes(request, token, codes)

    def _ask_again(self, back: str = "/account") -> None:
        """Ask once more who it is, except of who is still coming in."""
        if signed_in().is_whole:
            ask_again(self._clinic, back)

    def _codes(self, request: Request, token: str, codes: tuple[str, ...]) -> Response:
        values = {"codes": codes, "home": home_of(signed_in())}
        answer = self._looks.page("codes.html", language_of(request), values)
        keep_login(answer, request, token)
        return answer

    async def new_codes(self, request: Request) -> Response:
        """Make new recovery codes, and show them this once."""
        self._ask_again()
        token, codes = await self._accounts.new_codes(signed_in())
        return self._codes(request, token, codes)

    # --- Passkeys

    async def question(self, request: Request) -> Response:
        """Ask the browser to make a passkey."""
        self._ask_again(FACTOR)
        options = self._passkeys.options
        asked = await asyncio.to_thread(options, signed_in(), origin_of(request))
        return Response(asked, media_type="application/json")

    async def take_passkey(self, request: Request) -> Response:
        """Keep the passkey that the browser made."""
        answer, signed = await read_json(request), signed_in()
        name = browser_name(request.headers.get("user-agent", ""))
        add, origin = self._passkeys.add, origin_of(request)
        try:
            token = await asyncio.to_thread(add, signed, answer, name, origin)
        except CallerError as error:
            return trouble_for_script(request, error)
        told = JSONResponse({"address": "/account?done=1"})
        keep_login(told, request, token)
        return told

    async def remove_passkey(self, request: Request) -> Response:
        """Forget a passkey."""
        self._ask_again()
        number = request.path_params["number"]
        try:
            await asyncio.to_thread(self._passkeys.remove, signed_in(), number)
        except NotThereError:
            return RedirectResponse("/account", 303)
        except CallerError as error:
            return await self._account(request, voice_of(request).error(error), status_of(error))
        return RedirectResponse("/account?done=1", 303)

    # --- Password and logins

    async def change_password(self, request: Request) -> Response:
        """Take a new password; every other browser is signed out."""
        typed = Typed(await read_form(request, keeps=("new", "again")))
        self._ask_again()
        try:
            if typed.new != typed.again:
                raise CallerError("The two passwords are not the same; type them again.")
            token = await self._accounts.change_password(signed_in(), typed.new)
        except CallerError as error:
            return await self._account(request, voice_of(request).error(error), status_of(error))
        return going(request, token, "/account?done=1")

    async def change_language(self, request: Request) -> Response:
        """Take the language in which pages speak to her, and go on where she was.

        An empty one is the browser's.
        """
        typed = Typed(await read_form(request))
        try:
            await self._accounts.set_language(signed_in(), typed.language)
        except CallerError as error:
            return await self._account(request, voice_of(request).error(error), status_of(error))
        return RedirectResponse(own_path(typed.next) or "/account?done=1", 303)

    async def end_others(self, request: Request) -> Response:
        """Sign every other browser out."""
        self._ask_again()
        await self._accounts.end_others(signed_in())
        return RedirectResponse("/account?done=1", 303)

    async def end_login(self, request: Request) -> Response:
        """Sign another browser of one's own out."""
        self._ask_again()
        number = request.path_params["number"]
        try:
            await asyncio.to_thread(self._accounts.logins.end, signed_in(), number)
        except NotThereError:
            return RedirectResponse("/account", 303)
        return RedirectResponse("/account?done=1", 303)


def drawn(address: str) -> Markup:
    """Return a QR code to be put into a page."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(
        drawn, kind="svg", border=0, omitsize=True, xmldecl=False, nl=False
    )
    return Markup(drawn.getvalue().decode())


def _passkey(passkey: Passkey, voice: Speaker) -> dict[str, str]:
    made = voice.date(datetime.fromisoformat(passkey.made_at).astimezone().date())
    return {"number": passkey.id, "name": passkey.name, "made": made}


def _login(login: Login, signed: Signed, voice: Speaker) -> dict[str, Any]:
    seen = datetime.fromisoformat(login.seen_at).astimezone()
    return {
        "number": login.id,
        "name": browser_name(login.browser),
        "seen": voice.moment(seen),
        "is_this": login.id == signed.login.id,
    }
