"""What is turned away goes to the log: when, what, why and from where, and nothing of anybody.

Who is refused by the table of access stands in the audit, which only grows; the rest is asked
by anybody, so it may not grow it. The log has a most of lines, and says how many it left out.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any

import structlog
from starlette.types import Message, Send

from levator.quantities import Seconds

LINES_A_MINUTE = 60
_MINUTE_S = 60.0
#: Statuses of what is turned away, and why.
WHY = {
    400: "not readable",
    403: "not allowed",
    413: "too long",
    422: "not as asked",
    429: "too often",
}
_log = structlog.get_logger()


class TurnedAway:
    """Tells the log, a most of times a minute."""

    def __init__(self, clock: Callable[[], Seconds]) -> None:
        """Begin with none."""
        self._clock = clock
        self._minute, self._lines = -1.0, 0

    def tell(self, reason: str, route: str, address: str, login: str = "") -> None:
        """Tell of one. `route` is a row of the table, never an address as it was typed."""
        minute = self._clock() // _MINUTE_S
        if minute != self._minute:
            left_out = self._lines - LINES_A_MINUTE
            self._minute, self._lines = minute, 0
            if left_out > 0:
                _log.warning("more was turned away", count=left_out)
        self._lines += 1
        if self._lines <= LINES_A_MINUTE:
            _log.warning("turned away", reason=reason, route=route, address=address, login=login)

    def watching(
        self, send: Send, scope: MutableMapping[str, Any], key: str, address: str, login: str
    ) -> Send:
        """Return a `send` that tells where an answer refuses."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in WHY:
                self.tell(WHY[message["status"]], _route(scope, key), address, login)
            await send(message)

        return sending


def _route(scope: MutableMapping[str, Any], key: str) -> str:
    """Return the row of a route; below a mount, with the path of the route in it."""
    method, _, place = key.partition(" ")
    if method != "MOUNT":
        return key
    within = getattr(scope.get("route"), "path", "")
    return f"{scope['method']} {place}{within}"
