"""Everything that is kept of one patient, in one place: for her export, and for her erasure."""

from __future__ import annotations

from dataclasses import dataclass

from levator.records.entity import Entity, references
from levator.records.kinds import KINDS, of_patient
from levator.records.people import Patient, User
from levator.records.treatment import Session
from levator.records.work import Work, where


@dataclass(frozen=True, slots=True)
class Whole:
    """Her record. `entities` are in the order of `KINDS`, herself first: each refers back only.

    recordings : that name her, calibrations and those that were broken off among them.
    """

    patient: Patient
    entities: tuple[Entity, ...]
    recordings: tuple[str, ...] = ()

    @property
    def recording_ids(self) -> tuple[str, ...]:
        """Return all her recordings, each once: those of her sittings too that name nobody."""
        found = [one.recording_id for one in self.entities if isinstance(one, Session)]
        named = [name for name in found if name is not None]
        return tuple(dict.fromkeys([*named, *self.recordings]))


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
    recordings = work.recordings_of(patient.tenant_id, patient.id)
    return Whole(patient, tuple(found), tuple(recordings))
