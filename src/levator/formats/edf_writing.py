"""Writing EDF+C: integers exactly, floats in steps whose size is known beforehand.

All streams of a file share one grid of data records. Where a stream has no sample the last
one is held, and an annotation ``levator.missing STREAM`` says so; reading takes it out again.
"""

from __future__ import annotations

import itertools
import os
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from math import ceil, floor, isfinite, lcm
from pathlib import Path
from typing import Any, Literal, TypeAlias

import edfio
import numpy as np

from levator.errors import CallerError
from levator.formats.content import Annotation, Gap, Recording
from levator.formats.edf_file import MISSING, STARTED_AT, STARTS_AT
from levator.formats.edf_text import is_text
from levator.formats.transducer import write_transducer
from levator.signals.samples import Channel, Samples, Stream

_LOWEST, _HIGHEST = -32768, 32767
#: Records of these parts of the shortest possible one are tried until nothing need be held.
_PARTS = (1, 2, 4, 5, 8, 10)
#: Room left beyond the lowest and highest value, so that neither looks clipped when read.
_MARGIN = 1e-3
#: How far eight characters may be off, as a share of the number.
_EIGHT_CHARACTERS = 2e-5

Range: TypeAlias = tuple[float, float]
#: array.array of int16 or of float64, one element per sample.
Column: TypeAlias = Any


def quantisation_step(low: float, high: float) -> float:
    """Return the step, in the channel's unit, with which EDF+ keeps values from low to high.

    A value read back differs by at most half a step.
    """
    return (high - low) / (_HIGHEST - _LOWEST)


def physical_range(values: Sequence[float]) -> Range:
    """Return the range a float channel is written with when none is asked for.

    A little wider than its values, with bounds that fit the header's eight characters.
    """
    low, high = min(values), max(values)
    margin = _MARGIN * (high - low) + _EIGHT_CHARACTERS * max(abs(low), abs(high), 10.0)
    return _eight(low - margin), _eight(high + margin)


def write_edf(path: Path, recording: Recording, ranges: Mapping[str, Range] | None = None) -> None:
    """Write a recording as EDF+C.

    ranges : physical range by channel name for float channels, in the channel's unit.

    Raises CallerError where EDF+ cannot hold the recording: missing values inside a float
    channel, values outside a stated range, long or non-ASCII names, control
    characters in an annotation.
    """
    grid = _Grid(recording)
    signals = [
        signal
        for stream in recording.streams
        for signal in _signals(stream, grid.held(stream), ranges or {})
    ]
    for remark in recording.annotations:
        _check_remark(remark)
    remarks = [*grid.own_annotations(), *recording.annotations]
    edf = edfio.Edf(
        signals,
        recording=edfio.Recording(startdate=grid.began.date() if grid.began else None),
        starttime=grid.began.time().replace(microsecond=0) if grid.began else None,
        data_record_duration=float(grid.record_s),
        annotations=[
            edfio.EdfAnnotation(
                max(0.0, remark.onset_s - float(grid.start_s)), remark.duration_s, remark.text
            )
            for remark in remarks
        ],
    )
    partial = path.with_name(path.name + ".part")
    edf.write(partial)
    os.replace(partial, path)


# --- The common grid of data records


class _Grid:
    """Where the data records of a file begin and end, in the recording's own time."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._rates = {stream.name: _exact(stream) for stream in recording.streams}
        if not recording.runs:
            raise CallerError("The recording holds no samples, so there is nothing to write.")
        starts = [run.first_index / self._rates[run.stream] for run in recording.runs]
        ends = [(run.first_index + len(run)) / self._rates[run.stream] for run in recording.runs]
        self.record_s = self._record(min(starts), max(ends))
        self.start_s = floor(min(starts) / self.record_s) * self.record_s
        self.records = ceil((max(ends) - self.start_s) / self.record_s)
        moment = recording.started_at
        self.began = datetime.fromisoformat(moment) if moment else None

    def _record(self, start: Fraction, end: Fraction) -> Fraction:
        """Return the longest handy record that all streams fill evenly, without remainder."""
        whole = Fraction(lcm(*(rate.denominator for rate in self._rates.values())))
        for record in (whole / part for part in _PARTS):
            even = all((rate * record).denominator == 1 for rate in self._rates.values())
            if even and (end / record).denominator == (start / record).denominator == 1:
                return record
        return whole

    def _span(self, stream: Stream) -> tuple[int, int]:
        rate = self._rates[stream.name]
        begin = int(self.start_s * rate)
        return begin, begin + int(self.records * self.record_s * rate)

    def held(self, stream: Stream) -> list[Column]:
        """Return the stream's columns over the whole grid, the last value held in gaps."""
        begin, end = self._span(stream)
        runs = self._recording.runs_of(stream.name)
        code: Literal["h", "d"] = "h" if stream.sample_format == "int16" else "d"
        columns: list[Column] = [array(code) for _ in stream.channels]
        for number, column in enumerate(columns):
            last = runs[0].values[number][0] if runs else stream.channels[number].raw_minimum or 0
            for run in runs:
                _hold(column, last, run.first_index - begin)
                column.extend(run.values[number])
                last = column[-1]
            _hold(column, last, end - begin)
        return columns

    def _missing(self, stream: Stream) -> Iterator[Gap]:
        at, end = self._span(stream)
        for run in (*self._recording.runs_of(stream.name), Samples(stream.name, end, ())):
            if run.first_index > at:
                yield Gap(stream.name, at, run.first_index - at)
            at = run.first_index + len(run)

    def own_annotations(self) -> Iterator[Annotation]:
        """Yield what EDF+ has no field for."""
        if self.start_s:
            yield Annotation(float(self.start_s), None, f"{STARTS_AT} {float(self.start_s)!r}")
        if self._recording.started_at:
            text = f"{STARTED_AT} {self._recording.started_at}"
            yield Annotation(float(self.start_s), None, text)
        for stream in self._recording.streams:
            rate = stream.sampling_frequency_hz
            for gap in self._missing(stream):
                yield Annotation(
                    gap.first_index / rate, gap.missing / rate, f"{MISSING} {stream.name}"
                )


