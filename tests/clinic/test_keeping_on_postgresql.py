"""Sealing, backups and erasing on PostgreSQL: the same answers as on SQLite."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from levator.cli.main import main
from levator.clinic.acting import Acts
from levator.clinic.erasing import erase
from levator.errors import StorageError
from levator.records.repository import Repository
from levator.storage import open_repository
from levator.storage.backup import back_up, restore
from levator.storage.sql import postgresql as kept_there
from levator.storage.sql.repository import SqlRepository
from levator.storage.sql.snapshot import digests_of, snapshot_of
from levator.storage.sql.sqlite import open_sqlite
from levator.testing.repository import LATER
from tests.clinic import desk
from tests.clinic.erasable import CANARY, WAVE, a_woman
from tests.postgresql import Cluster

HERS = "c" * 32


def quiet(_: str) -> None:
    """Say nothing."""


@pytest.fixture
def url(postgresql: Cluster, tmp_path: Path) -> Iterator[str]:
    name = f"keeping_{abs(hash(str(tmp_path)))}"
    yield postgresql.database(name)
    postgresql.ask(f"DROP DATABASE {name} WITH (FORCE)")


def filled(url: str) -> None:
    with open_repository(url) as repository:
        acts = desk.clinic(repository)
        a_woman(acts, HERS, CANARY, WAVE)
        a_woman(acts, "d" * 32, "Other", bytes(20))


def content(repository: Repository) -> list[object]:
    return [
        (header, list(repository.blocks(header.id)), repository.spans(header.id))
        for header in repository.recordings()
    ]


def test_a_sealed_recording_reads_the_same(url: str) -> None:
    filled(url)
    with open_repository(url) as repository:
        before = content(repository)
        assert len(list(repository.seal_ended())) == 2
        assert content(repository) == before
        assert list(repository.seal_ended()) == []


def test_no_command_prints_the_password_of_the_server(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    secret = url.replace("levator@", "levator:sesam@")
    who = ("--clinic", "Bos", "--name", "Anke", "--email", "anke@bos.example")
    assert main(["clinic", "init", "--database", secret, *who]) == 0
    assert main(["backup", "a.backup", "--database", secret]) == 0
    said = capsys.readouterr()
    assert "sesam" not in said.out + said.err
    assert "LEVATOR_DATABASE" in said.out
    assert main(["restore", "a.backup", secret]) == 1
    assert main(["restore", "a.backup", "sqlite:///a.db"]) == 0
    said = capsys.readouterr()
    assert "sesam" not in said.out + said.err


def test_a_backup_goes_into_either_database_with_every_checksum_equal(
    url: str, postgresql: Cluster, tmp_path: Path
) -> None:
    filled(url)
    back_up(url, tmp_path / "a.backup", LATER, None, quiet)
    file = tmp_path / "a.db"
    restore(tmp_path / "a.backup", f"sqlite:///{file}", None, quiet)
    there = postgresql.database("keeping_restored")
    try:
        restore(tmp_path / "a.backup", there, None, quiet)
        with open_repository(url) as one, open_repository(there) as other:
            assert content(one) == content(other)
        back_up(there, tmp_path / "b.backup", LATER, None, quiet)
        restore(tmp_path / "b.backup", f"sqlite:///{tmp_path}/b.db", None, quiet)
        assert list(digests_of(tmp_path / "b.db")) == list(digests_of(file))
        with pytest.raises(StorageError, match="already"):
            restore(tmp_path / "a.backup", there, None, quiet)
    finally:
        postgresql.ask("DROP DATABASE keeping_restored WITH (FORCE)")


def test_a_backup_sees_one_moment(url: str, tmp_path: Path) -> None:
    filled(url)
    with open_repository(url) as repository, open_repository(url) as writer:
        assert isinstance(repository, SqlRepository)
        with repository.one_state() as source:
            source.exec_driver_sql("SELECT count(*) FROM note").scalar()
            a_woman(Acts(writer, lambda: desk.NOW), "e" * 32, "Later", bytes(20))
            assert source.exec_driver_sql("SELECT count(*) FROM patient").scalar() == 2
        snapshot_of(repository, tmp_path / "a.db")
    with open_sqlite(str(tmp_path / "a.db"), create=False) as copied:
        assert len(copied.recordings()) == 9


def leaks(postgresql: Cluster) -> list[str]:
    postgresql.ask("CHECKPOINT")
    files = [one for one in (postgresql.data / "base").rglob("*") if one.is_file()]
    held = b"\0".join(one.read_bytes() for one in files)
    return [name for name in (CANARY, CANARY.casefold()) if name.encode() in held]


def test_no_byte_is_left_in_the_tables(url: str, postgresql: Cluster) -> None:
    filled(url)
    assert leaks(postgresql) != []
    with open_repository(url) as repository:
        acts = Acts(repository, lambda: desk.NOW)
        erase(acts, desk.actor(desk.ADMIN, "clinic_admin"), HERS, "her-request")
        assert leaks(postgresql) == []
        assert len(repository.recordings()) == 3


@pytest.mark.parametrize("begun", ["BEGIN ISOLATION LEVEL REPEATABLE READ", "BEGIN"])
def test_while_somebody_reads_an_older_state_bytes_are_said_to_be_left(
    url: str, postgresql: Cluster, monkeypatch: pytest.MonkeyPatch, begun: str
) -> None:
    filled(url)
    admin = desk.actor(desk.ADMIN, "clinic_admin")
    monkeypatch.setattr(kept_there, "EXPUNGE_TIMEOUT_S", 0.1)
    with (
        open_repository(url) as repository,
        psycopg.connect(url, autocommit=True) as reader,
        psycopg.connect(postgresql.address(), autocommit=True) as elsewhere,
    ):
        acts = Acts(repository, lambda: desk.NOW)
        elsewhere.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        elsewhere.execute("SELECT count(*) FROM pg_class")
        reader.execute(begun)
        # One that has written holds up new readers too.
        reader.execute("SELECT 1" if "READ" in begun else "SELECT pg_current_xact_id()")
        with pytest.raises(StorageError, match="another program still reads keeping_"):
            erase(acts, admin, HERS, "her-request")
        reader.execute("COMMIT")
        assert erase(acts, admin, HERS).entities == 0
        assert leaks(postgresql) == []
        elsewhere.execute("COMMIT")
