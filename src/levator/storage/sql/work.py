"""One transaction over entities and audit in SQL, the same for every database."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any, TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    false,
    func,
    insert,
    select,
    update,
)

from levator.records.audit import BEGINNING, TOLD, AuditEntry, AuditLine, AuditSearch, Link
from levator.records.entity import Entity, EntityField, Plain, fields_of
from levator.records.work import Listing, Term, Work
from levator.storage.sql import tables
from levator.storage.sql.entity_tables import audit_line, table_of

E = TypeVar("E", bound=Entity)
#: Lines of the audit fetched at a time.
PAGE_LINES = 5000
_ENTRY_FIELDS = tuple(one.name for one in fields(AuditEntry))


class SqlWork(Work):
    """See `levator.records.work`; whoever begins the transaction keeps writers apart."""

    def __init__(self, connection: Connection, *, writes: bool) -> None:
        """Work on a connection that is in a transaction."""
        super().__init__(writes=writes)
        self._connection = connection

    def _find(
        self, kind: type[E], tenant_id: str | None, terms: Sequence[Term], listing: Listing
    ) -> list[E]:
        table = table_of(kind)
        place = table.c[listing.order]
        ordered = place.desc().nulls_first() if listing.descending else place.asc().nulls_last()
        wanted = select(table).where(*self._holding(kind, tenant_id, terms))
        wanted = (
            wanted.order_by(ordered, table.c.id).limit(listing.limit).offset(listing.offset or None)
        )
        return [entity_of(kind, row._mapping) for row in self._connection.execute(wanted)]

    def _count(self, kind: type[Entity], tenant_id: str | None, terms: Sequence[Term]) -> int:
        counted = select(func.count()).select_from(table_of(kind))
        holding = self._holding(kind, tenant_id, terms)
        return int(self._connection.execute(counted.where(*holding)).scalar_one())

    def counts(self, kind: type[Entity], tenant_id: str, field: str) -> dict[str, int]:
        """Let the database count."""
        table, value = table_of(kind), table_of(kind).c[field]
        counted = select(value, func.count()).where(table.c.tenant_id == tenant_id).group_by(value)
        return {str(row[0]): int(row[1]) for row in self._connection.execute(counted)}

    def _holding(
        self, kind: type[Entity], tenant_id: str | None, terms: Sequence[Term]
    ) -> list[ColumnElement[bool]]:
        table, fields = table_of(kind), {field.name: field for field in fields_of(kind)}
        holding = [self._holds(table.c[one.field], one, fields[one.field]) for one in terms]
        if tenant_id is None:
            return holding
        # Where ids say which ones, they lead: SQLite would take the whole tenant in the order
        # asked for. As an expression the tenant is compared and leads nowhere.
        is_pinned = any(_is_pinned(term, fields[term.field]) for term in terms)
        tenant = table.c.tenant_id.concat("") if is_pinned else table.c.tenant_id
        return [tenant == tenant_id, *holding]

    def _holds(self, column: Column[Any], term: Term, field: EntityField) -> ColumnElement[bool]:
        value: Any = stored(term.value)
        match term.comparison:
            case "is":
                # `IS NOT DISTINCT FROM` would pass by the indexes of PostgreSQL.
                return column.is_(None) if value is None else column == value
            case "is_not":
                return column.is_distinct_from(value)
            case _ if value is None:
                return false()
            case "from":
                return and_(column >= value)
            case "below":
                return and_(column < value)
            case "contains":
                part = _member(value) if field.kind is tuple else value
                return self._position(column, part) > 0

    def _position(self, column: Column[Any], part: str) -> ColumnElement[int]:
        """Return where a piece of text begins; LIKE would treat some signs as others."""
        is_postgresql = self._connection.dialect.name == "postgresql"
        return (func.strpos if is_postgresql else func.instr)(column, part)

    def _kept(self, kind: type[E], entity_id: str, tenant_id: str) -> E | None:
        table = table_of(kind)
        wanted = select(table).where(*_is_it(table, entity_id, tenant_id))
        row = self._connection.execute(wanted).first()
        return None if row is None else entity_of(kind, row._mapping)

    def _store(self, entity: Entity, *, is_new: bool) -> None:
        table, row = table_of(type(entity)), row_of(entity)
        if is_new:
            self._connection.execute(insert(table), row)
            return
        is_it = _is_it(table, entity.id, entity.tenant_id)
        is_before = table.c.version == entity.version - 1
        changed = self._connection.execute(update(table).where(*is_it, is_before).values(row))
        if changed.rowcount != 1:
            raise AssertionError("two works wrote at once")

    def _erase(self, kind: type[Entity], entity_id: str, tenant_id: str) -> None:
        table = table_of(kind)
        self._connection.execute(delete(table).where(*_is_it(table, entity_id, tenant_id)))

    def recordings_of(self, tenant_id: str, patient_id: str) -> list[str]:
        """Look in the index of patients."""
        kept = tables.recording
        whose = and_(kept.c.patient_id == patient_id, kept.c.tenant_id == tenant_id)
        hers = select(kept.c.id).where(whose).order_by(kept.c.started_at, kept.c.id)
        return list(self._connection.execute(hers).scalars()) if patient_id else []

    def whose_recording(self, recording_id: str) -> tuple[str, str] | None:
        """Look by the key."""
        kept = tables.recording
        whose = select(kept.c.tenant_id, kept.c.patient_id).where(kept.c.id == recording_id)
        row = self._connection.execute(whose).first()
        return None if row is None else (row.tenant_id, row.patient_id)

    def is_recording(self) -> bool:
        """Look for one that is open."""
        kept = tables.recording
        found = select(kept.c.id).where(kept.c.state == "open").limit(1)
        return self._connection.execute(found).first() is not None

    def erase_recording(self, recording_id: str) -> None:
        """Delete its records, then itself."""
        self._must_write()
        for table in tables.OF_RECORDING:
            self._connection.execute(delete(table).where(table.c.recording_id == recording_id))
        recording = tables.recording
        self._connection.execute(delete(recording).where(recording.c.id == recording_id))

    def _chain_end(self, tenant_id: str) -> tuple[int, str]:
        newest = (
            select(audit_line.c.number, audit_line.c.digest)
            .where(audit_line.c.tenant_id == tenant_id)
            .order_by(audit_line.c.number.desc())
            .limit(1)
        )
        row = self._connection.execute(newest).first()
        return (0, BEGINNING) if row is None else (row.number, row.digest)

    def _add_line(self, line: AuditLine) -> None:
        place = {"number": line.number, "previous": line.previous, "digest": line.digest}
        self._connection.execute(insert(audit_line), asdict(line.entry) | place)

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

    def newest_audit_lines(
        self, tenant_id: str, search: AuditSearch, *, limit: int, offset: int
    ) -> list[AuditLine]:
        """Select numbers in the index first, which holds them in order; then those lines only.

        Asked for whole lines in that order, SQLite would go through those of the whole tenant.
        """
        number = audit_line.c.number
        wanted = select(number).where(*_searched(tenant_id, search))
        page = wanted.order_by(number.desc()).limit(limit).offset(offset)
        lines = select(audit_line).where(audit_line.c.tenant_id == tenant_id, number.in_(page))
        found = self._connection.execute(lines.order_by(number.desc()))
        return [_line_of(row._mapping) for row in found]

    def audit_count(self, tenant_id: str, search: AuditSearch) -> int:
        """Count; in the index, where all of one patient are looked for."""
        counted = select(func.count()).select_from(audit_line)
        wanted = counted.where(*_searched(tenant_id, search))
        return int(self._connection.execute(wanted).scalar_one())

    def audit_chain(self, tenant_id: str) -> Iterator[Link]:
        """Select what a digest is made of, page by page."""
        columns = [audit_line.c[name] for name in ("number", "previous", "digest", *TOLD)]
        wanted = select(*columns).where(audit_line.c.tenant_id == tenant_id)
        after = 0
        while True:
            page = wanted.where(audit_line.c.number > after).order_by(audit_line.c.number)
            found = self._connection.execute(page.limit(PAGE_LINES)).all()
            yield from ((row[0], row[1], row[2], row[3:]) for row in found)
            if len(found) < PAGE_LINES:
                return
            after = found[-1][0]


def _is_it(table: Table, entity_id: str, tenant_id: str) -> tuple[ColumnElement[bool], ...]:
    return table.c.id == entity_id, table.c.tenant_id == tenant_id


def _is_pinned(term: Term, field: EntityField) -> bool:
    is_id = field.refers is not None or field.name == "id"
    return is_id and term.comparison == "is" and term.value is not None


def _line_of(row: Mapping[Any, Any]) -> AuditLine:
    entry = AuditEntry(**{name: row[name] for name in _ENTRY_FIELDS})
    return AuditLine(
        entry=entry, number=row["number"], previous=row["previous"], digest=row["digest"]
    )


def row_of(entity: Entity) -> dict[str, Any]:
    """Return the row of an entity."""
    return {field.name: stored(getattr(entity, field.name)) for field in fields_of(type(entity))}


def _searched(tenant_id: str, search: AuditSearch) -> Iterator[ColumnElement[bool]]:
    kept = audit_line.c
    yield kept.tenant_id == tenant_id
    for name in ("patient_id", "user_id", "role"):
        if (value := getattr(search, name)) is not None:
            yield kept[name] == value
    if search.actions:
        yield kept.action.in_(search.actions)
    if search.from_day:
        yield kept.at >= search.from_day
    if search.below_day:
        yield kept.at < search.below_day


def stored(value: Plain) -> Any:
    """Return a value as a table holds it.

    Each member of a list stands on a line of its own: no member holds a bare line feed as
    JSON, so a member is found by its line.
    """
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False, indent=0)
    return int(value) if isinstance(value, bool) else value


def _member(value: str) -> str:
    return "\n" + json.dumps(value, ensure_ascii=False)


def entity_of(kind: type[E], row: Mapping[Any, Any]) -> E:
    """Return the entity in a row."""
    values: dict[str, Any] = {f.name: _plain(f, row[f.name]) for f in fields_of(kind)}
    return kind(**values)


def _plain(field: EntityField, value: Any) -> Plain:
    if field.kind is tuple and value is not None:
        return tuple(json.loads(value))
    return bool(value) if field.kind is bool and value is not None else value
