"""Everything that is kept of one patient, in one place: for her export, and for her erasure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from levator.records.entity import Entity, references
from levator.records.kinds import KINDS, of_patient
from levator.records.people import Patient, User
from levator.records.treatment import Session
from levator.records.work import Work, where


@dataclass(frozen=True, slots=True)
class Whole:
    """Her record. `entities` are in the order of `KINDS`, herself first: each refers back only.

    recording_ids : see `recordings_of`.
    """

    patient: Patient
    entities: tuple[Entity, ...]
    recording_ids: tuple[str, ...] = ()


def whole_of(work: Work, patient: Patient) -> Whole:
    """Return everything of hers: what refers to her, and what refers to her account."""
    hers = of_patient()
    found: list[Entity] = []
    for name, kind in KINDS.items():
        if kind is Patient:
            found.append(patient)
        elif name in hers:
            found += work.find(kind, patient.tenant_id, where(patient_id=patient.id))
        elif ("user_id", "user") in set(references(kind)):
            users = [one for one in found if isinstance(one, User)]
            for user in users:
                found += work.find(kind, patient.tenant_id, where(user_id=user.id))
    sessions = [one for one in found if isinstance(one, Session)]
    return Whole(patient, tuple(found), recordings_of(work, patient, sessions))


def recordings_of(work: Work, patient: Patient, sessions: Iterable[Session]) -> tuple[str, ...]:
    """Return all her recordings, each once: those of her sittings too that name nobody, and
    those that name her, calibrations and what was broken off among them."""
    hers = patient.tenant_id, patient.id
    named = [one.recording_id for one in sessions if one.recording_id is not None]
    recordings = [name for name in named if work.is_recording_of(name, *hers)]
    recordings += work.recordings_of(*hers)
    return tuple(dict.fromkeys(recordings))
