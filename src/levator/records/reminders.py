"""What is kept of reminding her at home: her times, the link of her calendar, her browsers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from levator.records.entity import Entity, Personal, Refers, Secret, Unique


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeReminders(Entity):
    """When she wants to be reminded of training at home; its id follows from hers.

    times : HH:MM, by the clinic's clock. quiet_begins, quiet_ends : from when until when nothing
        reminds her; the same twice is never quiet. is_on : she chose it, nobody else can.
    """

    patient_id: Annotated[str, Refers("patient")]
    is_on: bool
    times: Personal[tuple[str, ...]] = ()
    quiet_begins: Personal[str]
    quiet_ends: Personal[str]
    changed_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarFeed(Entity):
    """A link under which a calendar reads her reminders, made once and kept as a digest."""

    patient_id: Annotated[str, Refers("patient")]
    secret_digest: Unique[Secret[str]]
    made_at: str
    revoked_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PushSubscription(Entity):
    """A browser of hers that is reminded. Its id follows from hers and from its address.

    service : the host of its maker, who brings the message. reminded_for : the last reminder that
        was tried, the clinic's day and time, empty before the first.
    """

    patient_id: Annotated[str, Refers("patient")]
    endpoint: Secret[str]
    service: str
    made_at: str
    reminded_for: str = ""
