"""Who keeps that a session was begun and what came of it; nobody, where a room has no record."""

from __future__ import annotations

from typing import Protocol


class Keeper(Protocol):
    """Told by rooms, by their numbers; no sitting waits for what it does."""

    async def begin(self, room: str, recording: str) -> None:
        """Keep that a session has begun, under the number of its recording."""

    async def end(self, room: str, *, had_pain: bool) -> None:
        """Keep what came of a room that is over and saved."""


class NoKeeper:
    """Keeps nothing."""

    async def begin(self, room: str, recording: str) -> None:
        """Do nothing."""

    async def end(self, room: str, *, had_pain: bool) -> None:
        """Do nothing."""
