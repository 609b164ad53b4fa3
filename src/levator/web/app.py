"""The application over one clinic: pages, sockets, static files, and the guard before them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.routing import Mount, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from levator.clinic import Clinic
from levator.errors import StorageError
from levator.web.account import AccountPages
from levator.web.admission import Admission
from levator.web.api import PREFIX, create_api
from levator.web.authority import AuthorityPages
from levator.web.board import show_board
from levator.web.confirming import ConfirmPages
from levator.web.desk import desk_routes
from levator.web.guard import Guard
from levator.web.home import home_routes
from levator.web.joining import JoinPages
from levator.web.line import talk
from levator.web.looks import Looks
from levator.web.pages import Pages
from levator.web.painting import Painter
from levator.web.refusals import speak_refusals
from levator.web.routes import without_row
from levator.web.signing_in import SignInPages
from levator.web.turning_away import TurnedAway
from levator.web.typed import KeptTyped
from levator.web.users import UsersPages

STATIC = Path(__file__).parent / "static"


class App:
    """ASGI application. `address` is set by whoever binds the port, before it serves."""

    def __init__(
        self,
        clinic: Clinic,
        health_token: str = "",
        address: str = "",
        names: tuple[str, ...] = (),
        authority: bytes | None = None,
    ) -> None:
        """Make every route; raises AssertionError where one has no row in the table.

        health_token : comes back from /health, so that a caller knows whom it reached.
        names : what this server is called from elsewhere. authority : the certificate of the
            clinic's own authority, for tablets to trust.
        """
        self.clinic = clinic
        #: What could not be saved before it ended.
        self.trouble: StorageError | None = None
        self.painter = Painter(clinic.rooms, address)
        clinic.rooms.paint = self.painter
        self._token = health_token
        self._looks = Looks()
        self.typed = KeptTyped(clinic.clock)
        self.signing_in = SignInPages(clinic, self._looks)
        self._authority = AuthorityPages(self._looks, authority)
        made = self._routes()
        if bare := without_row(made.router.routes):
            raise AssertionError(f"routes without a row in levator.web.routes: {bare}")
        turned_away = TurnedAway(clinic.clock)
        routes = made.router.routes
        self.admission = Admission(made, routes, clinic, self._looks, turned_away, self.typed)
        self._app = Guard(self.admission, names, turned_away)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or serve one socket."""
        await self._app(scope, receive, send)

    def _routes(self) -> FastAPI:
        app = FastAPI(
            title="levator", docs_url=None, redoc_url=None, openapi_url=None, lifespan=self._life
        )
        app.add_api_route("/health", self._health)
        speak_refusals(app, self._looks)
        app.router.routes += [
            *desk_routes(self.clinic, self._looks),
            *home_routes(self.clinic, self._looks),
            *Pages(self.clinic, self._looks, self.painter).routes(),
            *self.signing_in.routes(),
            *self.typed.routes(),
            *AccountPages(self.clinic, self._looks).routes(),
            *ConfirmPages(self.clinic, self._looks).routes(),
            *UsersPages(self.clinic, self._looks).routes(),
            *self._authority.routes(),
            *JoinPages(self.clinic, self._looks).routes(),
            WebSocketRoute("/rooms/{number}/patient/line", self._patient_line),
            WebSocketRoute("/rooms/{number}/therapist/line", self._therapist_line),
            WebSocketRoute("/board/line", self._board_line),
            Mount(PREFIX, create_api(self.clinic)),
            Mount(
                "/static", StaticFiles(directory=STATIC, packages=[("levator.reports", "static")])
            ),
        ]
        return app

    @asynccontextmanager
    async def _life(self, app: FastAPI) -> AsyncIterator[None]:
        is_up = False
        try:
            async with self.clinic.running():
                watching = asyncio.create_task(self.admission.watch())
                try:
                    is_up = True
                    yield
                finally:
                    watching.cancel()
        except StorageError as error:
            if not is_up:
                raise
            self.trouble = error

    def _health(self) -> dict[str, str]:
        return {"status": self.clinic.recorder.health(), "token": self._token}

    async def _patient_line(self, socket: WebSocket) -> None:
        await talk(socket, self.clinic, "patient")

    async def _therapist_line(self, socket: WebSocket) -> None:
        await talk(socket, self.clinic, "therapist")

    async def _board_line(self, socket: WebSocket) -> None:
        await show_board(socket, self.clinic)


def create_app(
    clinic: Clinic,
    health_token: str = "",
    address: str = "",
    names: tuple[str, ...] = (),
    authority: bytes | None = None,
) -> App:
    """Return the application over a clinic; see `App`."""
    return App(clinic, health_token, address, names, authority)
