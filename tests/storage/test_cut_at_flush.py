"""The power goes after works that PostgreSQL acknowledged: nothing that was acknowledged is lost.

It needs neither root nor Linux. What is there after the cut is the data as it was at the last
checkpoint, and of the log only what the server had flushed to the disk by then. The server tells
how far that is, so no disk is waited for; that fsync may not be off is shown in `test_postgresql`.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from levator.records.audit import find_break
from levator.records.treatment import Note
from levator.storage import open_repository
from levator.storage.sql import postgresql
from levator.testing.entities import HERE, a_note, a_patient, an_entry
from tests.postgresql import Cluster, give_away

WORKS = 4


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A server that does not run."""
    with tempfile.TemporaryDirectory(prefix="levator-") as name:
        Path(name).chmod(0o755)
        made = Cluster(Path(name))
        made.make()
        yield made


def kept(address: str) -> tuple[str, int]:
    """Keep some works; return the file of the log and how far it was flushed after the last."""
    flushed = "SELECT (pg_walfile_name_offset(pg_current_wal_flush_lsn())).*"
    with (
        psycopg.connect(address, autocommit=True) as watcher,
        open_repository(address) as repository,
    ):
        watcher.execute(flushed)
        for number in range(1, WORKS + 1):
            with repository.work(writes=True) as work:
                work.put(replace(a_note(text=str(number)), id=f"{number:032x}"))
                work.audit(an_entry(detail=str(number)))
        [[file, offset]] = watcher.execute(flushed).fetchall()
    return str(file), int(offset)


def cut(cluster: Cluster, before: Path, file: str, offset: int) -> None:
    """Let the data be as it was, and the log end where it was flushed."""
    cluster.stop("immediate")
    log = shutil.copytree(cluster.data / "pg_wal", before / "pg_wal", dirs_exist_ok=True)
    for later in (one for one in log.iterdir() if one.is_file() and one.name > file):
        later.unlink()
    content = (log / file).read_bytes()
    (log / file).write_bytes(content[:offset].ljust(len(content), b"\0"))
    shutil.rmtree(cluster.data)
    before.rename(cluster.data)
    for folder, _, files in os.walk(cluster.data):
        for name in (".", *files):
            give_away(Path(folder) / name)
    cluster.forget_process()


@pytest.fixture(autouse=True)
def without_the_check_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "_must_be_safe", lambda connection: None)


def lost(cluster: Cluster, name: str, **settings: str) -> int:
    """Return how many of the works that were acknowledged a cut has cost."""
    settings |= {"fsync": "off"}
    before = cluster.data.with_name("before")
    cluster.start(**settings)
    try:
        address = cluster.database(name)
        with open_repository(address) as repository, repository.work(writes=True) as work:
            work.put(a_patient())
        cluster.ask("CHECKPOINT")
        shutil.copytree(cluster.data, before)
        cut(cluster, before, *kept(address))
        cluster.start(**settings)
        with open_repository(address) as repository, repository.work(writes=False) as work:
            lines, notes = work.audit_lines(HERE), work.find(Note, HERE)
    finally:
        cluster.stop("immediate")
    assert find_break(lines) is None
    assert {int(one.text) for one in notes} == set(range(1, len(lines) + 1))
    return WORKS - len(lines)


def test_what_was_acknowledged_had_been_flushed(cluster: Cluster) -> None:
    assert lost(cluster, "careful") == 0


def test_where_the_server_may_flush_later_the_same_cut_loses_works(cluster: Cluster) -> None:
    assert lost(cluster, "careless", synchronous_commit="off", wal_writer_delay="10s") > 0
