"""A recording as lines of JSON, bit for bit; and read again, with every value looked at first.

What is read may be made to hurt: an index so far ahead that nobody lives to see its replay end,
a block that is shorter than it says. So nothing is handed on that no recorder can have written.
"""

from __future__ import annotations

import base64
import json
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, get_args

from levator.formats.numbers import FASTEST_HZ, LONGEST_GAP_S, SLOWEST_HZ
from levator.records.model import (
    Block,
    EventRecord,
    InputRecord,
    PlainDict,
    RecordingHeader,
    RecordingState,
)
from levator.records.repository import Repository
from levator.records.values import TYPE_CODE

_MOST = 2**53
_LONGEST_NAME = 200
Kept = RecordingHeader | Block | InputRecord | EventRecord
_WORDS = {RecordingHeader: "header", Block: "block", InputRecord: "input", EventRecord: "event"}


def recording_lines(repository: Repository, recording_id: str) -> Iterator[str]:
    """Yield a recording bit for bit: its header, blocks, inputs and events."""
    yield from map(line_of, records_of(repository, recording_id))


def records_of(repository: Repository, recording_id: str) -> Iterator[Kept]:
    """Yield a stored recording: its header, blocks, inputs and events."""
    yield repository.header(recording_id)
    yield from repository.blocks(recording_id)
    yield from repository.inputs(recording_id)
    yield from repository.events(recording_id)


def line_of(record: Kept) -> str:
    """Return one record as its line."""
    told = asdict(record)
    if isinstance(record, Block):
        told["values"] = base64.b64encode(record.values).decode()
    return json.dumps({_WORDS[type(record)]: told}) + "\n"


def records_in(lines: Iterable[PlainDict], recording_id: str) -> Iterator[Kept]:
    """Yield the records of a recording, its header first; ValueError for what is none."""
    try:
        yield from _records(lines, recording_id)
    except (ArithmeticError, AttributeError, LookupError, TypeError) as wrong:
        raise ValueError from wrong


def _records(lines: Iterable[PlainDict], recording_id: str) -> Iterator[Kept]:
    looked = _Looked({})
    for place, line in enumerate(lines):
        [(word, told)] = line.items()
        _must((word == "header") == (place == 0))
        if place == 0:
            record: Kept = _header(told)
            looked = _Looked(_streams(told["context"]))
        else:
            record = looked.take(word, told)
        _must(record.recording_id == recording_id)
        yield record


@dataclass(frozen=True, slots=True)
class _Stream:
    fs: float
    first_index: int
    sample_format: str
    n_channels: int | None


@dataclass(slots=True)
class _Looked:
    """What is known of a recording so far: its streams, and the last place of each kind."""

    streams: Mapping[str, _Stream]
    last: dict[str, int] = field(default_factory=dict)

    def take(self, word: str, told: PlainDict) -> Block | InputRecord | EventRecord:
        """Return a record after the last of its kind."""
        if word == "block":
            record: Block | InputRecord | EventRecord = self._block(told)
        elif word == "input":
            record = InputRecord(**told)
            _must(_is_count(record.at_index) and isinstance(record.data, dict))
        else:
            record = {"event": EventRecord}[word](**told)
            _must(isinstance(record.data, dict))
        _must(_is_count(record.sequence) and record.sequence > self.last.get(word, -1))
        self.last[word] = record.sequence
        return record

    def _block(self, told: PlainDict) -> Block:
        block = Block(**told | {"values": base64.b64decode(told["values"], validate=True)})
        stream = self.streams[block.stream]
        size = array(TYPE_CODE[block.sample_format]).itemsize
        _must(all(map(_is_count, (block.first_index, block.n_channels, block.n_samples))))
        _must(block.sample_format == stream.sample_format)
        _must(stream.n_channels in (None, block.n_channels))
        _must(block.n_channels * block.n_samples * size == len(block.values))
        _must(block.next_index - stream.first_index <= LONGEST_GAP_S * stream.fs)
        _must(block.arrived_s is None or _is_number(block.arrived_s))
        return block


def _header(told: PlainDict) -> RecordingHeader:
    header = RecordingHeader(**told)
    _must(all(map(_is_name, (header.title, header.ended_by or ""))))
    _must(all(map(_is_moment, (header.started_at, header.closed_at or header.started_at))))
    _must(header.state in get_args(RecordingState))
    _must(all(isinstance(one, dict) for one in (header.context, header.versions, header.facts)))
    _must(all(_is_name(one) for pair in header.versions.items() for one in pair))
    return header


def _streams(context: PlainDict) -> dict[str, _Stream]:
    found = {}
    for told in context.get("streams", []):
        channels, first = told.get("channels"), told.get("first_index", 0)
        fs = told["sampling_frequency_hz"]
        _must(_is_name(told["name"]) and _is_count(first))
        _must(_is_number(fs) and SLOWEST_HZ <= fs <= FASTEST_HZ)
        _must(channels is None or isinstance(channels, list))
        n_channels = None if channels is None else len(channels)
        found[told["name"]] = _Stream(fs, first, told["sample_format"], n_channels)
    return found


def _must(is_right: bool) -> None:
    if not is_right:
        raise ValueError


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < _MOST


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) < _MOST


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_NAME and value.isprintable()


def _is_moment(value: str) -> bool:
    return datetime.fromisoformat(value).year > 1
