"""Records to rows of the tables and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from sqlalchemy import Row as SqlRow
from sqlalchemy import Table

from levator.records.model import (
    Batch,
    Block,
    EventRecord,
    InputRecord,
    PlainDict,
    RecordingHeader,
)
from levator.records.repository import damaged_recording
from levator.records.values import plain_of, text_of
from levator.storage.sql import tables

RowValues: TypeAlias = dict[str, Any]
AnyRow: TypeAlias = SqlRow[Any]
Stored: TypeAlias = Block | InputRecord | EventRecord


def header_row(header: RecordingHeader) -> RowValues:
    """Return a row of `recording`, as begun."""
    return {
        "id": header.id,
        "started_at": header.started_at,
        "title": header.title,
        "context": text_of(header.context),
        "versions": text_of(dict(header.versions)),
        "facts": text_of(header.facts),
        "tenant_id": header.tenant_id,
        "patient_id": header.patient_id,
        "state": "open",
        "closed_at": None,
        "ended_by": None,
    }


def header_of(row: AnyRow) -> RecordingHeader:
    """Return the header in a row of `recording`; RecordingError where that is damaged."""
    return RecordingHeader(
        id=row.id,
        started_at=row.started_at,
        title=row.title,
        context=_plain(row.id, row.context),
        versions=_plain(row.id, row.versions),
        state=row.state,
        closed_at=row.closed_at,
        ended_by=row.ended_by,
        facts=_plain(row.id, row.facts),
        tenant_id=row.tenant_id,
        patient_id=row.patient_id,
    )


def block_of(row: AnyRow) -> Block:
    """Return the block in a row of `sample_block`."""
    return Block(
        recording_id=row.recording_id,
        stream=row.stream,
        sequence=row.sequence,
        first_index=row.first_index,
        sample_format=row.sample_format,
        n_channels=row.n_channels,
        n_samples=row.n_samples,
        values=bytes(row.sample_values),
        arrived_s=row.arrived_s,
    )


def input_of(row: AnyRow) -> InputRecord:
    """Return the input in a row of `session_input`; RecordingError where that is damaged."""
    data = _plain(row.recording_id, row.data)
    return InputRecord(row.recording_id, row.sequence, row.at_index, data)


def event_of(row: AnyRow) -> EventRecord:
    """Return the event in a row of `session_event`; RecordingError where that is damaged."""
    return EventRecord(row.recording_id, row.sequence, _plain(row.recording_id, row.data))


def _plain(recording_id: str, text: str) -> PlainDict:
    try:
        data = plain_of(text)
    except (TypeError, ValueError, RecursionError) as wrong:
        raise damaged_recording(recording_id) from wrong
    if not isinstance(data, dict):
        raise damaged_recording(recording_id)
    return data


def _block_row(block: Block) -> RowValues:
    return {
        "recording_id": block.recording_id,
        "sequence": block.sequence,
        "stream": block.stream,
        "first_index": block.first_index,
        "sample_format": block.sample_format,
        "n_channels": block.n_channels,
        "n_samples": block.n_samples,
        "arrived_s": block.arrived_s,
        "sample_values": block.values,
    }


def _input_row(record: InputRecord) -> RowValues:
    return {
        "recording_id": record.recording_id,
        "sequence": record.sequence,
        "at_index": record.at_index,
        "data": text_of(record.data),
    }


def _event_row(record: EventRecord) -> RowValues:
    return {
        "recording_id": record.recording_id,
        "sequence": record.sequence,
        "data": text_of(record.data),
    }


def record_of(table: Table, row: AnyRow) -> Stored:
    """Return the record in a row of one of the three tables of records."""
    if table is tables.sample_block:
        return block_of(row)
    return input_of(row) if table is tables.session_input else event_of(row)


def row_of(record: Stored) -> RowValues:
    """Return the row for a record of one of the three tables of records."""
    if isinstance(record, Block):
        return _block_row(record)
    return _input_row(record) if isinstance(record, InputRecord) else _event_row(record)


def by_table(batch: Batch) -> Iterable[tuple[Table, tuple[Stored, ...]]]:
    """Yield each table of records with what the batch has for it, where there is any."""
    if batch.blocks:
        yield tables.sample_block, batch.blocks
    if batch.inputs:
        yield tables.session_input, batch.inputs
    if batch.events:
        yield tables.session_event, batch.events
