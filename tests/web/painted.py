"""What a screen is shown, as its page reads it."""

import json
from typing import Any

from levator.clinic import Clinic
from levator.live.asking import Asker
from levator.live.room import Room
from levator.web.painting import Painter


def painted(clinic: Clinic, room: Room, asker: Asker = "therapist") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Painter(clinic.rooms, "")(room, asker, "en"))
    return found


def desk(clinic: Clinic, room: Room) -> dict[str, Any]:
    """What the therapist's screen shows to therapists only."""
    found: dict[str, Any] = painted(clinic, room)["therapist"]
    return found
