"""Twenty rooms, two viewers each, two minutes; one viewer is stopped for a while.

`python -m benchmarks.rooms --seconds 20 --rooms 5` tries it smaller. Server, viewers and the
viewer that is stopped are three processes. Nothing is lost when every index that a viewer got
follows the one before, from the first of the recording on, and every recording in the database
is without a gap.
"""

from __future__ import annotations

import argparse
import signal
import statistics
import tempfile
import threading
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from benchmarks.served import Served, Used
from benchmarks.viewers import Seen, Viewers
from levator.storage import open_repository

ROOMS, SECONDS, STOPPED_S = 20, 120.0, 20.0
HIGHEST_P99_MS, SLOWER, FLAT_MIB_PER_MIN = 100.0, 1.2, 1.0
SETTLING_S, NOTE_EVERY_S, WAKE_EVERY_S = 1.5, 0.5, 0.02

Row = tuple[str, str, str, bool]


# --- One measurement


@dataclass(frozen=True)
class Measured:
    """What came of it. `stopped` is the viewer that stood still from `from_s` to `until_s`."""

    others: list[Seen]
    stopped: Seen
    began_s: float
    from_s: float
    until_s: float
    ended_s: float
    is_alive: bool
    used: list[tuple[float, Used]]
    late_ms: list[float]
    recorded: dict[str, tuple[int, int, int]]


class Watch(threading.Thread):
    """Notes what the server uses, and how late it is itself: what the machine does to anybody."""

    def __init__(self, served: Served) -> None:
        super().__init__(daemon=True)
        self._served, self._over = served, threading.Event()
        self.noted: list[tuple[float, Used]] = []
        self.late_ms: list[float] = []

    def run(self) -> None:
        began_s = asked_s = time.monotonic()
        while not self._over.wait(WAKE_EVERY_S) and self._served.is_alive:
            now_s = time.monotonic()
            self.late_ms.append((now_s - asked_s - WAKE_EVERY_S) * 1000)
            if now_s - began_s >= len(self.noted) * NOTE_EVERY_S:
                self.noted.append((now_s, self._served.used()))
            asked_s = time.monotonic()

    def end(self) -> None:
        self._over.set()
        self.join()


def measure(rooms: int, seconds: float, stopped_s: float) -> Measured:
    """Run server and viewers, stop one viewer in the middle, and look at what is left."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "levator.db"
        with Served(database, rooms) as served:
            whom = [(room, role) for room in served.rooms for role in ("patient", "therapist")]
            one, many = Viewers(served, whom[-1:]), Viewers(served, whom[:-1])
            one.wait()
            many.wait()
            time.sleep(SETTLING_S)
            watch = Watch(served)
            watch.start()
            began_s = time.monotonic()
            time.sleep((seconds - stopped_s) / 2)
            from_s = one.signal(signal.SIGSTOP)
            time.sleep(stopped_s)
            until_s = one.signal(signal.SIGCONT)
            time.sleep((seconds - stopped_s) / 2)
            ended_s, is_alive = time.monotonic(), served.is_alive
            watch.end()
            [stopped], others = one.end(), many.end()
        recorded = {
            room["number"]: recorded_of(served.url, room["recording"]) for room in served.rooms
        }
    return Measured(
        others,
        stopped,
        began_s,
        from_s,
        until_s,
        ended_s,
        is_alive,
        watch.noted,
        watch.late_ms,
        recorded,
    )


def recorded_of(url: str, recording: str) -> tuple[int, int, int]:
    """Return first index, index after the last, and how many in between are not there."""
    with open_repository(url, create=False) as repository:
        blocks = list(repository.blocks(recording))
    missing = sum(abs(b.first_index - a.next_index) for a, b in pairwise(blocks))
    return blocks[0].first_index, blocks[-1].next_index, missing


def lost_at(seen: Seen, recorded: tuple[int, int, int]) -> int:
    """How many samples of a recording a viewer did not get until it left."""
    first, end, _ = recorded
    return seen.missing + seen.empty + abs(seen.first - first) + max(0, seen.end - end)


# --- Rows


def ages(viewers: list[Seen], from_s: float, until_s: float) -> list[float]:
    """Return the ages of all frames that came in a while, ms, sorted."""
    found = [
        age
        for seen in viewers
        for at_s, age in zip(seen.at_s, seen.ms, strict=True)
        if from_s <= at_s < until_s
    ]
    return sorted(found)


def share_of(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def caught_up_ms(seen: Seen, until_s: float) -> float:
    """How long after it may go on a stopped viewer shows something fresh again."""
    fresh = [
        at_s
        for at_s, age in zip(seen.at_s, seen.ms, strict=True)
        if at_s >= until_s and age <= HIGHEST_P99_MS
    ]
    return (fresh[0] - until_s) * 1000 if fresh else float("inf")


def growth(noted: list[tuple[float, Used]]) -> float:
    """Return the slope of a straight line through the server's memory, MiB per minute."""
    times = [at_s for at_s, _ in noted]
    return statistics.linear_regression(times, [one.rss_mib for _, one in noted]).slope * 60


