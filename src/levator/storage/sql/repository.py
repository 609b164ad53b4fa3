"""The repository in SQL, the same for every database behind SQLAlchemy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

import structlog
from sqlalchemy import Connection, Engine, Executable, Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from levator.errors import RecordingError, StorageError
from levator.records.gaps import Span
from levator.records.model import (
    Batch,
    Block,
    Ending,
    EventRecord,
    InputRecord,
    RecordingHeader,
)
from levator.records.people import Patient
from levator.records.repository import (
    Repository,
    contradiction,
    nobody_here,
    recording_ended,
    unknown_recording,
)
from levator.records.values import is_same
from levator.records.work import Work, where
from levator.storage.sql import rows, sealing
from levator.storage.sql.tables import (
    recording,
    sample_block,
    session_event,
    session_input,
)
from levator.storage.sql.work import SqlWork

#: Blocks fetched at a time, so that a long recording is never in memory whole.
PAGE_BLOCKS = 1000

_log = structlog.get_logger("levator.storage")

Translate = Callable[[], AbstractContextManager[None]]


class SqlRepository(Repository):
    """What is the same in every database; opening, locking and disk belong to each."""

    def __init__(self, engine: Engine, translated: Translate) -> None:
        """Take an engine on a database that has the newest schema.

        translated : makes a context that turns the database's errors into StorageError.
        """
        self._engine = engine
        self._writing = engine.execution_options(writes=True)
        self._translated = translated

    def append(self, batch: Batch) -> None:
        """Store a batch in one transaction."""
        with self._answering(), self._appending() as connection:
            if batch.is_live:
                _must_know_patients(connection, batch.begun)
            _begin_recordings(connection, batch.begun)
            ended = _ended_among(connection, batch.recording_ids)
            for table, records in rows.by_table(batch.of(ended)):
                _must_be_there(connection, table, records)
            for table, records in rows.by_table(batch.of(batch.recording_ids - ended)):
                _insert(connection, table, records)
            for ending in batch.endings:
                _end(connection, ending)

    @contextmanager
    def _appending(self) -> Iterator[Connection]:
        with self._writing.begin() as connection:
            yield connection

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Turn the database's errors into sentences; after one, connections are made anew.

        A disk that went away and came back, or a server, leaves dead handles behind.
        """
        try:
            with self._translated():
                yield
        except StorageError:
            self._engine.dispose()
            raise

    def recordings(self, since: str = "") -> list[RecordingHeader]:
        """Return headers, newest first."""
        order = (recording.c.started_at.desc(), recording.c.id)
        asked = select(recording).where(recording.c.started_at >= since).order_by(*order)
        with self._answering(), self._engine.connect() as connection:
            return list(_readable(connection.execute(asked)))

    def header(self, recording_id: str) -> RecordingHeader:
        """Return one header."""
        with self._answering(), self._engine.connect() as connection:
            return _header(connection, recording_id)

    def blocks(self, recording_id: str) -> Iterator[Block]:
        """Yield the blocks page by page; no transaction stays open in between."""
        self.header(recording_id)
        return self._pages(recording_id)

    def _pages(self, recording_id: str) -> Iterator[Block]:
        after = -1
        while page := self._page(recording_id, after):
            yield from page
            after = page[-1].sequence
        with self._translated():
            yield from sealing.blocks_after(self._engine, recording_id, after)

    def _page(self, recording_id: str, after: int) -> list[Block]:
        """Return the next blocks; none once the recording is sealed."""
        wanted = (
            select(sample_block)
            .where(sample_block.c.recording_id == recording_id, sample_block.c.sequence > after)
            .order_by(sample_block.c.sequence)
            .limit(PAGE_BLOCKS)
        )
        with self._answering(), self._engine.connect() as connection:
            found = [rows.block_of(row) for row in connection.execute(wanted)]
            # Asked last: blocks are cleared away only once the parts count.
            return [] if sealing.is_sealed(connection, recording_id) else found

    def spans(self, recording_id: str) -> list[Span]:
        """Return the blocks without their values."""
        columns = (sample_block.c.stream, sample_block.c.first_index, sample_block.c.n_samples)
        wanted = select(*columns).where(sample_block.c.recording_id == recording_id)
        with self._answering(), self._engine.connect() as connection:
            _header(connection, recording_id)
            found = connection.execute(wanted.order_by(sample_block.c.sequence)).all()
            if sealing.is_sealed(connection, recording_id):
                parts = sealing.sealed_spans(connection, recording_id)
                return [Span(one.stream, one.first_index, one.n_samples) for one in parts]
            return [Span(*row) for row in found]

    def inputs(self, recording_id: str) -> list[InputRecord]:
        """Return the inputs."""
        return [rows.input_of(row) for row in self._all(session_input, recording_id)]

    def events(self, recording_id: str) -> list[EventRecord]:
        """Return the events."""
        return [rows.event_of(row) for row in self._all(session_event, recording_id)]

    def _all(self, table: Table, recording_id: str) -> Sequence[rows.AnyRow]:
        wanted = select(table).where(table.c.recording_id == recording_id)
        with self._answering(), self._engine.connect() as connection:
            _header(connection, recording_id)
            return connection.execute(wanted.order_by(table.c.sequence)).all()

    def recover_interrupted(self, at: str) -> list[RecordingHeader]:
        """End what is open, in one transaction."""
        still_open = recording.c.state == "open"
        ending = {"state": "interrupted", "closed_at": at, "ended_by": "interrupted"}
        ended = update(recording).where(still_open).values(ending).returning(recording)
        with self._answering(), self._writing.begin() as connection:
            return sorted(_readable(connection.execute(ended)), key=lambda header: header.id)

    def seal_ended(self) -> Iterator[str]:
        """Seal them one by one; one that cannot be is passed over and stays as it is."""
        with self._translated():
            for recording_id in sealing.with_blocks(self._engine):
                if self._seal(recording_id):
                    yield recording_id

    def _seal(self, recording_id: str) -> bool:
        with self._engine.connect() as connection:
            is_sealed = sealing.is_sealed(connection, recording_id)
        if not is_sealed:
            try:
                sealing.seal_recording(self._writing, recording_id, self._pages(recording_id))
            except RecordingError as error:
                _log.warning("not sealed", recording=recording_id, reason=str(error))
                return False
        sealing.clear_blocks(self._writing, recording_id)
        return not is_sealed

    @contextmanager
    def work(self, *, writes: bool) -> Iterator[Work]:
        """Begin a transaction; one that only reads is undone at its end."""
        engine = self._writing if writes else self._engine
        with self._answering(), engine.connect() as connection, connection.begin() as all_of_it:
            yield SqlWork(connection, writes=writes)
            if not writes:
                all_of_it.rollback()

    @contextmanager
    def one_state(self) -> Iterator[Connection]:
        """Yield a connection that sees one state throughout, whatever is written meanwhile."""
        with self._translated(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def one_write(self) -> Iterator[Connection]:
        """Yield a connection in one transaction that writes: all of it is stored, or nothing."""
        with self._translated(), self._writing.begin() as connection:
            yield connection

    def free_bytes(self) -> int | None:
        """Return None: a database server keeps its own disk."""
        return None

    def close(self) -> None:
        """Close all connections."""
        with self._answering():
            self._engine.dispose()


def still_read(place: str) -> StorageError:
    """Return the error for bytes that stay while somebody reads an older state."""
    return StorageError(
        "Something is erased but another program still reads %(file)s, so its bytes may "
        "be there yet; close that program and erase once more.",
        file=place,
    )


def _readable(found: Iterable[rows.AnyRow]) -> Iterator[RecordingHeader]:
    """Yield the headers in rows; one that is damaged is passed over."""
    for row in found:
        try:
            yield rows.header_of(row)
        except RecordingError as error:
            _log.error("a recording cannot be read", recording=row.id, reason=str(error))


def _header(connection: Connection, recording_id: str) -> RecordingHeader:
    row = connection.execute(select(recording).where(recording.c.id == recording_id)).first()
    if row is None:
        raise unknown_recording(recording_id)
    return rows.header_of(row)


def _insert_once(connection: Connection, table: Table) -> Executable:
    """Return the insert that passes over stored keys and counts the others."""
    is_postgresql = connection.dialect.name == "postgresql"
    statement = (postgresql if is_postgresql else sqlite).insert(table).on_conflict_do_nothing()
    counted: Executable = statement.execution_options(preserve_rowcount=True)
    return counted


def _must_know_patients(connection: Connection, begun: tuple[RecordingHeader, ...]) -> None:
    work = SqlWork(connection, writes=False)
    for header in begun:
        hers = where(id=header.patient_id)
        if header.patient_id and not work.count(Patient, header.tenant_id, hers):
            raise nobody_here()


def _begin_recordings(connection: Connection, headers: tuple[RecordingHeader, ...]) -> None:
    statement = _insert_once(connection, recording)
    for header in headers:
        if not connection.execute(statement, rows.header_row(header)).rowcount:
            stored = _header(connection, header.id)
            if not is_same(stored.as_begun(), header.as_begun()):
                raise contradiction(header.id)


def _ended_among(connection: Connection, recording_ids: frozenset[str]) -> set[str]:
    """Return those that have ended; raises RecordingError for one that never began."""
    ended = set()
    for name in sorted(recording_ids):
        wanted = select(recording.c.state).where(recording.c.id == name)
        state = connection.execute(wanted).scalar()
        if state is None:
            raise unknown_recording(name)
        if state != "open":
            ended.add(name)
    return ended


def _insert(connection: Connection, table: Table, records: tuple[rows.Stored, ...]) -> None:
    values = [rows.row_of(record) for record in records]
    if connection.execute(_insert_once(connection, table), values).rowcount != len(values):
        _must_be_there(connection, table, records)


def _must_be_there(connection: Connection, table: Table, records: tuple[rows.Stored, ...]) -> None:
    """Raise RecordingError unless each record is stored, and stored the same."""
    wanted = select(table).where(
        table.c.recording_id == bindparam("recording"), table.c.sequence == bindparam("place")
    )
    sealed = sealing.SealedBlocks(connection)
    for record in records:
        key = {"recording": record.recording_id, "place": record.sequence}
        row = connection.execute(wanted, key).first()
        kept = rows.record_of(table, row) if row is not None else None
        if kept is None and table is sample_block:
            kept = sealed.at(record.recording_id, record.sequence)
        if kept is None:
            raise recording_ended(record.recording_id)
        if not is_same(kept, record):
            raise contradiction(record.recording_id)


def _end(connection: Connection, ending: Ending) -> None:
    header = _header(connection, ending.recording_id)
    values = {"state": ending.state, "closed_at": ending.closed_at, "ended_by": ending.ended_by}
    if header.state == "open":
        of_this = recording.c.id == ending.recording_id
        connection.execute(update(recording).where(of_this).values(values))
    elif (header.state, header.closed_at, header.ended_by) != tuple(values.values()):
        raise recording_ended(ending.recording_id)
