"""Turns for what takes long: one at a time for a login, few in all, in threads of their own.

Those of the pages stay free, so that a red flag or a stop never waits behind it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from weakref import WeakValueDictionary

T = TypeVar("T")


class Turns:
    """The turns of one kind of work."""

    def __init__(self, name: str, most_at_once: int) -> None:
        """Begin without any."""
        self._threads = ThreadPoolExecutor(most_at_once, name)
        self._of: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, login_id: str) -> asyncio.Lock:
        """Return the turn of a login, to be held for as long as what was made is kept."""
        return self._of.setdefault(login_id, asyncio.Lock())

    async def work(self, work: Callable[[], T]) -> T:
        """Do it once a thread is free."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        """End what waits."""
        self._threads.shutdown(wait=False, cancel_futures=True)
