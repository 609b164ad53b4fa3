"""SQLite: one file, safe against a power cut.

WAL with `synchronous=FULL`: what is acknowledged is on the disk
(docs/explanations/decisions/0003-write-ahead-log-and-group-commit.md).
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import QueuePool

from levator.errors import RecordingError, StorageError, mark
from levator.records.model import RecordingHeader
from levator.records.work import Work
from levator.storage.folder import check_folder
from levator.storage.sql.lock import RecorderLock
from levator.storage.sql.repository import SqlRepository, still_read
from levator.storage.sql.schema import bring_up_to_date

#: "LEVA": says in the file itself which program it belongs to.
APPLICATION_ID = 0x4C455641
#: How long a statement waits for another process that is writing.
BUSY_TIMEOUT_MS = 1000
#: And how long the erasing of bytes waits for readers.
EXPUNGE_TIMEOUT_MS = 10_000
AGAIN_S = 0.05
PRAGMAS = (
    f"busy_timeout = {BUSY_TIMEOUT_MS}",
    "journal_mode = WAL",
    "synchronous = FULL",
    # On a Mac a plain fsync leaves data in the drive's own cache.
    "fullfsync = ON",
    "foreign_keys = ON",
    # What is erased is overwritten; a health record must not linger in free pages.
    "secure_delete = ON",
)


class SqliteRepository(SqlRepository):
    """Recordings in one SQLite file."""

    def __init__(self, path: Path, engine: Engine) -> None:
        """Take an engine on the file at `path`, whose schema is up to date."""
        super().__init__(engine, lambda: translated(path))
        self._path = path
        self._lock = RecorderLock(path)
        self._writers = Lock()

    @contextmanager
    def _appending(self) -> Iterator[Connection]:
        with self._writers, super()._appending() as connection:
            yield connection

    @contextmanager
    def work(self, *, writes: bool) -> Iterator[Work]:
        """Begin a transaction; writers of this process queue here, not at the file's timeout."""
        with self._writers if writes else nullcontext(), super().work(writes=writes) as work:
            yield work

    def recover_interrupted(self, at: str) -> list[RecordingHeader]:
        """Take the lock of the recorder, then end what is open."""
        self._lock.take()
        return super().recover_interrupted(at)

    def free_bytes(self) -> int | None:
        """Return the free bytes of the disk that holds the file."""
        try:
            return shutil.disk_usage(self._path.parent).free
        except OSError:
            return None

    def expunge(self) -> None:
        """Write the file anew, and empty its log: `secure_delete` alone leaves both behind.

        Raises StorageError where another program keeps reading an older state.
        """
        with (
            self._writers,
            self._translated(),
            closing(_connection(self._path)) as connection,
        ):
            connection.execute(f"PRAGMA busy_timeout = {EXPUNGE_TIMEOUT_MS}")
            connection.execute("VACUUM")
            is_empty = _is_log_emptied(connection)
        if not is_empty:
            raise still_read(str(self._path))

    @property
    def folder(self) -> Path:
        """Where the file lies."""
        return self._path.parent

    def close(self) -> None:
        """Close all connections and let go of the lock."""
        super().close()
        self._lock.release()


def open_sqlite(path: str, *, create: bool) -> SqliteRepository:
    """Open a database file and bring its schema up to date; see `storage.open_repository`."""
    file = Path(path)
    _must_be_usable(file, create=create)
    with translated(file):
        if not file.exists():
            _make(file)
        must_be_ours(file)
        engine = _engine(file)
        try:
            bring_up_to_date(engine, str(file))
        except BaseException:
            engine.dispose()
            raise
    return SqliteRepository(file, engine)


