"""The clinic's patients: who they are, who treats them, and no patient twice by accident.

Plain functions over `Acts`, called in threads. Two records of one name and one date of birth
are twins: they are asked about, never made or merged silently.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from levator.clinic import checking
from levator.clinic.acting import Act, Acts, RefusedError
from levator.clinic.hers import all_of_hers, patient_of, put_once
from levator.errors import CallerError, mark
from levator.records.access import Actor, may, relation_to_patient
from levator.records.people import Birth, Patient, User, search_key
from levator.records.treatment import Note
from levator.records.work import Term, Work, where
from levator.texts import LANGUAGES

MOST_AT_ONCE = 200
_YEAR_DIGITS = 4
#: A day as people write one: the year first, or last.
_DAY = re.compile(
    rf"(\d{{{_YEAR_DIGITS}}})-(\d{{1,2}})-(\d{{1,2}})|(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{{_YEAR_DIGITS}}})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientDetails:
    """What somebody filled in about a patient, not checked yet."""

    given_name: str
    family_name: str
    born_on: str | None = None
    number: str = ""
    email: str = ""
    telephone: str = ""
    language: str = LANGUAGES[0]


@dataclass(frozen=True, slots=True)
class PatientPage:
    """Some of the patients, and how many there are in all."""

    patients: Sequence[Patient]
    total: int
    offset: int


class TwinError(CallerError):
    """There is a patient of this name and date of birth already.

    twins : those that the clinic has.
    """

    def __init__(self, twins: Sequence[Patient]) -> None:
        """Keep them; the page shows them and asks."""
        super().__init__(
            mark(
                "A patient of this name and date of birth is here already; open that record, or "
                "say that this is somebody else."
            )
        )
        self.twins = twins


def find(
    acts: Acts,
    actor: Actor,
    text: str = "",
    *,
    is_mine: bool = False,
    is_nobodys: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> PatientPage:
    """Return the patients whose names and number hold every word of `text`, by name.

    A word that is a day, as 1991-03-12, 12-3-1991 or 12/3/1991, is her date of birth.

    is_mine : only those whom the actor treats. is_nobodys : only those whom nobody treats who
    can sign in: they are on no list of what there is to do.
    """
    limit = checking.score("how_many", limit, 1, MOST_AT_ONCE)
    terms = [_term(word) for word in search_key(text[: checking.LONGEST_LINE]).split()]
    if is_mine:
        terms.append(Term("treated_by", "contains", actor.user_id))
    with acts.in_tenant(actor, "patient.list") as act:
        tenant = actor.tenant_id
        if is_nobodys:
            return _nobodys(act, terms, limit, max(0, offset))
        found = act.work.find(
            Patient, tenant, terms, order="search_key", limit=limit, offset=max(0, offset)
        )
        # All of them on the first page are counted already; a search looks at every name.
        is_all = offset <= 0 and len(found) < limit
        total = len(found) if is_all else act.work.count(Patient, tenant, terms)
        return PatientPage(found, total, offset)


def _nobodys(act: Act, terms: Sequence[Term], limit: int, offset: int) -> PatientPage:
    """Read everybody who is looked for: no index knows who can sign in."""
    here = {one.id for one in therapists(act.work, act.actor.tenant_id)}
    every = act.work.find(Patient, act.actor.tenant_id, terms, order="search_key")
    found = [one for one in every if here.isdisjoint(one.treated_by)]
    return PatientPage(found[offset : offset + limit], len(found), offset)


def treating(acts: Acts, actor: Actor) -> Mapping[str, str]:
    """Return id -> name of the therapists of the clinic who can sign in.

    They belong to the list of patients, whose line is told.
    """
    acts.check_here(actor, "patient.list")
    with acts.repository.work(writes=False) as work:
        return {one.id: one.name for one in therapists(work, actor.tenant_id)}


def therapists(work: Work, tenant_id: str) -> list[User]:
    """Return the therapists of a clinic who can sign in, by name."""
    terms = where(role="therapist", state="active")
    return work.find(User, tenant_id, terms, order="name")


def _term(word: str) -> Term:
    written = _DAY.fullmatch(word)
    if written is None:
        return Term("search_key", "contains", word)
    parts = [one for one in written.groups() if one]
    year, month, day = parts if len(parts[0]) == _YEAR_DIGITS else reversed(parts)
    return Term("born_on", "is", f"{year}-{month:0>2}-{day:0>2}")


def make(
    acts: Acts,
    actor: Actor,
    patient_id: str,
    details: PatientDetails,
    *,
    is_somebody_else: bool = False,
) -> Patient:
    """Keep a new patient; a therapist who makes her treats her.

    Sent twice it is made once. Raises TwinError, unless it `is_somebody_else`.
    """
    with acts.in_tenant(actor, "patient.make") as act:
        treated_by = (actor.user_id,) if actor.role == "therapist" else ()
        patient = Patient(
            id=checking.checked_id(patient_id),
            tenant_id=actor.tenant_id,
            treated_by=treated_by,
            made_at=act.at,
            **_checked(details, act.at[:10]),
        )
        _refuse_unread(act, patient.id)
        if not is_somebody_else:
            _refuse_twins(act, patient)
        act.about = patient.id
        return put_once(act, patient)


def read(acts: Acts, actor: Actor, patient_id: str) -> Patient:
    """Return one patient; it is told to the audit."""
    with acts.on_patient(actor, "patient.read", patient_id) as act:
        return patient_of(act)


def listed(acts: Acts, actor: Actor, patient_id: str) -> Patient:
    """Return one patient as the list has her, for who may not read more; told to her audit."""
    with acts.in_tenant(actor, "patient.list") as act:
        act.about = patient_id
        return act.work.get(Patient, patient_id, actor.tenant_id)


def change(
    acts: Acts,
    actor: Actor,
    patient_id: str,
    version: int,
    details: PatientDetails,
    *,
    is_somebody_else: bool = False,
) -> Patient:
    """Keep other details under the version that was read; raises ConflictError, TwinError."""
    with acts.on_patient(actor, "patient.change", patient_id) as act:
        checked = _checked(details, act.at[:10])
        changed = replace(patient_of(act), version=version, **checked)
        if any(one.born_on <= (changed.born_on or "") for one in all_of_hers(act, Birth)):
            raise CallerError("The birth lies before her own date of birth; correct one of them.")
        if not is_somebody_else:
            _refuse_twins(act, changed)
        return act.put(changed)


def take_on(acts: Acts, actor: Actor, patient_id: str, note_id: str, because: str) -> Patient:
    """Begin to treat a patient whom another treats; the reason is kept in her record.

    Where the actor treats her already, such as after a second click, nothing is changed.
    """
    with acts.on_patient(actor, "patient.take_on", patient_id) as act:
        reason = checking.longer("because", because, is_needed=True)
        patient = patient_of(act)
        if actor.user_id in patient.treated_by:
            return patient
        note = Note(
            id=checking.checked_id(note_id),
            tenant_id=actor.tenant_id,
            patient_id=patient.id,
            on_day=act.at[:10],
            text=reason,
            written_by=actor.user_id,
            written_at=act.at,
        )
        treated = act.put(replace(patient, treated_by=(*patient.treated_by, actor.user_id)))
        put_once(act, note)
        return treated


def hand_over(
    acts: Acts, actor: Actor, patient_id: str, user_id: str, in_place_of: str = ""
) -> Patient:
    """Let a therapist of the clinic treat her in the actor's place.

    An admin treats nobody, and may say in whose place: who is not named goes on. Where nobody is
    named, and one therapist who can sign in treats her, it is that one's. Nobody keeps her who has
    left.
    """
    with acts.on_patient(actor, "patient.hand_over", patient_id) as act:
        patient, user = patient_of(act), act.work.get(User, user_id, actor.tenant_id)
        if user.role != "therapist" or user.state != "active":
            raise CallerError("Choose a therapist of this clinic who can sign in.")
        before, leaves = patient.treated_by, actor.user_id
        if actor.role != "therapist":
            here = {one.id for one in therapists(act.work, actor.tenant_id)}
            before = tuple(one for one in before if one in here)
            leaves = in_place_of or (before[0] if len(before) == 1 else "")
            if in_place_of and in_place_of not in before:
                raise CallerError(
                    "That therapist does not treat her any more; look again who does, then choose."
                )
        others = [one for one in before if one not in (leaves, user.id)]
        return act.put(replace(patient, treated_by=(*others, user.id)))


def _checked(details: PatientDetails, today: str) -> dict[str, Any]:
    """Return every field as it is kept; raises CallerError for the first that is wrong."""
    given = checking.line("given_name", details.given_name)
    family = checking.line("family_name", details.family_name, is_needed=True)
    number = checking.line("number", details.number)
    return {
        "given_name": given,
        "family_name": family,
        "born_on": checking.birthday("born_on", details.born_on, today),
        "number": number,
        "email": checking.line("email", details.email),
        "telephone": checking.line("telephone", details.telephone),
        "language": checking.one_of("language", details.language, LANGUAGES),
        "search_key": search_key(family, given, number),
    }


def _refuse_unread(act: Act, patient_id: str) -> None:
    """Raise RefusedError where the id is that of somebody whose details are not the actor's."""
    for kept in act.work.find(Patient, act.actor.tenant_id, where(id=patient_id)):
        if not may(act.actor, "patient.read", relation_to_patient(act.actor, kept)):
            raise RefusedError("patient.make")


def _refuse_twins(act: Act, patient: Patient) -> None:
    """Raise TwinError where another record has her name and date of birth, or her number."""
    name = search_key(patient.family_name, patient.given_name)
    tenant = patient.tenant_id
    same_day = where(born_on=patient.born_on)
    found = act.work.find(Patient, tenant, [*same_day, Term("search_key", "contains", name)])
    twins = [one for one in found if search_key(one.family_name, one.given_name) == name]
    if patient.number:
        twins += act.work.find(Patient, tenant, where(number=patient.number))
    others = {one.id: one for one in twins if one.id != patient.id}
    if others:
        raise TwinError(list(others.values()))
