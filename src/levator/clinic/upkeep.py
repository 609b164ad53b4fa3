"""What a running server does by itself, besides training: it seals what has ended, and removes
what a killed process left in the temporary folder.

One thread of its own, so that nothing of it ever holds up a room. A round that fails is told
to the log and tried again at the next one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TypeAlias

import structlog

from levator.errors import LevatorError
from levator.records.repository import Repository
from levator.storage.workplace import remove_left_over

#: A recording waits so long at most until it is sealed, and a daily backup until it is made.
EVERY_S = 60.0

_log = structlog.get_logger("levator.upkeep")


#: Does one piece of work; returns whether there is more to do at once.
Task: TypeAlias = Callable[[], bool]


def sealing(repository: Repository) -> Task:
    """Return the task that seals one recording that has ended."""

    def seal_next() -> bool:
        return next(repository.seal_ended(), None) is not None

    return seal_next


def clear_left_over() -> bool:
    """Remove what a killed export or restore left in the temporary folder; there is no more."""
    remove_left_over(None)
    return False


@asynccontextmanager
async def upkeep(tasks: Sequence[Task], *, every_s: float = EVERY_S) -> AsyncIterator[None]:
    """Do the tasks, one after the other in a thread, again and again until the block is left.

    Leaving waits for the piece of work that is under way.
    """
    is_over = asyncio.Event()
    running = asyncio.create_task(_rounds(tasks, is_over, every_s))
    try:
        yield
    finally:
        is_over.set()
        await running


async def _rounds(tasks: Sequence[Task], is_over: asyncio.Event, every_s: float) -> None:
    while not is_over.is_set():
        for task in tasks:
            while not is_over.is_set() and await asyncio.to_thread(_tried, task):
                pass
        with suppress(TimeoutError):
            async with asyncio.timeout(every_s):
                await is_over.wait()


def _tried(task: Task) -> bool:
    try:
        return task()
    except (LevatorError, OSError) as error:
        reason = str(error)
    except Exception as fault:  # noqa: BLE001, a fault of ours in one task must not end the others
        # Its text may hold something of a patient.
        reason = type(fault).__name__
    _log.warning("upkeep did not succeed", task=task.__qualname__, reason=reason)
    return False
