"""A whole server in this process: a clinic in memory, pages and sockets on a free port."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from levator.clinic import Clinic
from levator.live.room import Room
from levator.records.people import Role
from levator.storage.memory import MemoryRepository
from levator.web import create_app
from levator.web.app import App
from levator.web.server import HERE, Reach, Server, address_of, config, listening_socket
from levator.web.signed import FORM_TOKEN_HEADER, form_token_for
from tests.clinic.people import clinic_of_all_roles, confirm, signed_in

T = TypeVar("T")


class Served:
    """A running server. `call` does something on its event loop, where rooms live."""

    app: App

    def __init__(
        self, clinic: Clinic, address: str, port: int, loop: asyncio.AbstractEventLoop
    ) -> None:
        self.clinic, self.address, self.port, self._loop = clinic, address, port, loop

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def client(self) -> httpx.Client:
        """A browser in which a therapist is signed in, sending what our own pages send."""
        return self.client_of("therapist")

    def client_of(self, role: Role) -> httpx.Client:
        """A browser in which somebody in this role is signed in."""
        token = signed_in(self.clinic.accounts, role)
        client = self.stranger()
        client.headers[FORM_TOKEN_HEADER] = form_token_for(token)
        client.cookies.set(self.login_cookie, token)
        return client

    def confirm(self, client: httpx.Client) -> None:
        """Let a browser have shown once more who is signed in in it."""
        confirm(self.clinic.accounts, client.cookies[self.login_cookie])

    def stranger(self) -> httpx.Client:
        """A browser in which nobody is signed in."""
        headers = {"origin": self.address, "accept-language": "en"}
        return httpx.Client(base_url=self.address, headers=headers)

    @property
    def login_cookie(self) -> str:
        return "__Host-levator" if self.address.startswith("https") else f"login-{self.port}"

    def line(self, client: httpx.Client, path: str, origin: str | None = None) -> ClientConnection:
        """A socket with the cookies that a browser would send to this path."""
        request = client.build_request("GET", path)
        headers = {"Cookie": request.headers.get("cookie", "")}
        return connect(
            self.address.replace("http", "ws") + path,
            origin=Origin(origin or self.address),
            additional_headers=headers,
            compression=None,
        )

    def the_room(self) -> Room:
        """The only room there is."""
        (room,) = self.clinic.rooms.rooms.values()
        return room


@contextmanager
def served(clinic: Clinic | None = None, reach: Reach = HERE) -> Iterator[Served]:
    """Serve until the block is left; everything is saved and closed then."""
    if clinic is None:
        clinic = Clinic(MemoryRepository())
        clinic_of_all_roles(clinic.accounts)
    authority = reach.tls.authority if reach.tls else None
    app = create_app(clinic, "token", names=reach.names, authority=authority)
    is_up, loops = threading.Event(), []

    def started(address: str) -> None:
        app.painter.address = address
        loops.append(asyncio.get_running_loop())
        is_up.set()

    listening = listening_socket(0)
    server = Server(config(app, reach=reach), started, reach)
    thread = threading.Thread(target=lambda: server.run(sockets=[listening]))
    thread.start()
    try:
        assert is_up.wait(20)
        port = listening.getsockname()[1]
        there = Served(clinic, address_of(listening, reach), port, loops[0])
        there.app = app
        yield there
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()
