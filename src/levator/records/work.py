"""One transaction over what a clinic keeps: all of it is stored, durably, or nothing is.

`Repository.work(writes=True)` gives a `Work`; leaving its `with` block without an exception
stores it. The line of the audit stands in the same transaction as the act it tells of, so
neither is there without the other.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from math import isfinite
from typing import Any, Literal, TypeVar

from levator.errors import CallerError, mark
from levator.records.audit import AuditEntry, AuditLine, AuditSearch, Link, chained
from levator.records.entity import Entity, EntityField, Plain, changes, fields_of, references
from levator.records.kinds import KINDS

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


@dataclass(frozen=True, slots=True)
class Listing:
    """In which order, and which part of it, something is looked for."""

    order: str = "id"
    descending: bool = False
    limit: int | None = None
    offset: int = 0


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

    def __init__(self, *, writes: bool) -> None:
        """Begin; without `writes` nothing may be put, erased or audited."""
        self._writes = writes

    def get(self, kind: type[E], entity_id: str, tenant_id: str) -> E:
        """Return one entity; raises NotThereError."""
        kept = self._kept(kind, entity_id, tenant_id) if can_be_kept(entity_id) else None
        if kept is None:
            raise NotThereError
        return kept

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
        if not all(can_be_kept(term.value) for term in terms):
            raise cannot_be_kept()
        return self._find(kind, tenant_id, terms, Listing(order, descending, limit, offset))

    def count(self, kind: type[Entity], tenant_id: str | None, terms: Sequence[Term] = ()) -> int:
        """Return how many `find` would return."""
        if not all(can_be_kept(term.value) for term in terms):
            raise cannot_be_kept()
        return self._count(kind, tenant_id, terms)

    @abstractmethod
    def counts(self, kind: type[Entity], tenant_id: str, field: str) -> dict[str, int]:
        """Return how many entities of a tenant have each value of a field of text."""

    def put(self, entity: E) -> E:
        """Keep a new entity (version 0) or a change of the version that was read.

        Returns it with its new version. The same content again, under the version that it was
        put with before, is passed over, so a repeated write has one effect. Raises
        ConflictError where another change came between, NotThereError for a change of what is
        not there, and CallerError for a reference to what is not
        there, for a value that another has who may not, and for one that no database holds.
        """
        self._must_write()
        entity = checked(entity)
        kept = self._kept(type(entity), entity.id, entity.tenant_id)
        version = next_version(kept, entity)
        stored = replace(entity, version=version or entity.version + 1)
        if version is not None:
            self._check_references(entity)
            self._check_unique(entity)
            self._store(stored, is_new=kept is None)
        return stored

    def _check_references(self, entity: Entity) -> None:
        for field, table in references(type(entity)):
            wanted = getattr(entity, field)
            if wanted is None:
                continue
            if self._kept(KINDS[table], wanted, entity.tenant_id) is None:
                raise no_such_reference()

    def _check_unique(self, entity: Entity) -> None:
        for field in fields_of(type(entity)):
            if not field.marks & {"unique", "unique_here"}:
                continue
            among = None if "unique" in field.marks else entity.tenant_id
            terms = where(**{field.name: getattr(entity, field.name)})
            same = self.find(type(entity), among, terms)
            if any((one.id, one.tenant_id) != (entity.id, entity.tenant_id) for one in same):
                raise TakenError

    def erase(self, kind: type[Entity], entity_id: str, tenant_id: str) -> None:
        """Remove an entity, and leave no byte of it once the work is stored.

        Raises NotThereError, and CallerError while another entity refers to it.
        """
        self._must_write()
        self.get(kind, entity_id, tenant_id)
        for other in KINDS.values():
            for field, table in references(other):
                refers = where(**{field: entity_id})
                if KINDS[table] is kind and self.count(other, tenant_id, refers):
                    raise still_referred_to()
        self._erase(kind, entity_id, tenant_id)

    def audit(self, entry: AuditEntry) -> AuditLine:
        """Put an entry at the end of its tenant's chain, and return it in its place."""
        self._must_write()
        if not all(can_be_kept(value) for value in astuple(entry)):
            raise cannot_be_kept()
        number, digest = self._chain_end(entry.tenant_id)
        line = chained(entry, number + 1, digest)
        self._add_line(line)
        return line

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

    @abstractmethod
    def newest_audit_lines(
        self, tenant_id: str, search: AuditSearch, *, limit: int, offset: int
    ) -> list[AuditLine]:
        """Return some of the lines that are looked for, the newest first; only those are read."""

    @abstractmethod
    def audit_count(self, tenant_id: str, search: AuditSearch) -> int:
        """Return how many lines are looked for."""

    @abstractmethod
    def audit_chain(self, tenant_id: str) -> Iterator[Link]:
        """Yield a tenant's lines as links, in order, without holding them all in memory."""

    @abstractmethod
    def recordings_of(self, tenant_id: str, patient_id: str) -> list[str]:
        """Return the ids of a patient's recordings, calibrations too, in their order."""

    @abstractmethod
    def whose_recording(self, recording_id: str) -> tuple[str, str] | None:
        """Return the tenant and the patient that a recording names, each "" where it names none;
        None for one that is not there."""

    def is_recording_of(self, recording_id: str, tenant_id: str, patient_id: str) -> bool:
        """Return whether a recording is there and names nobody else.

        Who asks came by its id in the patient's record. That may have come from another clinic,
        and what is kept here under the same id be the record of somebody else.
        """
        tenant, patient = self.whose_recording(recording_id) or (None, None)
        return tenant in ("", tenant_id) and patient in ("", patient_id)

    @abstractmethod
    def is_recording(self) -> bool:
        """Return whether any recording is open, whoever's."""

    @abstractmethod
    def erase_recording(self, recording_id: str) -> None:
        """Remove a recording with its samples, inputs and events; unknown ids are passed over."""

    def _must_write(self) -> None:
        if not self._writes:
            raise AssertionError("this work was begun for reading only")

    # What a back end does; the rules above are the same for all of them.

    @abstractmethod
    def _kept(self, kind: type[E], entity_id: str, tenant_id: str) -> E | None:
        """Return what a tenant has under an id; another may have something else under it."""

    @abstractmethod
    def _find(
        self, kind: type[E], tenant_id: str | None, terms: Sequence[Term], listing: Listing
    ) -> list[E]:
        """Return what `find` says."""

    @abstractmethod
    def _count(self, kind: type[Entity], tenant_id: str | None, terms: Sequence[Term]) -> int:
        """Return how many there are."""

    @abstractmethod
    def _store(self, entity: Entity, *, is_new: bool) -> None:
        """Write what `put` has found to be right."""

    @abstractmethod
    def _erase(self, kind: type[Entity], entity_id: str, tenant_id: str) -> None:
        """Remove what `erase` has found to be there."""

    @abstractmethod
    def _chain_end(self, tenant_id: str) -> tuple[int, str]:
        """Return number and digest of a tenant's last line, (0, BEGINNING) where there is none."""

    @abstractmethod
    def _add_line(self, line: AuditLine) -> None:
        """Write a line after the last."""


