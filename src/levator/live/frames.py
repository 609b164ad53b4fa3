"""What a viewer draws: the last minute of every channel, and the bytes that carry it.

A viewer has no queue of frames. It has a cursor, and a frame is "everything since your
cursor"; viewers with the same cursor share the same bytes. A viewer that fell behind, or
came back, is thereby sent what it missed, and the newest value never waits behind old ones.
The bytes are described in docs/reference/wire.md.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Sequence
from math import ceil, nan
from typing import TypeAlias

from levator.quantities import Hertz, Seconds

WIRE_VERSION = 1
#: More points per second than a screen can show would only cost; see docs/reference/wire.md.
DRAWN_HZ = 200.0
#: What a viewer that comes back can still be sent.
KEPT_S = 90.0
_HEAD = struct.Struct("<BBHId")
_TRACK = struct.Struct("<IIdd")
#: One index per track: the first drawn sample that the viewer does not have yet.
Cursor: TypeAlias = tuple[int, ...]


class Track:
    """The last `KEPT_S` seconds of one channel, thinned to at most `DRAWN_HZ`.

    Thinning keeps every n-th sample by its index, so it does not depend on how the stream
    was cut into blocks. Samples that never came are NaN: the drawn line breaks there.
    `taken` is the index after the last sample of the stream that was added.
    """

    def __init__(self, sampling_frequency_hz: Hertz, first_index: int) -> None:
        """Start empty, before sample `first_index` of the stream."""
        self.every = max(1, ceil(sampling_frequency_hz / DRAWN_HZ))
        self.drawn_hz = sampling_frequency_hz / self.every
        self.end = -(-first_index // self.every)
        self.taken = first_index
        self._first = self.end
        self._size = ceil(KEPT_S * self.drawn_hz)
        self._values = array("f", [nan]) * self._size

    @property
    def start(self) -> int:
        """The oldest drawn index that is still kept."""
        return max(self._first, self.end - self._size)

    @property
    def newest(self) -> float:
        """The newest value; NaN before the first."""
        return self._values[(self.end - 1) % self._size] if self.end > self._first else nan

    @property
    def newest_index(self) -> int:
        """Index of the newest drawn value; -1 before the first."""
        return self.end - 1 if self.end > self._first else -1

    def add(self, first_index: int, values: Sequence[float]) -> None:
        """Take the values of stream samples `first_index` and on; a jump ahead becomes NaN."""
        drawn = -(-first_index // self.every)
        self._skip_to(drawn)
        for value in values[drawn * self.every - first_index :: self.every]:
            if drawn >= self.end:
                self._values[drawn % self._size] = value
                self.end = drawn + 1
            drawn += 1
        self.taken = max(self.taken, first_index + len(values))

    def _skip_to(self, drawn: int) -> None:
        for missing in range(max(self.end, drawn - self._size), drawn):
            self._values[missing % self._size] = nan
        self.end = max(self.end, drawn)

    def since(self, index: int) -> tuple[int, array[float]]:
        """Return the first kept index from `index` on, and the values from there."""
        first = min(max(index, self.start), self.end)
        if first == self.end:
            return first, array("f")
        low, high = first % self._size, self.end % self._size
        if low < high:
            return first, self._values[low:high]
        return first, self._values[low:] + self._values[:high]


class Frames:
    """All tracks of a room and the frames made from them."""

    def __init__(self, tracks: Sequence[Track], generation: int) -> None:
        """Keep the tracks in the order that the wire numbers them.

        Another `generation` (0 to 65535) tells viewers to start their drawing anew.
        """
        self.tracks = tuple(tracks)
        self.generation = generation
        self.revision = 0
        self.newest_made_s: Seconds = 0.0
        self._shared: dict[Cursor, bytes] = {}

    @property
    def end(self) -> Cursor:
        """The cursor of a viewer that has everything."""
        return tuple(track.end for track in self.tracks)

    @property
    def start(self) -> Cursor:
        """The cursor of a viewer that has nothing."""
        return tuple(track.start for track in self.tracks)

    def add(self, track: int, first_index: int, values: Sequence[float], made_s: Seconds) -> None:
        """Take new values of one track, made at `made_s` of the server's monotonic clock."""
        self.tracks[track].add(first_index, values)
        self.newest_made_s = max(self.newest_made_s, made_s)
        self._shared.clear()

    def since(self, cursor: Cursor) -> bytes:
        """Return the frame of everything since the cursor; encoded once per cursor."""
        frame = self._shared.get(cursor)
        if frame is None:
            frame = self._shared[cursor] = self._encode(cursor)
        return frame

    def _encode(self, cursor: Cursor) -> bytes:
        head = (WIRE_VERSION, len(self.tracks), self.generation, self.revision)
        parts = [_HEAD.pack(*head, self.newest_made_s)]
        for track, index in zip(self.tracks, cursor, strict=True):
            first, values = track.since(index)
            parts.append(_TRACK.pack(len(values), 0, float(first), track.drawn_hz))
            parts.append(values.tobytes())
            parts.append(b"\0\0\0\0" * (len(values) % 2))
        return b"".join(parts)
