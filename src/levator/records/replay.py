"""A stored recording as the session met it: context, blocks and inputs in recorded order.

Replay means those three. The order is that of `sequence`, which the recorder counts over
blocks, inputs and events together; so a block of an optional stream that came late comes
late again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge

from levator.records.model import Block, InputRecord, PlainDict, RecordingHeader
from levator.records.repository import Repository
from levator.records.values import samples_of
from levator.signals.samples import Samples


@dataclass(frozen=True, slots=True)
class StoredSession:
    """What replaying a recording needs, and what to compare the outcome with.

    inputs : each `Samples` as a value, each command and tick as the plain dict that was
        put; read once, from the database as it goes.
    events : the plain dicts that were put.
    """

    header: RecordingHeader
    inputs: Iterator[Samples | PlainDict]
    events: list[PlainDict]

    @property
    def context(self) -> PlainDict:
        """Return the session's context as plain data."""
        return self.header.context


def load_session(repository: Repository, recording_id: str) -> StoredSession:
    """Return a stored recording for replay; raises RecordingError for an unknown id."""
    return StoredSession(
        header=repository.header(recording_id),
        inputs=_in_order(repository, recording_id),
        events=[event.data for event in repository.events(recording_id)],
    )


def _in_order(repository: Repository, recording_id: str) -> Iterator[Samples | PlainDict]:
    blocks: Iterator[Block | InputRecord] = repository.blocks(recording_id)
    inputs: list[Block | InputRecord] = [*repository.inputs(recording_id)]
    for record in merge(blocks, inputs, key=lambda record: record.sequence):
        yield samples_of(record) if isinstance(record, Block) else record.data
