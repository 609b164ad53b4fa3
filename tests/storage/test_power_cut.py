"""The power goes while records are written: nothing that was acknowledged is lost.

On a disk of its own, which only root on Linux can have: elsewhere the run says at its end that this
was left out. `test_cut_at_writes` cuts SQLite at each write wherever the tests run, and
`test_cut_at_flush` PostgreSQL.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url

from benchmarks.disk import Disk
from levator.records.audit import find_break
from levator.records.people import Patient
from levator.records.treatment import Note
from levator.storage import open_repository
from levator.storage.migrations import migrate
from levator.storage.sql import schema
from levator.storage.sql.postgresql import _engine as postgresql_engine
from levator.storage.sql.sqlite import _engine as sqlite_engine
from levator.testing.entities import HERE
from levator.testing.repository import a_header
from tests.postgresql import Cluster

ROOT = Path(__file__).parents[2]
IS_LONG = os.environ.get("LEV_HYPOTHESIS") == "search"
CUTS = {"sqlite": 20, "postgresql": 20} if IS_LONG else {"sqlite": 2, "postgresql": 1}
BACK_ENDS = ["sqlite", "postgresql"]


class Plant:
    """A disk with a database on it, of one kind or the other."""

    def __init__(self, disk: Disk, folder: Path, kind: str) -> None:
        self.disk = disk
        self.cluster = Cluster(folder, data=disk.path / "data") if kind == "postgresql" else None

    @property
    def address(self) -> str:
        if self.cluster is not None:
            return self.cluster.address("clinic")
        return f"sqlite:///{self.disk.path}/levator.db"

    def begin(self) -> None:
        if self.cluster is not None:
            self.cluster.make()
            self.cluster.start()
            self.cluster.database("clinic")
        open_repository(self.address).close()
        self.disk.settle()

    def be_careless(self) -> None:
        """Let the server acknowledge what it has yet to write."""
        if self.cluster is not None:
            self.cluster.stop()
            self.cluster.start(synchronous_commit="off", wal_writer_delay="10s")
            self.disk.settle()

    def engine(self) -> Engine:
        if self.cluster is None:
            return sqlite_engine(self.disk.path / "levator.db")
        return postgresql_engine(make_url(self.address).set(drivername="postgresql+psycopg"))

    def cut(self) -> None:
        server = self.cluster.process() if self.cluster is not None else None
        self.disk.cut()
        if server is not None:
            os.kill(server, signal.SIGKILL)

    def power_up(self) -> None:
        self.disk.power_up()
        if self.cluster is not None:
            self.cluster.forget_process()
            self.cluster.start()


@contextmanager
def plant(kind: str) -> Iterator[Plant]:
    with tempfile.TemporaryDirectory(prefix="levator-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with Disk(folder, 512 if kind == "postgresql" else 64) as disk:
            made = Plant(disk, folder, kind)
            yield made
            if made.cluster is not None:
                made.cluster.stop("immediate")


def lines_until_cut(plant: Plant, what: str, enough: int, *careless: str) -> list[str]:
    """Run a program of `until_cut` and cut the power once it has said so many lines.

    Returned is what it said before the cut: what comes after it does not count (`Disk`).
    """
    program = [sys.executable, "-m", "tests.storage.until_cut", what, plant.address, *careless]
    with subprocess.Popen(
        program, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
    ) as child:
        assert child.stdout is not None
        heard = b""
        while heard.count(b"\n") < enough:
            said = child.stdout.read(4096)
            assert said, "it stopped before the cut"
            heard += said
        os.set_blocking(child.stdout.fileno(), False)
        heard += child.stdout.read() or b""
        plant.cut()
        child.kill()
    plant.power_up()
    return heard.decode().split("\n")[:-1]


def lost(plant: Plant, acknowledged: int) -> int:
    """Return how many acknowledged works are not there; fails where one is there in part."""
    with open_repository(plant.address) as repository, repository.work(writes=False) as work:
        lines = work.audit_lines(HERE)
        notes = {int(note.text) for note in work.find(Note, HERE)}
        patients = work.find(Patient, HERE)
    assert find_break(lines) is None
    assert notes == set(range(1, len(lines) + 1))
    assert [patient.number for patient in patients] == [str(len(lines) or "")][: len(patients)]
    return max(acknowledged - len(lines), 0)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", BACK_ENDS)
def test_no_acknowledged_work_is_lost(kind: str) -> None:
    chance = random.Random(kind)
    with plant(kind) as made:
        made.begin()
        for _ in range(CUTS[kind]):
            heard = lines_until_cut(made, "keep", chance.randint(1, 60))
            assert lost(made, int(heard[-1])) == 0


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", BACK_ENDS)
def test_without_the_protection_acknowledged_works_are_lost(kind: str) -> None:
    """`synchronous=NORMAL`, and `synchronous_commit=off`: the test above would be red."""
    with plant(kind) as made:
        made.begin()
        made.be_careless()
        heard = lines_until_cut(made, "keep", 40, "careless")
        assert lost(made, int(heard[-1])) > 0


def version(plant: Plant) -> str | None:
    engine = plant.engine()
    with engine.connect() as connection:
        found = schema.schema_version(connection)
    engine.dispose()
    return found


def go_back(plant: Plant) -> None:
    """Bring the database to its oldest schema, with a recording in it."""
    with open_repository(plant.address) as repository:
        repository.begin_recording(a_header())
    engine = plant.engine()
    with engine.execution_options(writes=True).begin() as connection:
        migrate(connection, schema.KNOWN[0])
    engine.dispose()
    plant.disk.settle()


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", BACK_ENDS)
def test_a_cut_during_a_migration_leaves_the_old_schema_or_the_new(kind: str) -> None:
    chance = random.Random(f"migration {kind}")
    with plant(kind) as made:
        made.begin()
        for _ in range(CUTS[kind]):
            go_back(made)
            heard = lines_until_cut(made, "migrate", chance.randint(1, 60))
            assert version(made) in {schema.KNOWN[0], schema.NEWEST}
            if "done" in heard:
                assert version(made) == schema.NEWEST
            with open_repository(made.address) as repository:
                assert repository.recordings() == [a_header()]
            assert version(made) == schema.NEWEST
