"""The recorder over a real file: full disks, disks that fail, processes that are killed."""

import asyncio
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from benchmarks import crash
from levator.live.recorder import Recorder
from levator.records.model import Batch, Block
from levator.signals.samples import Samples
from levator.storage import open_repository
from levator.storage.sql.sqlite import SqliteRepository
from levator.testing.repository import LATER, a_header
from tests.waiting import wait_for


@contextmanager
def full_disk(repository: SqliteRepository) -> Iterator[None]:
    """Let the file grow no more: SQLite answers as it does on a full disk."""

    def no_more(connection: object, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")

    event.listen(repository._engine, "connect", no_more)
    repository._engine.dispose()
    yield
    event.remove(repository._engine, "connect", no_more)
    repository._engine.dispose()


@contextmanager
def failing_disk(_repository: SqliteRepository) -> Iterator[None]:
    """Let every write of this process fail that would make a file longer than 4 KiB."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("trouble", [full_disk, failing_disk])
def test_nothing_is_lost_while_the_disk_fails(
    tmp_path: Path,
    trouble: Callable[[SqliteRepository], "contextmanager[None]"],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Output is captured in a file, which must not fail as well.
    monkeypatch.setattr("levator.live.writer._tell", lambda *_, **__: None)
    repository = open_repository(f"sqlite:///{tmp_path}/levator.db")
    assert isinstance(repository, SqliteRepository)
    repository.expunge()  # no page that the migrations left is free, or nothing would have to grow
    recorder = Recorder(repository)
    recorder.start()
    recorder.begin(a_header())
    put(recorder, 0)
    wait_for(lambda: recorder.acknowledged("one") == {"seat": 1000})
    with trouble(repository):
        put(recorder, 1000)
        wait_for(lambda: recorder.health("one") == "not_saving")
        assert recorder.acknowledged("one") == {"seat": 1000}
        put(recorder, 2000)
    wait_for(lambda: recorder.acknowledged("one") == {"seat": 3000})
    assert recorder.health("one") == "saving"
    asyncio.run(recorder.finish("one", "stop"))
    recorder.stop()
    repository.close()
    assert crash.damage(tmp_path / "levator.db") == 0
    with open_repository(f"sqlite:///{tmp_path}/levator.db") as again:
        assert crash.count_stored(again, "one") == 3000


def put(recorder: Recorder, first_index: int) -> None:
    for index in range(first_index, first_index + 1000, crash.BLOCK):
        samples = Samples("seat", index, (crash.values_at(index),))
        recorder.put_samples("one", samples, crash.STREAM)


def test_killed_at_25_moments_nothing_acknowledged_is_lost() -> None:
    outcomes = crash.measured("kill", 25)
    assert len(outcomes) == 25
    assert sum(one.corrupt for one in outcomes) == 0
    assert sum(one.acknowledged_lost for one in outcomes) == 0
    assert sum(one.not_interrupted for one in outcomes) == 0
    assert sum(one.acknowledged for one in outcomes) > 0


def test_a_loss_would_be_seen(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/levator.db"
    with open_repository(url) as repository:
        recorder = Recorder(repository)
        recorder.start()
        recorder.begin(a_header())
        put(recorder, 0)
        recorder.stop()
    outcome = crash.compare(tmp_path / "levator.db", 1, b"one 1100 1040 0.01\nhalf a li")
    assert (outcome.acknowledged, outcome.acknowledged_lost) == (1040, 40)
    assert (outcome.tail_ms, outcome.slowest_commit_ms) == (50.0, 10.0)
    assert (outcome.corrupt, outcome.not_interrupted) == (0, 0)


def test_a_wrong_sample_would_be_seen(tmp_path: Path) -> None:
    with open_repository(f"sqlite:///{tmp_path}/levator.db") as repository:
        repository.begin_recording(a_header())
        right = crash.values_at(0).tobytes()
        wrong = Block("one", "seat", 0, 0, "int16", 1, crash.BLOCK, right[:-1] + b"\x7f")
        repository.append(Batch(blocks=(wrong,)))
        assert crash.count_stored(repository, "one") is None


def test_a_crash_while_recovering_is_recovered_from(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/levator.db"
    with open_repository(url) as repository:
        repository.begin_recording(a_header())
    dies = (
        "import os, sys; from sqlalchemy import event; from levator.storage import open_repository;"
        "repository = open_repository(sys.argv[1]);"
        "event.listen(repository._engine, 'commit', lambda _: os.kill(os.getpid(), 9));"
        f"repository.recover_interrupted({LATER!r})"
    )
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", dies, url], check=False)
        assert done.returncode == -9
    with open_repository(url) as repository:
        assert repository.header("one").state == "open"
        assert [header.id for header in repository.recover_interrupted(LATER)] == ["one"]
