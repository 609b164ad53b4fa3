"""What is particular to SQLite: how the file is opened, and every way in which it cannot be."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import event

from levator.errors import RecordingError, StorageError
from levator.records.model import Batch
from levator.records.people import Patient
from levator.storage import open_repository
from levator.storage.sql import sqlite
from levator.storage.sql.sqlite import SqliteRepository
from levator.testing.entities import HERE, a_patient, an_entry
from levator.testing.repository import LATER, a_block, a_header
from tests.sqlite import opened_in


@pytest.fixture
def database(tmp_path: Path) -> Path:
    opened_in(tmp_path).close()
    return tmp_path / "levator.db"


@pytest.fixture
def without_privileges(tmp_path: Path) -> Iterator[None]:
    """Run as somebody for whom read-only means something; root may write anywhere."""
    if os.geteuid():
        yield
        return
    os.chown(tmp_path, 65534, 65534)
    for file in tmp_path.iterdir():
        os.chown(file, 65534, 65534)
    for folder in tmp_path.parents:
        if folder == Path(tempfile.gettempdir()):
            break
        folder.chmod(0o755)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def refused(url: str, *, create: bool = True) -> str:
    with pytest.raises(StorageError) as refusal:
        open_repository(url, create=create)
    return str(refusal.value)


def pragma(repository: SqliteRepository, name: str) -> object:
    with repository._engine.connect() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_what_is_acknowledged_survives_a_power_cut_and_what_is_erased_is_gone(
    database: Path,
) -> None:
    with open_repository(f"sqlite:///{database}") as repository:
        assert isinstance(repository, SqliteRepository)
        assert pragma(repository, "journal_mode") == "wal"
        assert pragma(repository, "synchronous") == 2
        assert pragma(repository, "foreign_keys") == 1
        assert pragma(repository, "secure_delete") == 1
        assert pragma(repository, "busy_timeout") == 1000


def test_a_file_that_is_in_use_is_said_to_be_so_and_nobody_is_accused(database: Path) -> None:
    """What has it open is not known: it may be a second command of levator, or a slow disk."""
    with open_repository(f"sqlite:///{database}") as repository:
        holder = sqlite3.connect(database, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError) as busy, repository.work(writes=True) as work:
            work.put(a_patient("p"))
        holder.close()
    assert str(busy.value) == (
        f"{database} was in use for too long; try again, and close what else has it open."
    )


def test_all_tables_are_strict(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        tables = connection.execute("PRAGMA table_list").fetchall()
    connection.close()
    ours = {name: bool(strict) for schema, name, kind, _, _, strict in tables if kind == "table"}
    assert {name for name, strict in ours.items() if not strict} == {
        "alembic_version",
        "sqlite_schema",
        "sqlite_temp_schema",
    } & ours.keys() | {"alembic_version"}


def test_only_the_owner_can_read_the_file(database: Path) -> None:
    assert database.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "url", ["", "clinic.db", "mysql://x", "sqlite://", "sqlite:///", "memory", "postgresql:/x"]
)
def test_an_unknown_storage_is_refused(url: str) -> None:
    assert "sqlite:///FILE" in refused(url)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    assert f"folder {tmp_path}/gone is not there" in refused(f"sqlite:///{tmp_path}/gone/a.db")


def test_a_folder_is_not_a_database(tmp_path: Path) -> None:
    assert "is a folder" in refused(f"sqlite:///{tmp_path}")


def test_nothing_is_made_where_that_was_not_asked(tmp_path: Path) -> None:
    assert "no database" in refused(f"sqlite:///{tmp_path}/a.db", create=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"not a database at all, but long enough" * 40, b"\0" * 4096])
def test_another_file_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "letter.txt"
    path.write_bytes(content)
    assert "is not a database" in refused(f"sqlite:///{path}")
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    content = path.read_bytes()
    assert "of another program" in refused(f"sqlite:///{path}")
    assert path.read_bytes() == content


def test_a_database_of_a_newer_levator_is_refused(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert "newer levator (schema 9999" in refused(f"sqlite:///{database}")


@pytest.mark.usefixtures("database", "without_privileges")
def test_a_read_only_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "levator.db"
    path.chmod(0o400)
    assert f"{path} may not be written" in refused(f"sqlite:///{path}")


@pytest.mark.usefixtures("database", "without_privileges")
def test_a_read_only_folder_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    for name in ("levator.db", "new.db"):
        sentence = refused(f"sqlite:///{tmp_path}/{name}")
        assert f"folder {tmp_path} may not be written" in sentence
    tmp_path.chmod(0o700)


def test_a_full_disk_is_said_and_keeps_nothing_of_a_work(database: Path) -> None:
    with open_repository(f"sqlite:///{database}") as repository:
        assert isinstance(repository, SqliteRepository)
        most = pragma(repository, "page_count")

        def bound(connection: sqlite3.Connection, *_: object) -> None:
            connection.execute(f"PRAGMA max_page_count = {most}")

        event.listen(repository._engine, "checkout", bound)

        def keep() -> None:
            with repository.work(writes=True) as work:
                for place in range(20):
                    work.put(a_patient(place, given_name="x" * 5000))
                    work.audit(an_entry(detail=str(place)))

        with pytest.raises(StorageError, match="is full; make room on it"):
            keep()
        with repository.work(writes=False) as work:
            assert (work.count(Patient, HERE), work.audit_lines(HERE)) == (0, [])
        most = 10**6
        keep()
        with repository.work(writes=False) as work:
            assert (work.count(Patient, HERE), len(work.audit_lines(HERE))) == (20, 20)


def test_a_damaged_database_is_named(database: Path) -> None:
    with open_repository(f"sqlite:///{database}") as repository:
        repository.begin_recording(a_header())
        repository.append(Batch(blocks=tuple(a_block(place) for place in range(500))))
    content = bytearray(database.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    database.write_bytes(content)
    with (
        pytest.raises(StorageError, match="is damaged; keep it aside"),
        open_repository(f"sqlite:///{database}") as repository,
    ):
        list(repository.blocks("one"))


def test_a_database_kept_by_another_program_is_named(database: Path) -> None:
    with open_repository(f"sqlite:///{database}") as repository:
        other = sqlite3.connect(database)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="was in use for too long"):
            repository.begin_recording(a_header())
        other.close()
        repository.begin_recording(a_header())


def test_a_disk_that_went_away_is_not_replaced_by_an_empty_database(database: Path) -> None:
    away = database.with_suffix(".away")
    repository = open_repository(f"sqlite:///{database}")
    assert isinstance(repository, SqliteRepository)
    repository._engine.dispose()
    database.rename(away)
    with pytest.raises(StorageError, match="cannot be opened"):
        repository.begin_recording(a_header())
    assert not database.exists()
    away.rename(database)
    repository.begin_recording(a_header())
    repository.close()


def test_a_record_that_the_tables_refuse_is_the_records_fault(database: Path) -> None:
    block = a_block(0)
    object.__setattr__(block, "n_channels", 0)
    with open_repository(f"sqlite:///{database}") as repository:
        repository.begin_recording(a_header())
        with pytest.raises(RecordingError, match="does not fit the database") as raised:
            repository.append(Batch(blocks=(block,)))
        assert "sample_block_size" in str(raised.value.__cause__)


def test_an_odd_name_is_a_name(tmp_path: Path) -> None:
    path = tmp_path / "praktijk ü?#%41 &x=1.db"
    with open_repository(f"sqlite:///{path}") as repository:
        repository.begin_recording(a_header())
    assert path.exists()
    with open_repository(f"sqlite:///{path}") as repository:
        assert len(repository.recordings()) == 1


def test_a_relative_path_is_under_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    open_repository("sqlite:///here.db").close()
    assert (tmp_path / "here.db").exists()


def test_the_room_left_on_the_disk_is_told(database: Path) -> None:
    with open_repository(f"sqlite:///{database}") as repository:
        free = repository.free_bytes()
    assert free == pytest.approx(shutil.disk_usage(database.parent).free, abs=2**30)


def test_the_lock_goes_with_a_process_that_dies(database: Path) -> None:
    program = (
        "import os, sys; from levator.storage import open_repository;"
        "repository = open_repository(sys.argv[1]);"
        f"repository.recover_interrupted({LATER!r}); os._exit(9)"
    )
    url = f"sqlite:///{database}"
    done = subprocess.run([sys.executable, "-c", program, url], check=False)
    assert done.returncode == 9
    with open_repository(url) as repository:
        assert repository.recover_interrupted(LATER) == []


def test_the_database_libraries_are_loaded_only_when_asked_for() -> None:
    program = "import sys, levator.storage; print([m for m in sys.modules if 'sqlalchemy' in m])"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_writer_of_another_process_waits_at_its_beginning(database: Path) -> None:
    """And not halfway, when what it has read is old."""
    with (
        open_repository(f"sqlite:///{database}") as ours,
        open_repository(f"sqlite:///{database}") as theirs,
    ):

        def change() -> None:
            with theirs.work(writes=True) as work:
                work.put(replace(work.get(Patient, a_patient().id, HERE), number="7"))

        waiting = Thread(target=change)
        with ours.work(writes=True) as work:
            work.put(a_patient())
            waiting.start()
            waiting.join(0.2)
        waiting.join()
        with ours.work(writes=False) as work:
            assert [one.number for one in work.find(Patient, HERE)] == ["7"]


#: Holds the lock under which SQLite moves pages from the log to the file, as another program.
HOLD = """
import fcntl, sys, time
with open(sys.argv[1] + "-shm", "r+b") as kept:
    fcntl.lockf(kept, fcntl.LOCK_EX, 1, 121)
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def test_bytes_are_erased_though_another_program_empties_the_log_just_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "levator.db"
    with open_repository(f"sqlite:///{file}") as repository:
        with held(file, 0.5):
            repository.expunge()
        assert file.with_name("levator.db-wal").stat().st_size == 0
        monkeypatch.setattr(sqlite, "EXPUNGE_TIMEOUT_MS", 100)
        with held(file, 30), pytest.raises(StorageError, match="erase once more"):
            repository.expunge()


def test_bytes_that_cannot_be_erased_as_the_file_is_away_are_said_so(database: Path) -> None:
    with opened_in(database.parent) as repository:
        database.rename(database.with_suffix(".away"))
        with pytest.raises(StorageError, match="cannot be opened"):
            repository.expunge()
        database.with_suffix(".away").rename(database)


def test_who_writes_waits_until_the_bytes_are_erased(tmp_path: Path) -> None:
    file = tmp_path / "levator.db"
    with opened_in(tmp_path) as repository, held(file, 0.5):
        assert isinstance(repository, SqliteRepository)
        erasing = Thread(target=repository.expunge)
        erasing.start()
        while not repository._writers.locked():
            time.sleep(0.001)
        with repository.work(writes=True):
            assert file.with_name("levator.db-wal").stat().st_size == 0
        erasing.join()


@contextmanager
def held(file: Path, lasts_s: float) -> Iterator[None]:
    words = [sys.executable, "-c", HOLD, str(file), str(lasts_s)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as holding:
        assert holding.stdout is not None
        assert holding.stdout.readline() == b"held\n"
        yield
        holding.kill()
