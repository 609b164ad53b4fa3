"""A disk in the program itself: it sees each write of SQLite, and what a power cut would leave.

SQLite as `apsw` brings it calls a file system of ours, which passes everything on and keeps a
list. From that list the files are made as they would be after a cut: what was synced is there;
of what was written later nothing, or any part. It needs no rights, on any system.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import apsw
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from levator.storage.sql import sqlite

NAME = "levator-cut"
#: A disk writes so many bytes whole or not at all.
SECTOR_BYTES = 512


@dataclass(frozen=True)
class Step:
    """One thing that reached the disk's door: a write, a new length, or a sync of a file."""

    file: str
    kind: str
    offset: int = 0
    data: bytes = b""


@dataclass
class Disk:
    """Everything that was done, in order. `acknowledged` : steps when each work was."""

    folder: Path
    steps: list[Step] = field(default_factory=list)
    acknowledged: list[int] = field(default_factory=list)

    def after_cut(self, at: int, chance: random.Random | None) -> dict[str, bytes]:
        """Return the files after a cut before step `at`; what was not synced is lost.

        chance : what survives of it all the same, sector by sector; None for nothing.
        """
        files: dict[str, bytearray] = {
            path.name: bytearray(path.read_bytes()) for path in self.folder.iterdir()
        }
        for name in {step.file for step in self.steps[:at]}:
            hers = [step for step in self.steps[:at] if step.file == name]
            syncs = [place for place, step in enumerate(hers) if step.kind == "sync"]
            durable = syncs[-1] if syncs else 0
            content = files.setdefault(name, bytearray())
            for step in hers[:durable]:
                _apply(content, step)
            for step in hers[durable:] if chance else ():
                _apply_in_part(content, step, chance)
        return {name: bytes(content) for name, content in files.items()}


def _apply(content: bytearray, step: Step) -> None:
    if step.kind == "write":
        content.extend(bytes(max(0, step.offset - len(content))))
        content[step.offset : step.offset + len(step.data)] = step.data
    elif step.kind == "length":
        del content[step.offset :]


def _apply_in_part(content: bytearray, step: Step, chance: random.Random) -> None:
    for place in range(0, max(len(step.data), 1), SECTOR_BYTES):
        if chance.random() < 0.5:
            data = step.data[place : place + SECTOR_BYTES]
            _apply(content, Step(step.file, step.kind, step.offset + place, data))


class _Files(apsw.VFS):
    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        super().__init__(NAME, "")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802, SQLite's names
        return _File(self._disk, name, flags)


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        text = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._disk, self._name = disk, Path(text or "temporary").name
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._disk.steps.append(Step(self._name, "write", offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, length: int) -> None:  # noqa: N802
        self._disk.steps.append(Step(self._name, "length", length))
        super().xTruncate(length)

    def xSync(self, flags: int) -> None:  # noqa: N802
        super().xSync(flags)
        self._disk.steps.append(Step(self._name, "sync"))


class _Cursor:
    """As much of a cursor of the standard library as SQLAlchemy asks for."""

    arraysize = 1

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection, self._cursor = connection, connection.cursor()
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = self.lastrowid = -1

    def execute(self, statement: str, values: Sequence[Any] = ()) -> _Cursor:
        before = self._connection.total_changes()
        self.description = None
        self._cursor.execute(statement, values)
        self._rows = []
        if found := self._described():
            self.description = [(*one[:1], None, None, None, None, None, None) for one in found]
            self._rows = list(self._cursor)
        self.rowcount = self._connection.total_changes() - before
        return self

    def _described(self) -> Any:
        try:
            return self._cursor.get_description()
        except apsw.ExecutionCompleteError:
            return None

    def executemany(self, statement: str, values: Sequence[Sequence[Any]]) -> _Cursor:
        before = self._connection.total_changes()
        for one in values:
            self.execute(statement, one)
        self.rowcount = self._connection.total_changes() - before
        return self

    def fetchone(self) -> Any:
        return self._rows.pop(0) if self._rows else None

    def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    def fetchmany(self, size: int = 1) -> list[Any]:
        rows, self._rows = self._rows[:size], self._rows[size:]
        return rows

    def close(self) -> None:
        self._cursor.close()


class _Connection:
    """As much of a connection of the standard library as SQLAlchemy asks for."""

    isolation_level = None

    def __init__(self, file: Path) -> None:
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_URI
        self._connection = apsw.Connection(sqlite.address_of(file), flags=flags, vfs=NAME)

    def cursor(self) -> _Cursor:
        return _Cursor(self._connection)

    def execute(self, statement: str) -> _Cursor:
        return self.cursor().execute(statement)

    def create_function(self, name: str, count: int, function: Any, **_: Any) -> None:
        self._connection.create_scalar_function(name, function, count)

    def commit(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("COMMIT")

    def rollback(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def close(self) -> None:
        self._connection.close()


_DRIVER = SimpleNamespace(
    **{name: getattr(sqlite3, name) for name in dir(sqlite3) if name.endswith(("Error", "info"))},
    paramstyle="qmark",
    PARSE_DECLTYPES=0,
    PARSE_COLNAMES=0,
    Binary=bytes,
)


def _engine(file: Path) -> Engine:
    engine = create_engine(
        "sqlite://", module=_DRIVER, creator=lambda: _Connection(file), poolclass=QueuePool
    )
    event.listen(engine, "connect", sqlite._set_pragmas)
    event.listen(engine, "begin", sqlite._begin)
    return engine


@contextmanager
def watched(file: Path, disk: Disk) -> Iterator[sqlite.SqliteRepository]:
    """Keep records in a database that is there, on a disk that is watched."""
    files = _Files(disk)
    repository = sqlite.SqliteRepository(file, _engine(file))
    try:
        yield repository
    finally:
        repository.close()
        files.unregister()
