"""The session once more, with the present engine: its events, its commands, its curve."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import nan

from levator.quantities import Seconds
from levator.signals.samples import Samples
from levator.training import session
from levator.training.context import SessionContext
from levator.training.events import Event
from levator.training.inputs import Command, Input
from levator.training.state import SessionState

#: A drawn point covers this much time; finer than a printer shows over a minute's width.
BIN_S: Seconds = 1.0 / 16.0
#: Blocks are handed on in pieces of at most this length, so that no level has gone by unseen.
PIECE_S: Seconds = 1.0
Progress = Callable[[Seconds], None]


@dataclass(frozen=True, slots=True)
class Trace:
    """Lowest and highest level (%MVC) per bin of `bin_s`; nan where samples are missing.

    Bin k covers the times from `start_s` + k * `bin_s`. Times are shifted back by
    the filter's delay, as the scores see the level.
    """

    start_s: Seconds
    bin_s: Seconds
    lows: array[float]
    highs: array[float]

    @property
    def end_s(self) -> Seconds:
        """Time after the last bin."""
        return self.start_s + len(self.lows) * self.bin_s

    def between(self, from_s: Seconds, to_s: Seconds) -> Iterator[tuple[Seconds, float, float]]:
        """Yield (time of the bin's middle, lowest, highest) of the bins within two times."""
        first = max(0, int((from_s - self.start_s) / self.bin_s))
        stop = min(len(self.lows), int((to_s - self.start_s) / self.bin_s) + 1)
        for place in range(first, stop):
            middle_s = self.start_s + (place + 0.5) * self.bin_s
            yield middle_s, self.lows[place], self.highs[place]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came out. `commands` are the people's inputs, in order."""

    events: tuple[Event, ...]
    commands: tuple[Command, ...]
    trace: Trace


class _Tracer:
    """Follows the tape of the trained channel and keeps a lowest and a highest per bin."""

    def __init__(self, state: SessionState) -> None:
        self._per_bin = max(1, int(state.fs * BIN_S + 0.5))
        self._fs = state.fs
        self._delay_s = state.primary.use.filter.delay_s
        self._seen = self._start = state.primary.tape.first
        self._lows, self._highs = array("d"), array("d")

    def follow(self, state: SessionState) -> None:
        """Take the whole bins that are new."""
        whole = (state.primary.tape.end - self._seen) // self._per_bin
        self._take(state, self._seen + whole * self._per_bin)

    def finish(self, state: SessionState) -> Trace:
        """Take the last, shorter bin too."""
        self.follow(state)
        self._take(state, state.primary.tape.end)
        start_s = self._start / self._fs - self._delay_s
        return Trace(start_s, self._per_bin / self._fs, self._lows, self._highs)

    def _take(self, state: SessionState, stop: int) -> None:
        levels = state.primary.tape.cut(self._seen, stop)
        for at in range(0, len(levels), self._per_bin):
            known = [level for level in levels[at : at + self._per_bin] if level == level]
            self._lows.append(min(known, default=nan))
            self._highs.append(max(known, default=nan))
        self._seen = stop


def replay(
    context: SessionContext, inputs: Iterable[Input], progress: Progress | None = None
) -> Replayed:
    """Run the engine over what was stored; `progress` hears the session time reached."""
    state = session.begin(context)
    tracer = _Tracer(state)
    events: list[Event] = []
    commands: list[Command] = []
    for given in inputs:
        if isinstance(given, Command):
            commands.append(given)
        for piece in _pieces(given, state):
            state, told = session.step(state, piece)
            events.extend(told)
            tracer.follow(state)
        if progress is not None:
            progress(state.now_s)
    return Replayed(tuple(events), tuple(commands), tracer.finish(state))


def _pieces(given: Input, state: SessionState) -> Iterator[Input]:
    """Cut a long block; any cutting gives the same events."""
    if not isinstance(given, Samples) or given.stream not in state.feeds:
        yield given
        return
    most = max(1, int(state.feeds[given.stream].sampling_frequency_hz * PIECE_S))
    for at in range(0, max(1, len(given)), most):
        columns = tuple(column[at : at + most] for column in given.values)
        yield Samples(given.stream, given.first_index + at, columns, given.arrived_s)
