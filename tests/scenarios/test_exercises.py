"""Each exercise meets women that a physiotherapist can read about, and asks of them as written."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from levator.course.facts import StartFacts
from levator.course.home import home_gates
from levator.course.home_dose import HomeDose, HomeItem, HomeRefused, home_item
from levator.library import load_exercise
from tests.course.women import HARD, PROTOCOL, chart_of

FILES = sorted((Path(__file__).parent / "exercises").glob("*.toml"))
WOMEN = [
    pytest.param(path.stem, woman, id=f"{path.stem}: {woman['name']}")
    for path in FILES
    for woman in tomllib.loads(path.read_text("utf-8"))["woman"]
]


def written(item: HomeItem) -> str:
    """What is asked, in the short hand of the scenario files."""
    pattern = item.pattern
    phases = (pattern.rise_s, pattern.hold_s, pattern.fall_s, pattern.rest_s)
    numbers = " ".join(f"{phase:g}" for phase in phases)
    gently = "; gently" if item.is_gentle else ""
    return f"{item.posture}; {numbers}; {item.repetitions} times, {item.times_a_day} a day{gently}"


@pytest.mark.parametrize(("exercise_id", "woman"), WOMEN)
def test_scenario(exercise_id: str, woman: dict[str, Any]) -> None:
    exercise, chart = load_exercise(exercise_id), chart_of(StartFacts(**woman["facts"]))
    gates = home_gates(exercise, PROTOCOL, chart)
    assert [one.code for one in gates if not one.is_open] == woman.get("shut", [])
    if "asks" in woman:
        dose = HomeDose(exercise_id, **woman.get("dose", {}))
        item = home_item(exercise, dose, chart, HARD)
        assert isinstance(item, HomeItem)
        assert (written(item), item.lasts_s) == (woman["asks"], woman["lasts_s"])
    for setting, asked in woman.get("refused", {}).items():
        refused = home_item(exercise, HomeDose(exercise_id, **{setting: asked}), chart, HARD)
        assert isinstance(refused, HomeRefused), setting
