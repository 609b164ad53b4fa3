"""Handshakes of TLS: whoever begins many and says nothing keeps nobody else out.

A connection leaves the count with its handshake, so that no live screen is in it.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress

from levator.clinic.networks import network_of
from levator.live.tasks import Tasks
from levator.quantities import Seconds
from levator.web.shares import Shares

#: How long a handshake of TLS may take; one that is silent holds a file of ours until then.
HANDSHAKE_S: Seconds = 5.0
#: So many go on at once; for one more of an address its oldest ends, for one more in all the oldest
#: of the address that has most.
MOST_OF_ONE = 100
MOST = 400
#: After this long it is tried again where no file is free.
_AGAIN_S: Seconds = 0.1


class Handshakes:
    """Takes the connections of a server over TLS."""

    def __init__(self, make: Callable[[], asyncio.Protocol], tls: ssl.SSLContext) -> None:
        """Give `make` what comes after a handshake."""
        self._make, self._tls = make, tls
        self._tasks = Tasks()
        self._waiting: Shares[asyncio.Task[None]] = Shares(MOST_OF_ONE, MOST)

    def listen(self, listening: socket.socket, backlog: int) -> None:
        """Take what comes, from now on."""
        listening.listen(backlog)
        listening.setblocking(False)
        self._tasks.start(self._accept(listening))

    async def close(self) -> None:
        """Take no more; what has no handshake yet ends."""
        self._tasks.cancel()
        for _, waits in self._waiting:
            waits.cancel()
        await self._tasks.finish()

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                one, address = await loop.sock_accept(listening)
            except OSError:  # no file is free, or who came has left
                await asyncio.sleep(_AGAIN_S)
                continue
            waits = asyncio.create_task(self._shake(one))
            waits.add_done_callback(self._waiting.drop)
            for oldest in self._waiting.put(network_of(address[0]), waits, waits):
                oldest.cancel()
            await asyncio.sleep(0)  # who is live comes in between

    async def _shake(self, one: socket.socket) -> None:
        loop, wait_s = asyncio.get_running_loop(), HANDSHAKE_S
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(OSError):  # silent, gone, or no TLS: nobody to tell
            await loop.connect_accepted_socket(
                self._make, one, ssl=self._tls, ssl_handshake_timeout=wait_s
            )
