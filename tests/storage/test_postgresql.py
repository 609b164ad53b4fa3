"""What is particular to PostgreSQL: which servers are refused, and what happens when one goes."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pytest

from levator.errors import LevatorError, RecordingError, StorageError
from levator.records.model import Batch
from levator.records.people import Patient
from levator.records.treatment import Note
from levator.storage import open_repository
from levator.storage.sql import postgresql as back_end
from levator.storage.sql.schema import NEWEST
from levator.testing.entities import HERE, a_note, a_patient, an_entry, put
from levator.testing.repository import LATER, a_block, a_header
from tests.postgresql import Cluster

SECRET = "canary-password"


def refused(address: str) -> str:
    with pytest.raises(StorageError) as raised:
        open_repository(address)
    return str(raised.value)


@contextmanager
def server_with(cluster: Cluster, setting: str, value: str) -> Iterator[None]:
    """Change a setting of the running server for a while."""

    def settle(statement: str, expected: str) -> None:
        cluster.ask(statement)
        cluster.ask("SELECT pg_reload_conf()")
        until = monotonic() + 30
        while cluster.ask(f"SHOW {setting}") != [(expected,)]:
            assert monotonic() < until
            sleep(0.02)

    [[before]] = cluster.ask(f"SHOW {setting}")
    settle(f"ALTER SYSTEM SET {setting} = {value}", value)
    try:
        yield
    finally:
        settle(f"ALTER SYSTEM RESET {setting}", str(before))


@pytest.fixture
def server_of_its_own() -> Iterator[Cluster]:
    """A server that a test may stop."""
    with tempfile.TemporaryDirectory(prefix="levator-") as home:
        Path(home).chmod(0o755)
        cluster = Cluster(Path(home))
        cluster.make()
        cluster.start()
        yield cluster
        cluster.stop("immediate")


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
def test_a_server_that_forgets_is_refused(postgresql: Cluster, setting: str) -> None:
    address = postgresql.database("forgetful")
    open_repository(address).close()
    with server_with(postgresql, setting, "off"):
        sentence = refused(address)
        assert f"has {setting} off" in sentence
        assert sentence.endswith("turn it on.")
    open_repository(address).close()


def test_a_server_that_begins_to_forget_is_noticed_by_the_next_connection(
    postgresql: Cluster,
) -> None:
    with open_repository(postgresql.database("forgetful_later")) as repository:
        with server_with(postgresql, "synchronous_commit", "off"):
            assert isinstance(repository, back_end.PostgresqlRepository)
            repository._engine.dispose()
            with pytest.raises(StorageError, match="synchronous_commit off"):
                put(repository, a_patient())
        put(repository, a_patient())


def test_a_database_that_cannot_hold_every_sign_is_refused(postgresql: Cluster) -> None:
    postgresql.ask("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    assert "every sign" in refused(postgresql.address("latin"))


def test_an_old_server_is_refused(postgresql: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(back_end, "OLDEST_SERVER", 10**6)
    assert "too old" in refused(postgresql.database("old"))


@pytest.mark.parametrize(
    "place", [f"levator:{SECRET}@/clinic?host=/nowhere", f"levator:{SECRET}@127.0.0.1:1/clinic"]
)
def test_a_server_that_is_not_there_is_named_without_the_password(place: str) -> None:
    sentence = refused(f"postgresql://{place}")
    assert "does not answer for clinic on " in sentence
    assert SECRET not in sentence


def test_a_wrong_password_is_said_and_not_repeated(postgresql: Cluster) -> None:
    postgresql.ask("CREATE ROLE locked LOGIN PASSWORD 'right'")
    postgresql.database("closed")
    address = postgresql.address("closed", f"locked:{SECRET}")
    with pytest.raises(StorageError, match="check user and password") as raised:
        open_repository(address)
    assert SECRET not in str(raised.value)


def test_nothing_is_made_where_that_was_not_asked(postgresql: Cluster) -> None:
    address = postgresql.database("untouched")
    with pytest.raises(StorageError, match="no records of levator in untouched"):
        open_repository(address, create=False)
    assert postgresql.ask("SELECT * FROM pg_tables WHERE schemaname = 'public'", "untouched") == []
    open_repository(address).close()
    open_repository(address, create=False).close()


def test_a_missing_database_is_named(postgresql: Cluster) -> None:
    assert "no database never on" in refused(postgresql.address("never"))


def test_a_user_who_may_not_make_tables_is_told(postgresql: Cluster) -> None:
    postgresql.ask("CREATE ROLE guest LOGIN")
    postgresql.database("guarded")
    assert "may not make tables" in refused(postgresql.address("guarded", "guest"))


def test_a_database_of_a_newer_levator_is_refused(postgresql: Cluster) -> None:
    address = postgresql.database("newer")
    open_repository(address).close()
    postgresql.ask("UPDATE alembic_version SET version_num = '9999'", "newer")
    assert "newer levator (schema 9999" in refused(address)


@pytest.mark.parametrize(
    "address",
    [
        f"postgres://levator:{SECRET}@host/clinic",
        f"postgresql://levator:{SECRET}@host",
        f"postgresql://levator:{SECRET}@host:port/clinic",
        f"postgresql:levator:{SECRET}",
    ],
)
def test_an_unclear_address_is_refused_without_repeating_it(address: str) -> None:
    sentence = refused(address)
    assert "postgresql://USER:PASSWORD@HOST/DATABASE" in sentence
    assert SECRET not in sentence


def test_a_missing_driver_is_named() -> None:
    program = (
        "import sys; sys.modules['psycopg'] = None;"
        "from levator.storage import open_repository;"
        "open_repository('postgresql://x@127.0.0.1:1/y')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert "install levator[postgresql]" in done.stderr


def test_two_may_open_an_empty_database_at_once(postgresql: Cluster) -> None:
    address = postgresql.database("at_once")
    errors: list[LevatorError] = []

    def open_it() -> None:
        try:
            open_repository(address).close()
        except LevatorError as error:
            errors.append(error)

    threads = [Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert postgresql.ask("SELECT version_num FROM alembic_version", "at_once") == [(NEWEST,)]


def test_a_server_that_stops_and_comes_back(server_of_its_own: Cluster) -> None:
    with open_repository(server_of_its_own.database("clinic")) as repository:
        repository.recover_interrupted(LATER)
        repository.begin_recording(a_header())
        repository.append(Batch(blocks=(a_block(0),)))
        put(repository, a_patient())
        server_of_its_own.stop()
        with pytest.raises(StorageError, match="does not answer"):
            repository.append(Batch(blocks=(a_block(1),)))
        with pytest.raises(StorageError, match="does not answer"):
            put(repository, a_patient(1))
        server_of_its_own.start()
        repository.append(Batch(blocks=(a_block(0), a_block(1))))
        assert len(list(repository.blocks("one"))) == 2
        put(repository, a_patient(1))
        with repository.work(writes=False) as work:
            assert work.count(Patient, HERE) == 2
        with (
            open_repository(server_of_its_own.address("clinic")) as other,
            pytest.raises(StorageError, match="Another levator is recording"),
        ):
            other.recover_interrupted(LATER)


def cut_connections(cluster: Cluster, database: str) -> None:
    cluster.ask(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
        f"WHERE datname = '{database}'"
    )


def test_who_lost_the_lock_to_another_no_longer_records(postgresql: Cluster) -> None:
    address = postgresql.database("taken_over")
    with open_repository(address) as first, open_repository(address) as second:
        first.recover_interrupted(LATER)
        first.begin_recording(a_header())
        cut_connections(postgresql, "taken_over")
        second.recover_interrupted(LATER)
        for _ in range(2):
            with pytest.raises(StorageError):
                first.append(Batch(blocks=(a_block(0),)))
        with pytest.raises(StorageError, match="Another levator is recording"):
            first.append(Batch(blocks=(a_block(0),)))
        assert list(second.blocks("one")) == []


def test_a_record_that_the_tables_refuse_is_the_records_fault(postgresql: Cluster) -> None:
    block = a_block(0)
    object.__setattr__(block, "n_channels", 0)
    with open_repository(postgresql.database("refusing")) as repository:
        repository.begin_recording(a_header())
        with pytest.raises(RecordingError, match="does not fit the database"):
            repository.append(Batch(blocks=(block,)))


def test_what_the_server_was_set_to_does_not_change_what_a_work_sees(postgresql: Cluster) -> None:
    address = postgresql.database("serial")
    postgresql.ask("ALTER DATABASE serial SET default_transaction_isolation = 'serializable'")
    postgresql.ask("ALTER DATABASE serial SET default_transaction_read_only = on")
    with open_repository(address) as repository:
        assert [one.version for one in put(repository, a_patient())] == [1]


@contextmanager
def full_for_notes(cluster: Cluster, database: str) -> Iterator[None]:
    """Let the file of the notes lie where nothing can be written: the server meets a full disk."""
    [[place]] = cluster.ask("SELECT pg_relation_filepath('note')", database)
    file = cluster.data / str(place)
    aside = file.with_name(f"{file.name}.aside")
    file.rename(aside)
    file.symlink_to("/dev/full")
    try:
        yield
    finally:
        file.unlink()
        aside.rename(file)


def test_a_full_disk_is_said_and_keeps_nothing_of_a_work(postgresql: Cluster) -> None:
    address = postgresql.database("full_disk")

    def keep() -> None:
        with open_repository(address) as repository, repository.work(writes=True) as work:
            work.put(a_patient())
            work.put(a_note())
            work.audit(an_entry())

    open_repository(address).close()
    postgresql.ask("CHECKPOINT")
    with full_for_notes(postgresql, "full_disk"):
        with pytest.raises(StorageError, match=r"PostgreSQL server with .* is full; make room"):
            keep()
        with open_repository(address) as repository, repository.work(writes=False) as work:
            assert (work.find(Patient, HERE), work.audit_lines(HERE)) == ([], [])
    keep()
    with open_repository(address) as repository, repository.work(writes=False) as work:
        assert (len(work.find(Note, HERE)), len(work.audit_lines(HERE))) == (1, 1)
