"""What a recording holds: streams, runs of samples, annotations.

Times are seconds of the recording's own time, index / sampling frequency; a recording that
starts at 7.0 s keeps that 7.0.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from levator.errors import CallerError
from levator.quantities import WORD_OF_UNIT, Hertz, Seconds
from levator.signals.samples import Channel, ChannelKind, Samples, Stream

_KIND_OF_NAME: tuple[tuple[str, ChannelKind], ...] = (
    ("emg_envelope", "emg_envelope"),
    ("emg", "emg"),
    ("resp", "respiration"),
    ("breath", "respiration"),
)
_KIND_OF_UNIT: dict[str, ChannelKind] = {
    **dict.fromkeys(("V", "mV", "uV"), "emg"),
    **dict.fromkeys(("N", "%MVC", "g"), "force"),
    **dict.fromkeys(("hPa", "kPa", "Pa", "cmH2O", "mmHg"), "pressure"),
}


@dataclass(frozen=True, slots=True)
class Annotation:
    """A remark at a moment of the recording's own time, or over a while."""

    onset_s: Seconds
    duration_s: Seconds | None
    text: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Samples that are not in the recording: `missing` of them from `first_index` on."""

    stream: str
    first_index: int
    missing: int


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording, whole in memory.

    runs : unbroken stretches of each stream, rising in index within a stream; between two
        runs of a stream samples are missing.
    started_at : ISO 8601 moment of time 0, as the file has it, or None.
    """

    streams: tuple[Stream, ...]
    runs: tuple[Samples, ...]
    annotations: tuple[Annotation, ...] = ()
    started_at: str | None = None

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Return what is missing between the first and the last sample of each stream."""
        return tuple(gap for stream in self.streams for gap in self._gaps_of(stream.name))

    def stream(self, name: str) -> Stream:
        """Return the stream of that name; KeyError if there is none."""
        return {stream.name: stream for stream in self.streams}[name]

    def runs_of(self, name: str) -> tuple[Samples, ...]:
        """Return the runs of one stream, rising in index."""
        return tuple(run for run in self.runs if run.stream == name)

    def _gaps_of(self, name: str) -> Iterator[Gap]:
        runs = self.runs_of(name)
        for before, after in pairwise(runs):
            end = before.first_index + len(before)
            yield Gap(name, end, after.first_index - end)


def kind_of(name: str, unit: str) -> ChannelKind:
    """Return the kind of a channel from its name, else from its unit."""
    lower = name.lower()
    for start, kind in _KIND_OF_NAME:
        if lower.startswith(start):
            return kind
    return _KIND_OF_UNIT.get(unit, "other")


def header_of(channel: Channel) -> str:
    """Return the channel's name with its unit as suffix, as a CSV header has it."""
    word = WORD_OF_UNIT[channel.unit]
    return channel.name if channel.name.endswith(f"_{word}") else f"{channel.name}_{word}"


def find_channel(recording: Recording, name: str) -> tuple[Stream, Channel]:
    """Return the stream and channel that `name` means.

    `name` is the channel's own name or that name with its unit (`force` or
    `force_percent_mvc`). Raises CallerError, naming what there is, when none or several fit.
    """
    everything = [(stream, channel) for stream in recording.streams for channel in stream.channels]
    for fits in (
        [pair for pair in everything if name in (pair[1].name, header_of(pair[1]))],
        [pair for pair in everything if pair[1].name.lower() == name.lower()],
    ):
        if len(fits) == 1:
            return fits[0]
        if fits:
            raise CallerError(
                "Several channels are called %(name)r; write the unit with it.", name=name
            )
    known = ", ".join(header_of(channel) for _, channel in everything)
    raise CallerError(
        "The recording has no channel %(name)r; it has %(known)s.", name=name, known=known
    )


class _Cutter:
    """The runs of one stream, handed out piece by piece."""

    def __init__(self, stream: Stream, runs: Sequence[Samples]) -> None:
        self.rate: Hertz = stream.sampling_frequency_hz
        self._runs = runs
        self._starts = [run.first_index for run in runs]
        self._ends = [run.first_index + len(run) for run in runs]
        self._next = self._starts[0] if runs else 0

    @property
    def is_done(self) -> bool:
        return not self._runs or self._next >= self._ends[-1]

    @property
    def next_index(self) -> int:
        """The index of the first sample not handed out, behind a gap if there is one."""
        run = bisect_right(self._ends, self._next)
        return max(self._next, self._starts[run])

    def until(self, index: int) -> Iterator[Samples]:
        """Yield what lies before `index` and was not handed out yet."""
        first = bisect_right(self._ends, self._next)
        last = bisect_left(self._starts, index)
        for run in self._runs[first:last]:
            start = max(self._next, run.first_index) - run.first_index
            stop = min(index - run.first_index, len(run))
            if stop > start:
                pieces = tuple(column[start:stop] for column in run.values)
                yield Samples(run.stream, run.first_index + start, pieces)
        self._next = max(self._next, index)


def blocks(recording: Recording, block_samples: int, pace: str | None = None) -> Iterator[Samples]:
    """Yield the recording in time order, in blocks of `block_samples` samples.

    The samples counted are those of the stream `pace` (default: the first); the other
    streams come in pieces that span the same time, before it, so that none is ever late.
    """
    if block_samples < 1:
        raise CallerError("A block has at least one sample; write for example --block 20.")
    cutters = {
        stream.name: _Cutter(stream, recording.runs_of(stream.name)) for stream in recording.streams
    }
    leader = cutters.pop(pace or recording.streams[0].name)
    order = [*cutters.values(), leader]
    while waiting := [cutter for cutter in order if not cutter.is_done]:
        # A long gap is stepped over at once, not window by window.
        start_s = min(cutter.next_index / cutter.rate for cutter in waiting)
        until_s = (int(start_s * leader.rate + 0.5) + block_samples) / leader.rate
        for cutter in waiting:
            yield from cutter.until(ceil(until_s * cutter.rate - 1e-6))
