"""What the start page offers: sensors, stages with their doses, and why some are locked."""

from __future__ import annotations

from levator.clinic import POSTURES
from levator.devices.device import known_devices
from levator.live.asking import CUSHIONS
from levator.texts import Speaker
from levator.texts.words import seat_part

FIRST_DEVICE = "simulator://?seed=7&emg=2000Hz&second=yes&respiration=25Hz"


def seat_words(voice: Speaker, cushion: str, posture: str) -> str:
    """Return cushion and posture in words."""
    return f"{seat_part(voice, cushion)} · {seat_part(voice, posture)}"


def cushion_words(voice: Speaker) -> list[tuple[str, str]]:
    """Return the cushions that can be chosen."""
    return [(code, seat_part(voice, code)) for code in CUSHIONS]


def posture_words(voice: Speaker) -> list[tuple[str, str]]:
    """Return the postures that can be chosen."""
    return [(code, seat_part(voice, code)) for code in POSTURES]


def known_sensors() -> list[tuple[str, str]]:
    """Return address and name of the sensors that can be chosen."""
    found = [(example, name) for _, name, example in known_devices()]
    return [(FIRST_DEVICE, found[-1][1]), *found] if found else []
