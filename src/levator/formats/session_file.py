"""A whole session in a file: its samples, and with them context, inputs and events.

The rest of the session is one JSON text: beside a CSV as `<file>.levator.json`, within an EDF+
in annotations ``levator.session NUMBER/COUNT PIECE|``. Reading gives what storage would: the
same blocks, bit for bit, and the inputs between them where they were.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import floor, isclose, isfinite, nan
from pathlib import Path
from typing import Any

from levator.errors import CallerError, RecordingError
from levator.formats.beside import path_beside, read_beside, write_beside
from levator.formats.content import Annotation, Recording
from levator.formats.csv_file import read_csv, write_csv
from levator.records.model import PlainDict, RecordingHeader
from levator.records.replay import StoredSession
from levator.records.values import TYPE_CODE
from levator.signals.samples import Channel, SampleFormat, Samples, Stream
from levator.training.plain import from_plain, to_plain

#: First word of the annotations in which the session travels within an EDF+.
SESSION = "levator.session"
#: Characters per annotation: data records reserve room for their longest one.
_PIECE = 400
#: Number of a piece, and of all.
_PLACE = re.compile(r"[0-9]{1,9}")


def write_session(path: Path, session: StoredSession) -> None:
    """Write samples, context, inputs and events; the ending of the name says the form.

    Raises CallerError where the form cannot keep every bit: a CSV holds one stream, an EDF+
    holds 16-bit integers.
    """
    streams = streams_in(session.context)
    taken, inputs = _take(streams, session.inputs)
    content: PlainDict = {
        "header": to_plain(session.header),
        "inputs": inputs,
        "events": session.events,
    }
    recording = Recording(streams, taken, started_at=session.header.started_at)
    match path.suffix.lower():
        case ".csv":
            _write_csv(path, recording, content)
        case ".edf":
            _write_edf(path, recording, content)
        case _:
            raise CallerError(
                "%(file)s: a session is written as .csv or .edf; rename it.", file=path.name
            )


def read_session(path: Path) -> StoredSession | None:
    """Return the session of a file, None where only samples travel in it.

    Raises RecordingError where session and samples do not belong together.
    """
    if path.suffix.lower() == ".csv":
        content = read_beside(path)
        return None if content is None else _session(path.name, content, read_csv(path))
    # Brings numpy, which costs more than everything else at start-up.
    from levator.formats.edf_file import read_edf

    recording = read_edf(path)
    text = _joined(path.name, recording.annotations)
    return None if text is None else _session(path.name, _parsed(path.name, text), recording)


def streams_in(context: PlainDict) -> tuple[Stream, ...]:
    """Return the streams of a plain context; RecordingError where they are none."""
    described = context.get("streams")
    if not isinstance(described, list):
        raise RecordingError("The session's context names no streams; the file is damaged.")
    return tuple(from_plain(Stream, stream) for stream in described)


# --- Writing


@dataclass(slots=True)
class _Run:
    first_index: int
    columns: list[list[float]]


@dataclass(slots=True)
class _Taken:
    """The runs of one stream so far, and the index after the last sample."""

    next_index: int = 0
    runs: list[_Run] = field(default_factory=list)

    def take(self, samples: Samples) -> int:
        """Add what is new of a block; return how many samples that is."""
        known = max(0, self.next_index - samples.first_index) if self.runs else 0
        columns = [list(column[known:]) for column in samples.values]
        if not columns or not columns[0]:
            return 0
        first = samples.first_index + known
        if not self.runs or first > self.next_index:
            self.runs.append(_Run(first, [[] for _ in columns]))
        for column, values in zip(self.runs[-1].columns, columns, strict=True):
            column.extend(values)
        self.next_index = first + len(columns[0])
        return len(columns[0])


def _take(
    streams: tuple[Stream, ...], given: Iterator[Samples | PlainDict]
) -> tuple[tuple[Samples, ...], list[Any]]:
    """Part the blocks from the inputs; of a block its place stays: [stream, samples]."""
    names = [stream.name for stream in streams]
    taken = [_Taken() for _ in streams]
    inputs: list[Any] = []
    for one in given:
        if isinstance(one, Samples):
            place = names.index(one.stream)
            if count := taken[place].take(one):
                inputs.append([place, count])
        else:
            inputs.append(one)
    runs = tuple(
        Samples(stream.name, run.first_index, tuple(run.columns))
        for stream, found in zip(streams, taken, strict=True)
        for run in found.runs
    )
    return runs, inputs


def _write_csv(path: Path, recording: Recording, content: PlainDict) -> None:
    for run in recording.runs:
        stream = recording.stream(run.stream)
        for channel, values in zip(stream.channels, run.values, strict=True):
            physical = [value * channel.scale + channel.offset for value in values]
            back = _raw(physical, channel, stream.sample_format)
            if any(one != other for one, other in zip(back, values, strict=True) if other == other):
                raise CallerError(
                    "The scale of channel %(channel)s loses bits in a CSV; write an EDF+.",
                    channel=channel.name,
                )
    # An older companion must never lie beside newer samples.
    path_beside(path).unlink(missing_ok=True)
    write_csv(path, recording)
    write_beside(path, content)


def _write_edf(path: Path, recording: Recording, content: PlainDict) -> None:
    from levator.formats.edf_writing import write_edf

    if any(stream.sample_format != "int16" for stream in recording.streams):
        raise CallerError("EDF+ keeps the bits of 16-bit integers only; write a CSV.")
    text = json.dumps(content, separators=(",", ":"))
    pieces = [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)]
    ends = [
        (run.first_index + place) / recording.stream(run.stream).sampling_frequency_hz
        for run in recording.runs
        for place in (0, len(run) - 1)
    ]
    first_s, last_s = min(ends, default=0.0), max(ends, default=0.0)
    annotations = tuple(
        Annotation(
            first_s + (last_s - first_s) * number / len(pieces),
            None,
            f"{SESSION} {number + 1}/{len(pieces)} {piece}|",
        )
        for number, piece in enumerate(pieces)
    )
    write_edf(path, Recording(recording.streams, recording.runs, annotations, recording.started_at))


# --- Reading


def _joined(name: str, annotations: Sequence[Annotation]) -> str | None:
    """Return the text of the pieces in their order; None where there are none."""
    found: dict[int, str] = {}
    count = 0
    for annotation in annotations:
        word, _, rest = annotation.text.partition(" ")
        if word == SESSION:
            place, _, piece = rest.partition(" ")
            number, _, of = place.partition("/")
            is_place = _PLACE.fullmatch(number) and _PLACE.fullmatch(of)
            if not (is_place and piece.endswith("|")):
                raise damaged(name)
            found[int(number)], count = piece[:-1], int(of)
    if not found:
        return None
    if len(found) != count or min(found) != 1 or max(found) != count:
        raise damaged(name)
    return "".join(found[number] for number in range(1, count + 1))


def _parsed(name: str, text: str) -> PlainDict:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise damaged(name)
    return content


def damaged(name: str) -> RecordingError:
    """Return what is said of a session that cannot be read, or cannot have been."""
    return RecordingError(
        "The session that travels with %(file)s is damaged or not of these samples; "
        "without it the samples can still be replayed alone.",
        file=name,
    )


def _session(name: str, content: PlainDict, recording: Recording) -> StoredSession:
    try:
        header = RecordingHeader(**content["header"])
        streams = streams_in(header.context)
        samples = [_samples_of(name, stream, recording, len(streams) == 1) for stream in streams]
        inputs = list(_put_together(samples, content["inputs"]))
        return StoredSession(header, iter(inputs), list(content["events"]))
    except (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError):
        raise damaged(name) from None


def _samples_of(name: str, stream: Stream, recording: Recording, is_only: bool) -> list[Samples]:
    """Return the runs of a stream, raw as the device gave them."""
    found = {one.name: one for one in recording.streams}
    held = recording.streams[0] if is_only and len(found) == 1 else found.get(stream.name)
    if held is None or len(held.channels) != len(stream.channels):
        raise ValueError(f"{name} has no stream {stream.name}")
    if not isclose(held.sampling_frequency_hz, stream.sampling_frequency_hz, rel_tol=1e-6):
        raise ValueError(f"{name} has another sampling frequency")
    runs = recording.runs_of(held.name)
    if runs and not 0 <= stream.first_index <= runs[0].first_index:
        raise ValueError(f"{name} begins elsewhere")
    if held.sample_format == "int16":
        return [Samples(stream.name, run.first_index, run.values) for run in runs]
    return [
        Samples(
            stream.name,
            run.first_index,
            tuple(
                _raw(values, channel, stream.sample_format)
                for channel, values in zip(stream.channels, run.values, strict=True)
            ),
        )
        for run in runs
    ]


def _raw(physical: Sequence[float], channel: Channel, kind: SampleFormat) -> array[float]:
    """Return the device's numbers behind physical values; a missing one is nan."""
    unscaled = ((value - channel.offset) / channel.scale for value in physical)
    if kind in ("int16", "int32"):
        return array(TYPE_CODE[kind], (floor(value + 0.5) for value in unscaled))
    return array(TYPE_CODE[kind], (value if isfinite(value) else nan for value in unscaled))


def _put_together(samples: list[list[Samples]], inputs: list[Any]) -> Iterator[Samples | PlainDict]:
    """Yield blocks and inputs in the order in which the session met them."""
    left = [_Left(runs) for runs in samples]
    for one in inputs:
        if isinstance(one, dict):
            yield one
        else:
            place, count = one
            yield left[place].next(count)
    if any(one.runs for one in left):
        raise ValueError("samples that no block holds")


class _Left:
    """The runs of a stream that were not handed out yet."""

    def __init__(self, runs: list[Samples]) -> None:
        self.runs, self._at = runs[::-1], 0

    def next(self, count: int) -> Samples:
        """Return the next samples; a block never reaches over a gap."""
        run, start, stop = self.runs[-1], self._at, self._at + count
        columns = tuple(column[start:stop] for column in run.values)
        if count < 0 or stop > len(run):
            raise ValueError("a block that is longer than its run")
        self._at = stop
        if stop == len(run):
            self.runs.pop()
            self._at = 0
        return Samples(run.stream, run.first_index + start, columns)
