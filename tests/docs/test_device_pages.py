"""The pages of devices and recordings name every option, behaviour, unit and mark there is."""

import re
from pathlib import Path

from levator.devices.device import GROUP, known_devices
from levator.devices.replay import driver as replay
from levator.devices.simulator.options import OPTIONS
from levator.devices.simulator.patient import BEHAVIOURS
from levator.formats.edf_file import MISSING, STARTED_AT, STARTS_AT
from levator.quantities import UNIT_OF_WORD

DOCS = Path(__file__).parents[2] / "docs"
DEVICES = (DOCS / "reference/devices.md").read_text("utf-8")
RECORDINGS = (DOCS / "reference/recordings.md").read_text("utf-8")
GUIDE = (DOCS / "how-to/add-a-device.md").read_text("utf-8")


def section(name: str) -> str:
    return DEVICES.split(f"\n## {name}://")[1].split("\n## ")[0]


def listed(text: str) -> set[str]:
    """The names in the first column of the tables."""
    rows = re.findall(r"^\| (`.*?`) +\|", text, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`(\w+)", row)}


def test_every_driver_has_its_section() -> None:
    for scheme, _, example in known_devices():
        assert example.split("&loop")[0] in section(scheme)


def test_every_option_and_behaviour_is_explained_and_no_other() -> None:
    streams = {"seat", "emg", "respiration"}
    named = listed(section("simulator"))
    assert set(OPTIONS) | set(BEHAVIOURS) | {"plug"} | streams == named | streams
    assert listed(section("replay")) == set(replay.OPTIONS)


def test_every_unit_and_mark_of_a_recording_is_explained() -> None:
    for word in UNIT_OF_WORD:
        assert f"`_{word}`" in RECORDINGS
    for mark in (STARTS_AT, STARTED_AT, MISSING):
        assert mark in RECORDINGS


def test_the_guide_names_the_group_of_entry_points() -> None:
    assert f'[project.entry-points."{GROUP}"]' in GUIDE
