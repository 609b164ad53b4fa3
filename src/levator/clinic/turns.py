"""Turns for what takes long: one at a time for each who asks, few in all, in threads of their own.

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

    def of(self, whose: str) -> asyncio.Lock:
        """Return the turn of a login or a patient, to be held until what was made is kept."""
        return self._of.setdefault(whose, asyncio.Lock())

    async def work(
        self, work: Callable[[], T], unwanted: Callable[[T], object] = lambda made: None
    ) -> T:
        """Do it once a thread is free, or not at all where nobody waits for it any more.

        Once begun it is done to the end, and whoever is cancelled waits for that: a turn lasts as
        long as its work. unwanted : gets what was then made for nobody.
        """
        doing = self._threads.submit(work)
        done = asyncio.wrap_future(doing)
        try:
            await asyncio.wait({done})
        except asyncio.CancelledError:
            if not doing.cancel():
                await asyncio.wait({done})
                if done.exception() is None:
                    unwanted(done.result())
            raise
        return done.result()

    def close(self) -> None:
        """End what waits."""
        self._threads.shutdown(wait=False, cancel_futures=True)
