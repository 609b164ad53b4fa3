"""One transaction over entities and audit in SQL, the same for every database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)

from levator.records.audit import BEGINNING, AuditEntry, AuditLine, chained
from levator.records.entity import Entity, EntityField, Plain, fields_of
from levator.records.work import NotThereError, Term, Work
from levator.storage.sql import tables
from levator.storage.sql.entity_tables import audit_line, table_of

E = TypeVar("E", bound=Entity)
_ENTRY_FIELDS = tuple(one.name for one in fields(AuditEntry))


class SqlWork(Work):
    """See `levator.records.work`; whoever begins the transaction keeps writers apart."""

    def __init__(self, connection: Connection) -> None:
        """Work on a connection that is in a transaction."""
        self._connection = connection

    def find(
        self,
        kind: type[E],
        tenant_id: str | None,
        terms: Sequence[Term] = (),
        *,
        order: str = "id",
        descending: bool = False,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[E]:
        """Select them."""
        table = table_of(kind)
        wanted = self._selected(select(table), table, tenant_id, terms)
        place = (table.c[order].is_(None), table.c[order])
        ordered = wanted.order_by(*((p.desc() for p in place) if descending else place), table.c.id)
        found = self._connection.execute(ordered.limit(limit).offset(offset or None))
        return [entity_of(kind, row._mapping) for row in found]

    def count(self, kind: type[Entity], tenant_id: str | None, terms: Sequence[Term] = ()) -> int:
        """Count them."""
        table = table_of(kind)
        counted = self._selected(select(func.count()).select_from(table), table, tenant_id, terms)
        return int(self._connection.execute(counted).scalar_one())

    def _selected(
        self, wanted: Select[Any], table: Table, tenant_id: str | None, terms: Sequence[Term]
    ) -> Select[Any]:
        if tenant_id is not None:
            wanted = wanted.where(table.c.tenant_id == tenant_id)
        return wanted.where(*(self._holds(table.c[term.field], term) for term in terms))

    def _holds(self, column: ColumnElement[Any], term: Term) -> ColumnElement[bool]:
        match term.comparison:
            case "is":
                return column.is_not_distinct_from(stored(term.value))
            case "is_not":
                return column.is_distinct_from(stored(term.value))
            case "from":
                return column >= term.value
            case "below":
                return column < term.value
            case "contains":
                return self._position(column, term) > 0

    def _position(self, column: ColumnElement[Any], term: Term) -> ColumnElement[int]:
        """Return where a piece of text begins; LIKE would treat some signs as others."""
        is_postgresql = self._connection.dialect.name == "postgresql"
        return (func.strpos if is_postgresql else func.instr)(column, term.value)

    def _kept(self, kind: type[E], entity_id: str) -> E | None:
        table = table_of(kind)
        row = self._connection.execute(select(table).where(table.c.id == entity_id)).first()
        return None if row is None else entity_of(kind, row._mapping)

    def _store(self, entity: Entity, *, is_new: bool) -> None:
        table, row = table_of(type(entity)), row_of(entity)
        if is_new:
            self._connection.execute(insert(table), row)
            return
        is_it = (table.c.id == entity.id, table.c.version == entity.version - 1)
        changed = self._connection.execute(update(table).where(*is_it).values(row))
        if changed.rowcount != 1:
            raise AssertionError("two works wrote at once")

    def erase(self, kind: type[Entity], entity_id: str, tenant_id: str) -> None:
        """Delete it."""
        table = table_of(kind)
        is_it = (table.c.id == entity_id, table.c.tenant_id == tenant_id)
        if not self._connection.execute(delete(table).where(*is_it)).rowcount:
            raise NotThereError

    def erase_recording(self, recording_id: str) -> None:
        """Delete its records, then itself."""
        for table in (tables.session_event, tables.session_input, tables.sample_block):
            self._connection.execute(delete(table).where(table.c.recording_id == recording_id))
        recording = tables.recording
        self._connection.execute(delete(recording).where(recording.c.id == recording_id))

    def audit(self, entry: AuditEntry) -> AuditLine:
        """Insert an entry after the tenant's last line."""
        newest = (
            select(audit_line.c.number, audit_line.c.digest)
            .where(audit_line.c.tenant_id == entry.tenant_id)
            .order_by(audit_line.c.number.desc())
            .limit(1)
        )
        number, previous = self._connection.execute(newest).first() or (0, BEGINNING)
        line = chained(entry, number + 1, previous)
        row = asdict(entry) | {"number": line.number, "previous": previous, "digest": line.digest}
        self._connection.execute(insert(audit_line), row)
        return line

    def audit_lines(
        self,
        tenant_id: str,
        *,
        patient_id: str | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> list[AuditLine]:
        """Select lines in order."""
        wanted = select(audit_line).where(
            audit_line.c.tenant_id == tenant_id, audit_line.c.number > after
        )
        if patient_id is not None:
            wanted = wanted.where(audit_line.c.patient_id == patient_id)
        found = self._connection.execute(wanted.order_by(audit_line.c.number).limit(limit))
        return [_line_of(row._mapping) for row in found]


def _line_of(row: Mapping[Any, Any]) -> AuditLine:
    entry = AuditEntry(**{name: row[name] for name in _ENTRY_FIELDS})
    return AuditLine(
        entry=entry, number=row["number"], previous=row["previous"], digest=row["digest"]
    )


def row_of(entity: Entity) -> dict[str, Any]:
    """Return the row of an entity."""
    return {field.name: stored(getattr(entity, field.name)) for field in fields_of(type(entity))}


def stored(value: Plain) -> Any:
    """Return a value as a table holds it."""
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False)
    return int(value) if isinstance(value, bool) else value


def entity_of(kind: type[E], row: Mapping[Any, Any]) -> E:
    """Return the entity in a row."""
    values: dict[str, Any] = {f.name: _plain(f, row[f.name]) for f in fields_of(kind)}
    return kind(**values)


def _plain(field: EntityField, value: Any) -> Plain:
    if field.kind is tuple:
        return tuple(json.loads(value))
    return bool(value) if field.kind is bool and value is not None else value
