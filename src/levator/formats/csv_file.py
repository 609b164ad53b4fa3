"""CSV: a first column `time_s`, then channels with their unit as suffix.

The sampling frequency follows from the times (`formats.times`); a missing row is a gap, an
empty cell a missing value. Numbers are written so that reading gives the same bits.
"""

from __future__ import annotations

import csv
import os
from array import array
from collections.abc import Iterator, Sequence
from math import isfinite, nan
from pathlib import Path

from levator.errors import CallerError, RecordingError
from levator.formats.content import Recording, header_of, kind_of
from levator.formats.times import regular_times
from levator.quantities import UNIT_OF_WORD
from levator.signals.samples import Channel, Samples, Stream

STREAM = "csv"
_WORDS = sorted(UNIT_OF_WORD, key=len, reverse=True)
#: A spreadsheet would take a cell that starts so for a formula.
_FORMULA = tuple("=+-@")
#: Shares of a column's cells that may have fewer decimals than the last cell of a file that
#: lacks its last line end.
_USUAL = 0.1


def read_csv(path: Path) -> Recording:
    """Read a CSV recording as one stream of float64; RecordingError says the line."""
    text = _text(path)
    rows = _readable(path.name, csv.reader(text.splitlines()))
    channels = _channels(path.name, next(rows, []))
    times, columns, lines = _columns(path.name, rows, len(channels))
    if not text.endswith("\n"):
        _check_last_cell(path.name, text)
    found = regular_times(path.name, times, lines)
    stream = Stream(STREAM, found.sampling_frequency_hz, channels, "float64", found.indices[0])
    return Recording((stream,), tuple(_runs(found.indices, columns)))


def write_csv(path: Path, recording: Recording, stream_name: str | None = None) -> None:
    """Write one stream in physical values; CallerError if it is not said which of several."""
    if stream_name is None and len(recording.streams) != 1:
        names = ", ".join(stream.name for stream in recording.streams)
        raise CallerError(
            "A CSV holds one sampling frequency; choose one stream of %(names)s.", names=names
        )
    stream = recording.stream(stream_name or recording.streams[0].name)
    partial = path.with_name(path.name + ".part")
    with partial.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(["time_s", *map(header_of, stream.channels)]) + "\n")
        for run in recording.runs_of(stream.name):
            file.writelines(_rows(stream, run))
    os.replace(partial, path)


def _rows(stream: Stream, run: Samples) -> Iterator[str]:
    columns = [
        _physical(channel, values)
        for channel, values in zip(stream.channels, run.values, strict=True)
    ]
    for offset, cells in enumerate(zip(*columns, strict=True)):
        time_s = (run.first_index + offset) / stream.sampling_frequency_hz
        written = (repr(value) if isfinite(value) else "" for value in cells)
        yield ",".join([repr(time_s), *written]) + "\n"


def _physical(channel: Channel, values: Sequence[float]) -> Sequence[float]:
    if (channel.scale, channel.offset) == (1.0, 0.0):
        return [float(value) for value in values]  # times one plus nought would lose a minus nought
    return [value * channel.scale + channel.offset for value in values]


def _text(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise RecordingError(
            "%(file)s is not text, so not a CSV; give the file it came from.", file=path.name
        )
    if not text.strip():
        raise RecordingError("%(file)s is empty; record or export it again.", file=path.name)
    return text


def _channels(name: str, header: list[str]) -> tuple[Channel, ...]:
    cells = [cell.strip() for cell in header]
    if cells[:1] != ["time_s"]:
        raise RecordingError(
            "%(file)s line 1: the first column must be time_s, with commas between columns.",
            file=name,
        )
    if len(cells) < 2:
        raise RecordingError(
            "%(file)s line 1: no channel beside time_s; add for example seat_newton.", file=name
        )
    split = [_name_and_unit(name, cell) for cell in cells[1:]]
    if len(set(cells)) < len(cells):
        raise RecordingError(
            "%(file)s line 1: two columns have the same name; rename one.", file=name
        )
    short = [channel for channel, _ in split]
    # Two columns that differ only in their unit keep it in their name.
    names = [
        full if short.count(part) > 1 else part for full, part in zip(cells[1:], short, strict=True)
    ]
    return tuple(
        Channel(channel, kind_of(channel, unit), unit)
        for channel, (_, unit) in zip(names, split, strict=True)
    )


def _name_and_unit(file: str, cell: str) -> tuple[str, str]:
    if cell.startswith(_FORMULA) or not cell.isprintable():
        raise RecordingError(
            "%(file)s line 1: column %(cell)r is not a plain name; rename it.", file=file, cell=cell
        )
    for word in _WORDS:
        if cell.endswith(f"_{word}") and len(cell) > len(word) + 1:
            return cell[: -len(word) - 1], UNIT_OF_WORD[word]
    raise RecordingError(
        "%(file)s line 1: column %(cell)r has no unit; name it with one, as in seat_newton.",
        file=file,
        cell=cell,
    )


def _columns(
    name: str, rows: Iterator[list[str]], channels: int
) -> tuple[list[str], list[array[float]], list[int]]:
    times: list[str] = []
    lines: list[int] = []
    columns = [array("d") for _ in range(channels)]
    for line, row in enumerate(rows, start=2):
        if not row:
            continue
        if len(row) != channels + 1:
            raise RecordingError(
                "%(file)s line %(line)s: %(count)s cells where %(expected)s belong; the file "
                "may be cut off, take the whole one.",
                file=name,
                line=line,
                count=len(row),
                expected=channels + 1,
            )
        times.append(row[0].strip())
        lines.append(line)
        for column, cell in zip(columns, row[1:], strict=True):
            column.append(_number(name, line, cell))
    return times, columns, lines


def _readable(name: str, rows: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from rows
    except csv.Error:
        raise RecordingError(
            "%(file)s is no CSV of numbers; take the whole file.", file=name
        ) from None


def _number(name: str, line: int, cell: str) -> float:
    """Return the cell's number; an empty, nan or infinite one is a missing value."""
    try:
        value = float(cell)
    except ValueError:
        value = nan
        if cell.strip():
            raise _not_a_number(name, line, cell) from None
    if "_" in cell or not cell.isascii():
        raise _not_a_number(name, line, cell)
    return value if isfinite(value) else nan


def _not_a_number(name: str, line: int, cell: str) -> RecordingError:
    return RecordingError(
        "%(file)s line %(line)s: %(cell)r is not a number; write it as in 12.5.",
        file=name,
        line=line,
        cell=cell.strip()[:20],
    )


def _check_last_cell(name: str, text: str) -> None:
    """Refuse a file without a last line end whose last number looks cut off.

    A number that lost its last digits still reads as a number; it betrays itself by having
    fewer decimals than its column.
    """
    lines = text.splitlines()
    cells = [line.rsplit(",", 1)[-1] for line in lines[1:] if line.strip()]
    usual = sorted(map(_decimals, cells[:-1]))
    if usual and _decimals(cells[-1]) < usual[int(len(usual) * _USUAL)]:
        raise RecordingError(
            "%(file)s line %(line)s: the file ends in the middle of a number; take the whole file.",
            file=name,
            line=len(lines),
        )


def _decimals(cell: str) -> int:
    return len(cell.strip().partition(".")[2])


def _runs(indices: list[int], columns: list[array[float]]) -> Iterator[Samples]:
    start = 0
    for at in range(1, len(indices) + 1):
        if at == len(indices) or indices[at] != indices[at - 1] + 1:
            yield Samples(STREAM, indices[start], tuple(column[start:at] for column in columns))
            start = at
