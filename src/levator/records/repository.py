"""The one interface between levator and where recordings lie.

A back end is a folder in `levator.storage` with a class that fulfils this contract; it is
ready when `levator.testing.RepositorySuite` passes over it. All methods are plain and
blocking and are called from threads, never from the event loop; reading may happen in
several threads while one thread appends. Whatever the back end itself cannot do is raised
as StorageError, one sentence with the remedy.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

from levator.errors import RecordingError
from levator.records.gaps import Span, find_gaps
from levator.records.model import (
    Batch,
    Block,
    Ending,
    EventRecord,
    Gap,
    InputRecord,
    RecordingHeader,
)
from levator.records.work import Work


class Repository(ABC):
    """Keeps recordings. See the module for threads and errors."""

    @abstractmethod
    def append(self, batch: Batch) -> None:
        """Store a batch: all of it, durable when this returns, or nothing of it.

        Idempotent: a record that is stored already is passed over, by its key (header: id;
        block, input, event: recording and sequence). So after a failure the same batch can
        be given again, whether or not it had arrived.

        Raises RecordingError, and stores nothing, for another record under a stored key,
        for records of a recording that was never begun, for new records of one that has
        ended, and for one that begins live of a patient who is not there: she was erased.
        """

    @abstractmethod
    def recordings(self, since: str = "") -> list[RecordingHeader]:
        """Return the headers, newest `started_at` first, then by id.

        since : the day from which on, by the clock of each; "" is all of them. One that is
        damaged is passed over, and told in the log: it hides no other.
        """

    @abstractmethod
    def header(self, recording_id: str) -> RecordingHeader:
        """Return one header; raises RecordingError for an unknown id.

        So does whatever reads a recording where what is stored of it is damaged.
        """

    @abstractmethod
    def blocks(self, recording_id: str) -> Iterator[Block]:
        """Yield the blocks in the order of `sequence`, without holding them all in memory."""

    @abstractmethod
    def spans(self, recording_id: str) -> list[Span]:
        """Return stream, first index and number of samples of each block, by `sequence`."""

    @abstractmethod
    def inputs(self, recording_id: str) -> list[InputRecord]:
        """Return the inputs in the order of `sequence`."""

    @abstractmethod
    def events(self, recording_id: str) -> list[EventRecord]:
        """Return the events in the order of `sequence`."""

    @abstractmethod
    def recover_interrupted(self, at: str) -> list[RecordingHeader]:
        """Take the storage for one recorder, and end what an earlier one left open.

        Recordings that are still open become `interrupted`, closed at `at` (ISO 8601 with
        offset), in one step that may be cut off and done again; one that is damaged is not among
        those that are returned. Until `close` no other
        process may record here: it gets StorageError.
        """

    @abstractmethod
    def work(self, *, writes: bool) -> AbstractContextManager[Work]:
        """Begin one transaction over entities and audit; see `levator.records.work`.

        Leaving the block stores it, an exception undoes it. Works that write come one after
        the other; one that only reads sees one state throughout, and may not put anything.
        """

    @abstractmethod
    def expunge(self) -> None:
        """Leave no byte of what was erased where the records lie; called at a quiet moment.

        The whole storage may be written anew.
        """

    @abstractmethod
    def free_bytes(self) -> int | None:
        """Return the room left where recordings are written; None where that is unknown."""

    @abstractmethod
    def close(self) -> None:
        """Let go of everything; closing twice is allowed."""

    # What follows is the same for every back end that has no better.

    @property
    def folder(self) -> Path | None:
        """Where it lies in a file, so that other things are put beside it; None where in none."""
        return None

    def seal_ended(self) -> Iterator[str]:
        """Make recordings that have ended compact and checksummed; yield each that was.

        Every reader gives the same before and after. It may be cut off anywhere and done
        again; only the one that records may do it. Nothing here where there is nothing to gain.
        """
        return iter(())

    def begin_recording(self, header: RecordingHeader) -> None:
        """Store a header on its own."""
        self.append(Batch(begun=(header,)))

    def close_recording(self, recording_id: str, closed_at: str, ended_by: str) -> None:
        """Store an ending on its own."""
        self.append(Batch(endings=(Ending(recording_id, closed_at, ended_by),)))

    def gaps(self, recording_id: str) -> list[Gap]:
        """Return what is missing, by stream; see `levator.records.gaps`."""
        return find_gaps(self.header(recording_id), self.spans(recording_id))

    def __enter__(self) -> Repository:
        """Return itself; leaving the block closes it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()


# The sentences of the contract, the same whatever the back end.


def unknown_recording(recording_id: str) -> RecordingError:
    """Return the error for an id that was never begun."""
    return RecordingError(
        "There is no recording %(recording)r here; look in the list.", recording=recording_id
    )


def nobody_here() -> RecordingError:
    """Return the error for a recording of a patient who is not there any more."""
    return RecordingError("There is nothing here under this address; look in the list.")


def recording_ended(recording_id: str) -> RecordingError:
    """Return the error for adding to what has ended."""
    return RecordingError(
        "Recording %(recording)r has ended and stays as it is; begin a new one.",
        recording=recording_id,
    )


def damaged_recording(recording_id: str) -> RecordingError:
    """Return the error for what is stored of a recording and cannot be read."""
    return RecordingError(
        "What is stored of recording %(recording)r is damaged; restore the database from a backup.",
        recording=recording_id,
    )


def contradiction(recording_id: str) -> RecordingError:
    """Return the error for another record under a stored key."""
    return RecordingError(
        "Recording %(recording)r already holds something else at this place; keep both "
        "sides and compare them before sending again.",
        recording=recording_id,
    )
