"""A driver as another maker would write it, over a serial line: one count a line, 100 Hz.

The test's own end of the line is a real pseudo-terminal; nothing of levator's drivers is used.
"""

from __future__ import annotations

import asyncio
import os
import pty
import threading
import time
import tty
from array import array
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

from levator.devices.device import Driver
from levator.errors import DeviceLostError, DeviceNotFoundError
from levator.signals.samples import Channel, Samples, Stream

RATE_HZ = 100.0
STREAM = Stream(
    "seat", RATE_HZ, (Channel("force", "force", "N", 0.1, 0.0, -32768, 32767),), "int16"
)


class PtySeat:
    """The driver."""

    name = "Seat on a serial line"

    def __init__(self, url: str) -> None:
        self.url = url
        self._path = urlsplit(url).path
        self._line: int | None = None
        self._next_index = 0
        self._last_s: float | None = None

    async def open(self) -> tuple[Stream, ...]:
        await self.close()
        try:
            self._line = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
        except OSError:
            raise DeviceNotFoundError(f"No seat at {self._path}; plug it in.") from None
        if self._last_s is not None:
            away_s = time.monotonic() - self._last_s
            self._next_index += max(1, round(away_s * RATE_HZ))
        return (STREAM,)

    async def samples(self) -> AsyncIterator[Samples]:
        rest = b""
        while True:
            *lines, rest = (rest + await self._some_bytes()).split(b"\n")
            if lines:
                counts = array("h", map(int, lines))
                first, self._next_index = self._next_index, self._next_index + len(counts)
                self._last_s = time.monotonic()
                yield Samples("seat", first, (counts,), self._last_s)

    async def _some_bytes(self) -> bytes:
        while True:
            try:
                assert self._line is not None
                data = os.read(self._line, 4096)
            except BlockingIOError:
                await asyncio.sleep(0.005)
                continue
            except OSError:
                data = b""  # EIO: the other end is gone
            if not data:
                self._last_s = time.monotonic()
                raise DeviceLostError("The seat was unplugged; plug it in again.")
            return data

    async def close(self) -> None:
        if self._line is not None:
            os.close(self._line)
            self._line = None


DRIVER = Driver("pty-seat", "A seat on a serial line", "pty-seat:///dev/ttyUSB0", PtySeat)


class Cable:
    """The seat's side: a pseudo-terminal into which a thread writes counts."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.plug()

    def plug(self) -> None:
        own, device = pty.openpty()
        tty.setraw(device)
        self.path.symlink_to(os.ttyname(device))
        os.close(device)
        self._stop.clear()
        self._thread = threading.Thread(target=self._write, args=(own,), daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        self.path.unlink()
        self._stop.set()
        assert self._thread is not None
        self._thread.join()

    def _write(self, own: int) -> None:
        count = 0
        os.set_blocking(own, False)
        while not self._stop.wait(1 / RATE_HZ):
            count = (count + 1) % 3000
            try:
                os.write(own, b"%d\n" % count)
            except BlockingIOError:
                continue  # nobody reads; the seat does not wait
        os.close(own)
