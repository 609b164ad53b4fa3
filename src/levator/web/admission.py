"""What stands between the guard and the pages: who asks, and whether the row of the route
lets somebody like that ask. Sockets end soon after the login that opened them.
"""

from __future__ import annotations

import asyncio
from urllib.parse import quote

import structlog
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from levator.clinic import Clinic
from levator.clinic.erasing import gone
from levator.clinic.logins import Signed
from levator.errors import LevatorError, StorageError
from levator.quantities import Seconds
from levator.records.access import TABLE
from levator.texts import mark
from levator.web.api import PREFIX
from levator.web.api.refusing import too_often
from levator.web.ending import EndedSocket
from levator.web.formcheck import SentForm, checked_form
from levator.web.line import NOT_LET_IN, SIGNED_OUT
from levator.web.looks import SIGNED, TOKEN, Looks, voice_of
from levator.web.no_storage import no_storage
from levator.web.pace import Paces
from levator.web.routes import (
    ACTIONS,
    HALF,
    OWN_FORM_CHECK,
    PUBLIC,
    UNHURRIED,
    action_for,
    is_for_all,
    key_for,
)
from levator.web.signed import (
    FORM_TOKEN,
    address_of,
    form_token_for,
    home_of,
    login_token,
)
from levator.web.turning_away import TurnedAway
from levator.web.typed import TYPED, KeptTyped, may_keep

#: A login that ended is noticed by its sockets within two of these.
LOOK_EVERY_S: Seconds = 0.8
#: "Try again later", as RFC 6455 numbers it: the storage does not answer.
COME_AGAIN = 1013
#: Of one login at once: more screens than anybody has open.
MOST_SOCKETS = 50
_SAFE = ("GET", "HEAD")
_NOT_YOURS = (
    mark("This is not for your account"),
    mark("Ask an admin of the clinic if you need it."),
)
_STALE = (
    mark("This page had been open too long"),
    mark("Go back, load the page anew, and send it again."),
)
_TOO_OFTEN = (
    mark("That is too much at once"),
    mark("Wait a moment, then go on; live sessions are not touched by this."),
)
_log = structlog.get_logger()


