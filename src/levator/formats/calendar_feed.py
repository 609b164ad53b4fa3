"""A calendar that other programs read by a link (RFC 5545): moments of a day, and nothing else.

No person, no place, no maker stands in it. Times are those of the clock on the wall.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icalendar import Event

#: How often a program is asked to look again, and how long an entry is.
_LOOK_AGAIN = timedelta(hours=6)
_LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One reminder. uid : the same whenever it is read. at : without a zone."""

    uid: str
    at: datetime


def calendar_of(title: str, entries: Iterable[CalendarEntry], changed_at: datetime) -> bytes:
    """Return a calendar of entries that all have one title. changed_at : with its offset."""
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", "-//calendar//1//EN")
    made.add("version", "2.0")
    made.add("name", title)
    made.add("x-wr-calname", title)
    made.add("refresh-interval", _LOOK_AGAIN, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT6H")
    for one in entries:
        made.add_component(_event(title, one, changed_at))
    written: bytes = made.to_ical()
    return written


def _event(title: str, entry: CalendarEntry, changed_at: datetime) -> Event:
    from icalendar import Alarm, Event

    made, alarm = Event(), Alarm()
    made.add("uid", entry.uid)
    made.add("dtstamp", changed_at)
    made.add("dtstart", entry.at)
    made.add("duration", _LASTS)
    made.add("summary", title)
    made.add("class", "PRIVATE")
    made.add("transp", "TRANSPARENT")
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", timedelta())
    made.add_component(alarm)
    return made
