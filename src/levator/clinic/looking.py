"""Who looked: the lines of the audit, as she and the clinic may read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from levator.clinic import checking
from levator.clinic.acting import Act, Acts
from levator.clinic.history import names_in
from levator.clinic.patients import MOST_AT_ONCE
from levator.records.access import Actor
from levator.records.audit import AuditLine, AuditSearch
from levator.records.people import Patient, Role, User
from levator.records.work import Term, where

EVERYTHING = AuditSearch()


@dataclass(frozen=True, slots=True)
class Looked:
    """One line: when, who in which role, what, and whether it was refused.

    name, patient : as they are called now; empty where they are not here any more.
    """

    number: int
    at: str
    user_id: str
    name: str
    role: str
    action: str
    outcome: str
    patient_id: str | None
    patient: str
    address: str


@dataclass(frozen=True, slots=True)
class LookedPage:
    """Some of the lines, newest first, and how many there are in all."""

    lines: Sequence[Looked]
    total: int
    offset: int


def of_patient(
    acts: Acts, actor: Actor, patient_id: str, *, limit: int = 50, offset: int = 0
) -> LookedPage:
    """Return who did what with one record; she herself may ask it, and the clinic's admin."""
    action = "audit.own" if actor.role == "patient" else "audit.read"
    with acts.on_patient(actor, action, patient_id) as act:
        limit = checking.score("how_many", limit, 1, MOST_AT_ONCE)
        search = AuditSearch(patient_id=patient_id)
        found = act.work.newest_audit_lines(actor.tenant_id, search, limit=limit, offset=offset)
        total = act.work.audit_count(actor.tenant_id, search)
        return _named(act, found, total, offset)


def of_clinic(
    acts: Acts,
    actor: Actor,
    search: AuditSearch = EVERYTHING,
    *,
    limit: int = 50,
    offset: int = 0,
) -> LookedPage:
    """Return what was done in the clinic, or what is looked for of it."""
    limit = checking.score("how_many", limit, 1, MOST_AT_ONCE)
    with acts.in_tenant(actor, "audit.read") as act:
        if search == EVERYTHING:
            total, lines = _newest_of_all(act, limit, offset)
        else:
            total = act.work.audit_count(actor.tenant_id, search)
            lines = act.work.newest_audit_lines(actor.tenant_id, search, limit=limit, offset=offset)
        return _named(act, lines, total, offset)


def people(acts: Acts, actor: Actor) -> list[tuple[str, str, Role]]:
    """Return (id, name, role) of everybody who works in the clinic, or did; by name.

    No patient is among them. They belong to the page of who looked, whose line is told.
    """
    acts.check_here(actor, "audit.read")
    with acts.repository.work(writes=False) as work:
        found = work.find(User, actor.tenant_id, [Term("role", "is_not", "patient")], order="name")
    return [(one.id, one.name, one.role) for one in found]


def search_of(
    user_id: str | None, role: str | None, actions: Sequence[str], from_on: str, until_on: str
) -> AuditSearch:
    """Return what is looked for; both days are within. Raises CallerError for what is no day."""
    until = checking.day("until_on", until_on) if until_on else ""
    return AuditSearch(
        user_id=user_id,
        role=role,
        actions=tuple(actions),
        from_day=checking.day("from_on", from_on) if from_on else "",
        below_day=(date.fromisoformat(until) + timedelta(days=1)).isoformat() if until else "",
    )


def _newest_of_all(act: Act, limit: int, offset: int) -> tuple[int, list[AuditLine]]:
    total = _newest(act)
    until = max(0, total - offset)
    begin = max(0, until - limit)
    lines = act.work.audit_lines(act.actor.tenant_id, after=begin, limit=until - begin)
    return total, lines[::-1]


def _newest(act: Act) -> int:
    """Return the number of the tenant's last line, in a few looks: years of lines may be kept."""

    def is_there(number: int) -> bool:
        return bool(act.work.audit_lines(act.actor.tenant_id, after=number - 1, limit=1))

    below, above = 0, 1
    while is_there(above):
        below, above = above, above * 2
    while above - below > 1:
        middle = (below + above) // 2
        below, above = (middle, above) if is_there(middle) else (below, middle)
    return below


def _named(act: Act, lines: Sequence[AuditLine], total: int, offset: int) -> LookedPage:
    known = names_in(act.work, act.actor.tenant_id, (line.entry.user_id for line in lines))
    hers = _patients(act, (line.entry.patient_id or "" for line in lines))
    return LookedPage([_looked(line, known, hers) for line in lines], total, offset)


def _patients(act: Act, patient_ids: Iterable[str]) -> Mapping[str, str]:
    """Return id -> name, for lines that may be read: a look at the audit, not at a record."""
    found = (act.work.find(Patient, act.actor.tenant_id, where(id=one)) for one in set(patient_ids))
    return {one.id: f"{one.given_name} {one.family_name}".strip() for some in found for one in some}


def _looked(line: AuditLine, known: Mapping[str, str], hers: Mapping[str, str]) -> Looked:
    entry = line.entry
    return Looked(
        number=line.number,
        at=entry.at,
        user_id=entry.user_id,
        name=known.get(entry.user_id, ""),
        role=entry.role,
        action=entry.action,
        outcome=entry.outcome,
        patient_id=entry.patient_id,
        patient=hers.get(entry.patient_id or "", ""),
        address=entry.address,
    )
