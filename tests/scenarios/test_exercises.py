"""Each exercise meets women that a physiotherapist can read about, and asks of them as written."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from levator.course.chart import Chart
from levator.course.exercise import Exercise
from levator.course.facts import StartFacts
from levator.library import load_exercise
from tests.course.women import chart_of

FILES = sorted((Path(__file__).parent / "exercises").glob("*.toml"))
WOMEN = [
    pytest.param(path.stem, woman, id=f"{path.stem}: {woman['name']}")
    for path in FILES
    for woman in tomllib.loads(path.read_text("utf-8"))["woman"]
]


def told_to(exercise: Exercise, chart: Chart) -> str:
    """Which of its texts she reads, or why she reads none."""
    entry, week = exercise.entry, chart.week
    if chart.phase not in entry.phases:
        return "not for her"
    begins, gentle = entry.from_week_after_birth, entry.gentle_until_week_after_birth
    assert week is not None
    if begins is not None and week < begins:
        return "not yet"
    is_gentle = gentle is not None and chart.birth is not None and week < gentle
    words = exercise.words_in("en")
    names = {words.how: "how", words.how_gently: "how_gently"}
    return names[words.how_to(is_gentle=is_gentle)]


def written(exercise: Exercise) -> str:
    """What it asks, in the short hand of the scenario files."""
    pattern = exercise.pattern
    phases = (pattern.rise_s, pattern.hold_s, pattern.fall_s, pattern.rest_s)
    numbers = " ".join(f"{phase:g}" for phase in phases)
    return f"{numbers}; {exercise.repetitions} repetitions; {exercise.times_a_day} a day"


@pytest.mark.parametrize(("exercise_id", "woman"), WOMEN)
def test_scenario(exercise_id: str, woman: dict[str, Any]) -> None:
    exercise, chart = load_exercise(exercise_id), chart_of(StartFacts(**woman["facts"]))
    told = told_to(exercise, chart)
    assert told == woman["told"]
    if told.startswith("how"):
        assert written(exercise) == woman["asks"]
        assert exercise.pattern.cycle_s * exercise.repetitions == woman["lasts_s"]
