"""PostgreSQL by URL: a server of the clinic's own, for more than one computer.

Writers come one after the other (an advisory lock that ends with the transaction), readers
see one state (REPEATABLE READ): the same answers as SQLite gives. What is acknowledged is on
the server's disk, so a server that is set to forget is refused.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError

from levator.errors import RecordingError, StorageError, mark
from levator.records.model import RecordingHeader
from levator.storage.sql.line_to_server import check_line
from levator.storage.sql.repository import SqlRepository, still_read
from levator.storage.sql.schema import bring_up_to_date
from levator.storage.sql.tables import metadata

if TYPE_CHECKING:
    import psycopg

#: "LEVA" and a number: who writes, and who records. Locks of one database, on the server.
WRITER, RECORDER = 0x4C45564100000001, 0x4C45564100000002
#: How long a connection may take, and how long a writer waits for others.
CONNECT_TIMEOUT_S, WRITER_TIMEOUT_MS = 10, 10_000
#: How long the erasing of bytes waits for readers, and after how long it looks again.
EXPUNGE_TIMEOUT_S, AGAIN_S = 10.0, 0.05
#: Whoever may still see, in this database, what was there before a transaction of this number.
_OLDER = """
SELECT count(*) FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND (datname = current_database() OR datname IS NULL)
AND greatest(age(backend_xmin), age(backend_xid)) > age(CAST(%(next)s AS xid))
"""
#: The oldest server that is supported, as the server numbers itself.
OLDEST_SERVER = 140_000


class PostgresqlRepository(SqlRepository):
    """Recordings and records in one database of a server."""

    def __init__(self, place: str, engine: Engine) -> None:
        """Take an engine on a database whose schema is up to date; `place` names it."""
        super().__init__(engine, lambda: translated(place))
        self._place = place
        self._recorder: Connection | None = None
        self._is_recorder = False
        self._recording_lock = Lock()

    @contextmanager
    def _appending(self) -> Iterator[Connection]:
        """Append over the connection that holds the recorder's lock: lost with it, or safe."""
        if not self._is_recorder:
            with super()._appending() as connection:
                yield connection
            return
        with self._recording_lock:
            connection = self._as_recorder()
            try:
                with connection.begin():
                    yield connection
            except DBAPIError:
                self._let_go()
                raise

    def recover_interrupted(self, at: str) -> list[RecordingHeader]:
        """Take the lock of the recorder, then end what is open."""
        with self._answering(), self._recording_lock:
            self._as_recorder()
        self._is_recorder = True
        return super().recover_interrupted(at)

    def _as_recorder(self) -> Connection:
        """Return the connection that holds the lock; take it where it is not held."""
        if self._recorder is None:
            connection = self._engine.connect()
            is_ours = connection.execute(select(func.pg_try_advisory_lock(RECORDER))).scalar()
            connection.commit()
            if not is_ours:
                connection.close()
                raise StorageError(
                    "Another levator is recording into %(place)s; stop that one, or choose "
                    "another database.",
                    place=self._place,
                )
            self._recorder = connection.execution_options(writes=True)
        return self._recorder

    def _let_go(self) -> None:
        """Close the connection that holds the lock; the server drops the lock with it."""
        if self._recorder is not None:
            self._recorder.invalidate()
            self._recorder.close()
            self._recorder = None

    def expunge(self) -> None:
        """Write every table anew: until then a server keeps what was deleted in its files.

        Raises StorageError where an older state is read for long: the server would keep it.
        """
        with self._translated(), self._engine.connect() as connection:
            outside = connection.execution_options(isolation_level="AUTOCOMMIT")
            if not _is_all_newer(outside):
                raise still_read(self._place)
            for table in metadata.sorted_tables:
                outside.exec_driver_sql(f'VACUUM FULL "{table.name}"')

    def close(self) -> None:
        """Let go of the lock and close all connections."""
        self._let_go()
        super().close()


def open_postgresql(address: str, *, create: bool = True) -> PostgresqlRepository:
    """Open a database of a server and bring its schema up to date; see `open_repository`."""
    url = _url(address)
    place = f"{url.database} on {url.host or url.query.get('host', 'this computer')}"
    engine = _engine(url)
    try:
        with translated(place):
            bring_up_to_date(engine, place, create=create)
    except BaseException:
        engine.dispose()
        raise
    return PostgresqlRepository(place, engine)


