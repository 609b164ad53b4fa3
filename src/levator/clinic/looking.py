"""Who looked: the lines of the audit, as she and the clinic may read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from levator.clinic import checking
from levator.clinic.acting import Act, Acts
from levator.clinic.history import names
from levator.clinic.patients import MOST_AT_ONCE
from levator.records.access import Actor
from levator.records.audit import AuditLine


@dataclass(frozen=True, slots=True)
class Looked:
    """One line: when, who in which role, what, and whether it was refused."""

    number: int
    at: str
    user_id: str
    name: str
    role: str
    action: str
    outcome: str
    patient_id: str | None
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
        found = act.work.newest_audit_lines(actor.tenant_id, patient_id, limit=limit, offset=offset)
        total = act.work.audit_count(actor.tenant_id, patient_id)
    return _named(acts, actor, found, total, offset)


def of_clinic(acts: Acts, actor: Actor, *, limit: int = 50, offset: int = 0) -> LookedPage:
    """Return what was done in the clinic."""
    limit = checking.score("how_many", limit, 1, MOST_AT_ONCE)
    with acts.in_tenant(actor, "audit.read") as act:
        total = _newest(act)
        until = max(0, total - offset)
        begin = max(0, until - limit)
        lines = act.work.audit_lines(actor.tenant_id, after=begin, limit=until - begin)
    return _named(acts, actor, lines[::-1], total, offset)


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


def _named(
    acts: Acts, actor: Actor, lines: Sequence[AuditLine], total: int, offset: int
) -> LookedPage:
    known = names(acts, actor, (line.entry.user_id for line in lines))
    return LookedPage([_looked(line, known) for line in lines], total, offset)


def _looked(line: AuditLine, known: Mapping[str, str]) -> Looked:
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
        address=entry.address,
    )
