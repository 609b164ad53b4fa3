"""Kill -9 and power cuts: what is lost of a recording when everything stops.

`python -m benchmarks.crash` prints both; `run()` gives the rows to `dev.py bench`. A launcher
forks a real recorder 25 times, kills it at random moments (some while it recovers what the
one before left), and compares what is stored with what it said was acknowledged. A power cut
is an ext4 file system shut down under the recorder without its journal; that needs root.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from array import array
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.disk import Disk
from levator.live.recorder import Recorder
from levator.records.model import RecordingHeader
from levator.records.repository import Repository
from levator.records.values import samples_of
from levator.signals.samples import Channel, Samples, Stream
from levator.storage import open_repository

RUNS = 25
CUTS = 10
BLOCK = 20
ROOMS = ("room-1", "room-2", "room-3")
STREAM = Stream("seat", 2000.0, (Channel("force", "force", "N"),), "int16")
CONTEXT = {"streams": [{"name": "seat", "sampling_frequency_hz": 2000.0, "first_index": 0}]}


@dataclass(frozen=True)
class Outcome:
    """One killed run. Sample counts are over all rooms; times in ms."""

    corrupt: int
    acknowledged: int
    acknowledged_lost: int
    not_interrupted: int
    tail_ms: float
    slowest_commit_ms: float


# --- The one that is killed


def values_at(first_index: int) -> array[int]:
    """Samples that tell by themselves where they belong."""
    return array(
        "h", [(index * 7919) % 65536 - 32768 for index in range(first_index, first_index + BLOCK)]
    )


async def record(database: str, run: int, said: int) -> None:
    """Record in real time until killed; say what was put and what is acknowledged."""
    repository = open_repository(f"sqlite:///{database}")
    recorder = Recorder(repository)
    recorder.start()
    names = [f"{run}-{room}" for room in ROOMS]
    for name in names:
        recorder.begin(RecordingHeader(name, "2026-11-23T10:00:00+01:00", name, CONTEXT, {}))
    began_s, index = time.monotonic(), 0
    while True:
        for name in names:
            recorder.put_samples(name, Samples("seat", index, (values_at(index),)), STREAM)
        index += BLOCK
        while time.monotonic() - began_s < index / STREAM.sampling_frequency_hz:
            for name in names:
                done = recorder.acknowledged(name).get("seat", 0)
                say(said, name, index, done, recorder.slowest_commit_s)
            await asyncio.sleep(0.002)


def say(said: int, name: str, put: int, acknowledged: int, slowest_commit_s: float) -> None:
    os.write(said, f"{name} {put} {acknowledged} {slowest_commit_s}\n".encode())


# --- The launcher


def killed_run(database: Path, run: int, alive_s: float) -> Outcome:
    """Fork a recorder, kill it after `alive_s`, and compare."""
    read, write = os.pipe()
    child = forked(database, run, read, write)
    heard = listen(read, alive_s)
    os.kill(child, signal.SIGKILL)
    heard += rest_of(read)
    os.waitpid(child, 0)
    return compare(database, run, heard)


def forked(database: Path, run: int, read: int, write: int) -> int:
    """Start the recorder in a copy of this process; it never returns from here."""
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            asyncio.run(record(str(database), run, write))
        finally:
            traceback.print_exc()
            os._exit(1)
    os.close(write)
    return child


def listen(pipe: int, seconds: float) -> bytes:
    """Keep the pipe empty for so long."""
    os.set_blocking(pipe, False)
    heard, until = b"", time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(min(0.01, max(until - time.monotonic(), 0.0)))
        heard += rest_of(pipe)
    return heard


def rest_of(pipe: int) -> bytes:
    heard = b""
    while True:
        try:
            part = os.read(pipe, 1 << 20)
        except BlockingIOError:
            return heard
        if not part:
            return heard
        heard += part


def compare(database: Path, run: int, heard: bytes) -> Outcome:
    """Look at the database as the next start finds it."""
    last = {}
    slowest_s = 0.0
    for line in heard.decode().split("\n")[:-1]:
        name, put, acknowledged, commit_s = line.split()
        last[name] = (int(put), int(acknowledged))
        slowest_s = max(slowest_s, float(commit_s))
    with open_repository(f"sqlite:///{database}") as repository:
        stored = {name: count_stored(repository, name) for name in last}
        repository.recover_interrupted("2026-11-23T11:00:00+01:00")
        ended = {header.id: header.state for header in repository.recordings()}
    return Outcome(
        corrupt=damage(database) + sum(count is None for count in stored.values()),
        acknowledged=sum(acknowledged for _, acknowledged in last.values()),
        acknowledged_lost=sum(
            max(last[name][1] - (count or 0), 0) for name, count in stored.items()
        ),
        not_interrupted=sum(state != "interrupted" for state in ended.values()),
        tail_ms=max(
            (last[name][0] - (count or 0)) / STREAM.sampling_frequency_hz * 1000
            for name, count in stored.items()
        )
        if stored
        else 0.0,
        slowest_commit_ms=slowest_s * 1000,
    )


def count_stored(repository: Repository, name: str) -> int | None:
    """Return how many samples follow each other from the start; None if one is wrong."""
    if name not in {header.id for header in repository.recordings()}:
        return 0
    index = 0
    for block in repository.blocks(name):
        if block.first_index != index or samples_of(block).values[0] != values_at(index):
            return None
        index = block.next_index
    return index


def damage(database: Path) -> int:
    with sqlite3.connect(database) as connection:
        [answer] = connection.execute("PRAGMA integrity_check").fetchone()
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    connection.close()
    return int(answer != "ok" or bool(broken))


def killed_runs(runs: int, seed: int) -> list[Outcome]:
    """Kill one recorder after the other, all on the same database."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "levator.db"
        open_repository(f"sqlite:///{database}").close()
        return [
            killed_run(
                database, run, chance.uniform(0.2, 0.6) if run % 5 else chance.uniform(0, 0.04)
            )
            for run in range(1, runs + 1)
        ]


