"""The recorder: everything of every room goes to storage, and nobody waits for the disk.

Rooms put records from the event loop. One thread stores what has gathered, in one
transaction per 100 ms for all rooms. What could not be stored stays in memory and is tried
again; rooms see `health` and say so on their screens.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event, Thread
from typing import Literal

import structlog

from levator.errors import RecordingError, StorageError
from levator.live.waiting import Waiting, WaitingRecords
from levator.quantities import Seconds
from levator.records.model import (
    Block,
    Ending,
    EventRecord,
    InputRecord,
    PlainDict,
    Record,
    RecordingHeader,
    batch_of,
)
from levator.records.repository import Repository
from levator.records.values import block_of, plain_of, text_of
from levator.signals.samples import Samples, Stream

#: One transaction this often (ADR 0003).
COMMIT_EVERY_S = 0.1
#: After a failure the next try comes this much later.
RETRY_AFTER_S = 0.25
#: A record that waits longer than this makes the rooms say that saving lags.
BEHIND_AFTER_S = 0.6
#: And longer than this, that nothing is being saved.
NOT_SAVING_AFTER_S = 5.0
#: Twenty rooms of four channels at 2000 Hz (int16) fill this in ten minutes; a hundred rooms
#: of eight channels, the most that is asked for, in more than a minute.
WAITING_LIMIT_BYTES = 256 * 2**20
#: Records per transaction: after a long failure the backlog goes in pieces.
BATCH_RECORDS = 5000
#: What a record weighs in the queue besides its values.
RECORD_BYTES = 400
LOW_DISK_BYTES = 500 * 2**20
FULL_DISK_BYTES = 100 * 2**20
DISK_LOOK_EVERY_S = 1.0

Health = Literal["saving", "behind", "not_saving"]
Disk = Literal["plenty", "low", "full"]

_log = structlog.get_logger()


def wall_clock() -> str:
    """Return the time of day, ISO 8601 with its offset from UTC."""
    return datetime.now().astimezone().isoformat(timespec="milliseconds")


@dataclass(slots=True)
class _Recording:
    """One running recording. The event loop writes the first two, the writer the others."""

    sequence: int = 0
    lost_samples: int = 0
    acknowledged: dict[str, int] = field(default_factory=dict)
    saved: Future[None] = field(default_factory=Future)
    unfit: RecordingError | None = None


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
        self._recordings: dict[str, _Recording] = {}
        self._unfit: set[str] = set()
        self._is_failing = False
        self._free_bytes: int | None = None
        self._looked_at_disk_s = -DISK_LOOK_EVERY_S
        self.slowest_commit_s: Seconds = 0.0
        self._something_waits = Event()
        self._at_once = Event()
        self._is_stopping = False
        self._thread = Thread(target=self._write, name="levator-recorder", daemon=True)

    # --- Starting and stopping

    def start(self) -> list[RecordingHeader]:
        """End what an earlier run left open, start the writer, return what was ended.

        Raises StorageError where another process records into the same storage.
        """
        interrupted = self._repository.recover_interrupted(self._now())
        self._look_at_disk()
        self._thread.start()
        return interrupted

    def stop(self, patience_s: Seconds = 10.0) -> None:
        """Save what waits and end the writer.

        Raises StorageError when something could not be saved within `patience_s`.
        """
        self._is_stopping = True
        self._wake()
        self._thread.join(patience_s)
        if len(self._waiting):
            raise StorageError(
                f"{len(self._waiting)} records could not be saved before stopping; "
                "check the disk. The recordings will show where they break off."
            )

    # --- What a room does

    def begin(self, header: RecordingHeader) -> None:
        """Begin a recording; it is stored with the first group that follows.

        Raises StorageError when the disk is full or nothing is being saved now, and
        RecordingError when this recording runs already.
        """
        if header.id in self._recordings:
            raise RecordingError(f"Recording {header.id!r} runs already; take a new id.")
        if self.disk == "full":
            raise StorageError(
                "The disk is nearly full (less than 100 MiB); make room before a session."
            )
        if self.health() == "not_saving":
            raise StorageError("Nothing can be saved now; check the disk before a session.")
        plain = plain_of(text_of(header.context))
        self._recordings[header.id] = _Recording()
        self._put(
            RecordingHeader(
                header.id, header.started_at, header.title, plain, dict(header.versions)
            )
        )

    def put_samples(self, recording_id: str, samples: Samples, stream: Stream) -> bool:
        """Put one block; return False when memory is full and the block is not kept.

        A block that is not kept shows afterwards as a gap in the recording.
        """
        recording = self._running(recording_id)
        block = block_of(recording_id, recording.sequence, samples, stream)
        recording.sequence += 1
        is_kept = self._put(block, len(block.values), always=False)
        recording.lost_samples += 0 if is_kept else len(samples)
        return is_kept

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
        RecordingError when a part of this recording could not be stored at all.
        """
        recording = self._running(recording_id)
        recording.saved.set_running_or_notify_cancel()
        self._put(Ending(recording_id, self._now(), ended_by))
        self._wake()
        await asyncio.wrap_future(recording.saved)

    # --- What a room shows

    def health(self, recording_id: str | None = None) -> Health:
        """Tell whether everything put is being saved, for one recording or for all."""
        recording = self._recordings.get(recording_id or "")
        if recording is not None and recording.unfit is not None:
            return "not_saving"
        waited_s = self.waited_s()
        is_dead = self._thread.ident is not None and not self._thread.is_alive()
        if self._is_failing or waited_s > NOT_SAVING_AFTER_S or (is_dead and self._waiting):
            return "not_saving"
        return "behind" if waited_s > BEHIND_AFTER_S else "saving"

    @property
    def disk(self) -> Disk:
        """Tell how much room there is, as looked up within the last second or so."""
        if self._free_bytes is None or self._free_bytes >= LOW_DISK_BYTES:
            return "plenty"
        return "low" if self._free_bytes >= FULL_DISK_BYTES else "full"

    def acknowledged(self, recording_id: str) -> dict[str, int]:
        """Return stream -> index after the last sample that is durable."""
        return dict(self._running(recording_id).acknowledged)

    def lost_samples(self, recording_id: str) -> int:
        """Return how many samples were not kept because memory was full."""
        return self._running(recording_id).lost_samples

    def waited_s(self) -> Seconds:
        """Return how long the oldest record has waited, in seconds."""
        since_s = self._waiting.oldest_since_s()
        return 0.0 if since_s is None else self._clock() - since_s

    # --- Inside, on the event loop

    def _running(self, recording_id: str) -> _Recording:
        recording = self._recordings.get(recording_id)
        if recording is None or recording.saved.running():
            raise RecordingError(f"Recording {recording_id!r} does not run; begin it first.")
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
        self._something_waits.set()
        return is_kept

    def _wake(self) -> None:
        self._at_once.set()
        self._something_waits.set()

    # --- Inside, on the writer thread

    def _write(self) -> None:
        while not (self._is_stopping and not self._waiting):
            self._something_waits.wait(DISK_LOOK_EVERY_S)
            self._something_waits.clear()
            began_s = self._clock()
            is_saved = self._save()
            self._look_at_disk()
            rest_s = COMMIT_EVERY_S - (self._clock() - began_s) if is_saved else RETRY_AFTER_S
            if self._waiting and is_saved and len(self._waiting) >= BATCH_RECORDS:
                continue
            self._at_once.wait(max(rest_s, 0.0))
            self._at_once.clear()
            if self._waiting:
                self._something_waits.set()

    def _save(self) -> bool:
        """Store what waits, at most one transaction; return whether that went well."""
        records = self._waiting.front(BATCH_RECORDS)
        if not records:
            return True
        began_s = self._clock()
        try:
            self._store(records)
        except StorageError as error:
            if not self._is_failing:
                _log.error("recording is not being saved", reason=str(error))
            self._is_failing = True
            return False
        self.slowest_commit_s = max(self.slowest_commit_s, self._clock() - began_s)
        if self._is_failing:
            _log.info("recording is being saved again")
        self._is_failing = False
        self._waiting.take_away(len(records))
        for record in records:
            self._acknowledge(record)
        return True

    def _store(self, records: list[Record]) -> None:
        """Append a batch; where one recording does not fit, only that one is left out."""
        batch = batch_of(records)
        if self._unfit:
            batch = batch.of(batch.recording_ids - self._unfit)
        try:
            self._repository.append(batch)
        except (RecordingError, ValueError, OverflowError):
            for name in sorted(batch.recording_ids):
                try:
                    self._repository.append(batch.of({name}))
                except (RecordingError, ValueError, OverflowError) as error:
                    _log.error("recording cannot be stored", recording=name, reason=str(error))
                    self._recordings[name].unfit = RecordingError(str(error))
                    self._unfit.add(name)

    def _acknowledge(self, record: Record) -> None:
        if isinstance(record, RecordingHeader):
            return
        recording = self._recordings[record.recording_id]
        if recording.unfit is None and isinstance(record, Block):
            recording.acknowledged[record.stream] = record.next_index
        if isinstance(record, Ending):
            del self._recordings[record.recording_id]
            self._unfit.discard(record.recording_id)
            if recording.unfit is None:
                recording.saved.set_result(None)
            else:
                recording.saved.set_exception(recording.unfit)

    def _look_at_disk(self) -> None:
        if self._clock() - self._looked_at_disk_s < DISK_LOOK_EVERY_S:
            return
        self._looked_at_disk_s = self._clock()
        self._free_bytes = self._repository.free_bytes()
