"""A socket whose login ends: it closes, whatever the page on it does."""

from __future__ import annotations

import asyncio

from starlette.types import Message, Receive, Send

from levator.web.line import NOT_LET_IN, SIGNED_OUT


class EndedSocket:
    """A socket that closes when its login has ended; what is still sent then goes nowhere."""

    def __init__(self, ended: asyncio.Event, receive: Receive, send: Send) -> None:
        """Stand between the server and the page's socket."""
        self._ended, self._receive, self._send = ended, receive, send
        self._is_closed = False

    async def receive(self) -> Message:
        """Return what comes first: a message, or that the login has ended."""
        hearing = asyncio.ensure_future(self._receive())
        ending = asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait({hearing, ending}, return_when=asyncio.FIRST_COMPLETED)
            if not self._ended.is_set():
                return hearing.result()
        finally:
            hearing.cancel()
            ending.cancel()
        if not self._is_closed:
            self._is_closed = True
            said = {"type": "websocket.close", "code": NOT_LET_IN, "reason": SIGNED_OUT}
            await self._send(said)
        return {"type": "websocket.disconnect", "code": NOT_LET_IN}

    async def send(self, message: Message) -> None:
        """Send while the login holds."""
        if not self._is_closed:
            await self._send(message)
