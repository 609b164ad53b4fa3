"""The thread that stores what waits: one transaction per 100 ms for all rooms (ADR 0003).

A failure is kept as state and tried again; nothing leaves the queue before it is durable.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread

import structlog

from levator.errors import RecordingError, StorageError
from levator.live.waiting import WaitingRecords
from levator.quantities import Seconds
from levator.records.model import Batch, Record, batch_of
from levator.records.repository import Repository

COMMIT_EVERY_S = 0.1
#: After a failure the next try comes this much later.
RETRY_AFTER_S = 0.25
#: Records per transaction: after a long failure the backlog goes in pieces.
BATCH_RECORDS = 5000
DISK_LOOK_EVERY_S = 1.0
#: What a record can be refused with that no other try would mend.
UNFIT = (RecordingError, ValueError, OverflowError)

_log = structlog.get_logger()


class Writer:
    """Carries records from the queue to the repository."""

    def __init__(
        self,
        repository: Repository,
        waiting: WaitingRecords,
        clock: Callable[[], Seconds],
        stored: Callable[[Record, RecordingError | None], None],
    ) -> None:
        """Take both ends.

        stored : called on the writer's thread for each record once it is durable, or with
            the reason why its recording cannot be stored at all.
        """
        self._repository = repository
        self._waiting = waiting
        self._clock = clock
        self._stored = stored
        #: Recordings that the repository refuses, with the reason.
        self.unfit: dict[str, RecordingError] = {}
        self.is_failing = False
        self.free_bytes: int | None = None
        self._slowest_commit_s = 0.0
        self._commit_began_s: Seconds | None = None
        self._looked_at_disk_s = -DISK_LOOK_EVERY_S
        self._something_waits = Event()
        self._at_once = Event()
        self._is_stopping = False
        self._gives_up = False
        self._thread = Thread(target=self._run, name="levator-recorder", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self.look_at_disk()
        self._thread.start()

    def stop(self, patience_s: Seconds) -> None:
        """Store what waits, for at most `patience_s` and the commit that is under way."""
        self._is_stopping = True
        self.wake()
        self._thread.join(patience_s)
        self._gives_up = True
        self._at_once.set()
        self._thread.join(patience_s)

    def notice(self) -> None:
        """Say that something waits."""
        self._something_waits.set()

    def wake(self) -> None:
        """Say that something waits that should be stored without the usual pause."""
        self._at_once.set()
        self._something_waits.set()

    @property
    def is_dead(self) -> bool:
        """Tell whether the thread was started and has ended."""
        return self._thread.ident is not None and not self._thread.is_alive()

    @property
    def slowest_commit_s(self) -> Seconds:
        """Return the longest commit so far, the one under way included."""
        began_s = self._commit_began_s
        now_s = 0.0 if began_s is None else self._clock() - began_s
        return max(self._slowest_commit_s, now_s)

    def look_at_disk(self) -> None:
        """Look up the free room, once a second."""
        if self._clock() - self._looked_at_disk_s >= DISK_LOOK_EVERY_S:
            self._looked_at_disk_s = self._clock()
            self.free_bytes = self._repository.free_bytes()

    def _run(self) -> None:
        while not self._gives_up and not (self._is_stopping and not self._waiting):
            self._something_waits.wait(DISK_LOOK_EVERY_S)
            self._something_waits.clear()
            began_s = self._clock()
            is_saved = self._save()
            self.look_at_disk()
            self._pause(COMMIT_EVERY_S - (self._clock() - began_s) if is_saved else RETRY_AFTER_S)

    def _pause(self, pause_s: Seconds) -> None:
        has_backlog = not self.is_failing and len(self._waiting) >= BATCH_RECORDS
        if not has_backlog:
            self._at_once.wait(max(pause_s, 0.0))
            self._at_once.clear()
        if self._waiting:
            self._something_waits.set()

    def _save(self) -> bool:
        """Store what waits, at most one transaction; return whether that went well."""
        records = self._waiting.front(BATCH_RECORDS)
        self._commit_began_s = self._clock()
        try:
            self._store(batch_of(records, is_live=True))
        except StorageError as error:
            self._note(is_failing=True, reason=str(error))
            return False
        finally:
            self._slowest_commit_s = self.slowest_commit_s
            self._commit_began_s = None
        if records:
            self._note(is_failing=False)
        self._waiting.take_away(len(records))
        for record in records:
            self._stored(record, self.unfit.get(record.recording_id))
        return True

    def _store(self, batch: Batch) -> None:
        """Append; where one recording does not fit, only that one is left out."""
        batch = batch.of(batch.recording_ids - self.unfit.keys())
        if not batch.recording_ids:
            return
        try:
            self._repository.append(batch)
        except UNFIT:
            for name in sorted(batch.recording_ids):
                self._store_alone(name, batch.of({name}))

    def _store_alone(self, name: str, batch: Batch) -> None:
        try:
            self._repository.append(batch)
        except UNFIT as error:
            self.unfit[name] = _unfit(error)
            _tell(
                "a recording cannot be stored", recording=name, reason=str(error.__cause__ or error)
            )

    def _note(self, *, is_failing: bool, reason: str = "") -> None:
        if is_failing != self.is_failing:
            _tell("nothing can be saved" if is_failing else "saving again", reason=reason)
        self.is_failing = is_failing


def _unfit(error: Exception) -> RecordingError:
    if isinstance(error, RecordingError):
        return error.with_traceback(None)
    return RecordingError("A record cannot be stored as it is; nothing of it is saved, report it.")


def _tell(what: str, **facts: str) -> None:
    # The log may lie on the same full disk; it must not take the recorder with it.
    with suppress(OSError, ValueError):
        _log.warning(what, **facts)
