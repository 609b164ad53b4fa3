"""A database as it is at one moment, in an SQLite file of its own; and back again.

From SQLite by `VACUUM INTO`, from another database table by table in one transaction that sees
one state. A plain copy of a file that is in use is often damaged, so none is ever made.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import groupby
from pathlib import Path

from sqlalchemy import Connection, func, insert, select

# Every table is in `metadata` once this is there.
import levator.storage.sql.entity_tables  # noqa: F401
from levator.errors import StorageError
from levator.storage.sql.repository import SqlRepository
from levator.storage.sql.schema import KNOWN, NEWEST
from levator.storage.sql.sqlite import address_of, must_be_ours, open_sqlite, translated
from levator.storage.sql.tables import metadata

_PAGE_ROWS = 1000


def snapshot_of_file(database: Path, into: Path) -> None:
    """Copy an SQLite database, whoever writes to it now and whatever its schema."""
    if not database.is_file():
        raise StorageError(
            "There is no database %(file)s; check the name and the folder.", file=str(database)
        )
    with translated(database):
        must_be_ours(database)
    os.close(os.open(into, os.O_CREAT | os.O_EXCL, 0o600))
    with (
        _on_its_own_disk(),
        translated(database),
        closing(sqlite3.connect(address_of(database), uri=True)) as connection,
    ):
        connection.execute("VACUUM INTO ?", (str(into),))


@contextmanager
def _on_its_own_disk() -> Iterator[None]:
    """Raise the error of the system where the disk of the copy is full, not the database's."""
    try:
        yield
    except StorageError as error:
        if getattr(error.__cause__, "sqlite_errorname", "") != "SQLITE_FULL":
            raise
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error


def snapshot_of(repository: SqlRepository, into: Path) -> None:
    """Copy any database that is open, table by table, in one transaction."""
    with _new_file(into) as target, repository.one_state() as source:
        _copy(source, target)
    with closing(sqlite3.connect(into)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


@contextmanager
def _new_file(file: Path) -> Iterator[Connection]:
    with (
        closing(open_sqlite(str(file), create=True)) as repository,
        repository.one_write() as connection,
    ):
        yield connection


def fill(repository: SqlRepository, database: Path) -> None:
    """Put everything of an SQLite file into a database that holds nothing yet.

    The file is brought up to date first. Raises StorageError where anything is there already.
    """
    with (
        closing(open_sqlite(str(database), create=False)) as held,
        held.one_state() as source,
        repository.one_write() as target,
    ):
        tables = metadata.sorted_tables
        if any(target.execute(select(func.count()).select_from(one)).scalar() for one in tables):
            raise already_there()
        _copy(source, target)


def already_there() -> StorageError:
    """Return the error for restoring over what is kept."""
    return StorageError(
        "There is a database at this place already; a backup is restored to a new one only."
    )


def _copy(source: Connection, target: Connection) -> None:
    for table in metadata.sorted_tables:
        wanted = select(table).execution_options(yield_per=_PAGE_ROWS)
        with source.execute(wanted) as found:
            for page in found.mappings().partitions():
                target.execute(insert(table), [dict(row) for row in page])


# --- What a snapshot holds


def must_be_plain(database: Path) -> None:
    """Raise ValueError for a file with more in it than our tables and their indexes.

    A trigger or a view would run with every act that comes after.
    """
    known = {*metadata.tables, "alembic_version"}
    with closing(sqlite3.connect(address_of(database), uri=True)) as connection:
        listed = "SELECT type, tbl_name, sql FROM sqlite_schema"
        for kind, table, sql in connection.execute(listed).fetchall():
            is_virtual = str(sql).upper().startswith("CREATE VIRTUAL")
            if kind not in ("table", "index") or table not in known or is_virtual:
                raise ValueError(f"{kind} {table!r} is not ours")


def schema_in(database: Path, named: Path | None = None) -> str:
    """Return the schema of an SQLite file; raises StorageError for one this levator cannot read.

    named : the file as people know it, where it lies elsewhere.
    """
    with closing(sqlite3.connect(address_of(database), uri=True)) as found:
        row = found.execute("SELECT version_num FROM alembic_version").fetchone()
    version = str(row[0]) if row else ""
    if not version.isalnum():
        raise sqlite3.DatabaseError("it has no schema of ours")
    if version not in KNOWN:
        raise StorageError(
            "%(file)s was made by a newer levator (schema %(version)s, this one knows "
            "%(newest)s); update levator, or open it with the newer one.",
            file=str(named or database),
            version=version,
            newest=NEWEST,
        )
    return version


def is_current(database: Path) -> bool:
    """Return whether an SQLite file has the newest schema; StorageError if it is not ours."""
    with translated(database):
        must_be_ours(database)
        return schema_in(database) == NEWEST


def digests_of(database: Path) -> Iterator[tuple[str, str, str]]:
    """Yield (table, key, SHA-256) for every record of an SQLite file, whatever its schema.

    A record is what has one value in the first column of the key: an entity, a recording's
    blocks, its events, a tenant's audit. The order of columns does not matter.
    """
    with closing(sqlite3.connect(address_of(database), uri=True)) as connection:
        listed = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
        for [table] in connection.execute(listed).fetchall():
            yield from _digests_in(connection, table)


def _digests_in(connection: sqlite3.Connection, table: str) -> Iterator[tuple[str, str, str]]:
    columns = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
    keys = [name for _, name, *_, place in sorted(columns, key=lambda one: one[-1]) if place]
    first = f'"{keys[0]}"' if keys else "''"
    names = ", ".join(f'"{name}"' for name in sorted(column[1] for column in columns))
    order = ", ".join(f'"{key}"' for key in keys) or names
    found = connection.execute(f'SELECT {first}, {names} FROM "{table}" ORDER BY {order}')
    for key, rows in groupby(found, key=lambda row: row[0]):
        digest = hashlib.sha256()
        for row in rows:
            for value in row[1:]:
                digest.update(_bytes_of(value))
        yield table, str(key), digest.hexdigest()


def _bytes_of(value: object) -> bytes:
    """Return a value so that no two lists of values give the same bytes."""
    if isinstance(value, bytes):
        return b"b%d:" % len(value) + value
    return json.dumps(value).encode() + b"\n"
