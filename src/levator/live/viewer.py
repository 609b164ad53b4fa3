"""One screen that looks at a room: what it has been sent, and what it is sent next.

Each viewer is served by its own task, which alone waits for its socket: a screen that does
not read delays no other. What a viewer has missed is never queued: samples come from the
room's tracks by cursor, and everything else is in one picture of which only the newest
counts. Only answers to its own commands wait, a few at most.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from levator.live.asking import Asker
from levator.live.frames import Cursor, Frames
from levator.live.joining import ViewerRole
from levator.quantities import Seconds

FRAME_EVERY_S: Seconds = 1.0 / 60.0
ANSWERS_KEPT = 64
#: Commands are sent again until answered; a repeat is known by its id.
HANDLED_KEPT = 256


@dataclass(slots=True)
class Person:
    """Somebody who was let in, with or without a screen that is open now."""

    number: str
    name: str
    role: ViewerRole
    language: str
    confirmed_s: Seconds | None = None
    screen_ms: int | None = None
    drawn: int = -1
    is_watcher: bool = False
    #: Of the therapist who is signed in; "" for her who trains.
    account: str = ""
    screens: int = 0
    handled: deque[str] = field(default_factory=lambda: deque(maxlen=HANDLED_KEPT))

    @property
    def is_here(self) -> bool:
        """Whether a screen of theirs is connected."""
        return self.screens > 0

    @property
    def asker(self) -> Asker:
        """As whom they ask."""
        return "watcher" if self.is_watcher else self.role


class Pictures(Protocol):
    """Where a viewer gets its picture."""

    revision: int

    def picture(self, asker: Asker, language: str) -> str:
        """Everything but the samples, as the text of one message."""


class Shown(Protocol):
    """What a viewer needs of its room."""

    frames: Frames

    @property
    def audience(self) -> Pictures:
        """Where pictures come from."""

    @property
    def clock(self) -> Callable[[], Seconds]:
        """Monotonic seconds."""


class Viewer:
    """One open screen of a person."""

    def __init__(self, person: Person) -> None:
        """Start with nothing sent."""
        self.person = person
        self._news = asyncio.Event()
        self._answers: deque[str] = deque(maxlen=ANSWERS_KEPT)
        self._generation = -1
        self._cursor: Cursor = ()
        self._revision = -1
        self._is_ready = False

    def wake(self) -> None:
        """Tell that there may be something to send."""
        self._news.set()

    def ready(self, generation: int, cursor: Cursor) -> None:
        """Note what the screen has kept from before, and begin to send."""
        self._generation, self._cursor, self._is_ready = generation, cursor, True
        self._news.set()

    def answer(self, text: str) -> None:
        """Send this once, next."""
        self._answers.append(text)
        self._news.set()

    async def serve(
        self,
        room: Shown,
        send_text: Callable[[str], Awaitable[None]],
        send_bytes: Callable[[bytes], Awaitable[None]],
    ) -> None:
        """Send what is new until cancelled; the newest frame at most 60 times a second."""
        next_frame_s = 0.0
        while True:
            await self._news.wait()
            self._news.clear()
            while self._answers:
                await send_text(self._answers.popleft())
            if not self._is_ready:
                continue
            if self._revision != room.audience.revision:
                self._revision = room.audience.revision
                await send_text(room.audience.picture(self.person.asker, self.person.language))
            if self._has_new(room.frames):
                await asyncio.sleep(max(0.0, next_frame_s - room.clock()))
                next_frame_s = room.clock() + FRAME_EVERY_S
                await send_bytes(self._next_frame(room.frames))

    def _has_new(self, frames: Frames) -> bool:
        return self._generation != frames.generation or self._cursor != frames.end

    def _next_frame(self, frames: Frames) -> bytes:
        """Everything since the cursor; from the start where the cursor means nothing here."""
        if self._generation != frames.generation or len(self._cursor) != len(frames.tracks):
            self._cursor = frames.start
        frame = frames.since(self._cursor)
        self._generation, self._cursor = frames.generation, frames.end
        return frame
