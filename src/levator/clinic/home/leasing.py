"""Whose day it is: a day's exercises are offered by one phone, so that none is done twice.

A phone takes the free days of her plan when it is in touch; another takes them over only then,
and only where she says so. Signed out by hand a phone forgets who it was, and gives them back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from levator.clinic import checking
from levator.clinic.acting import Act, Acts
from levator.clinic.checking import ID_LENGTH
from levator.clinic.hers import all_of_hers, patient_of
from levator.clinic.home.bounds import check_room
from levator.records.access import Actor
from levator.records.home import HomeLease, Phone


@dataclass(frozen=True, slots=True)
class Leases:
    """is_here : whether today is this phone's. days : all of its days. elsewhere : day -> the name
    of the phone that has it."""

    is_here: bool
    days: tuple[str, ...]
    elsewhere: Mapping[str, str]


def phone_id(patient_id: str, page_id: str) -> str:
    """Return under which id a browser is kept for a woman; two may share one."""
    return _digest(f"phone {patient_id} {checking.checked_id(page_id)}")


def keep_phone(act: Act, page_id: str, name: str, *, is_shared: bool) -> Phone:
    """Keep that a phone was in touch today, under the name that it has now.

    Raises CallerError where she has more of them than anybody uses.
    """
    patient = patient_of(act)
    number = phone_id(patient.id, page_id)
    known = {one.id: one for one in all_of_hers(act, Phone)}.get(number)
    made = Phone(
        id=number,
        tenant_id=patient.tenant_id,
        patient_id=patient.id,
        name=checking.line("phone", name),
        is_shared=is_shared,
        made_at=act.at if known is None else known.made_at,
        seen_on=act.at[:10],
    )
    if known is None:
        check_room(act, made)
        return act.put(made)
    made = replace(made, version=known.version)
    return known if made == known else act.put(made)


def lease(act: Act, phone: Phone, days: Sequence[str], *, take_over: bool) -> Leases:
    """Take every free day for a phone, and those of others where she says so.

    days : of her plan, today first. One that others use keeps nothing, and takes today alone.
    """
    kept = {one.leased_day: one for one in all_of_hers(act, HomeLease)}
    for day in days[:1] if phone.is_shared else days:
        if day not in kept:
            kept[day] = act.put(_new(act, phone, day))
        elif take_over and kept[day].phone_id != phone.id:
            kept[day] = act.put(replace(kept[day], phone_id=phone.id, taken_at=act.at))
    names = {one.id: one.name for one in all_of_hers(act, Phone)}
    theirs = {day: kept[day].phone_id for day in days if day in kept}
    own = tuple(day for day, whose in theirs.items() if whose == phone.id)
    others = {day: names.get(whose, "") for day, whose in theirs.items() if whose != phone.id}
    return Leases(act.at[:10] in own, own, others)


def give_back(acts: Acts, actor: Actor, page_id: str) -> None:
    """Free the days of a phone from today on: it offers nothing any more, and comes as another."""
    with acts.on_patient(actor, "home.keep", actor.patient_id or "") as act:
        number = phone_id(patient_of(act).id, page_id)
        for one in all_of_hers(act, HomeLease):
            if one.phone_id == number and one.leased_day >= act.at[:10]:
                act.work.erase(HomeLease, one.id, one.tenant_id)


def _new(act: Act, phone: Phone, day: str) -> HomeLease:
    return HomeLease(
        id=_digest(f"home lease {phone.patient_id} {day}"),
        tenant_id=phone.tenant_id,
        patient_id=phone.patient_id,
        phone_id=phone.id,
        leased_day=day,
        taken_at=act.at,
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:ID_LENGTH]
