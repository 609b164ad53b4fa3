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
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Literal, TypeAlias

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
class AuditSearch:
    """Which lines are looked for; whatever is empty lets all of them through.

    user_id : who, "" for the program itself. actions : any of them. from_day, below_day : ISO
    8601, by the day that stands in the line; the second is the first day that is not asked for.
    """

    patient_id: str | None = None
    user_id: str | None = None
    role: str | None = None
    actions: tuple[str, ...] = ()
    from_day: str = ""
    below_day: str = ""

    def finds(self, entry: AuditEntry) -> bool:
        """Return whether a line is looked for."""
        named = ("patient_id", "user_id", "role")
        return (
            all(getattr(self, name) in (None, getattr(entry, name)) for name in named)
            and (not self.actions or entry.action in self.actions)
            and self.from_day <= entry.at
            and (not self.below_day or entry.at < self.below_day)
        )


#: Fields of an entry in the order in which a digest takes them: that of the alphabet.
TOLD = tuple(sorted(one.name for one in fields(AuditEntry)))
_told = attrgetter(*TOLD)
#: A line as the chain sees it: number, digest before it, its own digest, what `TOLD` names.
Link: TypeAlias = tuple[int, str, str, tuple[str | None, ...]]
# Made once: a chain has hundreds of thousands of lines.
_text_of = json.JSONEncoder(separators=(",", ":")).encode


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
        entry=entry,
        number=number,
        previous=previous,
        digest=_digest(_told(entry), number, previous),
    )


def find_break(lines: Iterable[AuditLine], head: tuple[int, str] | None = None) -> Break | None:
    """Return where a tenant's lines, in order, stop being one chain; None where they are.

    head : number and digest of a line that was kept elsewhere; it must be among them.
    """
    return find_break_in(map(link_of, lines), head)


def find_break_in(chain: Iterable[Link], head: tuple[int, str] | None = None) -> Break | None:
    """Do what `find_break` does, over links: nothing is made of a line but its digest."""
    return next(_breaks(chain, head), None)


def link_of(line: AuditLine) -> Link:
    """Return a line as a link of its chain."""
    return line.number, line.previous, line.digest, _told(line.entry)


def _breaks(chain: Iterable[Link], head: tuple[int, str] | None) -> Iterator[Break]:
    place, before = 0, BEGINNING
    for number, previous, digest, told in chain:
        place += 1
        if previous != before or number != place:
            yield Break(place, before, previous)
        expected = _digest(told, number, previous)
        if digest != expected:
            yield Break(place, expected, digest)
        if head is not None and head[0] == place and head[1] != digest:
            yield Break(place, head[1], digest)
        before = digest
    if head is not None and head[0] > place:
        yield Break(place + 1, head[1], "")


def _digest(told: tuple[str | None, ...], number: int, previous: str) -> str:
    return hashlib.sha256(_text_of((previous, number, *told)).encode()).hexdigest()
