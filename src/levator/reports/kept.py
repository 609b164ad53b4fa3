"""Reports that were written before: a second look at a session replays nothing."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from levator import __version__
from levator.library import library_version
from levator.records.repository import Repository
from levator.reports.session_report import RECALIBRATE, SessionReport, session_report

#: So many are held; the one that was not looked at for longest goes first.
MOST_KEPT = 32


class KeptReports:
    """The last reports, each under its recording and the engine and library that replayed it.

    Nothing is kept on the disk, and a recording that is gone has no report here either.
    """

    def __init__(self, repository: Repository, most: int = MOST_KEPT) -> None:
        """Begin without any."""
        self._repository, self._most = repository, most
        self._lock = Lock()
        self._kept: OrderedDict[tuple[str, str, str], SessionReport] = OrderedDict()

    def of(self, recording_id: str) -> SessionReport:
        """Return the report of a recording; raises RecordingError for an unknown id.

        It may take as long as a replay, so it is called from a thread.
        """
        header = self._repository.header(recording_id)
        key = (recording_id, __version__, library_version())
        with self._lock:
            found = self._kept.get(key)
            if found is not None and found.header == header:
                self._kept.move_to_end(key)
                return found
        made = session_report(self._repository, recording_id)
        if _is_final(made):
            self._keep(key, made)
        return made

    def _keep(self, key: tuple[str, str, str], made: SessionReport) -> None:
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)


def _is_final(made: SessionReport) -> bool:
    """Return whether nothing can join it: it has ended, and what follows it is known."""
    waits = made.header.ended_by == RECALIBRATE and made.after is None
    return made.header.state != "open" and not waits
