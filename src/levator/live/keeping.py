"""Who keeps that a session was begun and what came of it; nobody, where a room has no record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from levator.live.asking import AskedKind, Looked


class Keeper(Protocol):
    """Told by rooms, by their numbers; no sitting waits for what it keeps."""

    async def begin(self, room: str, recording: str) -> None:
        """Keep that a session has begun, under the number of its recording."""

    async def end(self, room: str, *, had_pain: bool) -> None:
        """Keep what came of a room that is over and saved."""

    async def hurt(self, room: str) -> None:
        """Keep pain that she told of once the room was over, such as from a phone that was away."""

    def look(self, room: str, kind: AskedKind) -> Awaitable[Looked] | None:
        """Look whether it may be asked now; None where it asks no effort, or no record is there."""


class NoKeeper:
    """Keeps nothing."""

    async def begin(self, room: str, recording: str) -> None:
        """Do nothing."""

    async def end(self, room: str, *, had_pain: bool) -> None:
        """Do nothing."""

    async def hurt(self, room: str) -> None:
        """Do nothing."""

    def look(self, room: str, kind: AskedKind) -> Awaitable[Looked] | None:
        """Know of no record."""


async def once_looked(look: Awaitable[Looked], ask: Callable[[Looked], None]) -> None:
    """Ask for something once it is known whether it may be asked."""
    ask(await look)