def _hold(column: Column, value: float, length: int) -> None:
    """Fill the column with `value` up to `length`."""
    column.extend(itertools.repeat(value, length - len(column)))


def _exact(stream: Stream) -> Fraction:
    return Fraction(stream.sampling_frequency_hz).limit_denominator(1000)


# --- Signals


def _signals(
    stream: Stream, columns: list[Column], ranges: Mapping[str, Range]
) -> Iterator[edfio.EdfSignal]:
    for channel, column in zip(stream.channels, columns, strict=True):
        _check_names(stream, channel)
        if stream.sample_format != "int16":
            physical = [value * channel.scale + channel.offset for value in column]
            channel, column = _quantised(channel, physical, ranges.get(channel.name))
        low = int(channel.raw_minimum if channel.raw_minimum is not None else _LOWEST)
        high = int(channel.raw_maximum if channel.raw_maximum is not None else _HIGHEST)
        if min(column) < low or max(column) > high:
            raise CallerError(
                "Channel %(channel)s has values outside the converter's range; write a CSV.",
                channel=channel.name,
            )
        yield edfio.EdfSignal.from_digital(
            np.frombuffer(column, np.int16),
            stream.sampling_frequency_hz,
            label=channel.name,
            transducer_type=write_transducer(stream.name, channel),
            physical_dimension=channel.unit,
            physical_range=_fitted(*(end * channel.scale + channel.offset for end in (low, high))),
            digital_range=(low, high),
        )


def _check_remark(remark: Annotation) -> None:
    if not is_text(remark.text):
        raise CallerError(
            "EDF+ cannot hold the annotation %(text)r; take out what is not text.",
            text=remark.text,
        )


def _check_names(stream: Stream, channel: Channel) -> None:
    said = write_transducer(stream.name, channel)
    printable = (channel.name + said).isascii() and (channel.name + said).isprintable()
    if not printable or " " in stream.name or len(channel.name) > 16 or len(said) > 80:
        raise CallerError(
            "EDF+ cannot hold the name %(channel)r of stream %(stream)r; use at most 16 "
            "plain letters.",
            channel=channel.name,
            stream=stream.name,
        )


def _quantised(
    channel: Channel, values: Sequence[float], asked: Range | None
) -> tuple[Channel, Column]:
    if not all(map(isfinite, values)):
        raise CallerError(
            "Channel %(channel)s has missing values, which EDF+ cannot hold; write a CSV.",
            channel=channel.name,
        )
    low, high = asked or physical_range(values)
    if min(values) < low or max(values) > high:
        raise CallerError(
            "Channel %(channel)s leaves its range of %(low)s to %(high)s %(unit)s; give a "
            "wider one.",
            channel=channel.name,
            low=low,
            high=high,
            unit=channel.unit,
        )
    step = quantisation_step(low, high)
    offset = low - _LOWEST * step
    raw = array("h", (_nearest((value - offset) / step) for value in values))
    scaled = replace(channel, scale=step, offset=offset, raw_minimum=_LOWEST, raw_maximum=_HIGHEST)
    return scaled, raw


def _nearest(value: float) -> int:
    return min(_HIGHEST, max(_LOWEST, floor(value + 0.5)))


def _fitted(low: float, high: float) -> Range:
    """Return the bounds as the header's eight characters hold them."""
    bounds = _eight(low), _eight(high)
    step = abs(high - low) / 1000
    if abs(bounds[0] - low) > step or abs(bounds[1] - high) > step:
        raise CallerError("The range is too small or too large for EDF+; use another unit.")
    return bounds


def _eight(value: float) -> float:
    """Return the number nearest to `value` among those of eight characters."""
    for digits in range(8, -1, -1):
        text = f"{value:.{digits}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        number = float(text)
        # edfio writes whole numbers without their point and others as Python does.
        fits = len(text) <= 8 and (number.is_integer() or len(str(number)) <= 8)
        if fits and "e" not in str(number):
            return number
    return value
