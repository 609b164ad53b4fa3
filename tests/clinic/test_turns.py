"""What takes long is done for who waits for it, and for nobody else."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from levator.clinic.turns import Turns


@pytest.fixture
def turns() -> Iterator[Turns]:
    turns = Turns("test", 1)
    yield turns
    turns.close()


def test_what_waits_for_a_thread_is_not_done_once_nobody_waits_for_it(turns: Turns) -> None:
    done: list[str] = []

    async def three() -> None:
        go = threading.Event()
        first = asyncio.create_task(turns.work(lambda: go.wait(5)))
        gone = asyncio.create_task(turns.work(lambda: done.append("gone")))
        there = asyncio.create_task(turns.work(lambda: done.append("there")))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.wait({gone})
        go.set()
        await asyncio.gather(first, there)

    asyncio.run(three())
    assert done == ["there"]


def left_at_work(turns: Turns, unwanted: list[str], error: Exception | None = None) -> bool:
    """Whether who goes away while it is done still waits for its end, and gets nothing."""

    async def left() -> bool:
        begun, go = threading.Event(), threading.Event()

        def work() -> str:
            begun.set()
            go.wait(5)
            if error is not None:
                raise error
            return "made"

        asked = asyncio.create_task(turns.work(work, unwanted.append))
        await asyncio.to_thread(begun.wait, 5)
        asked.cancel()
        await asyncio.sleep(0.05)
        has_waited = not asked.done()
        go.set()
        await asyncio.wait({asked})
        return has_waited and asked.cancelled()

    return asyncio.run(left())


def test_what_is_begun_is_done_before_its_turn_ends_and_put_away(turns: Turns) -> None:
    unwanted: list[str] = []
    assert left_at_work(turns, unwanted)
    assert unwanted == ["made"]


def test_what_fails_for_nobody_is_told_to_nobody(turns: Turns) -> None:
    unwanted: list[str] = []
    assert left_at_work(turns, unwanted, OSError())
    assert unwanted == []
