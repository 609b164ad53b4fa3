"""Who did what with whose record: one line each, chained, so that a change shows.

The fields are those that NEN 7513 asks for: what happened, when, to whose record, by whom, in
which role, under whose responsibility, and from where. A line holds ids and no names, so it
stays when a patient is erased. Each line carries the digest of the one before: editing,
deleting or reordering breaks the chain. Cutting off its end, or making all of it anew, shows
only against a head that was kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Literal

Outcome = Literal["done", "refused"]
#: What the first line of a chain has for the digest before it.
BEGINNING = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """What happened, before it has its place in the chain.

    at : ISO 8601 with offset. user_id : who; "" for the program itself. responsible_id : under
        whose responsibility, where that is another. kind, entity_id : what was touched.
        detail : codes and ids only, never her data.
    """

    at: str
    tenant_id: str
    user_id: str
    role: str
    action: str
    outcome: Outcome = "done"
    responsible_id: str = ""
    patient_id: str | None = None
    kind: str = ""
    entity_id: str = ""
    login_id: str = ""
    address: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """An entry in its place: `number` counts from 1 within the tenant."""

    entry: AuditEntry
    number: int
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a chain does not hold. `expected` and `found` are digests."""

    number: int
    expected: str
    found: str


def chained(entry: AuditEntry, number: int, previous: str) -> AuditLine:
    """Return the entry as the line after `previous`."""
    return AuditLine(
        entry=entry, number=number, previous=previous, digest=_digest(entry, number, previous)
    )


def find_break(lines: Iterable[AuditLine], head: tuple[int, str] | None = None) -> Break | None:
    """Return where a tenant's lines, in order, stop being one chain; None where they are.

    head : number and digest of a line that was kept elsewhere; it must be among them.
    """
    return next(_breaks(lines, head), None)


def _breaks(lines: Iterable[AuditLine], head: tuple[int, str] | None) -> Iterator[Break]:
    number, previous = 0, BEGINNING
    for line in lines:
        number += 1
        if line.previous != previous or line.number != number:
            yield Break(number, previous, line.previous)
        expected = _digest(line.entry, line.number, line.previous)
        if line.digest != expected:
            yield Break(number, expected, line.digest)
        if head is not None and head[0] == number and head[1] != line.digest:
            yield Break(number, head[1], line.digest)
        previous = line.digest
    if head is not None and head[0] > number:
        yield Break(number + 1, head[1], "")


def _digest(entry: AuditEntry, number: int, previous: str) -> str:
    text = json.dumps([previous, number, asdict(entry)], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
