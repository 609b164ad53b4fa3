"""Samples to bytes, plain data to text, and back; every bit kept (NaN payloads too)."""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from levator.errors import Phrase, RecordingError
from levator.records.model import Block, EventRecord, InputRecord, PlainDict, RecordingHeader
from levator.signals.samples import SampleFormat, Samples, Stream

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

#: Sample format -> type code of `array` and `memoryview`.
TYPE_CODE: dict[SampleFormat, str] = {"int16": "h", "int32": "i", "float32": "f", "float64": "d"}
_IS_BIG_ENDIAN = sys.byteorder == "big"


def block_of(recording_id: str, sequence: int, samples: Samples, stream: Stream) -> Block:
    """Return the block that holds `samples`, which must fit the description of their stream.

    Raises RecordingError where name, number of channels, lengths or format differ.
    """
    n_samples = len(samples)
    lengths = {len(channel) for channel in samples.values}
    if samples.stream != stream.name or len(samples.values) != len(stream.channels):
        raise _unfit(
            stream,
            Phrase(
                "%(count)s channels of %(stream)r", count=len(samples.values), stream=samples.stream
            ),
        )
    if lengths != {n_samples}:
        raise _unfit(stream, Phrase("channels of %(lengths)s samples", lengths=sorted(lengths)))
    return Block(
        recording_id=recording_id,
        stream=stream.name,
        sequence=sequence,
        first_index=samples.first_index,
        sample_format=stream.sample_format,
        n_channels=len(samples.values),
        n_samples=n_samples,
        values=b"".join(_to_bytes(channel, stream) for channel in samples.values),
        arrived_s=samples.arrived_s,
    )


def samples_of(block: Block) -> Samples:
    """Return what `block` holds, as one typed array per channel."""
    code = TYPE_CODE[block.sample_format]
    size = block.n_samples * array(code).itemsize
    if len(block.values) != block.n_channels * size:
        raise RecordingError(
            "Block %(block)s of recording %(recording)r has %(count)s bytes where "
            "%(expected)s belong; restore the database from a backup.",
            block=block.sequence,
            recording=block.recording_id,
            count=len(block.values),
            expected=block.n_channels * size,
        )
    channels = (
        tuple(
            numbers_of(block.values[at : at + size], code)
            for at in range(0, block.n_channels * size, size)
        )
        if size
        else tuple(array(code) for _ in range(block.n_channels))
    )
    return Samples(block.stream, block.first_index, channels, block.arrived_s)


def text_of(data: PlainDict) -> str:
    """Return plain data as JSON text; floats come back bit for bit.

    Raises TypeError for anything that JSON cannot hold.
    """
    return json.dumps(data, separators=(",", ":"))


def plain_of(text: str) -> PlainDict:
    """Return what `text_of` wrote."""
    data: PlainDict = json.loads(text)
    return data


Stored = Block | InputRecord | EventRecord | RecordingHeader


def is_same(one: Stored, other: Stored) -> bool:
    """Tell whether two records hold the same, the order of keys and NaN notwithstanding."""
    return _comparable(one) == _comparable(other)


def _comparable(record: Stored) -> object:
    if isinstance(record, InputRecord | EventRecord):
        return replace(record, data={}), json.dumps(record.data, sort_keys=True)
    if isinstance(record, RecordingHeader):
        versions = dict(record.versions)
        return replace(record, context={}, versions=versions), json.dumps(
            record.context, sort_keys=True
        )
    return record


def _to_bytes(channel: Sequence[float], stream: Stream) -> bytes:
    code = TYPE_CODE[stream.sample_format]
    raw = _typed_bytes(channel, code)
    if raw is not None:
        return raw
    try:
        values = array(code, channel)
    except (TypeError, OverflowError) as error:
        raise _unfit(stream, Phrase("values that do not fit")) from error
    return little_endian(values)


def _typed_bytes(channel: Sequence[float], code: str) -> bytes | None:
    """Take the bytes as they lie where the channel is an array of the right type already.

    A float that passes through Python's own loses the payload of a signalling NaN.
    """
    if _IS_BIG_ENDIAN:
        return None
    try:
        view = memoryview(cast("ReadableBuffer", channel))
    except TypeError:
        return None
    return view.tobytes() if view.format == code and view.ndim == 1 else None


def little_endian(values: array[float]) -> bytes:
    """Return the bytes of an array, which may be turned around in place."""
    if _IS_BIG_ENDIAN:
        values.byteswap()
    return values.tobytes()


def numbers_of(raw: bytes, code: str) -> array[float]:
    """Return little-endian bytes as an array of a type code."""
    values: array[float] = array(code)
    values.frombytes(raw)
    if _IS_BIG_ENDIAN:
        values.byteswap()
    return values


def _unfit(stream: Stream, found: Phrase) -> RecordingError:
    return RecordingError(
        "Stream %(stream)r is described as %(count)s channels of %(format)s but "
        "delivered %(found)s; correct the driver's description.",
        stream=stream.name,
        count=len(stream.channels),
        format=stream.sample_format,
        found=found,
    )
