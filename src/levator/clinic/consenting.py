"""Who takes part in research: women whose consent to it stands in this clinic.

Three decisions, each the careful one. A withdrawal ends every consent to research that was given
up to that day: who agrees again does so on a later one. A consent that came with a record from
another clinic counts once somebody here has entered it anew. And only the plain word counts, in
Dutch or English: what else somebody typed may mean something else.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from levator.records.people import User, search_key
from levator.records.treatment import Consent
from levator.records.work import Work, where

#: What a consent to research is called, as `search_key` compares it.
RESEARCH = ("research", "onderzoek")


def standing(work: Work, tenant_id: str) -> dict[str, str]:
    """Return patient -> day since when she takes part, of all of a clinic."""
    return _standing(work, tenant_id, work.find(Consent, tenant_id))


def takes_part(work: Work, tenant_id: str, patient_id: str) -> bool:
    """Return whether she still does, as things are now."""
    kept = work.find(Consent, tenant_id, where(patient_id=patient_id))
    return bool(_standing(work, tenant_id, kept))


def _standing(work: Work, tenant_id: str, consents: list[Consent]) -> dict[str, str]:
    @cache
    def is_of_here(user_id: str) -> bool:
        return bool(user_id and work.find(User, tenant_id, where(id=user_id), limit=1))

    hers: dict[str, list[Consent]] = {}
    for one in consents:
        if is_research(one.what):
            hers.setdefault(one.patient_id, []).append(one)
    since = {number: _since(found, is_of_here) for number, found in hers.items()}
    return {number: day for number, day in since.items() if day is not None}


def is_research(what: str) -> bool:
    """Return whether a consent is about research."""
    return search_key(what) in RESEARCH


def _since(given: list[Consent], is_of_here: Callable[[str], bool]) -> str | None:
    """Return since when consents hold; None where none does."""
    ended = max((one.withdrawn_on or "" for one in given), default="")
    holding = [
        one.given_on
        for one in given
        if one.withdrawn_on is None and one.given_on > ended and is_of_here(one.entered_by)
    ]
    return min(holding, default=None)
