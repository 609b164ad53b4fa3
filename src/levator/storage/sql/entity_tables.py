"""A table for every kind of entity, made from its fields, and the two tables of the audit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, ForeignKeyConstraint, Index, Table
from sqlalchemy.types import TypeEngine

from levator.records.entity import Entity, EntityField, fields_of, references
from levator.records.kinds import KINDS, name_of
from levator.storage.sql.tables import BY_KEY, DOUBLE, TEXT, WHOLE, metadata

#: An id is a clinic's own: what another keeps under it is something else, and shows in nothing.
KEY = ("id", "tenant_id")
#: By the name of a plain type. Lists are JSON text; yes and no are 1 and 0.
_TYPES: Mapping[str, TypeEngine[Any]] = {
    "str": TEXT,
    "int": WHOLE,
    "float": DOUBLE,
    "bool": WHOLE,
    "tuple": TEXT,
}


def _table(name: str, kind: type[Entity]) -> Table:
    fields = fields_of(kind)
    columns = (_column(field) for field in fields)
    table = Table(name, metadata, *columns, *_foreign_keys(kind), **BY_KEY)
    for field in fields:
        if "unique" in field.marks:
            Index(f"{name}_by_{field.name}", table.c[field.name], unique=True)
        elif "unique_here" in field.marks:
            # Signing in looks in all clinics, so what is looked for comes first.
            of = (table.c[field.name], table.c.tenant_id)
            Index(f"{name}_by_{field.name}", *of, unique=True)
        elif field.refers is not None:
            # Ids are told apart by chance alone; the check of a foreign key uses this.
            Index(f"{name}_by_{field.name}", table.c[field.name])
        elif "indexed" in field.marks:
            Index(f"{name}_by_{field.name}", table.c.tenant_id, table.c[field.name])
    return table


def _column(field: EntityField) -> Column[Any]:
    return Column(
        field.name,
        _TYPES[field.kind.__name__],
        primary_key=field.name in KEY,
        nullable=field.is_optional,
    )


def _foreign_keys(kind: type[Entity]) -> list[ForeignKeyConstraint]:
    """Return what leads to another table: a clinic's own only, for its id is part of the key."""
    return [
        ForeignKeyConstraint([field, "tenant_id"], [f"{other}.{part}" for part in KEY])
        for field, other in references(kind)
    ]


_TABLES = {name: _table(name, kind) for name, kind in KINDS.items()}

audit_line = Table(
    "audit_line",
    metadata,
    Column("tenant_id", TEXT, primary_key=True, nullable=False),
    Column("number", WHOLE, primary_key=True, nullable=False, autoincrement=False),
    Column("at", TEXT, nullable=False),
    Column("user_id", TEXT, nullable=False),
    Column("role", TEXT, nullable=False),
    Column("action", TEXT, nullable=False),
    Column("outcome", TEXT, nullable=False),
    Column("responsible_id", TEXT, nullable=False),
    Column("patient_id", TEXT),
    Column("kind", TEXT, nullable=False),
    Column("entity_id", TEXT, nullable=False),
    Column("login_id", TEXT, nullable=False),
    Column("address", TEXT, nullable=False),
    Column("detail", TEXT, nullable=False),
    Column("previous", TEXT, nullable=False),
    Column("digest", TEXT, nullable=False),
    **BY_KEY,
)
Index("audit_line_by_patient_id", audit_line.c.tenant_id, audit_line.c.patient_id)


def table_of(kind: type[Entity]) -> Table:
    """Return the table of a kind."""
    return _TABLES[name_of(kind)]
