"""The application over one clinic: pages, sockets, static files, and the guard before them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.routing import Mount, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from levator.clinic import Clinic
from levator.web.board import show_board
from levator.web.guard import Guard
from levator.web.joining import JoinPages
from levator.web.line import talk
from levator.web.looks import Looks, cookie_of
from levator.web.pages import DESK, Pages
from levator.web.painting import Painter
from levator.web.refusals import speak_refusals

STATIC = Path(__file__).parent / "static"


class App:
    """ASGI application. `address` is set by whoever binds the port, before it serves."""

    def __init__(self, clinic: Clinic, health_token: str = "", address: str = "") -> None:
        """`health_token` comes back from /health, so that a caller knows whom it reached."""
        self.clinic = clinic
        self.painter = Painter(clinic.rooms, address)
        clinic.rooms.paint = self.painter
        self._token = health_token
        self._app = Guard(self._routes())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or serve one socket."""
        await self._app(scope, receive, send)

    def _routes(self) -> FastAPI:
        app = FastAPI(
            title="levator", docs_url=None, redoc_url=None, openapi_url=None, lifespan=self._life
        )
        app.add_api_route("/health", self._health)
        looks = Looks()
        speak_refusals(app, looks)
        pages = Pages(self.clinic, looks, self.painter)
        app.router.routes += [
            *pages.routes(),
            *JoinPages(self.clinic.rooms, looks).routes(),
            WebSocketRoute("/rooms/{number}/patient/line", self._patient_line),
            WebSocketRoute("/rooms/{number}/therapist/line", self._therapist_line),
            WebSocketRoute("/board/line", self._board_line),
            Mount("/static", StaticFiles(directory=STATIC)),
        ]
        return app

    @asynccontextmanager
    async def _life(self, app: FastAPI) -> AsyncIterator[None]:
        async with self.clinic.running():
            yield

    def _health(self) -> dict[str, str]:
        return {"status": self.clinic.recorder.health(), "token": self._token}

    async def _patient_line(self, socket: WebSocket) -> None:
        await talk(socket, self.clinic, "patient")

    async def _therapist_line(self, socket: WebSocket) -> None:
        await talk(socket, self.clinic, "therapist")

    async def _board_line(self, socket: WebSocket) -> None:
        await show_board(socket, self.clinic, cookie_of(socket, DESK))


def create_app(clinic: Clinic, health_token: str = "", address: str = "") -> App:
    """Return the application over a clinic."""
    return App(clinic, health_token, address)
