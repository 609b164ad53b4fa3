"""What the start page offers: sensors, stages with their doses, and why some are locked."""

from __future__ import annotations

from levator.clinic import CUSHIONS, POSTURES
from levator.devices.device import known_devices
from levator.live.asking import OTHER_CUSHION
from levator.texts import Speaker, mark

_CUSHIONS = {
    "none": mark("No cushion"),
    "soft": mark("Soft cushion"),
    "firm": mark("Firm cushion"),
    OTHER_CUSHION: mark("Another cushion"),
}
_POSTURES = {"upright": mark("Upright"), "leaning_back": mark("Leaning back")}
FIRST_DEVICE = "simulator://?seed=7&emg=2000Hz&second=yes&respiration=25Hz"


def seat_words(voice: Speaker, cushion: str, posture: str) -> str:
    """Return cushion and posture in words."""
    return f"{voice.say(_CUSHIONS[cushion])} · {voice.say(_POSTURES[posture])}"


def cushion_words(voice: Speaker) -> list[tuple[str, str]]:
    """Return the cushions that can be chosen."""
    return [(code, voice.say(_CUSHIONS[code])) for code in CUSHIONS]


def posture_words(voice: Speaker) -> list[tuple[str, str]]:
    """Return the postures that can be chosen."""
    return [(code, voice.say(_POSTURES[code])) for code in POSTURES]


def known_sensors() -> list[tuple[str, str]]:
    """Return address and name of the sensors that can be chosen."""
    found = [(example, name) for _, name, example in known_devices()]
    return [(FIRST_DEVICE, found[-1][1]), *found] if found else []