# --- Power cuts


def power_cut(run: int, alive_s: float) -> Outcome:
    """Record on an ext4 file system of its own and shut that down without its journal.

    What is said after the cut does not count (`benchmarks.disk`).
    """
    with tempfile.TemporaryDirectory() as folder, Disk(Path(folder)) as disk:
        read, write = os.pipe()
        child = forked(disk.path / "levator.db", run, read, write)
        heard = listen(read, alive_s) + rest_of(read)
        disk.cut()
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(read)
        disk.power_up()
        return compare(disk.path / "levator.db", run, heard)


def power_cuts(cuts: int, seed: int) -> list[Outcome]:
    chance = random.Random(seed)
    return [power_cut(run, chance.uniform(1.0, 3.0)) for run in range(1, cuts + 1)]


# --- Rows


def measured(what: str, count: int, seed: int = 1) -> list[Outcome]:
    """Measure in a process of its own, which may fork without other threads."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.crash",
        what,
        "--count",
        str(count),
        "--seed",
        str(seed),
        "--json",
    ]
    root = Path(__file__).parents[1]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return [Outcome(**one) for one in json.loads(done.stdout)]


Row = tuple[str, str, str, bool]


def rows_of(name: str, outcomes: list[Outcome]) -> list[Row]:
    """Return name, figure, bar and whether it is met."""
    corrupt = sum(one.corrupt for one in outcomes)
    lost = sum(one.acknowledged_lost for one in outcomes)
    said = sum(one.acknowledged for one in outcomes)
    left_open = sum(one.not_interrupted for one in outcomes)
    worst = max(outcomes, key=lambda one: one.tail_ms)
    is_short = all(one.tail_ms <= max(250.0, 100.0 + one.slowest_commit_ms) for one in outcomes)
    tail = f"{worst.tail_ms:.0f} ms (slowest commit of that run {worst.slowest_commit_ms:.0f} ms)"
    return [
        (f"{name}: databases damaged", f"{corrupt} of {len(outcomes)}", "0", corrupt == 0),
        (f"{name}: acknowledged samples lost", f"{lost} of {said}", "0", lost == 0 and said > 0),
        (f"{name}: left open afterwards", f"{left_open}", "0", left_open == 0),
        (f"{name}: unacknowledged tail, longest", tail, "250 ms or 100 ms + commit", is_short),
    ]


def power_rows() -> list[Row]:
    """Return the rows of the power cuts, or one that says why there are none."""
    try:
        return rows_of("power cut", measured("cut", CUTS))[:3]
    except RuntimeError as error:
        reason = str(error).strip().rpartition("\n")[2]
        has_no_disk = "mount" in reason or "mkfs" in reason
        return [("power cut", f"not measured, needs root on Linux: {reason}", "-", has_no_disk)]


def run() -> list[Row]:
    """Return the rows for the table of figures."""
    return rows_of("kill -9", measured("kill", RUNS)) + power_rows()


def main() -> None:
    parser = argparse.ArgumentParser(description="Kill -9 and power cuts under the recorder.")
    parser.add_argument("what", nargs="?", choices=("kill", "cut"))
    parser.add_argument("--count", type=int, default=RUNS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if given.what is None:
        for row in run():
            print(*row, sep=" | ")
        return
    outcomes = (killed_runs if given.what == "kill" else power_cuts)(given.count, given.seed)
    if given.json:
        print(json.dumps([asdict(one) for one in outcomes]))
    else:
        for one in outcomes:
            print(one)


if __name__ == "__main__":
    main()
