"""A whole server in this process: a clinic in memory, pages and sockets on a free port."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx
from websockets.sync.client import ClientConnection, connect

from levator.clinic import Clinic
from levator.live.room import Room
from levator.storage.memory import MemoryRepository
from levator.web import create_app
from levator.web.server import Server, address_of, config, listening_socket

T = TypeVar("T")


class Served:
    """A running server. `call` does something on its event loop, where rooms live."""

    def __init__(self, clinic: Clinic, address: str, loop: asyncio.AbstractEventLoop) -> None:
        self.clinic, self.address, self._loop = clinic, address, loop

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def client(self) -> httpx.Client:
        """A browser's worth of cookies, sending what our own pages send."""
        return httpx.Client(base_url=self.address, headers={"origin": self.address})

    def line(self, client: httpx.Client, path: str, origin: str | None = None) -> ClientConnection:
        """A socket with the cookies that a browser would send to this path."""
        request = client.build_request("GET", path)
        headers = {"Cookie": request.headers.get("cookie", "")}
        return connect(
            self.address.replace("http", "ws") + path,
            origin=origin or self.address,  # type: ignore[arg-type]
            additional_headers=headers,
            compression=None,
        )

    def the_room(self) -> Room:
        """The only room there is."""
        (room,) = self.clinic.rooms.rooms.values()
        return room


@contextmanager
def served() -> Iterator[Served]:
    """Serve until the block is left; everything is saved and closed then."""
    clinic = Clinic(MemoryRepository())
    app = create_app(clinic, "token")
    is_up, loops = threading.Event(), []

    def started(address: str) -> None:
        app.painter.address = address
        loops.append(asyncio.get_running_loop())
        is_up.set()

    listening = listening_socket(0)
    server = Server(config(app), started)
    thread = threading.Thread(target=lambda: server.run(sockets=[listening]))
    thread.start()
    try:
        assert is_up.wait(20)
        yield Served(clinic, address_of(listening), loops[0])
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()