class Admission:
    """ASGI middleware before the routes of one application."""

    def __init__(
        self,
        app: ASGIApp,
        routes: list[BaseRoute],
        clinic: Clinic,
        looks: Looks,
        turned_away: TurnedAway,
        typed: KeptTyped,
    ) -> None:
        """Stand before `app`, which has just these routes."""
        self._app, self.routes, self._clinic, self._looks = app, routes, clinic, looks
        self._typed, self._turned_away, self._paces = typed, turned_away, Paces(clinic.clock)
        self._open: dict[str, set[asyncio.Event]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what may be asked."""
        key = key_for(scope, self.routes) if scope["type"] in ("http", "websocket") else None
        if key is None or is_for_all(key):
            await self._app(scope, receive, send)
            return
        try:
            await self._admit(key, scope, receive, send)
        except StorageError as error:
            # Whatever the pages themselves meet is answered by their own handlers.
            await self._without_storage(error, scope, receive, send)

    async def _admit(self, key: str, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        token = login_token(connection)
        logins = self._clinic.accounts.logins
        signed = await asyncio.to_thread(logins.who, token, address_of(connection))
        SIGNED.set(signed)
        TOKEN.set(form_token_for(token) if signed else "")
        if signed is not None:
            self._typed.note(TOKEN.get(), signed.user.id, signed.user.tenant_id)
        if scope["type"] == "websocket":
            await self._socket(key, scope, receive, send)
        else:
            login = signed.login.id if signed else ""
            place = address_of(connection)
            telling = self._turned_away.watching(send, scope, key, place, login)
            await self._page(key, Request(scope, receive), telling)

    async def _without_storage(
        self, error: StorageError, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if scope["type"] == "websocket":
            await _close(receive, send, COME_AGAIN)
        else:
            await no_storage(Request(scope), self._looks, error)(scope, receive, send)

    # --- Pages

    async def _page(self, key: str, request: Request, send: Send) -> None:
        signed, receive = SIGNED.get(), request.receive
        answer = self._held_up(key, request, signed)
        if answer is None and key not in PUBLIC:
            answer = await self._refusal(key, request, signed)
        is_checked = request.method in _SAFE or key in OWN_FORM_CHECK
        if answer is None and signed is not None and not is_checked:
            sent = await checked_form(request, TOKEN.get())
            receive = sent.receive or receive
            answer = None if sent.receive else self._too_old(request, sent, signed)
            if answer is None:
                send = self._typed.until_taken(send, request, signed.user.id, sent.fields)
        if signed is not None and request.method in _SAFE:
            TYPED.set(self._typed.of(request, signed.user.id))
        await (answer or self._app)(request.scope, receive, send)

    def _too_old(self, request: Request, sent: SentForm, signed: Signed) -> Response:
        """Return the form again with what was typed, where an earlier login of hers had it."""
        path, token = request.url.path, sent.fields.get(FORM_TOKEN, "")
        if may_keep(path) and self._typed.is_of(token, signed.user.id):
            return RedirectResponse(self._typed.keep(path, sent.fields), 303)
        return self._notice(request, _STALE, 403)

    def _held_up(self, key: str, request: Request, signed: Signed | None) -> Response | None:
        """Return what is said where a login asks far more than a person does."""
        if signed is None or key in UNHURRIED or self._paces.allow(signed.login.id):
            return None
        if key == f"MOUNT {PREFIX}":
            answer = too_often(request)
        else:
            answer = self._notice(request, _TOO_OFTEN, 429)
        answer.headers["Retry-After"] = "1"
        return answer

    async def _refusal(self, key: str, request: Request, signed: Signed | None) -> Response | None:
        if signed is None:
            return await self._to_sign_in(request)
        if not signed.is_whole and (key not in HALF or _is_to_show_factor(key, signed)):
            to = "/sign-in/code" if signed.has_factor else "/account/factor"
            return RedirectResponse(await self._with_next(to, request), 303)
        if not may_ask(key, signed):
            if key == "GET /":
                return RedirectResponse(home_of(signed), 303)
            await asyncio.to_thread(self._note_refusal, key, signed)
            return self._notice(request, _NOT_YOURS, 403)
        return None

    async def _to_sign_in(self, request: Request) -> Response:
        if await asyncio.to_thread(self._clinic.setup.is_open):
            return RedirectResponse("/set-up", 303)
        return RedirectResponse(await self._with_next("/sign-in", request), 303)

    async def _with_next(self, to: str, request: Request) -> str:
        """Return an address that goes on to what is asked now, or to the form that was sent."""
        path, query = request.url.path, request.url.query
        if request.method in _SAFE:
            on = "" if path == "/" else path + (f"?{query}" if query else "")
        else:
            sent = await checked_form(request, "")
            on = self._typed.keep(path, sent.fields) if path.startswith("/patients/") else ""
        return f"{to}?next={quote(on)}" if on else to

    def _note_refusal(self, key: str, signed: Signed) -> None:
        accounts = self._clinic.accounts
        told = accounts.logins.told(
            signed.user,
            "access.fail",
            login_id=signed.login.id,
            address=signed.address,
            detail=ACTIONS[key],
        )
        with accounts.repository.work(writes=True) as work:
            work.audit(told)

    def _notice(self, request: Request, words: tuple[str, str], status: int) -> Response:
        voice = voice_of(request)
        heading, sentence = map(voice.say, words)
        return self._looks.notice(voice.language, heading, sentence, status)

    # --- Sockets

    async def _socket(self, key: str, scope: Scope, receive: Receive, send: Send) -> None:
        signed = SIGNED.get()
        if key in PUBLIC:
            await self._app(scope, receive, send)
        elif signed is None or not signed.is_whole or not may_ask(key, signed):
            await _close(receive, send, NOT_LET_IN, "" if signed else SIGNED_OUT)
        elif len(self._open.get(signed.login.id, ())) >= MOST_SOCKETS:
            await _close(receive, send, COME_AGAIN)
        else:
            await self._while_signed_in(signed.login.id, scope, receive, send)

    async def _while_signed_in(
        self, login_id: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        ended = asyncio.Event()
        self._open.setdefault(login_id, set()).add(ended)
        try:
            ending = EndedSocket(ended, receive, send)
            await self._app(scope, ending.receive, ending.send)
        finally:
            self._open[login_id].discard(ended)
            if not self._open[login_id]:
                del self._open[login_id]

    async def watch(self) -> None:
        """End the sockets of logins that hold no longer, and the rooms of who was erased at the
        terminal, for as long as the server runs."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            if asked := list(self._open):
                await self._look(asked)
            await self.drop_typed()
            await self._clinic.end_erased()

    async def _look(self, asked: list[str]) -> None:
        try:
            alive = await asyncio.to_thread(self._clinic.accounts.logins.alive, asked)
        except LevatorError:
            # A storage that does not answer must not stop a sitting.
            _log.exception("it could not be looked up who is signed in")
            return
        for login_id in set(asked) - alive:
            for ended in self._open.get(login_id, ()):
                ended.set()

    async def drop_typed(self) -> None:
        """Keep no words about whoever is erased, wherever that was asked."""
        self._typed.drop_old()
        if asked := self._typed.patients():
            try:
                self._typed.forget(await asyncio.to_thread(gone, self._clinic.repository, asked))
            except LevatorError:
                _log.exception("it could not be looked up who is erased")


async def _close(receive: Receive, send: Send, code: int, reason: str = "") -> None:
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": code, "reason": reason})


def may_ask(key: str, signed: Signed) -> bool:
    """Return whether the table lets somebody in this role do it with anything at all."""
    return signed.user.role in TABLE.get(action_for(key, signed.user.role), {})


def _is_to_show_factor(key: str, signed: Signed) -> bool:
    """Whether half a login asks for a new factor although there is one to be shown."""
    return signed.has_factor and key.partition(" ")[2].startswith("/account")
