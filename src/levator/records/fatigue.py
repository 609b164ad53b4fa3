"""What earlier sittings say of the round in which she tires."""

from __future__ import annotations

from levator.records.model import PlainDict
from levator.records.repository import Repository


def last_fatigue_round(
    repository: Repository, patient: str, protocol: str, stage: str
) -> int | None:
    """Return the round in which fatigue was last established, counted from 1.

    Of the newest sitting of the same patient and stage that knows one; None where none does.
    The patient is known by what was typed as her name.
    """
    for header in repository.recordings():
        if header.title == patient and _is_of(header.context, protocol, stage):
            told = [event.data for event in repository.events(header.id)]
            rounds = [one["round"] for one in told if one.get("type") == "FatigueEstablished"]
            if rounds:
                return int(rounds[-1])
    return None


def _is_of(context: PlainDict, protocol: str, stage: str) -> bool:
    return (context.get("protocol"), context.get("stage")) == (protocol, stage)
