"""Law 4, same bits: golden sessions replay to the same bytes here and on every other Python."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest

from levator.training.events import Event
from tests.golden import make, pythons, stored
from tests.golden.play import play

LARGEST_FILE = 300_000


@pytest.mark.parametrize("name", stored.NAMES)
def test_a_golden_session_tells_the_same_to_the_byte(name: str) -> None:
    assert play(stored.text_of(name)) == stored.told_of(name)


@pytest.mark.parametrize("name", stored.NAMES)
def test_its_signals_and_commands_are_those_that_make_py_makes(name: str) -> None:
    """Only its context may be older: thresholds and filters as they were when it was made."""
    made = make.text_of(make.SESSIONS[name]()).splitlines()
    assert stored.text_of(name).splitlines()[2:] == made[2:]


def test_golden_files_are_small_and_complete() -> None:
    sizes = {path.name: path.stat().st_size for path in make.FOLDER.iterdir()}
    assert {*sizes} == {f"{name}.{end}" for name in stored.NAMES for end in ("json", "events")}
    assert max(sizes.values()) < LARGEST_FILE


def test_golden_sessions_reach_what_a_sitting_can_hold() -> None:
    """Every kind of event is told in one of them, and the verdicts that matter most."""
    told = "".join(map(stored.told_of, stored.NAMES))
    kinds = {kind.__name__ for kind in get_args(Event)}
    assert {kind for kind in kinds if f'{{"type": "{kind}"' not in told} == set()
    for verdict in ("good", "weak", "too_strong", "not_released", "no_signal", "breath_held"):
        assert f'"verdict": "{verdict}"' in told


@pytest.mark.parametrize("python", pythons.found(), ids=str)
def test_every_python_tells_the_same_with_the_standard_library_alone(
    python: pythons.Python, tmp_path: Path
) -> None:
    script = Path(make.__file__).with_name("play.py")
    for name, (session, events) in stored.expected().items():
        path = tmp_path / f"{name}.json"
        path.write_text(session, "utf-8")
        done = python.run(script, path)
        assert done.returncode == 0, done.stderr.decode()
        assert done.stdout.decode() == events, name


@pytest.mark.parametrize(
    ("name", "flags"),
    [
        ("guided-force", ["cough"]),
        ("guided-emg", []),
        ("two-streams", []),
        ("interrupted", ["not_a_number"]),
    ],
)
def test_what_is_no_doubt_is_not_told_as_one(name: str, flags: list[str]) -> None:
    """A cough's way back is no shift, nor is a tare; EMG swings without either."""
    told = [json.loads(line) for line in play(stored.text_of(name)).splitlines()]
    assert [event["quality"] for event in told if event["type"] == "QualityFlagged"] == flags
