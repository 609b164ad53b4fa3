"""Viewers of rooms as a process of their own: real sockets that do what the pages do.

They say hello with what they have, ask for the clock, confirm frames, press Start, and come back
after a broken line. What each of them got is noted frame by frame.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import struct
import sys
import time
import uuid
from dataclasses import asdict, dataclass, field
from math import isnan
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin

from benchmarks.served import Served, started

RETRY_S, EVERY_S = 0.25, 1.0
ENDING_S = 30.0
HEAD, TRACK = struct.Struct("<BBHId"), struct.Struct("<IIdd")


# --- In the process of the viewers


@dataclass
class Seen:
    """What one viewer got. `at_s` is the monotonic clock at each frame, `ms` its age then."""

    room: str
    role: str
    first: int = -1
    end: int = 0
    missing: int = 0
    empty: int = 0
    returns: int = 0
    generation: int = -1
    at_s: list[float] = field(default_factory=list)
    ms: list[float] = field(default_factory=list)

    def take(self, frame: bytes) -> None:
        """Note one frame: its age, and whether it goes on where the last one ended."""
        now_s = time.monotonic()
        _, _, self.generation, _, made_s = HEAD.unpack_from(frame)
        count, _, first, _ = TRACK.unpack_from(frame, HEAD.size)
        values = struct.unpack_from(f"<{count}f", frame, HEAD.size + TRACK.size)
        if self.first < 0:
            self.first = self.end = int(first)
        self.missing += abs(int(first) - self.end)
        self.empty += sum(map(isnan, values))
        self.end = int(first) + count
        self.at_s.append(round(now_s, 4))
        self.ms.append(round((now_s - made_s) * 1000, 3))

    def hello(self) -> dict[str, object]:
        cursor = [] if self.first < 0 else [self.end]
        return {"type": "hello", "generation": self.generation, "cursor": cursor}


async def view(address: str, cookies: str, seen: Seen) -> None:
    """Look at a room until cancelled; come back as a page does when the line breaks."""
    line = f"{address.replace('http', 'ws', 1)}/rooms/{seen.room}/{seen.role}/line"
    while True:
        try:
            async with connect(
                line,
                additional_headers={"Cookie": cookies},
                origin=Origin(address),
                compression=None,
                ping_interval=None,
            ) as socket:
                await look(socket, seen)
        except (OSError, WebSocketException):
            seen.returns += 1
            await asyncio.sleep(RETRY_S)


async def look(socket: ClientConnection, seen: Seen) -> None:
    await socket.send(json.dumps(seen.hello()))
    telling = asyncio.create_task(tell(socket, seen))
    try:
        async for message in socket:
            if isinstance(message, bytes):
                seen.take(message)
    finally:
        telling.cancel()
    raise ConnectionError("the line was closed")


async def tell(socket: ClientConnection, seen: Seen) -> None:
    """Say once a second what a page says; a patient presses Start once."""
    is_started = seen.role != "patient" or seen.returns > 0
    while True:
        await socket.send(json.dumps({"type": "sync", "at_s": time.monotonic()}))
        present = {"type": "present", "drawn_index": seen.end - 1, "age_ms": 9}
        await socket.send(json.dumps(present))
        if not is_started and seen.at_s:
            is_started = True
            start = {"type": "command", "id": uuid.uuid4().hex, "kind": "start"}
            await socket.send(json.dumps(start))
        await asyncio.sleep(EVERY_S)


async def view_all(address: str, whom: list[dict[str, str]]) -> list[Seen]:
    """Let viewers look until this process is told to end: its input is closed."""
    seen = [Seen(one["room"], one["role"]) for one in whom]
    tasks = [
        asyncio.create_task(view(address, one["cookies"], its))
        for one, its in zip(whom, seen, strict=True)
    ]
    while any(one.first < 0 for one in seen):
        await asyncio.sleep(0.02)
    print("All of them look.", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return seen


def main() -> None:
    address, whom = sys.argv[1:]
    print(json.dumps([asdict(one) for one in asyncio.run(view_all(address, json.loads(whom)))]))


# --- In the process of the benchmark


class Viewers:
    """Some viewers as a process of its own."""

    def __init__(self, served: Served, whom: list[tuple[dict[str, str], str]]) -> None:
        """Start it; `whom` is rooms with roles."""
        port, login = urlsplit(served.address).port, "=".join(served.login)
        given = [
            {
                "room": room["number"],
                "role": role,
                "cookies": f"patient-{port}={room['ticket']}; {login}",
            }
            for room, role in whom
        ]
        self.process = started("benchmarks.viewers", served.address, json.dumps(given))

    def wait(self) -> None:
        """Return once each of them has got something."""
        assert self.process.stdout is not None
        if not self.process.stdout.readline():
            raise RuntimeError("The viewers could not look.")

    def signal(self, number: signal.Signals) -> float:
        """Send a signal; return the monotonic clock."""
        os.kill(self.process.pid, number)
        return time.monotonic()

    def end(self) -> list[Seen]:
        """Let them go; return what they saw."""
        said, _ = self.process.communicate(timeout=ENDING_S)
        return [Seen(**one) for one in json.loads(said)]


if __name__ == "__main__":
    main()
