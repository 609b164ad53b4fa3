"""What lets clearances hold no longer: something told since, of which who signed knew nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from levator.clinic.acting import Act
from levator.clinic.charts import TOLD_LATER, birth_of
from levator.clinic.hers import all_of_hers, patient_of, seconds_of
from levator.clinic.history import History
from levator.records.people import Birth, Pregnancy
from levator.records.treatment import Clearance


@contextmanager
def asking_anew(act: Act) -> Iterator[None]:
    """Let no clearance hold any more where what is told meanwhile is one more reason to ask.

    Who signed it knew nothing of that.
    """
    before = _reasons(act)
    yield
    if not _reasons(act) <= before:
        revoke_all(act, TOLD_LATER)


def revoke_all(act: Act, because: str, told_at: str | None = None) -> None:
    """Let no clearance of hers hold any more; told_at : of those that were entered by then."""
    for clearance in all_of_hers(act, Clearance):
        is_later = told_at and seconds_of(clearance.entered_at) > seconds_of(told_at)
        if not is_later and _still_says(clearance, because):
            revoked(act, clearance, because)


def revoked(act: Act, clearance: Clearance, because: str) -> Clearance:
    return act.put(
        replace(
            clearance,
            revoked_on=act.at[:10],
            revoked_by=act.actor.user_id,
            revoked_because=because,
        )
    )


def _still_says(clearance: Clearance, because: str) -> bool:
    """Return whether a clearance says something that this takes away: one that ended because of
    what was told later still answers the red flags from before it, until there is one more."""
    if clearance.revoked_on is None:
        return True
    return clearance.revoked_because == TOLD_LATER and because != TOLD_LATER


def _reasons(act: Act) -> frozenset[tuple[str, str]]:
    """Return for what a doctor agrees first: for the pregnancy or the last birth, and for each
    complication of it, or that nobody knows of any."""
    told = History(
        patient=patient_of(act),
        pregnancies=tuple(all_of_hers(act, Pregnancy, "expected_on")),
        births=tuple(all_of_hers(act, Birth, "born_on")),
    )
    now, birth = told.pregnancy or told.birth, birth_of(told)
    if now is None:
        return frozenset()
    if birth is not None:
        known, is_unknown = birth.reasons, birth.is_complicated is None
    else:
        known, is_unknown = frozenset(now.complications or ()), now.complications is None
    asked = {"told", "not_known"} if is_unknown else {"told"}
    return frozenset((now.id, one) for one in known | asked)
