"""Reports that were written before: a second look at a session replays nothing."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from levator import __version__
from levator.library import library_version
from levator.records.repository import Repository
from levator.reports.session_report import (
    RECALIBRATE,
    Replays,
    SessionReport,
    replay_stored,
    session_report,
)

#: So many are held; the one that was not looked at for longest goes first.
MOST_KEPT = 32


class KeptReports:
    """The last reports, each under its recording and the engine and library that replayed it.

    Nothing is kept on the disk, and a recording that is gone has no report here either.
    """

    def __init__(
        self, repository: Repository, most: int = MOST_KEPT, replays: Replays = replay_stored
    ) -> None:
        """Begin without any. replays : where the engine runs over a recording."""
        self._repository, self._most, self._replays = repository, most, replays
        self._lock = Lock()
        self._kept: OrderedDict[tuple[str, str, str], SessionReport] = OrderedDict()

    def of(self, recording_id: str) -> SessionReport:
        """Return the report of a recording; raises RecordingError for an unknown id.

        It may take as long as a replay, so it is called from a thread.
        """
        found = self.held(recording_id)
        if found is not None:
            return found
        made = session_report(self._repository, recording_id, replays=self._replays)
        if _is_final(made):
            self._keep(_key(recording_id), made)
        return made

    def held(self, recording_id: str) -> SessionReport | None:
        """Return the report that was written before; raises RecordingError for an unknown id."""
        header, key = self._repository.header(recording_id), _key(recording_id)
        with self._lock:
            found = self._kept.get(key)
            if found is None or found.header != header:
                return None
            self._kept.move_to_end(key)
            return found

    def _keep(self, key: tuple[str, str, str], made: SessionReport) -> None:
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)


def _key(recording_id: str) -> tuple[str, str, str]:
    return recording_id, __version__, library_version()


def _is_final(made: SessionReport) -> bool:
    """Return whether nothing can join it: replayed, ended, and what follows it is known."""
    waits = made.header.ended_by == RECALIBRATE and made.after is None
    return made.trace is not None and made.header.state != "open" and not waits
