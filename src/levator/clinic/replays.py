"""Reports for the pages: few are made at a time, and none holds up what is live."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from levator.clinic.turns import Turns
from levator.records.repository import Repository
from levator.reports import Apart, KeptReports, SessionReport

T = TypeVar("T")
#: So many replays run at once, for all clinics together; the others wait their turn.
MOST_AT_ONCE = 2


class Replays:
    """One report at a time for a login, so that nobody's many stand before another's one.

    A replay runs in a process of its own and is waited for in a thread of its own: those of
    the pages stay free.
    """

    def __init__(self, repository: Repository) -> None:
        """Begin without any."""
        self._apart = Apart()
        self._reports = KeptReports(repository, replays=self._apart)
        self._turns = Turns("replay", MOST_AT_ONCE)

    async def told(
        self, login_id: str, recording_id: str, write: Callable[[SessionReport], T]
    ) -> T:
        """Return what `write` makes of a report; raises RecordingError for an unknown id."""
        async with self._turns.of(login_id):
            report = await asyncio.to_thread(self._reports.held, recording_id)
            if report is None:
                report = await self._turns.work(lambda: self._reports.of(recording_id))
            return await asyncio.to_thread(write, report)

    def close(self) -> None:
        """End what runs and what waits."""
        self._turns.close()
        self._apart.close()
