"""A replay in a process of its own, behind all that is live on the same computer.

The engine is Python: in a thread of the server it would hold up every live screen. The other
process gets the stored context and what was put in, piece by piece, and gives back what came
out. The two are one program and nobody else writes into the pipe between them.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any

from levator.records.model import PlainDict
from levator.reports.replaying import Progress, Replayed
from levator.reports.session_report import Given, replay_stored

_CODE = "from levator.reports.apart import answer; answer()"
#: How far the other process stands back where both want the processor (`nice`).
_STANDS_BACK = 10


class Apart:
    """Replays as `replay_stored` does, elsewhere. From any thread; `close` ends what runs."""

    def __init__(self) -> None:
        """Begin without any."""
        self._running: set[subprocess.Popen[bytes]] = set()

    def __call__(
        self, context: PlainDict, inputs: Iterator[Given], progress: Progress | None = None
    ) -> Replayed:
        """Return what came out, or raise what the engine raised; nothing is told meanwhile."""
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", _CODE], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._running.add(process)
        try:
            return _asked(process, context, inputs)
        finally:
            self._running.discard(process)
            process.kill()
            with process:
                pass

    def close(self) -> None:
        """End every replay that runs: nobody waits for it any more."""
        for process in list(self._running):
            process.kill()


def _asked(
    process: subprocess.Popen[bytes], context: PlainDict, inputs: Iterator[Given]
) -> Replayed:
    to, back = process.stdin, process.stdout
    if to is None or back is None:
        raise AssertionError("a process with pipes has both")
    with suppress(BrokenPipeError):  # it has its answer, or is gone, which is seen below
        for one in (context, *inputs, None):
            pickle.dump(one, to, pickle.HIGHEST_PROTOCOL)
        to.flush()
    told = pickle.load(back)
    if isinstance(told, Exception):
        raise told
    if not isinstance(told, Replayed):
        raise AssertionError(f"a replay gives back {type(told)}")
    return told


def answer() -> None:
    """Replay what comes in, give back what comes out: all that the other process does."""
    if hasattr(os, "nice"):
        os.nice(_STANDS_BACK)
    given = _given(sys.stdin.buffer)
    told: Any
    try:
        told = replay_stored(next(given), given)
    except EOFError:  # who asked is gone
        return
    except Exception as fault:  # noqa: BLE001, whatever it is, who asked is told
        told = fault
    with suppress(BrokenPipeError):
        sys.stdout.buffer.write(_packed(told))
        sys.stdout.buffer.flush()


def _given(pipe: IO[bytes]) -> Iterator[Any]:
    while (one := pickle.load(pipe)) is not None:
        yield one


def _packed(told: Any) -> bytes:
    """Return what was told; of a fault that cannot travel, its name."""
    packed = b""
    try:
        packed = pickle.dumps(told, pickle.HIGHEST_PROTOCOL)
        pickle.loads(packed)
    except Exception:  # noqa: BLE001, what a fault holds is its own
        return pickle.dumps(RuntimeError(type(told).__name__))
    return packed