def next_version(kept: E | None, given: E) -> int | None:
    """Return the version under which `given` is stored; None where it is stored already.

    The one rule of optimistic versions, the same for every back end.
    """
    if kept is None:
        if given.version:
            raise NotThereError
        return 1
    if kept.version == given.version:
        return given.version + 1
    if kept.version == given.version + 1 and not changes(kept, given):
        return None
    raise ConflictError(kept, given)


def checked(entity: E) -> E:
    """Return the entity with its numbers as the tables return them.

    Raises CallerError for what one of the databases cannot hold, so that all of them hold
    the same; TypeError for a value of another type than its field's, which is a bug.
    """
    whole: dict[str, Any] = {}
    for field in fields_of(type(entity)):
        value = getattr(entity, field.name)
        if not _fits(value, field):
            raise TypeError(f"{type(entity).__name__}.{field.name} cannot be {type(value)}")
        if not can_be_kept(value):
            raise cannot_be_kept()
        if field.kind is float and type(value) is int:
            whole[field.name] = float(value)
    return replace(entity, **whole) if whole else entity


def _fits(value: Plain, field: EntityField) -> bool:
    if value is None:
        return field.is_optional
    if field.kind is float and type(value) is int:
        return True
    return isinstance(value, field.kind) and isinstance(value, bool) == (field.kind is bool)


def can_be_kept(value: Plain) -> bool:
    """Return whether every database holds a value: real Unicode, finite, of 64 bits."""
    match value:
        case str():
            return "\0" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)
        case tuple():
            return all(can_be_kept(part) for part in value)
        case float():
            return isfinite(value)
        case int():
            return -(2**63) <= value < 2**63
    return True


def cannot_be_kept() -> CallerError:
    """Return the error for a sign or a number that no database holds."""
    return CallerError("This holds a sign or a number that cannot be kept; type it anew.")


class TakenError(CallerError):
    """A value that no two may have."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(mark("Another one has the same already; choose something else."))


def no_such_reference() -> CallerError:
    """Return the error for an entity that refers to what is not there."""
    return CallerError("This belongs to something that is not kept here; look in the list.")


def still_referred_to() -> CallerError:
    """Return the error for erasing what others refer to."""
    return CallerError("Other things that are kept belong to this; erase those first.")
