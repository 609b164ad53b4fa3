"""Work that goes on beside a room, kept until it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from levator.quantities import Seconds


class Tasks:
    """The event loop itself holds tasks only weakly; this holds them."""

    def __init__(self) -> None:
        """Begin with none."""
        self._running: set[asyncio.Task[object]] = set()

    def start(self, work: Coroutine[Any, Any, object]) -> None:
        """Start work on the running loop."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def cancel(self) -> None:
        """Ask all of it to stop; `finish` waits for that."""
        for task in list(self._running):
            task.cancel()

    async def finish(self) -> None:
        """Wait until all of it is done, whatever becomes of it."""
        await asyncio.gather(*self._running, return_exceptions=True)

    async def end(self, patience_s: Seconds) -> bool:
        """Ask all of it to stop and wait so long for that; return whether all of it has."""
        self.cancel()
        if self._running:
            await asyncio.wait(self._running, timeout=patience_s)
        return not self._running
