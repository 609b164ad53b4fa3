"""Blocks of a stream sealed into one part: compact, checksummed, and the same blocks again.

A part is `LEVSEAL1`, the SHA-256 of everything after it, the length of the header, the header
(JSON: codec with version, stream, format, sizes, SHA-256 of the plain values), then packed
columns: what lies beside the samples, and each channel. docs/reference/recordings.md has it
byte for byte.
"""

from __future__ import annotations

import hashlib
import json
import struct
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from levator.errors import RecordingError
from levator.formats.codec import SIZE, Codec, NumberFormat, codec_for, codecs
from levator.records.model import Block, PlainDict
from levator.records.values import little_endian, numbers_of

MAGIC = b"LEVSEAL1"
#: A part is sealed when it has so many values, or so many blocks; what is in memory at a time.
PART_VALUES = 2**20
PART_BLOCKS = 20_000
_LENGTH = struct.Struct("<I")
_START = len(MAGIC) + hashlib.sha256().digest_size + _LENGTH.size
#: What lies beside the samples of a block, each a column of its own.
_BESIDE: tuple[tuple[str, NumberFormat], ...] = (
    ("sequence", "int64"),
    ("first_index", "int64"),
    ("n_samples", "int64"),
    ("is_arrival_known", "int16"),
    ("arrived_s", "float64"),
)


def parts_of(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """Cut the blocks of a recording, in order, into parts: of one stream, format and width."""
    waiting: dict[str, list[Block]] = {}
    values: dict[str, int] = {}
    for block in blocks:
        name, part = block.stream, waiting.get(block.stream, [])
        is_full = len(part) >= PART_BLOCKS or values.get(name, 0) >= PART_VALUES
        if part and (is_full or _shape(part[0]) != _shape(block)):
            yield part
            part, values[name] = [], 0
        part.append(block)
        waiting[name] = part
        values[name] = values.get(name, 0) + block.n_samples * block.n_channels
    yield from waiting.values()


def _shape(block: Block) -> tuple[str, int]:
    return block.sample_format, block.n_channels


def seal(part: Sequence[Block]) -> bytes:
    """Return a part; raises RecordingError where no codec gives the same blocks again.

    part : blocks of one recording, stream, format and number of channels, in order.
    """
    for codec in codecs():
        # What a codec says about what it cannot pack, or does not give back.
        with suppress(RecordingError, RuntimeError, ValueError):
            sealed = _sealed_with(codec, part)
            if unseal(sealed) == list(part):
                return sealed
    raise RecordingError(
        "Recording %(recording)r cannot be sealed as it is; it stays as it was, report it.",
        recording=part[0].recording_id,
    )


def _sealed_with(codec: Codec, part: Sequence[Block]) -> bytes:
    first = part[0]
    beside = [
        codec.pack(little_endian(array(_CODE[kind], _column(part, name))), kind)
        for name, kind in _BESIDE
    ]
    channels = [
        codec.pack(b"".join(_channel(block, place) for block in part), first.sample_format)
        for place in range(first.n_channels)
    ]
    header = {
        "codec": codec.name,
        "codec_version": codec.version,
        "recording": first.recording_id,
        "stream": first.stream,
        "sample_format": first.sample_format,
        "n_channels": first.n_channels,
        "n_blocks": len(part),
        "sha256": plain_digest(part),
        "sizes": [len(column) for column in (*beside, *channels)],
    }
    text = json.dumps(header, separators=(",", ":")).encode()
    rest = b"".join((_LENGTH.pack(len(text)), text, *beside, *channels))
    return MAGIC + hashlib.sha256(rest).digest() + rest


_CODE = {"int64": "q", "int16": "h", "float64": "d"}


def _column(part: Sequence[Block], name: str) -> Iterator[float]:
    if name == "is_arrival_known":
        return (block.arrived_s is not None for block in part)
    if name == "arrived_s":
        return (0.0 if block.arrived_s is None else block.arrived_s for block in part)
    return (getattr(block, name) for block in part)


def _channel(block: Block, place: int) -> bytes:
    size = block.n_samples * SIZE[block.sample_format]
    return block.values[place * size : (place + 1) * size]


def plain_digest(blocks: Iterable[Block]) -> str:
    """Return the SHA-256 over the values as they were before they were packed."""
    digest = hashlib.sha256()
    for block in blocks:
        digest.update(block.values)
    return digest.hexdigest()


def unseal(sealed: bytes) -> list[Block]:
    """Return the blocks of a part; raises RecordingError for a single damaged byte."""
    header, columns = _opened(sealed)
    codec = codec_for(header["codec"])
    blocks = _without_values(header, codec, columns)
    kind, total = header["sample_format"], sum(block.n_samples for block in blocks)
    channels = [codec.unpack(one, kind, total) for one in columns[len(_BESIDE) :]]
    whole = list(_with_values(blocks, channels))
    if plain_digest(whole) != header["sha256"]:
        raise _damaged()
    return whole


def spans_of(sealed: bytes) -> list[Block]:
    """Return the blocks of a part without their values; raises as `unseal` does."""
    header, columns = _opened(sealed)
    return _without_values(header, codec_for(header["codec"]), columns)


def _opened(sealed: bytes) -> tuple[PlainDict, list[bytes]]:
    """Return the header and the columns, once every byte is known to be as it was written."""
    digest = hashlib.sha256(sealed[_START - _LENGTH.size :]).digest()
    if sealed[: _START - _LENGTH.size] != MAGIC + digest:
        raise _damaged()
    [length] = _LENGTH.unpack_from(sealed, _START - _LENGTH.size)
    header: PlainDict = json.loads(sealed[_START : _START + length])
    at, columns = _START + length, []
    for size in header["sizes"]:
        columns.append(sealed[at : at + size])
        at += size
    return header, columns


def _without_values(header: PlainDict, codec: Codec, columns: list[bytes]) -> list[Block]:
    count = header["n_blocks"]
    beside: list[Sequence[Any]] = [
        numbers_of(codec.unpack(column, kind, count), _CODE[kind])
        for (_, kind), column in zip(_BESIDE, columns, strict=False)
    ]
    return [
        Block(
            header["recording"],
            header["stream"],
            sequence,
            first_index,
            header["sample_format"],
            header["n_channels"],
            n_samples,
            b"",
            arrived_s if is_known else None,
        )
        for sequence, first_index, n_samples, is_known, arrived_s in zip(*beside, strict=True)
    ]


def _with_values(blocks: list[Block], channels: list[bytes]) -> Iterator[Block]:
    at = 0
    for block in blocks:
        size = block.n_samples * SIZE[block.sample_format]
        values = b"".join(channel[at : at + size] for channel in channels)
        at += size
        yield replace(block, values=values)


def _damaged() -> RecordingError:
    return RecordingError(
        "A sealed recording is damaged: what is read is not what was written; restore it from "
        "a backup."
    )
