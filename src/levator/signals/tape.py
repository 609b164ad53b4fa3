"""A growing list of levels that many states may share.

A state keeps how far it has written. Appending to the newest state extends the shared
list; appending to an older one copies first, so a state never changes under its owner.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import nan

from levator.quantities import Hertz, Seconds

#: Rounding slack, in samples, when a time such as 0.1 + 0.2 s is turned into an index.
_SLACK = 1e-6


def index_at(time_s: Seconds, sampling_frequency_hz: Hertz) -> int:
    """Return the index of the first sample at or after a time."""
    exact = time_s * sampling_frequency_hz - _SLACK
    whole = int(exact)
    return whole + 1 if exact > whole else whole


@dataclass(frozen=True, slots=True)
class Tape:
    """Levels of one channel; `end` is the index after the last one."""

    first: int
    end: int
    levels: list[float] = field(default_factory=list)

    def append(self, levels: list[float]) -> Tape:
        """Return the tape with more levels at its end."""
        mine = self.levels
        if len(mine) != self.end - self.first:
            mine = mine[: self.end - self.first]
        mine.extend(levels)
        return Tape(self.first, self.end + len(levels), mine)

    def skip(self, missing: int) -> Tape:
        """Return the tape with `missing` unknown levels (nan) at its end."""
        if missing > len(self.levels) + 100_000:
            return Tape(self.end + missing, self.end + missing)
        return self.append([nan] * missing)

    def cut(self, start: int, stop: int) -> list[float]:
        """Return the levels from index start up to stop; what is not held is nan."""
        start, stop = int(start), max(int(start), int(stop))
        low, high = max(start, self.first), min(stop, self.end)
        if low >= high:
            return [nan] * (stop - start)
        held = self.levels[low - self.first : high - self.first]
        if low == start and high == stop:
            return held
        return [nan] * (low - start) + held + [nan] * (stop - high)

    def since(self, index: int) -> Tape:
        """Return the tape without levels before `index`."""
        if index <= self.first:
            return self
        index = min(index, self.end)
        return Tape(index, self.end, self.levels[index - self.first : self.end - self.first])
