"""Recordings that have ended, moved from blocks to sealed parts; and reading those.

A recording is one or the other to every reader, by its `is_sealed`: parts count once it is
set, blocks until then. Whatever a crash leaves besides (parts without the mark, blocks with
it) is cleared away by the next round, so a round may be cut off anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from levator.errors import RecordingError
from levator.formats.sealed import parts_of, seal, spans_of, unseal
from levator.records.model import Block
from levator.records.repository import unknown_recording
from levator.storage.sql.tables import recording, sample_block, sealed_part

#: Blocks cleared away in one transaction: a recorder that waits hardly notices.
CLEAR_BLOCKS = 2000
#: Parts that stay opened while single blocks are looked up.
OPENED_PARTS = 8


def is_sealed(connection: Connection, recording_id: str) -> bool:
    """Tell where the samples of a recording are."""
    wanted = select(recording.c.is_sealed).where(recording.c.id == recording_id)
    return bool(connection.execute(wanted).scalar())


def blocks_after(engine: Engine, recording_id: str, after: int) -> Iterator[Block]:
    """Yield the blocks of a sealed recording whose sequence is above `after`, in order.

    One part of each stream is in memory at a time.
    """
    key = (sealed_part.c.stream, sealed_part.c.first_sequence)
    wanted = select(*key).where(*_of(recording_id), sealed_part.c.last_sequence > after)
    with engine.connect() as connection:
        found = connection.execute(wanted.order_by(sealed_part.c.first_sequence)).all()
    streams: dict[str, list[int]] = {}
    for stream, first_sequence in found:
        streams.setdefault(stream, []).append(first_sequence)
    of_streams = [_unsealed(engine, recording_id, firsts) for firsts in streams.values()]
    for block in merge(*of_streams, key=lambda block: block.sequence):
        if block.sequence > after:
            yield block


def _unsealed(engine: Engine, recording_id: str, firsts: list[int]) -> Iterator[Block]:
    for first in firsts:
        wanted = select(sealed_part.c.content).where(
            *_of(recording_id), sealed_part.c.first_sequence == first
        )
        with engine.connect() as connection:
            content = connection.execute(wanted).scalar()
        if content is None:
            raise unknown_recording(recording_id)
        yield from _of_this(recording_id, unseal(bytes(content)))


def _of_this(recording_id: str, blocks: list[Block]) -> list[Block]:
    if any(block.recording_id != recording_id for block in blocks):
        raise RecordingError(
            "A part of recording %(recording)r belongs to another one; restore it from a backup.",
            recording=recording_id,
        )
    return blocks


def sealed_spans(connection: Connection, recording_id: str) -> list[Block]:
    """Return the blocks of a sealed recording without their values, in order."""
    wanted = select(sealed_part.c.content).where(*_of(recording_id))
    parts = [spans_of(bytes(row.content)) for row in connection.execute(wanted)]
    found = (block for part in parts for block in _of_this(recording_id, part))
    return sorted(found, key=lambda block: block.sequence)


class SealedBlocks:
    """Single blocks of sealed recordings; the parts last opened stay at hand."""

    def __init__(self, connection: Connection) -> None:
        """Look over a connection that is in a transaction."""
        self._connection = connection
        self._opened: dict[tuple[str, int], dict[int, Block]] = {}

    def at(self, recording_id: str, sequence: int) -> Block | None:
        """Return the block at one place of a recording."""
        wanted = select(sealed_part.c.first_sequence).where(
            *_of(recording_id),
            sealed_part.c.first_sequence <= sequence,
            sealed_part.c.last_sequence >= sequence,
        )
        for first in self._connection.execute(wanted).scalars().all():
            if block := self._part(recording_id, first).get(sequence):
                return block
        return None

    def _part(self, recording_id: str, first: int) -> dict[int, Block]:
        key = (recording_id, first)
        if key not in self._opened:
            wanted = select(sealed_part.c.content).where(
                *_of(recording_id), sealed_part.c.first_sequence == first
            )
            content = self._connection.execute(wanted).scalar_one()
            if len(self._opened) >= OPENED_PARTS:
                self._opened.clear()
            self._opened[key] = {block.sequence: block for block in unseal(bytes(content))}
        return self._opened[key]


def _of(recording_id: str) -> tuple[Any, ...]:
    return (sealed_part.c.recording_id == recording_id,)


# --- Sealing


def with_blocks(engine: Engine) -> Iterator[str]:
    """Yield the ended recordings that have blocks, however few they are among all."""
    after = ""
    while True:
        next_one = select(func.min(sample_block.c.recording_id))
        with engine.connect() as connection:
            found = connection.execute(next_one.where(sample_block.c.recording_id > after)).scalar()
            if found is None:
                return
            after = found
            state = select(recording.c.state).where(recording.c.id == found)
            if connection.execute(state).scalar() == "open":
                continue
        yield found


def seal_recording(writing: Engine, recording_id: str, blocks: Iterator[Block]) -> None:
    """Write the parts of an ended recording, then mark it: from then on they count.

    blocks : of the recording, read outside any transaction; it has ended, so they stay.
    """
    with writing.begin() as connection:
        connection.execute(delete(sealed_part).where(*_of(recording_id)))
    for part in parts_of(blocks):
        row = {
            "recording_id": recording_id,
            "first_sequence": part[0].sequence,
            "last_sequence": part[-1].sequence,
            "stream": part[0].stream,
            "n_blocks": len(part),
            "content": seal(part),
        }
        with writing.begin() as connection:
            connection.execute(insert(sealed_part), row)
    with writing.begin() as connection:
        _mark(connection, recording_id)


def _mark(connection: Connection, recording_id: str) -> None:
    """Let the parts count, if every block is in one of them."""
    raw = select(func.count()).where(sample_block.c.recording_id == recording_id)
    in_parts = select(func.coalesce(func.sum(sealed_part.c.n_blocks), 0)).where(*_of(recording_id))
    if connection.execute(raw).scalar() != connection.execute(in_parts).scalar():
        raise RecordingError(
            "Recording %(recording)r cannot be sealed as it is; it stays as it was, report it.",
            recording=recording_id,
        )
    connection.execute(update(recording).where(recording.c.id == recording_id).values(is_sealed=1))


def clear_blocks(writing: Engine, recording_id: str) -> None:
    """Erase the blocks of a sealed recording, a few at a time."""
    of_it = sample_block.c.recording_id == recording_id
    sequences = select(sample_block.c.sequence).where(of_it).order_by(sample_block.c.sequence)
    while True:
        with writing.begin() as connection:
            found = connection.execute(sequences.limit(CLEAR_BLOCKS)).scalars().all()
            if not found or not is_sealed(connection, recording_id):
                return
            connection.execute(
                delete(sample_block).where(of_it, sample_block.c.sequence <= found[-1])
            )