def _url(address: str) -> URL:
    """Return the parsed address; no message repeats it, since it may hold a password."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        raise _unclear() from error
    if not url.database:
        raise _unclear()
    return url.set(drivername="postgresql+psycopg")


def _unclear() -> StorageError:
    return StorageError(
        "The address of the PostgreSQL server is not clear; write "
        "postgresql://USER:PASSWORD@HOST/DATABASE."
    )


def _engine(url: URL) -> Engine:
    try:
        engine = create_engine(
            url, pool_pre_ping=True, connect_args={"connect_timeout": CONNECT_TIMEOUT_S}
        )
    except ImportError as error:
        raise StorageError(
            "The driver for PostgreSQL is not installed; install levator[postgresql]."
        ) from error
    check_line(engine.dialect.create_connect_args(url)[1])
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: psycopg.Connection[Any], _record: object) -> None:
    """Refuse a server that forgets; settle what its own settings might change."""
    _must_be_safe(connection)
    connection.execute(
        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED READ WRITE"
    )
    connection.execute(f"SET lock_timeout = {WRITER_TIMEOUT_MS}")
    connection.commit()


def _must_be_safe(connection: psycopg.Connection[Any]) -> None:
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        if _setting(connection, setting) == "off":
            raise StorageError(
                "The PostgreSQL server has %(setting)s off and would lose what it said it "
                "keeps when the power fails; turn it on.",
                setting=setting,
            )
    if connection.info.server_version < OLDEST_SERVER:
        raise StorageError("The PostgreSQL server is too old; use version 14 or newer.")
    if _setting(connection, "server_encoding") != "UTF8":
        raise StorageError(
            "The PostgreSQL database cannot hold every sign; make one with ENCODING 'UTF8'."
        )


def _setting(connection: psycopg.Connection[Any], name: str) -> str:
    row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
    return "" if row is None else str(row[0])


def _begin(connection: Connection) -> None:
    """Give a reader one state; let a writer wait here, before it has seen anything.

    The lock comes first and each later statement sees what is stored by then: at a higher
    level a writer would go on with what there was before it waited.
    """
    if connection.get_execution_options().get("writes"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER})")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


def _is_all_newer(connection: Connection) -> bool:
    """Return whether every transaction that was under way has ended in time."""
    now = "SELECT CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS xid) AS text)"
    begun = {"next": connection.exec_driver_sql(now).scalar()}
    until = time.monotonic() + EXPUNGE_TIMEOUT_S
    while connection.exec_driver_sql(_OLDER, begun).scalar():
        if time.monotonic() >= until:
            return False
        time.sleep(AGAIN_S)
    return True


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Turn errors of the database into one plain sentence."""
    try:
        yield
    except (IntegrityError, DataError) as error:
        raise RecordingError(
            "A record does not fit the database; nothing of it is saved, report it."
        ) from error.orig
    except DBAPIError as error:
        raise StorageError(_sentence(error.orig), place=place) from error.orig


_GONE = mark("PostgreSQL does not answer for %(place)s; start it, or check the address.")
_REFUSED = mark("PostgreSQL does not let levator into %(place)s; check user and password.")
_NOT_TRUSTED = mark(
    "The PostgreSQL server for %(place)s does not show a certificate that can be trusted; check "
    "its name in the address, and the file after sslrootcert."
)
_NO_TLS = mark(
    "The PostgreSQL server for %(place)s has no TLS; turn it on there, with a certificate."
)
_MISSING = mark("There is no database %(place)s; make it, or check its name.")
#: By the beginning of the state that the server tells; "" is any other.
_SENTENCES = {
    "08": _GONE,
    "57P": _GONE,
    "28": _REFUSED,
    "3D": _MISSING,
    "42501": mark("levator may not make tables in %(place)s; give its user the right to."),
    "25006": mark("%(place)s may only be read; connect to the server that is written to."),
    "53100": mark("The disk of the PostgreSQL server with %(place)s is full; make room on it."),
    "53": mark("PostgreSQL is too busy for %(place)s; give it more connections or memory."),
    "55P03": mark("%(place)s was in use for too long; try again, and close what else has it open."),
    "XX00": mark("%(place)s is damaged; keep it aside and restore a backup."),
    "": mark("%(place)s cannot be used; look in the log of the PostgreSQL server."),
}
#: What a server that was reached says when it refuses a connection, which has no state.
_SAID = {
    "certificate": _NOT_TRUSTED,
    "does not support SSL": _NO_TLS,
    "authentication": _REFUSED,
    "password": _REFUSED,
    "does not exist": _MISSING,
}


def _sentence(error: BaseException | None) -> str:
    state = getattr(error, "sqlstate", None)
    if state is None:
        text = str(error)
        return next((said for part, said in _SAID.items() if part in text), _GONE)
    return next(said for beginning, said in _SENTENCES.items() if state.startswith(beginning))
