"""uvicorn, with the settings that were measured (stack and performance notes)."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass

import structlog
import uvicorn
from starlette.types import ASGIApp

from levator.clinic.certificates import Tls
from levator.clinic.showing import Showing
from levator.web.connections import connections
from levator.web.handshakes import Handshakes

HOST = "127.0.0.1"
#: A viewer that does not read at all is dropped after this long.
PING_S = 10.0
LONGEST_MESSAGE_BYTES = 64 * 1024
#: So many files may be open, where the system lets them: far more than can be silent meanwhile.
MOST_FILES = 65_536
#: For TLS 1.2; those of TLS 1.3 are all good. Each has forward secrecy and authenticates.
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"


@dataclass(frozen=True, slots=True)
class Reach:
    """From where the server is reached. names : what it is called from elsewhere.

    proxies : addresses whose word for who asks, and over what, is taken. showing : where the
        certificate is looked at while the server runs.
    """

    host: str = HOST
    tls: Tls | None = None
    names: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    showing: Showing | None = None

    def address(self, port: int) -> str:
        """Return the address to open in a browser."""
        if self.proxies:
            return f"https://{self.names[0]}"
        scheme = "https" if self.tls else "http"
        return f"{scheme}://{self._name}:{port}"

    def here(self, address: str) -> str:
        """Return an address as it is opened on this computer itself; empty behind a proxy."""
        return "" if self.proxies else address.replace(f"//{self._name}:", f"//{HOST}:")

    @property
    def _name(self) -> str:
        return self.names[0] if self.names else self.host


HERE = Reach()


def config(app: ASGIApp, log_level: str = "warning", reach: Reach = HERE) -> uvicorn.Config:
    """Return the server's settings; frames are small and many, so they are not deflated."""
    return uvicorn.Config(
        app,
        host=reach.host,
        ssl_certfile=reach.tls.certificate if reach.tls else None,
        ssl_keyfile=reach.tls.key if reach.tls else None,
        ssl_ciphers=CIPHERS,
        loop="auto",
        http=connections(),
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=LONGEST_MESSAGE_BYTES,
        ws_ping_interval=PING_S,
        ws_ping_timeout=PING_S,
        log_level=log_level,
        access_log=False,
        server_header=False,
        proxy_headers=bool(reach.proxies),
        forwarded_allow_ips=list(reach.proxies),
        timeout_graceful_shutdown=2,
    )


def plain_log() -> None:
    """Let a logged fault show where it was, without the values that were at hand: hers.

    A line begins with its moment in UTC and holds no codes for colours.
    """
    plain = structlog.dev.plain_traceback
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)
    kept = structlog.get_config()["processors"][:-1]
    moment = structlog.processors.TimeStamper(fmt="iso", utc=True)
    structlog.configure(processors=[*kept, moment, renderer])


def more_files() -> None:
    """Let this program have as many files open as the system gives it, up to `MOST_FILES`."""
    try:
        import resource
    except ImportError:  # Windows counts none
        return
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if most == resource.RLIM_INFINITY else min(most, MOST_FILES)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def listening_socket(port: int, host: str = HOST) -> socket.socket:
    """Return a socket bound to this computer or another address; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    return listening


def address_of(listening: socket.socket, reach: Reach = HERE) -> str:
    """Return the address to open in a browser."""
    return reach.address(int(listening.getsockname()[1]))


def serve(
    app: ASGIApp,
    port: int,
    on_start: Callable[[str], None] = lambda address: None,
    log_level: str = "warning",
    reach: Reach = HERE,
    is_well: Callable[[], bool] = lambda: True,
) -> None:
    """Serve until interrupted. `on_start` gets the address once pages can be opened.

    is_well : whether all was saved at the end; else it returns, whatever interrupted it. Raises
    OSError when the port is taken.
    """
    plain_log()
    more_files()
    server = Server(config(app, log_level, reach), on_start, reach, is_well)
    listening = listening_socket(port, reach.host)
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

    def __init__(
        self,
        settings: uvicorn.Config,
        on_start: Callable[[str], None],
        reach: Reach = HERE,
        is_well: Callable[[], bool] = lambda: True,
    ) -> None:
        """`on_start` gets the address once pages can be opened; for `is_well` see `serve`."""
        super().__init__(settings)
        self._is_well = is_well
        self._connections = connections()
        self._on_start, self._reach = on_start, reach
        self._handshakes: Handshakes | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell. Over TLS the handshakes are ours: uvicorn waits a minute for each."""
        tls = self.config.ssl
        await super().startup(sockets if tls is None else [])
        if tls is not None and self.started:
            self._handshakes = Handshakes(self._connection, tls)
            for one in sockets or ():
                self._handshakes.listen(one, self.config.backlog)
        if self._reach.showing is not None:
            self._reach.showing.use = self._use_from(asyncio.get_running_loop())
        if self.started and sockets:
            self._on_start(address_of(sockets[0], self._reach))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more over TLS, then end as uvicorn does, unless there is something to say."""
        if self._handshakes is not None:
            await self._handshakes.close()
        await super().shutdown(sockets)
        if not self._is_well():
            # They would end the program at once, as if all were saved.
            self._captured_signals.clear()

    def _connection(self) -> asyncio.Protocol:
        return self._connections(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )

    def _use_from(self, loop: asyncio.AbstractEventLoop) -> Callable[[Tls], object]:
        """Return what takes another certificate, from any thread; open connections stay."""

        def use(tls: Tls) -> None:
            if self.config.ssl is not None:
                take = self.config.ssl.load_cert_chain
                loop.call_soon_threadsafe(take, tls.certificate, tls.key)

        return use
