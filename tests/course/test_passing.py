"""A sitting passes, fails, or says too little, each at the edge of its number."""

from dataclasses import replace
from typing import Any

import pytest

from levator.course.passing import FAILING, outcome
from tests.course.women import BORN, PROTOCOL, sitting

DONE = sitting("step-5", BORN)


def told(**changes: Any) -> tuple[str, list[str]]:
    made = outcome(replace(DONE, **changes), PROTOCOL.progression, PROTOCOL.pain)
    return made.kind, [one.code for one in made.reasons]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"in_band_percent": 80.0},
        {"released_percent": 90.0},
        {"flagged_percent": 20.0},
        {"valid": 3},
        {"pain_before": 2, "pain_after": 3},
        {"pain_before": 5, "pain_after": 5},
    ],
    ids=str,
)
def test_passed(changes: dict[str, Any]) -> None:
    assert told(**changes) == ("passed", [])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"in_band_percent": 79.9}, "out_of_band"),
        ({"released_percent": 89.9}, "not_let_go"),
        ({"ended_by": "pain"}, "ended_by_pain"),
        ({"pain_before": 1, "pain_after": 3}, "pain_rose"),
        ({"pain_before": 6, "pain_after": 6}, "over_the_stop"),
    ],
    ids=str,
)
def test_failed(changes: dict[str, Any], code: str) -> None:
    assert told(**changes) == ("failed", [code])
    assert code in FAILING


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"flagged_percent": 20.1}, "signal_in_doubt"),
        ({"flagged_percent": None}, "signal_in_doubt"),
        ({"valid": 2}, "too_few_rounds"),
        ({"in_band_percent": None}, "not_measured"),
        ({"released_percent": None}, "not_measured"),
        ({"pain_before": None}, "pain_not_asked"),
        ({"pain_after": None}, "pain_not_asked"),
    ],
    ids=str,
)
def test_doubtful(changes: dict[str, Any], code: str) -> None:
    assert told(**changes) == ("doubtful", [code])


def test_a_doubtful_signal_says_nothing_of_the_muscle() -> None:
    assert told(valid=1, in_band_percent=10.0) == ("doubtful", ["too_few_rounds"])


def test_pain_counts_whatever_the_signal() -> None:
    kind, codes = told(valid=1, pain_after=4)
    assert kind == "failed"
    assert codes == ["pain_rose", "too_few_rounds"]


def test_every_reason_has_its_numbers_and_source() -> None:
    (one,) = outcome(
        replace(DONE, in_band_percent=70.0), PROTOCOL.progression, PROTOCOL.pain
    ).reasons
    assert (one.needed, one.given) == (80.0, 70.0)
    assert "project default" in one.source