def _must_be_usable(file: Path, *, create: bool) -> None:
    check_folder(file.parent)
    if file.is_dir():
        raise StorageError(
            "%(file)s is a folder; name a file in it, such as %(file)s/levator.db.", file=str(file)
        )
    if not file.exists() and not create:
        raise StorageError(
            "There is no database %(file)s; check the name and the folder.", file=str(file)
        )
    if file.exists() and not _may_write(file):
        raise StorageError(
            "%(file)s may not be written; give yourself the right to write to it.", file=str(file)
        )
    # Beside the file SQLite keeps its log, so the folder must be writable as well.
    if not _may_write(file.parent):
        raise StorageError(
            "The folder %(folder)s may not be written; give yourself the right to, or "
            "choose another.",
            folder=str(file.parent),
        )


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _make(file: Path) -> None:
    """Make an empty file that only its owner can read, and make its name durable."""
    os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    if os.name == "posix":
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def address_of(file: Path) -> str:
    """Return the file as SQLite takes it.

    mode=rw: a disk that went away must not come back as a new, empty database.
    """
    return f"file:{quote(str(file.absolute()))}?mode=rw"


def _connection(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        address_of(file), uri=True, isolation_level=None, check_same_thread=False
    )


def _engine(file: Path) -> Engine:
    engine = create_engine("sqlite://", creator=lambda: _connection(file), poolclass=QueuePool)
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    if mode != "wal":
        raise StorageError(
            "The database cannot keep a write-ahead log here (it says %(mode)r); put it on "
            "a disk of this computer, not on a network drive.",
            mode=mode,
        )


def _begin(connection: Connection) -> None:
    """Begin by hand: the driver's own way would leave changes of tables outside.

    A writer takes its place at once, so that it waits at the beginning and not halfway.
    """
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _is_log_emptied(connection: sqlite3.Connection) -> bool:
    """Return whether the log was emptied in time.

    SQLite itself waits for readers, but is refused at once while another program, after a
    write of its own, moves pages from the log to the file.
    """
    until = time.monotonic() + EXPUNGE_TIMEOUT_MS / 1000
    while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        if time.monotonic() >= until:
            return False
        time.sleep(AGAIN_S)
    return True


def must_be_ours(file: Path) -> None:
    """Look before anything is changed: even setting WAL would write into the file.

    The look may write all the same, where it must first mend what a crash left behind.
    """
    with closing(sqlite3.connect(address_of(file), uri=True)) as connection:
        [owner] = connection.execute("PRAGMA application_id").fetchone()
        [tables] = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if owner != APPLICATION_ID and (owner or tables):
        raise StorageError(
            "%(file)s is a database of another program; choose another file for levator.",
            file=str(file),
        )


@contextmanager
def translated(file: Path) -> Iterator[None]:
    """Turn errors of the database into one plain sentence."""
    try:
        yield
    except IntegrityError as error:
        raise RecordingError(
            "A record does not fit the database; nothing of it is saved, report it."
        ) from error.orig
    except DBAPIError as error:
        raise _error(file, error.orig) from error
    except (sqlite3.Error, OSError) as error:
        raise _error(file, error) from error


_SENTENCES = {
    "SQLITE_FULL": mark("The disk with %(file)s is full; make room on it."),
    "SQLITE_READONLY": mark("%(file)s may not be written; give yourself the right to write to it."),
    "SQLITE_CANTOPEN": mark(
        "%(file)s cannot be opened; check that its disk is there and writable."
    ),
    "SQLITE_BUSY": mark(
        "%(file)s was in use for too long; try again, and close what else has it open."
    ),
    "SQLITE_NOTADB": mark(
        "%(file)s is not a database; choose another file, or restore it from a backup."
    ),
    "SQLITE_CORRUPT": mark("%(file)s is damaged; keep it aside and restore a backup."),
    "SQLITE_IOERR": mark("The disk with %(file)s does not answer as it should; check the disk."),
}


def _error(file: Path, error: BaseException | None) -> StorageError:
    name = str(getattr(error, "sqlite_errorname", ""))
    for beginning, sentence in _SENTENCES.items():
        if name.startswith(beginning):
            return StorageError(sentence, file=str(file))
    return StorageError("%(file)s cannot be used; check the file and its disk.", file=str(file))
