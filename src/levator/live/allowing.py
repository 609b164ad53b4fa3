"""What her chart allows now, held against an open room: it goes on within less, or it ends.

Nothing here gives more than the room was opened with.
"""

from __future__ import annotations

from dataclasses import replace

from levator.course.today import Permitted, TodaysDose
from levator.live.room import Room
from levator.live.sitting import Sitting
from levator.training.inputs import Command
from levator.training.limits import breaches, is_lower, strictest


def hold_to(room: Room, now: Permitted) -> None:
    """End a sitting that is not allowed any more, with the reason; else lower its bounds."""
    if room.is_over:
        return
    if not now.may_train or _is_measured_too_hard(room, now):
        room.shut_by = now.shut
        room.stop("room", "not_allowed")
        return
    is_tighter = is_lower(now.limits, room.sitting.limits)
    room.sitting = _within(room.sitting, now)
    if is_tighter and room.stage == "session":
        _lower(room)


def _is_measured_too_hard(room: Room, now: Permitted) -> bool:
    """Whether a true maximum is, or was, measured in this room that is not cleared any more."""
    kinds = room.sitting.reference_kind, now.reference
    return room.stage != "open" and kinds == ("mvc", "comfortable_max")


def _within(sitting: Sitting, now: Permitted) -> Sitting:
    """Return the sitting with today's bounds where they are lower, and a dose within them."""
    if now.reference == "comfortable_max" and sitting.reference_kind == "mvc":
        known = sitting.reference
        kept = known if known is not None and known.kind == "declared" else None
        sitting = replace(sitting, reference_kind="comfortable_max", reference=kept)
    if not is_lower(now.limits, sitting.limits):
        return sitting
    limits = strictest(now.limits, sitting.limits)
    sitting = replace(sitting, limits=limits)
    if not breaches(sitting.dose, limits) or not isinstance(now.dose, TodaysDose):
        return sitting
    return replace(sitting, dose=now.dose.dose, prescribed=now.dose.dose)


def _lower(room: Room) -> None:
    """Give the engine the lower bounds, and a dose within them where its own is over."""
    limits = room.sitting.limits
    asked = room.facts.dose_to_come
    room.give(Command("limits", room.next_index, "room", limits=limits))
    if asked is not None and breaches(asked, limits):
        room.give(Command("dose", room.next_index, "room", dose=room.sitting.dose))
