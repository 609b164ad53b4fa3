"""One transaction in memory: changes lie over what is kept until the work ends well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from levator.records.audit import BEGINNING, AuditLine, AuditSearch, Link, link_of
from levator.records.entity import Entity, Plain
from levator.records.model import RecordingHeader
from levator.records.work import Listing, Term, Work

E = TypeVar("E", bound=Entity)
Key = tuple[type[Entity], str, str]


@dataclass(slots=True)
class Kept:
    """Everything in memory but recordings: entities by kind, id and tenant, chains by tenant."""

    entities: dict[Key, Entity] = field(default_factory=dict)
    chains: dict[str, list[AuditLine]] = field(default_factory=dict)


class MemoryWork(Work):
    """See `levator.records.work`. Runs under the lock of its repository."""

    def __init__(
        self,
        kept: Kept,
        headers: Callable[[], list[RecordingHeader]],
        erase_recording: Callable[[str], None],
        *,
        writes: bool,
    ) -> None:
        """Lie over `kept`; `erase_recording` is called when the work is stored."""
        super().__init__(writes=writes)
        self._below = kept
        self._changed: dict[Key, Entity | None] = {}
        self._added: dict[str, list[AuditLine]] = {}
        self._erased_recordings: list[str] = []
        self._headers, self._erase_recording = headers, erase_recording

    def store(self) -> None:
        """Put the changes in place."""
        for key, entity in self._changed.items():
            if entity is None:
                self._below.entities.pop(key, None)
            else:
                self._below.entities[key] = entity
        for tenant_id, lines in self._added.items():
            self._below.chains.setdefault(tenant_id, []).extend(lines)
        for recording_id in self._erased_recordings:
            self._erase_recording(recording_id)

    def _find(
        self, kind: type[E], tenant_id: str | None, terms: Sequence[Term], listing: Listing
    ) -> list[E]:
        found = self._found(kind, tenant_id, terms)
        found.sort(key=lambda entity: entity.id)
        found.sort(key=lambda one: _place(getattr(one, listing.order)), reverse=listing.descending)
        stop = None if listing.limit is None else listing.offset + listing.limit
        return found[listing.offset : stop]

    def _count(self, kind: type[Entity], tenant_id: str | None, terms: Sequence[Term]) -> int:
        return len(self._found(kind, tenant_id, terms))

    def counts(self, kind: type[Entity], tenant_id: str, field: str) -> dict[str, int]:
        """Look at every entity."""
        return dict(Counter(getattr(one, field) for one in self._found(kind, tenant_id, ())))

    def _found(self, kind: type[E], tenant_id: str | None, terms: Sequence[Term]) -> list[E]:
        merged = {**self._below.entities, **self._changed}
        return [
            entity
            for entity in merged.values()
            if isinstance(entity, kind)
            and tenant_id in (None, entity.tenant_id)
            and all(holds(term, getattr(entity, term.field)) for term in terms)
        ]

    def _kept(self, kind: type[E], entity_id: str, tenant_id: str) -> E | None:
        key = (kind, entity_id, tenant_id)
        found = self._changed[key] if key in self._changed else self._below.entities.get(key)
        return found if isinstance(found, kind) else None

    def _store(self, entity: Entity, *, is_new: bool) -> None:
        self._changed[type(entity), entity.id, entity.tenant_id] = entity

    def _erase(self, kind: type[Entity], entity_id: str, tenant_id: str) -> None:
        self._changed[kind, entity_id, tenant_id] = None

    def recordings_of(self, tenant_id: str, patient_id: str) -> list[str]:
        """Look at every header."""
        hers = [
            one
            for one in self._headers()
            if patient_id and (one.tenant_id, one.patient_id) == (tenant_id, patient_id)
        ]
        return [one.id for one in sorted(hers, key=lambda one: (one.started_at, one.id))]

    def whose_recording(self, recording_id: str) -> tuple[str, str] | None:
        """Look at every header."""
        found = (one for one in self._headers() if one.id == recording_id)
        return next(((one.tenant_id, one.patient_id) for one in found), None)

    def is_recording(self) -> bool:
        """Look at every header."""
        return any(one.state == "open" for one in self._headers())

    def erase_recording(self, recording_id: str) -> None:
        """Note the recording for when the work is stored."""
        self._must_write()
        self._erased_recordings.append(recording_id)

    def audit_chain(self, tenant_id: str) -> Iterator[Link]:
        """Return the links."""
        return map(link_of, self._lines(tenant_id))

    def _chain_end(self, tenant_id: str) -> tuple[int, str]:
        lines = self._lines(tenant_id)
        return (lines[-1].number, lines[-1].digest) if lines else (0, BEGINNING)

    def _add_line(self, line: AuditLine) -> None:
        self._added.setdefault(line.entry.tenant_id, []).append(line)

    def _lines(self, tenant_id: str) -> list[AuditLine]:
        return [*self._below.chains.get(tenant_id, []), *self._added.get(tenant_id, [])]

    def audit_lines(
        self,
        tenant_id: str,
        *,
        patient_id: str | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> list[AuditLine]:
        """Return lines in order."""
        found = [
            line
            for line in self._lines(tenant_id)
            if line.number > after and patient_id in (None, line.entry.patient_id)
        ]
        return found[:limit]

    def newest_audit_lines(
        self, tenant_id: str, search: AuditSearch, *, limit: int, offset: int
    ) -> list[AuditLine]:
        """Return lines from the end."""
        return self._searched(tenant_id, search)[::-1][offset : offset + limit]

    def audit_count(self, tenant_id: str, search: AuditSearch) -> int:
        """Count lines."""
        return len(self._searched(tenant_id, search))

    def _searched(self, tenant_id: str, search: AuditSearch) -> list[AuditLine]:
        return [line for line in self._lines(tenant_id) if search.finds(line.entry)]


def holds(term: Term, value: Plain) -> bool:
    """Return whether one condition holds for a value."""
    match term.comparison:
        case "is":
            return value == term.value
        case "is_not":
            return value != term.value
        case "contains":
            return _contains(value, term.value)
        case "from":
            return _is_ordered(term.value, value) and not _is_below(value, term.value)
        case "below":
            return _is_ordered(term.value, value) and _is_below(value, term.value)


def _is_ordered(one: Plain, other: Plain) -> bool:
    return one is not None and other is not None


def _is_below(value: Any, bound: Any) -> bool:
    return bool(value < bound)


def _contains(value: Plain, part: Plain) -> bool:
    if isinstance(value, tuple):
        return part in value
    return isinstance(value, str) and isinstance(part, str) and part in value


def _place(value: Plain) -> tuple[bool, Any]:
    """None comes last."""
    return (value is None, "" if value is None else value)