def rows_of(seen: Measured) -> list[Row]:
    return [*loss_rows(seen), *age_rows(seen), *stop_rows(seen), *server_rows(seen)]


def loss_rows(seen: Measured) -> list[Row]:
    viewers = [*seen.others, seen.stopped]
    lost = sum(lost_at(one, seen.recorded[one.room]) for one in viewers)
    got = sum(one.end - one.first for one in viewers)
    gaps = sum(missing for _, _, missing in seen.recorded.values())
    kept = sum(end - first for first, end, _ in seen.recorded.values())
    return [
        ("rooms: samples lost at the viewers", f"{lost} of {got}", "0", lost == 0 and got > 0),
        ("rooms: samples missing in the recordings", f"{gaps} of {kept}", "0", gaps == 0 < kept),
    ]


def age_rows(seen: Measured) -> list[Row]:
    found = ages(seen.others, seen.began_s, seen.ended_s)
    p50, p99 = share_of(found, 0.5), share_of(found, 0.99)
    text = f"p50 {p50:.1f}, p99 {p99:.1f}, longest {found[-1]:.0f} ms ({len(found)} frames)"
    late = sorted(seen.late_ms)
    machine = f"p99 {share_of(late, 0.99):.1f}, longest {late[-1]:.0f} ms"
    return [
        ("rooms: sample created -> at the viewer", text, "p99 100 ms", p99 <= HIGHEST_P99_MS),
        ("rooms: a process that only sleeps was woken late meanwhile", machine, "-", True),
    ]


def stop_rows(seen: Measured) -> list[Row]:
    before = share_of(ages(seen.others, seen.began_s, seen.from_s), 0.99)
    during = share_of(ages(seen.others, seen.from_s, seen.until_s), 0.99)
    is_same = during <= max(SLOWER * before, HIGHEST_P99_MS)
    text = (
        f"p99 of the others {during:.1f} ms, before {before:.1f} ms ({during / before:.2f} times)"
    )
    back_ms = caught_up_ms(seen.stopped, seen.until_s)
    again = f"after {back_ms:.0f} ms, line opened again {seen.stopped.returns} times"
    name = f"rooms: one viewer stopped for {seen.until_s - seen.from_s:.0f} s"
    return [
        (name, text, "1.2 times, or 100 ms", is_same),
        ("rooms: that viewer has caught up", again, "2 s", back_ms <= 2000),
    ]


def server_rows(seen: Measured) -> list[Row]:
    (first_s, first), (last_s, last) = seen.used[0], seen.used[-1]
    slope, late = growth(seen.used), growth(seen.used[len(seen.used) // 2 :])
    still = [one.rss_mib for at_s, one in seen.used if seen.from_s <= at_s < seen.until_s]
    text = (
        f"{slope:+.2f} MiB a minute ({late:+.2f} in the second half), {last.rss_mib:.0f} MiB; "
        f"{still[-1] - still[0]:+.2f} MiB while the viewer stood still"
    )
    cpu = (last.cpu_s - first.cpu_s) / (last_s - first_s)
    return [
        ("rooms: the server's memory", text, "1 MiB a minute", late <= FLAT_MIB_PER_MIN),
        ("rooms: the server's CPU, share of one core", f"{cpu:.0%}", "runs on", seen.is_alive),
    ]


def run() -> list[Row]:
    """Return the rows for the table of figures."""
    return rows_of(measure(ROOMS, SECONDS, STOPPED_S))


def main() -> None:
    parser = argparse.ArgumentParser(description="Many rooms, two viewers each.")
    parser.add_argument("--rooms", type=int, default=ROOMS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--stopped-s", type=float, default=STOPPED_S)
    given = parser.parse_args()
    stopped_s = min(given.stopped_s, given.seconds / 3)
    for row in rows_of(measure(given.rooms, given.seconds, stopped_s)):
        print(*row, sep=" | ")


if __name__ == "__main__":
    main()
