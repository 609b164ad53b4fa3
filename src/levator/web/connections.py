"""Connections that wait: whoever sends half a request, and no more, keeps nobody else out.

Live sockets are never counted: a connection leaves the row once its request has come whole, and
comes back to it when it waits for the next one.
"""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from levator.quantities import Seconds

#: So many may wait for the rest of their request; for one more the longest waiting is dropped.
MOST_WAITING = 100
#: How long the head of a request may take, from the first moment of the connection.
HEAD_S: Seconds = 10.0


class Connection(H11Protocol):
    """One connection of a server; every server has a class of its own, with its own row."""

    #: Those whose request has not come whole yet, the longest waiting first.
    waiting: ClassVar[dict[Connection, None]]
    _head: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._expect_head()
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Go on with the request."""
        super().data_received(data)
        if self.transport.get_protocol() is not self:
            return  # it is a live socket's now
        self._look()
        if self.conn.their_state is h11.IDLE and self._head is None:
            self._expect_head()  # the beginning of another request

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Leave the row for good."""
        self._leave()
        super().handle_websocket_upgrade(event)

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave the row."""
        self._leave()
        super().connection_lost(exc)

    def _look(self) -> None:
        if self.conn.their_state is not h11.IDLE:
            self._head_came()
        is_whole = self.conn.their_state not in (h11.IDLE, h11.SEND_BODY)
        if is_whole or self.transport.is_closing():
            self.waiting.pop(self, None)
        elif self not in self.waiting:
            self._wait()

    def _wait(self) -> None:
        self.waiting[self] = None
        if len(self.waiting) > MOST_WAITING:
            oldest = next(iter(self.waiting))
            del self.waiting[oldest]
            oldest.transport.close()

    def _leave(self) -> None:
        self.waiting.pop(self, None)
        self._head_came()

    def _expect_head(self) -> None:
        self._head = self.loop.call_later(HEAD_S, self.transport.close)

    def _head_came(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None


def connections() -> type[Connection]:
    """Return the class of a server's connections."""
    return type("Connection", (Connection,), {"waiting": {}})
