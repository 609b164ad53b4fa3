"""How long a record must be kept, and whose time is past.

The years are the clinic's own (`Tenant.retention_years`), counted from the last day on which
anything happened in the record, as article 7:454 of the Burgerlijk Wetboek counts them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from levator.clinic.acting import Acts
from levator.clinic.whole import Whole, whole_of
from levator.records.access import Actor
from levator.records.entity import Entity, fields_of
from levator.records.people import Patient, Tenant
from levator.records.work import Work

#: Fields with a day on which something happened, besides those that end in `_at`.
_HAPPENED_ON = ("on_day", "last_seen_on")


@dataclass(frozen=True, slots=True)
class Retained:
    """A record and its time. Both are ISO days; it may go after `until`."""

    patient: Patient
    last_on: str
    until: str

    def is_past(self, today: str) -> bool:
        """Return whether its time is over."""
        return self.until < today


def kept(work: Work, whole: Whole) -> Retained:
    """Return until when a record must be kept."""
    patient = whole.patient
    last_on = max(map(_last_day, whole.entities))
    years = work.get(Tenant, patient.tenant_id, patient.tenant_id).retention_years
    until = patient.erase_after or _years_after(date.fromisoformat(last_on), years).isoformat()
    return Retained(patient, last_on, until)


def _last_day(entity: Entity) -> str:
    days = [
        str(getattr(entity, field.name))[:10]
        for field in fields_of(type(entity))
        if (field.name in _HAPPENED_ON or field.name.endswith("_at"))
        and getattr(entity, field.name)
    ]
    return max(days, default=date.min.isoformat())


def _years_after(day: date, years: int) -> date:
    """Return the same day so many years later; 29 February becomes 1 March."""
    year = min(day.year + years, date.max.year)
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def past_their_time(acts: Acts, actor: Actor) -> list[Retained]:
    """Return the records of a clinic whose time is over, the longest first."""
    with acts.in_tenant(actor, "patient.list") as act:
        act.detail = "retention"
        patients = act.work.find(Patient, actor.tenant_id)
        all_of_them = [kept(act.work, whole_of(act.work, one)) for one in patients]
    today = acts.now()[:10]
    return sorted((one for one in all_of_them if one.is_past(today)), key=lambda one: one.until)
