"""What the start page offers: sensors, stages with their doses, and why some are locked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from levator.clinic import POSTURES
from levator.devices.device import known_devices
from levator.live.asking import CUSHIONS
from levator.texts import Speaker
from levator.texts.words import seat_part

#: Of what was used before, the newest that are offered besides what is always there.
MOST_USED = 5
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


def known_sensors(
    voice: Speaker, used: Sequence[str], recordings: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return address and name of the sensors that can be chosen, the last one used first.

    used : addresses that were used here, newest first. recordings : address and name of each.
    """
    simulated = voice.say("A simulated patient")
    named = {scheme: voice.say(words) for scheme, words, _ in known_devices()}
    named["simulator"] = simulated
    offered = {FIRST_DEVICE: simulated}
    offered |= {
        example: named[scheme]
        for scheme, _, example in known_devices()
        if scheme not in ("simulator", "replay")
    }
    offered |= {url: voice.say("The recording %(name)s", name=name) for url, name in recordings}
    before = {url: offered.get(url) or _with_address(named, url) for url in used[:MOST_USED]}
    return list((before | offered).items())


def _with_address(named: Mapping[str, str], url: str) -> str:
    """Return what a sensor is called that was typed: what it is, and where."""
    name = named.get(url.partition("://")[0], "")
    return f"{name}: {url}" if name else url
