"""EDF and EDF+: the device's integers with their scale, read and written through edfio.

What EDF+ has no field for travels in its free text: stream, kind and the exact scale in a
signal's transducer field, the recording's own time and missing samples as annotations that
begin with ``levator.``. docs/reference/recordings.md describes them.
"""

from __future__ import annotations

import warnings
from array import array
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import floor
from pathlib import Path
from typing import NamedTuple

import edfio

from levator.errors import RecordingError
from levator.formats.content import Annotation, Recording, kind_of
from levator.formats.edf_header import Header, SignalHeader, read_header
from levator.formats.edf_text import record_onsets, remarks
from levator.formats.numbers import FASTEST_HZ, LONGEST_GAP_S, SLOWEST_HZ, exact, within_gap
from levator.formats.transducer import read_transducer
from levator.signals.samples import Channel, Samples, Stream

#: Annotations of our own: text before the first blank -> meaning.
STARTS_AT = "levator.starts_at_s"
STARTED_AT = "levator.started_at"
MISSING = "levator.missing"


def read_edf(path: Path) -> Recording:
    """Read an EDF or EDF+ recording; one stream per sampling frequency (or as written).

    Values stay the file's 16-bit integers. RecordingError for anything that contradicts
    itself, for an unknown unit and for a file that is not whole.
    """
    header = read_header(path)
    records = _annotation_records(path, header)
    onsets = _onsets(path.name, header, records)
    said = [
        Annotation(remark.onset_s - float(onsets[0]), remark.duration_s, remark.text)
        for number, signal in enumerate(records)
        for remark in remarks(path.name, signal, number == 0)
        if remark.text
    ]
    starts_at = _starts_at(path.name, said)
    streams, columns = _streams(path, header, starts_at)
    runs = tuple(
        run
        for stream in streams
        for run in _runs(path.name, header, onsets, stream, columns[stream.name], said)
    )
    return Recording(
        tuple(_from_first_sample(stream, runs) for stream in streams),
        runs,
        tuple(
            Annotation(remark.onset_s + float(starts_at), remark.duration_s, remark.text)
            for remark in said
            if not remark.text.startswith((STARTS_AT, STARTED_AT, MISSING))
        ),
        next((_value(remark.text) for remark in said if remark.text.startswith(STARTED_AT)), None),
    )


def _from_first_sample(stream: Stream, runs: tuple[Samples, ...]) -> Stream:
    """Return the stream as beginning with its first real sample, behind what was held."""
    first = min((run.first_index for run in runs if run.stream == stream.name), default=0)
    return replace(stream, first_index=first)


def _value(text: str) -> str:
    return text.partition(" ")[2]


def _starts_at(name: str, remarks: list[Annotation]) -> Fraction:
    texts = [_value(remark.text) for remark in remarks if remark.text.startswith(STARTS_AT)]
    try:
        return within_gap(exact(texts[0])) if texts else Fraction(0)
    except ValueError:
        raise RecordingError(
            "%(file)s: its annotation %(annotation)s is no number.", file=name, annotation=STARTS_AT
        ) from None


# --- Records and their times


def _annotation_records(path: Path, header: Header) -> list[list[bytes]]:
    """Return the raw bytes per record of each annotation signal."""
    data = memoryview(path.read_bytes())[header.size :]
    found = []
    for number, signal in enumerate(header.signals):
        if signal.is_annotations:
            start, width = header.offset_of(number), 2 * signal.samples_per_record
            at = range(start, len(data), header.record_size)
            found.append([bytes(data[begin : begin + width]) for begin in at])
    return found


def _onsets(name: str, header: Header, records: list[list[bytes]]) -> list[Fraction]:
    """Return each record's onset; continuous files must keep time, others may only jump ahead."""
    steady = [number * header.record_s for number in range(header.records)]
    if not records:
        if header.is_discontinuous:
            raise RecordingError(
                "%(file)s says it has gaps but not where; export it again.", file=name
            )
        return steady
    onsets = record_onsets(name, records[0])
    # One sample of the fastest signal: more than printed onsets are off, less than any gap.
    allowed = header.record_s / max(
        signal.samples_per_record for signal in header.signals if not signal.is_annotations
    )
    for before, after in pairwise(onsets):
        late = after - before - header.record_s
        if late < -allowed or (late > allowed and not header.is_discontinuous):
            raise RecordingError(
                "%(file)s contradicts itself: the record at %(after)s s is out of its place; "
                "export it again.",
                file=name,
                after=float(after),
            )
        if late > LONGEST_GAP_S:
            raise RecordingError(
                "%(file)s: the record at %(after)s s comes more than a day after the one before; "
                "cut the file there.",
                file=name,
                after=float(after),
            )
    if not header.is_discontinuous:
        return [onsets[0] + step for step in steady]
    return onsets


# --- Streams


class _Signal(NamedTuple):
    """One channel as the file has it: the stream it belongs to, and its integers."""

    stream: str
    rate: Fraction
    channel: Channel
    column: array[int]


