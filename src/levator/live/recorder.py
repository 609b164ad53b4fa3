"""The recorder: everything of every room goes to storage, and nobody waits for the disk.

Rooms put records from the event loop; one thread (`levator.live.writer`) stores them. What
could not be stored yet stays in memory; rooms see `health` and say so on their screens.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from levator.errors import RecordingError, StorageError
from levator.live.waiting import Waiting, WaitingRecords
from levator.live.writer import Writer
from levator.quantities import Seconds
from levator.records.model import (
    Block,
    Ending,
    EventRecord,
    InputRecord,
    PlainDict,
    Record,
    RecordingHeader,
)
from levator.records.repository import Repository
from levator.records.values import block_of, plain_of, text_of
from levator.signals.samples import Samples, Stream

#: A record that waits longer than this makes the rooms say that saving lags.
BEHIND_AFTER_S = 0.6
#: And longer than this, that nothing is being saved.
NOT_SAVING_AFTER_S = 5.0
#: Sample blocks that may wait, of all rooms together: a hundred rooms of eight channels at
#: 2000 Hz (int16, blocks of 10 ms) for more than 60 s, twenty of four for more than 6 minutes.
WAITING_LIMIT_BYTES = 512 * 2**20
#: What a record weighs in the queue besides its values.
RECORD_BYTES = 400
LOW_DISK_BYTES = 500 * 2**20
FULL_DISK_BYTES = 100 * 2**20

Health = Literal["saving", "behind", "not_saving"]
Disk = Literal["plenty", "low", "full"]


def wall_clock() -> str:
    """Return the time of day, ISO 8601 with its offset from UTC."""
    return datetime.now().astimezone().isoformat(timespec="milliseconds")


@dataclass(slots=True)
class _Recording:
    """One running recording. The writer's thread touches `acknowledged` and `saved` only."""

    sequence: int = 0
    acknowledged: dict[str, int] = field(default_factory=dict)
    saved: Future[None] = field(default_factory=Future)


