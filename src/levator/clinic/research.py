"""What women gave to research: how much there is, and all of it as one file without a name."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace

from levator.clinic.acting import Act, Acts
from levator.clinic.consenting import standing
from levator.clinic.research_file import ACTION, Making
from levator.records.access import Actor
from levator.records.people import Tenant
from levator.records.treatment import Session

#: Below so many women no age goes out, and the page warns: one of few is soon known again. A
#: project default, not a clinical number.
FEWEST = 10


@dataclass(frozen=True, slots=True)
class InResearch:
    """How much there is. since : the year in which the first of them agreed; empty for none."""

    women: int
    sessions: int
    since: str

    @property
    def is_few(self) -> bool:
        """Whether one of them is soon known again."""
        return 0 < self.women < FEWEST


def given(acts: Acts, actor: Actor) -> InResearch:
    """Return how much women of the actor's clinic gave to research."""
    with acts.in_tenant(actor, ACTION) as act:
        since = standing(act.work, actor.tenant_id)
    with acts.repository.work(writes=False) as work:
        sessions = work.counts(Session, actor.tenant_id, "patient_id")
    given = sum(sessions.get(one, 0) for one in since)
    return InResearch(len(since), given, min(since.values(), default="")[:4])


@dataclass(frozen=True, slots=True)
class Export:
    """The file, piece by piece; each is made when it is asked for. women : of how many."""

    women: int
    pieces: Iterator[bytes]


def export(acts: Acts, actor: Actor, language: str) -> Export:
    """Return the file; refused before its first piece as the table says.

    language : of the page in it that says what it is.
    """
    with acts.in_tenant(actor, ACTION) as act:
        women, key = list(standing(act.work, actor.tenant_id)), _key(act)
        act.detail = f"women={len(women)}"
    making = Making(acts, actor, key, has_ages=len(women) >= FEWEST)
    return Export(len(women), making.pieces(women, language))


def _key(act: Act) -> str:
    """Return the key of the clinic's pseudonyms; the first export makes it."""
    tenant = act.work.get(Tenant, act.actor.tenant_id, act.actor.tenant_id)
    if not tenant.research_key:
        tenant = act.put(replace(tenant, research_key=secrets.token_hex()))
    return tenant.research_key
