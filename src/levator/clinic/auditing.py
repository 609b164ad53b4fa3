"""Checking the audit: is each clinic's chain whole, and does it still hold a head kept elsewhere.

A head is the number and the digest of a chain's last line. Kept outside (printed, mailed), it
shows what a chain alone cannot: that its end was cut off, or that all of it was made anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from levator.clinic.acting import Acts
from levator.clinic.terminal import INSTALLATION
from levator.errors import CallerError
from levator.records.access import Actor
from levator.records.audit import BEGINNING, AuditLine, Break, Link, find_break_in
from levator.records.people import Tenant, User
from levator.records.repository import Repository
from levator.records.work import Work, where

#: Number and digest of a line.
Head: TypeAlias = tuple[int, str]
_FORMAT = "levator audit heads 1"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking one chain gave: its last line, and the first break, None where it is whole."""

    tenant_id: str
    head: Head
    broken: Break | None


def verify(repository: Repository, heads: Mapping[str, Head] | None = None) -> list[Verdict]:
    """Check the chain of every clinic and of the installation, against heads where given."""
    known = heads or {}
    with repository.work(writes=False) as work:
        tenants = [one.id for one in work.find(Tenant, None)]
        chains = dict.fromkeys([*tenants, INSTALLATION, *known])
        return [_verdict(work, tenant_id, known.get(tenant_id)) for tenant_id in chains]


def _verdict(work: Work, tenant_id: str, head: Head | None) -> Verdict:
    last = [(0, BEGINNING)]

    def noting(chain: Iterator[Link]) -> Iterator[Link]:
        for link in chain:
            last[0] = (link[0], link[2])
            yield link

    broken = find_break_in(noting(work.audit_chain(tenant_id)), head)
    return Verdict(tenant_id, last[0], broken)


def text_of(verdicts: list[Verdict], at: str) -> str:
    """Return the heads as text to keep outside, with the moment (ISO 8601)."""
    heads = {one.tenant_id: list(one.head) for one in verdicts}
    return json.dumps({"format": _FORMAT, "at": at, "heads": heads}, indent=1) + "\n"


def heads_in(text: str) -> dict[str, Head]:
    """Return the heads that `text_of` wrote; raises CallerError for anything else."""
    try:
        kept = json.loads(text)
        if kept["format"] != _FORMAT:
            raise ValueError
        return {str(name): (int(one[0]), str(one[1])) for name, one in kept["heads"].items()}
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        raise CallerError(
            "This is no head of the audit; give a file that levator audit head has written."
        ) from None


@dataclass(frozen=True, slots=True)
class Look:
    """One line of the audit about a patient; `name` is empty for the program and for a terminal."""

    line: AuditLine
    name: str


def looks_at(acts: Acts, actor: Actor, patient_id: str) -> list[Look]:
    """Return who did what with a patient's record, oldest first; erased patients too."""
    with acts.in_tenant(actor, "audit.read") as act:
        act.detail = f"patient={patient_id}"
        lines = act.work.audit_lines(actor.tenant_id, patient_id=patient_id)
        return [Look(line, _name(act.work, line)) for line in lines]


def _name(work: Work, line: AuditLine) -> str:
    found = work.find(User, line.entry.tenant_id, where(id=line.entry.user_id), limit=1)
    return found[0].name if found else ""
