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
from levator.records.work import Term, Work

#: The field with a day on which something happened, besides those that end in `_at`.
_HAPPENED_ON = "on_day"


@dataclass(frozen=True, slots=True)
class Retained:
    """A record and its time. Both are ISO days; it may go after `until`."""

    patient: Patient
    last_on: str
    until: str

    def is_past(self, today: str) -> bool:
        """Return whether its time is over."""
        return self.until < today


@dataclass(frozen=True, slots=True)
class Over:
    """The records whose time is over, and how many years the clinic keeps one."""

    years: int
    records: list[Retained]


def kept(work: Work, whole: Whole, today: str) -> Retained:
    """Return until when a record must be kept; one that holds no day at all counts from today."""
    patient = whole.patient
    last_on = max(map(_last_day, whole.entities)) or today
    years = work.get(Tenant, patient.tenant_id, patient.tenant_id).retention_years
    until = _years_after(date.fromisoformat(last_on), years)
    return Retained(patient, last_on, until.isoformat())


def _last_day(entity: Entity) -> str:
    days = [
        str(getattr(entity, field.name))[:10]
        for field in fields_of(type(entity))
        if (field.name == _HAPPENED_ON or field.name.endswith("_at"))
        and getattr(entity, field.name)
    ]
    return max(days, default="")


def _years_after(day: date, years: int) -> date:
    """Return the same day so many years later; 29 February becomes 1 March."""
    year = min(day.year + years, date.max.year)
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def past_their_time(acts: Acts, actor: Actor) -> list[Retained]:
    """Return the records of a clinic whose time is over, the longest first."""
    return over(acts, actor).records


def over(acts: Acts, actor: Actor) -> Over:
    """Return the records of a clinic whose time is over, with the clinic's years."""
    with acts.in_tenant(actor, "retention.read") as act:
        years = act.work.get(Tenant, actor.tenant_id, actor.tenant_id).retention_years
        today = act.at[:10]
        patients = _old_enough(act.work, actor.tenant_id, years, today)
        all_of_them = [kept(act.work, whole_of(act.work, one), today) for one in patients]
        past = [one for one in all_of_them if one.is_past(today)]
    return Over(years, sorted(past, key=lambda one: one.until))


def _old_enough(work: Work, tenant_id: str, years: int, today: str) -> list[Patient]:
    """Return those whose time may be over: the rest need no look into the whole record.

    A record that was made in this year or the last `years` is in its time.
    """
    first = max(date.min.year, date.fromisoformat(today).year - years + 1)
    return work.find(Patient, tenant_id, [Term("made_at", "below", f"{first:04}")])