class Recorder:
    """Lossless way from the rooms to the repository."""

    def __init__(
        self,
        repository: Repository,
        *,
        now: Callable[[], str] = wall_clock,
        clock: Callable[[], Seconds] = time.monotonic,
        waiting_limit_bytes: int = WAITING_LIMIT_BYTES,
    ) -> None:
        """Take a repository to record into.

        now : time of day for endings. clock : monotonic seconds, for waiting times only.
        """
        self._repository = repository
        self._now = now
        self._clock = clock
        self._waiting = WaitingRecords(waiting_limit_bytes)
        self._writer = Writer(repository, self._waiting, clock, self._acknowledge)
        self._recordings: dict[str, _Recording] = {}

    # --- Starting and stopping

    def start(self) -> list[RecordingHeader]:
        """End what an earlier run left open, start the writer, return what was ended.

        Raises StorageError where another process records into the same storage.
        """
        interrupted = self._repository.recover_interrupted(self._now())
        self._writer.start()
        return interrupted

    def stop(self, patience_s: Seconds = 10.0) -> None:
        """Save what waits and end the writer.

        Raises StorageError when something could not be saved within `patience_s`.
        """
        self._writer.stop(patience_s)
        if self._waiting:
            raise StorageError(
                "%(count)s records could not be saved before stopping; check the disk. The "
                "recordings will show where they break off.",
                count=len(self._waiting),
            )

    # --- What a room does

    def begin(self, header: RecordingHeader) -> None:
        """Begin a recording; it is stored with the first group that follows.

        Raises StorageError when the disk is full or nothing is being saved now, and
        RecordingError when this recording runs already.
        """
        if header.id in self._recordings:
            raise RecordingError(
                "Recording %(recording)r runs already; take a new id.", recording=header.id
            )
        if self.disk == "full":
            raise StorageError(
                "The disk is nearly full (less than 100 MiB); make room before a session."
            )
        if self.health() == "not_saving":
            raise StorageError("Nothing can be saved now; check the disk before a session.")
        plain = plain_of(text_of(header.context))
        begun = replace(header.as_begun(), context=plain, versions=dict(header.versions))
        self._recordings[header.id] = _Recording()
        self._put(begun)

    def put_samples(self, recording_id: str, samples: Samples, stream: Stream) -> bool:
        """Put one block; return False when memory is full and the block is not kept.

        A block that is not kept is a gap in the recording; who put it must treat it as one.
        """
        recording = self._running(recording_id)
        block = block_of(recording_id, recording.sequence, samples, stream)
        recording.sequence += 1
        return self._put(block, len(block.values), always=False)

    def put_input(self, recording_id: str, data: PlainDict, at_index: int) -> None:
        """Put a command or a tick as plain data; see `InputRecord` for `at_index`."""
        sequence, text = self._numbered(recording_id, data)
        self._put(InputRecord(recording_id, sequence, at_index, plain_of(text)), len(text))

    def put_event(self, recording_id: str, data: PlainDict) -> None:
        """Put what the session told, as plain data."""
        sequence, text = self._numbered(recording_id, data)
        self._put(EventRecord(recording_id, sequence, plain_of(text)), len(text))

    async def finish(self, recording_id: str, ended_by: str) -> None:
        """End a recording and return once all of it is stored.

        It waits as long as storage fails; being cancelled only ends the waiting. Raises
        RecordingError when this recording could not be stored at all.
        """
        recording = self._running(recording_id)
        recording.saved.set_running_or_notify_cancel()
        self._put(Ending(recording_id, self._now(), ended_by))
        self._writer.wake()
        await asyncio.wrap_future(recording.saved)

    # --- What a room shows

    def health(self, recording_id: str | None = None) -> Health:
        """Tell whether everything put is being saved, for one recording or for all."""
        waited_s = self.waited_s()
        if (
            recording_id in self._writer.unfit
            or self._writer.is_failing
            or waited_s > NOT_SAVING_AFTER_S
            or (self._writer.is_dead and len(self._waiting) > 0)
        ):
            return "not_saving"
        return "behind" if waited_s > BEHIND_AFTER_S else "saving"

    @property
    def disk(self) -> Disk:
        """Tell how much room there is, as looked up within the last second or so."""
        free = self._writer.free_bytes
        if free is None or free >= LOW_DISK_BYTES:
            return "plenty"
        return "low" if free >= FULL_DISK_BYTES else "full"

    def acknowledged(self, recording_id: str) -> dict[str, int]:
        """Return stream -> index after the last sample that is durable."""
        return dict(self._running(recording_id).acknowledged)

    def waited_s(self) -> Seconds:
        """Return how long the oldest record has waited, in seconds."""
        since_s = self._waiting.oldest_since_s()
        return 0.0 if since_s is None else self._clock() - since_s

    @property
    def slowest_commit_s(self) -> Seconds:
        """Return the longest commit so far in seconds, the one under way included."""
        return self._writer.slowest_commit_s

    # --- Inside

    def _running(self, recording_id: str) -> _Recording:
        recording = self._recordings.get(recording_id)
        if recording is None or recording.saved.running():
            raise RecordingError(
                "Recording %(recording)r does not run; begin it first.", recording=recording_id
            )
        return recording

    def _numbered(self, recording_id: str, data: PlainDict) -> tuple[int, str]:
        """Turn data into text here, so that what cannot be stored fails where it is put."""
        recording = self._running(recording_id)
        text = text_of(data)
        recording.sequence += 1
        return recording.sequence - 1, text

    def _put(self, record: Record, size: int = 0, *, always: bool = True) -> bool:
        waiting = Waiting(record, size + RECORD_BYTES, self._clock())
        is_kept = self._waiting.put(waiting, always=always)
        self._writer.notice()
        return is_kept

    def _acknowledge(self, record: Record, unfit: RecordingError | None) -> None:
        """Take note of what is durable; called on the writer's thread."""
        recording = self._recordings[record.recording_id]
        if isinstance(record, Block) and unfit is None:
            recording.acknowledged[record.stream] = record.next_index
        if isinstance(record, Ending):
            del self._recordings[record.recording_id]
            if unfit is None:
                recording.saved.set_result(None)
            else:
                recording.saved.set_exception(unfit)
