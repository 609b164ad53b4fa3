"""What she wrote down at home by mistake and takes back: it stays in her record and counts no more.

Only a mark of a habit and a line of the diary: what stopped her nobody takes back on a phone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from levator.clinic import checking
from levator.clinic.acting import Act
from levator.clinic.hers import patient_of
from levator.records.home import DiaryEntry, HabitMark
from levator.records.work import NotThereError, where


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldBack:
    """A mark or a line of the diary was a mistake. of : its id."""

    id: str
    of: str


def take_back(act: Act, told: ToldBack) -> None:
    """Say of a mark or a line that she took it back, once; raises NotThereError for another's."""
    checking.checked_id(told.id)
    kept = _kept(act, checking.checked_id(told.of))
    if kept.taken_back_at is None:
        act.put(replace(kept, taken_back_at=act.at))


def _kept(act: Act, number: str) -> HabitMark | DiaryEntry:
    patient = patient_of(act)
    of_hers = where(id=number, patient_id=patient.id)
    for mark in act.work.find(HabitMark, patient.tenant_id, of_hers):
        return mark
    for line in act.work.find(DiaryEntry, patient.tenant_id, of_hers):
        return line
    raise NotThereError
