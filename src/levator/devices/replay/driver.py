"""replay:///path/to/file.edf?speed=1&loop=no : a recording as a live device."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from levator.devices.device import Driver
from levator.devices.pace import read_block, read_speed
from levator.errors import CallerError, DeviceNotFoundError, RecordingError, mark
from levator.quantities import Seconds
from levator.signals.samples import Samples, Stream

if TYPE_CHECKING:
    from levator.formats.recording import Recording

#: Every option of the URL.
OPTIONS = ("speed", "loop", "block")


@dataclass(frozen=True, slots=True)
class Options:
    """What a replay URL asks for; `speed` is inf for as fast as it is read."""

    path: Path
    speed: float = 1.0
    loop: bool = False
    block_s: Seconds = 0.02


class Replay:
    """A recording whose blocks come at the times at which they were recorded."""

    def __init__(
        self, url: str, options: Options, clock: Callable[[], Seconds] = time.monotonic
    ) -> None:
        self.url = url
        self.name = f"Replay of {options.path.name}"
        self._options, self._clock = options, clock
        self._recording: Recording | None = None

    async def open(self) -> tuple[Stream, ...]:
        """Read the file; DeviceNotFoundError if it is not there, RecordingError if it is bad."""
        if not os.path.isfile(self._options.path):
            raise DeviceNotFoundError(
                "There is no recording at %(path)s; check the path in the URL.",
                path=str(self._options.path),
            )
        if self._recording is None:
            from levator.formats.recording import open_recording

            self._recording = await asyncio.to_thread(open_recording, self._options.path)
        if not self._recording.runs:
            raise RecordingError(
                "%(file)s holds no samples to replay.", file=self._options.path.name
            )
        return self._recording.streams

    async def samples(self) -> AsyncIterator[Samples]:
        """Yield the recording's blocks; the iteration ends with it, or begins again."""
        if self._recording is None:
            await self.open()
        assert self._recording is not None
        began_s = self._clock()
        for due_s, block in self._timed(self._recording):
            wait_s = began_s + due_s / self._options.speed - self._clock()
            await asyncio.sleep(max(0.0, wait_s) if isfinite(self._options.speed) else 0)
            yield Samples(block.stream, block.first_index, block.values, self._clock())

    async def close(self) -> None:
        """Forget the recording."""
        self._recording = None

    def _timed(self, recording: Recording) -> Iterator[tuple[Seconds, Samples]]:
        """Yield (seconds after the first sample, block), the last sample's time for each."""
        from levator.formats.recording import blocks

        rates = {stream.name: stream.sampling_frequency_hz for stream in recording.streams}
        start_s = min(run.first_index / rates[run.stream] for run in recording.runs)
        end_s = max((run.first_index + len(run)) / rates[run.stream] for run in recording.runs)
        fastest = max(recording.streams, key=lambda stream: stream.sampling_frequency_hz)
        length = max(1, round(self._options.block_s * fastest.sampling_frequency_hz))
        shifts = _shifts(recording, end_s - start_s)
        turn = 0
        while True:
            for block in blocks(recording, length, fastest.name):
                first = block.first_index + turn * shifts[block.stream]
                due_s = (first + len(block)) / rates[block.stream] - start_s
                yield due_s, Samples(block.stream, first, block.values)
            turn += 1
            if not self._options.loop:
                return


def _shifts(recording: Recording, lasts_s: Seconds) -> dict[str, int]:
    """Return by how many indices a stream moves on per turn of a loop.

    One sample at least lies between two turns, so that the seam is a gap and not a jump.
    """
    slowest = min(stream.sampling_frequency_hz for stream in recording.streams)
    turn_s = (int(lasts_s * slowest) + 2) / slowest
    return {
        stream.name: round(turn_s * stream.sampling_frequency_hz) for stream in recording.streams
    }


# --- The URL


def _loop(text: str) -> bool:
    if text not in ("yes", "no"):
        raise CallerError("loop=%(text)s is neither yes nor no; write loop=yes.", text=text)
    return text == "yes"


def read_options(url: str) -> Options:
    """Return the path and options in a URL; CallerError names what cannot be understood."""
    parts = urlsplit(url)
    if not (parts.netloc + parts.path).strip("/"):
        raise CallerError("A replay needs a file; write replay:///path/to/recording.edf.")
    found: dict[str, str] = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := found.keys() - set(OPTIONS):
        raise CallerError(
            "A replay has no option %(option)r; it has speed, loop and block.", option=min(unknown)
        )
    return Options(
        _path(parts.netloc, parts.path),
        read_speed(found.get("speed", "1")),
        _loop(found.get("loop", "no")),
        read_block(found.get("block", "0.02s")),
    )


def _path(host: str, path: str) -> Path:
    """Return the file: replay:///absolute/file, replay://relative/file, replay:///C:/file."""
    text = unquote(host + path)
    is_drive = len(text) > 2 and text[0] == "/" and text[2] == ":"
    return Path(text[1:] if is_drive else text)


def make(url: str) -> Replay:
    """Return the replay of a URL."""
    return Replay(url, read_options(url))


DRIVER = Driver(
    "replay",
    mark("A recording (EDF+ or CSV) played as a live device"),
    "replay:///recordings/monday.edf?speed=1&loop=no",
    make,
)
