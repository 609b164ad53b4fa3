"""One transaction over what a clinic keeps: all of it is stored, durably, or nothing is.

`Repository.work(writes=True)` gives a `Work`; leaving its `with` block without an exception
stores it. The line of the audit stands in the same transaction as the act it tells of, so
neither is there without the other.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from levator.errors import CallerError, mark
from levator.records.audit import AuditEntry, AuditLine
from levator.records.entity import Entity, Plain, changes, fields_of, references
from levator.records.kinds import KINDS, name_of

E = TypeVar("E", bound=Entity)
Comparison = Literal["is", "is_not", "from", "below", "contains"]


@dataclass(frozen=True, slots=True)
class Term:
    """One condition on a field.

    `from` is at or above the value, `below` under it; `contains` looks for a piece of text as
    it is (use `search_key`), or for a member of a tuple. None is compared with `is`.
    """

    field: str
    comparison: Comparison
    value: Plain


def where(**values: Plain) -> tuple[Term, ...]:
    """Return the terms for fields that must have just these values."""
    return tuple(Term(field, "is", value) for field, value in values.items())


class ConflictError(CallerError):
    """Somebody else changed it in the meantime.

    kept : how it is now. differs : field -> (how it is now, what was to be stored).
    """

    def __init__(self, kept: Entity, given: Entity) -> None:
        """Keep both sides; the page shows the difference."""
        super().__init__(
            mark("Somebody changed this in the meantime; look at the difference and save again.")
        )
        self.kept = kept
        self.differs = changes(kept, given)


class NotThereError(CallerError):
    """There is no such thing, or not for this tenant: the answer is the same."""

    def __init__(self) -> None:
        """Say no more than that."""
        super().__init__(mark("There is nothing here under this address; look in the list."))


class Work(ABC):
    """See the module. Ids of another tenant are not there, whoever asks."""

    def get(self, kind: type[E], entity_id: str, tenant_id: str) -> E:
        """Return one entity; raises NotThereError."""
        kept = self._kept(kind, entity_id)
        if kept is None or kept.tenant_id != tenant_id:
            raise NotThereError
        return kept

    @abstractmethod
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
        """Return the entities of a tenant for which every term holds, in order, then by id.

        tenant_id None looks in all tenants: for signing in and for the installation itself.
        Where `order` is None in an entity it comes last, or first when descending.
        """

    @abstractmethod
    def count(self, kind: type[Entity], tenant_id: str | None, terms: Sequence[Term] = ()) -> int:
        """Return how many `find` would return."""

    def put(self, entity: E) -> E:
        """Keep a new entity (version 0) or a change of the version that was read.

        Returns it with its new version. The same content again, under the version that it was
        put with before, is passed over, so a repeated write has one effect. Raises
        ConflictError where another change came between, NotThereError for a change of what is
        not there (or is another tenant's), and CallerError for a reference to what is not
        there.
        """
        kept = self._kept(type(entity), entity.id)
        version = next_version(kept, entity)
        stored = replace(entity, version=version or entity.version + 1)
        if version is not None:
            _check_text(entity)
            self._check_references(entity)
            self._check_unique(entity)
            self._store(stored, is_new=kept is None)
        return stored

    def _check_references(self, entity: Entity) -> None:
        for field, table in references(type(entity)):
            wanted = getattr(entity, field)
            if wanted is None:
                continue
            kept = self._kept(KINDS[table], wanted)
            if kept is None or kept.tenant_id != entity.tenant_id:
                raise no_such_reference(type(entity), field)

    def _check_unique(self, entity: Entity) -> None:
        for field in fields_of(type(entity)):
            if "unique" not in field.marks:
                continue
            same = self.find(type(entity), None, where(**{field.name: getattr(entity, field.name)}))
            if any(one.id != entity.id for one in same):
                raise taken(type(entity), field.name)

    @abstractmethod
    def _kept(self, kind: type[E], entity_id: str) -> E | None:
        """Return an entity of any tenant, locked against others until the work ends."""

    @abstractmethod
    def _store(self, entity: Entity, *, is_new: bool) -> None:
        """Write what `put` has found to be right."""

    @abstractmethod
    def erase(self, kind: type[Entity], entity_id: str, tenant_id: str) -> None:
        """Remove an entity, and leave no byte of it once the work is stored."""

    @abstractmethod
    def erase_recording(self, recording_id: str) -> None:
        """Remove a recording with its samples, inputs and events; unknown ids are passed over."""

    @abstractmethod
    def audit(self, entry: AuditEntry) -> AuditLine:
        """Put an entry at the end of its tenant's chain, and return it in its place."""

    @abstractmethod
    def audit_lines(
        self,
        tenant_id: str,
        *,
        patient_id: str | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> list[AuditLine]:
        """Return lines in order, of one patient where one is named."""


def next_version(kept: E | None, given: E) -> int | None:
    """Return the version under which `given` is stored; None where it is stored already.

    The one rule of optimistic versions, the same for every back end.
    """
    if kept is None:
        if given.version:
            raise NotThereError
        return 1
    if kept.tenant_id != given.tenant_id:
        raise NotThereError
    if kept.version == given.version:
        return given.version + 1
    if kept.version == given.version + 1 and not changes(kept, given):
        return None
    raise ConflictError(kept, given)


def _check_text(entity: Entity) -> None:
    """Refuse what one of the databases cannot hold, so that all of them hold the same."""
    for field in fields_of(type(entity)):
        value = getattr(entity, field.name)
        for text in (value,) if isinstance(value, str) else value if field.kind is tuple else ():
            if "\0" in text or (not text.isascii() and _has_half_sign(text)):
                raise CallerError(
                    "%(field)s holds a sign that cannot be kept; type it anew.", field=field.name
                )


def _has_half_sign(text: str) -> bool:
    return any("\ud800" <= sign <= "\udfff" for sign in text)


def taken(kind: type[Entity], field: str) -> CallerError:
    """Return the error for a value that no two may have."""
    return CallerError(
        "This %(field)s is taken by another %(kind)s; choose another.",
        field=field,
        kind=name_of(kind),
    )


def no_such_reference(kind: type[Entity], field: str) -> CallerError:
    """Return the error for an entity that refers to what is not there."""
    return CallerError(
        "%(field)s of this %(kind)s refers to nothing that is kept here; look in the list.",
        field=field,
        kind=name_of(kind),
    )