def _streams(
    path: Path, header: Header, starts_at: Fraction
) -> tuple[tuple[Stream, ...], dict[str, list[array[int]]]]:
    members: dict[str, list[_Signal]] = {}
    for one in _signals(path, header):
        members.setdefault(one.stream, []).append(one)
        if one.rate != members[one.stream][0].rate:
            raise RecordingError(
                "%(file)s: stream %(name)s has two sampling frequencies.",
                file=path.name,
                name=one.stream,
            )
    streams = tuple(_stream(name, of, starts_at) for name, of in members.items())
    return streams, {name: [one.column for one in of] for name, of in members.items()}


def _stream(name: str, signals: list[_Signal], starts_at: Fraction) -> Stream:
    rate, channels = signals[0].rate, tuple(one.channel for one in signals)
    return Stream(name, float(rate), channels, "int16", _index(starts_at * rate))


def _signals(path: Path, header: Header) -> Iterator[_Signal]:
    """Yield every signal that is not text."""
    described = [
        (signal, read_transducer(path.name, signal))
        for signal in header.signals
        if not signal.is_annotations
    ]
    for (signal, said), column in zip(described, _digital(path, header), strict=True):
        rate = _rate(path.name, signal, header)
        kind = said.kind or kind_of(signal.label, signal.unit)
        rails = _rails(signal, said.stream is not None, column)
        channel = Channel(signal.label, kind, signal.unit, said.scale, said.offset, *rails)
        yield _Signal(said.stream or f"{float(rate):g}hz", rate, channel, column)


def _rate(name: str, signal: SignalHeader, header: Header) -> Fraction:
    rate = signal.samples_per_record / header.record_s
    if not SLOWEST_HZ <= rate <= FASTEST_HZ:
        raise RecordingError(
            "%(file)s: channel %(channel)s would have %(rate)s Hz, which no recording of a "
            "muscle has; export it again.",
            file=name,
            channel=signal.label,
            rate=float(rate),
        )
    return rate


def _rails(
    signal: SignalHeader, is_ours: bool, column: array[int]
) -> tuple[int | None, int | None]:
    """Return the converter's rails; None where the file does not know them.

    Software that writes floats stretches them over all 16 bits, lowest to highest value;
    then the ends of the range are no rails, and a plateau that reaches one is not clipped.
    """
    low, high = signal.digital_minimum, signal.digital_maximum
    is_whole = (low, high) == (-32768, 32767)
    if not is_ours and is_whole and (min(column), max(column)) == (low, high):
        return None, None
    return low, high


def _index(exact: Fraction) -> int:
    return floor(exact + Fraction(1, 2))


def _digital(path: Path, header: Header) -> list[array[int]]:
    """Return the integers of every signal that is not text, checked against their range."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            signals = edfio.read_edf(path, lazy_load_data=False, header_encoding="latin-1").signals
    except (ValueError, Warning) as problem:
        raise RecordingError(
            "%(file)s is damaged; take the whole file.", file=path.name
        ) from problem
    columns = [array("h", signal.digital.tobytes()) for signal in signals]
    described = [signal for signal in header.signals if not signal.is_annotations]
    for signal, column in zip(described, columns, strict=True):
        _check_rails(path.name, signal, column)
    return columns


def _check_rails(name: str, signal: SignalHeader, column: array[int]) -> None:
    if min(column) < signal.digital_minimum or max(column) > signal.digital_maximum:
        raise RecordingError(
            "%(file)s contradicts itself: channel %(channel)s leaves the range its header "
            "states; export it again.",
            file=name,
            channel=signal.label,
        )


# --- Runs


def _runs(
    name: str,
    header: Header,
    onsets: list[Fraction],
    stream: Stream,
    columns: list[array[int]],
    remarks: list[Annotation],
) -> Iterator[Samples]:
    """Yield the unbroken stretches of one stream, in indices of the recording's own time."""
    rate = Fraction(stream.sampling_frequency_hz)
    width = _index(rate * header.record_s)
    holes = _holes(rate, stream, remarks)
    for start, records in _unbroken(onsets, rate, width):
        first, count = records.start * width, len(records) * width
        for low, high in _without(holes, start, start + count):
            begin = first + low - start
            values = tuple(column[begin : begin + high - low] for column in columns)
            yield Samples(stream.name, stream.first_index + low, values)


def _unbroken(onsets: list[Fraction], rate: Fraction, width: int) -> Iterator[tuple[int, range]]:
    """Yield (index of the first sample, records) for records that follow without a gap."""
    starts = [_index((onset - onsets[0]) * rate) for onset in onsets]
    begin = 0
    for at in range(1, len(starts) + 1):
        if at == len(starts) or starts[at] > starts[at - 1] + width:
            yield starts[begin], range(begin, at)
            begin = at


def _holes(rate: Fraction, stream: Stream, remarks: list[Annotation]) -> list[tuple[int, int]]:
    return sorted(
        (_index(Fraction(remark.onset_s) * rate), _index(_end(remark) * rate))
        for remark in remarks
        if remark.text == f"{MISSING} {stream.name}"
    )


def _end(remark: Annotation) -> Fraction:
    return Fraction(remark.onset_s) + Fraction(remark.duration_s or 0)


def _without(holes: list[tuple[int, int]], start: int, stop: int) -> Iterator[tuple[int, int]]:
    for low, high in holes:
        if high <= start or low >= stop:
            continue
        if low > start:
            yield start, low
        start = high
    if start < stop:
        yield start, stop
