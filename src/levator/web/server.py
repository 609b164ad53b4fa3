"""uvicorn, on loopback, with the settings that were measured (stack and performance notes)."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable

import structlog
import uvicorn
from starlette.types import ASGIApp

HOST = "127.0.0.1"
#: A viewer that does not read at all is dropped after this long.
PING_S = 10.0
LONGEST_MESSAGE_BYTES = 64 * 1024


def config(app: ASGIApp, log_level: str = "warning") -> uvicorn.Config:
    """Return the server's settings; frames are small and many, so they are not deflated."""
    return uvicorn.Config(
        app,
        host=HOST,
        loop="auto",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=LONGEST_MESSAGE_BYTES,
        ws_ping_interval=PING_S,
        ws_ping_timeout=PING_S,
        log_level=log_level,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=2,
    )


def plain_log() -> None:
    """Let a logged fault show where it was, without the values that were at hand: hers."""
    renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    kept = structlog.get_config()["processors"][:-1]
    structlog.configure(processors=[*kept, renderer])


def listening_socket(port: int) -> socket.socket:
    """Return a socket bound to loopback; port 0 takes a free one."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError:
        listening.close()
        raise
    return listening


def address_of(listening: socket.socket) -> str:
    """Return the address to open in a browser."""
    return f"http://{HOST}:{listening.getsockname()[1]}"


def serve(
    app: ASGIApp,
    port: int,
    on_start: Callable[[str], None] = lambda address: None,
    log_level: str = "warning",
) -> None:
    """Serve until interrupted. `on_start` gets the address once pages can be opened.

    Raises OSError when the port is taken.
    """
    plain_log()
    server = Server(config(app, log_level), on_start)
    listening = listening_socket(port)
    with contextlib.closing(listening), asyncio.Runner(loop_factory=_loop) as runner:
        runner.run(server.serve(sockets=[listening]))


def _loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


class Server(uvicorn.Server):
    """Tells its address when it is ready."""

    def __init__(self, settings: uvicorn.Config, on_start: Callable[[str], None]) -> None:
        """`on_start` gets the address once pages can be opened."""
        super().__init__(settings)
        self._on_start = on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        if self.started and sockets:
            self._on_start(address_of(sockets[0]))
