"""Recordings that are older than a number of the library are read as they were made."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from levator.errors import RecordingError
from levator.library import load_settings, with_numbers_of_then
from levator.library.loader import load_before
from levator.reports.stored import context_in
from levator.training.events import RepetitionScored
from levator.training.plain import to_plain
from levator.training.replay import run
from tests.golden.play import read_input

#: A session as it was stored before four of the thresholds were there, and what was told then.
OLDER = Path(__file__).parents[1] / "golden/older"
JOINED = {
    "calibration.polarity_settled_s": 1.0,
    "calibration.quick_rate_from_percent": 20.0,
    "calibration.quick_rate_to_percent": 80.0,
    "calibration.failures_at_most": 1_000_000,
    "calibration.rest_restless_times": 1_000_000.0,
    "quality.activity_cough_of_level_percent": 0.0,
}


def older_session() -> dict[str, Any]:
    session: dict[str, Any] = json.loads((OLDER / "guided-force.json").read_text("utf-8"))
    return session


def names_in(settings: dict[str, dict[str, Any]]) -> set[str]:
    return {f"{group}.{name}" for group, numbers in settings.items() for name in numbers}


def test_an_older_recording_replays_with_the_numbers_of_then() -> None:
    session = older_session()
    context = context_in(session["context"])
    for place, before in JOINED.items():
        group, name = place.split(".")
        assert getattr(getattr(context.settings, group), name) == before, place
    told = [json.loads(line) for line in (OLDER / "guided-force.events").read_text().splitlines()]
    events = run(context, map(read_input, session["inputs"]))
    assert [one.verdict for one in events if isinstance(one, RepetitionScored)] == [
        one["verdict"] for one in told if one["type"] == "RepetitionScored"
    ]


def test_every_threshold_is_as_old_as_that_recording_or_says_what_held_before_it() -> None:
    """Who adds a threshold says what it means for what is recorded already."""
    then = names_in(older_session()["context"]["settings"])
    now = {
        f"{group.name}.{number.name}": load_before()[group.name][number.name]
        for group in fields(load_settings())
        for number in fields(getattr(load_settings(), group.name))
    }
    assert {name: now[name] for name in now.keys() - then if name in JOINED} == JOINED
    assert {name for name in now.keys() - then if now[name] is None} == set()


def test_what_is_stored_is_never_replaced() -> None:
    context = older_session()["context"]
    filled = with_numbers_of_then(context)["settings"]
    for group, numbers in context["settings"].items():
        assert filled[group] | numbers == filled[group]
    whole = {"settings": to_plain(load_settings())}
    assert with_numbers_of_then(whole) == whole


def test_a_recording_without_a_number_that_nothing_is_known_of_is_not_replayed() -> None:
    context = older_session()["context"]
    del context["settings"]["verdicts"]["band_percent_mvc"]
    with pytest.raises(
        RecordingError, match=r"older than the threshold verdicts\.band_percent_mvc"
    ):
        context_in(context)


@pytest.mark.parametrize("context", [{}, {"settings": None}, {"settings": {"rest": 3}}])
def test_a_damaged_context_is_told_as_one(context: dict[str, Any]) -> None:
    with pytest.raises(RecordingError, match="A stored"):
        context_in(context)
