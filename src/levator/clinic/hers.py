"""What an act on a patient finds and keeps: only what is hers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from levator.clinic.acting import Act
from levator.records.entity import Entity
from levator.records.people import Patient
from levator.records.work import ConflictError, NotThereError, where

E = TypeVar("E", bound=Entity)
#: What differs each time the same thing is sent.
_STAMPS = ("version", "made_at", "entered_at", "written_at")


def patient_of(act: Act) -> Patient:
    """Return the patient on whom somebody acts."""
    if act.patient is None:
        raise AssertionError("an act on a patient has her")
    return act.patient


def all_of_hers(act: Act, kind: type[E], order: str = "id") -> list[E]:
    """Return everything of a kind in her record; what is ordered by a moment is so by what was
    later, also in the hour that clocks show twice."""
    patient = patient_of(act)
    found = act.work.find(kind, patient.tenant_id, where(patient_id=patient.id), order=order)
    if not order.endswith("_at"):
        return found
    return sorted(found, key=lambda one: place_of(getattr(one, order)))


def seconds_of(moment: str) -> float:
    """Return when a kept moment was; ValueError for what is none."""
    return datetime.fromisoformat(moment).timestamp() if moment else 0.0


def place_of(moment: str) -> float:
    """Return where a kept moment stands in a row; what is none stands first, for who reads it."""
    try:
        return seconds_of(moment)
    except ValueError:
        return 0.0


def one_of_hers(act: Act, kind: type[E], entity_id: str) -> E:
    """Return one thing of her record; NotThereError for what is another's."""
    patient = patient_of(act)
    found = act.work.find(
        kind, patient.tenant_id, where(id=entity_id, patient_id=patient.id), limit=1
    )
    if not found:
        raise NotThereError
    return found[0]


def put_once(act: Act, entity: E) -> E:
    """Keep a new entity; the same one sent again is what is kept already.

    Raises ConflictError where something else of hers is kept under its id, and NotThereError
    where it is another woman's: nothing of that is told.
    """
    found = act.work.find(type(entity), entity.tenant_id, where(id=entity.id))
    if not found:
        return act.put(entity)
    refuse_anothers(entity, found[0])
    stamps = {name: getattr(found[0], name) for name in _STAMPS if hasattr(entity, name)}
    if replace(entity, **stamps) != found[0]:
        raise ConflictError(found[0], entity)
    return found[0]


def refuse_anothers(given: Entity, kept: Entity) -> None:
    """Raise NotThereError where a kept thing is in the record of another woman."""
    if getattr(given, "patient_id", None) != getattr(kept, "patient_id", None):
        raise NotThereError
