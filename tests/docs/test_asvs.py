"""Every point of the list is answered once, and no test is named that is not there."""

import tomllib
from collections import Counter
from typing import Any

import pytest

from docs.asvs_page import asvs_counts
from tests.docs.named_tests import ROOT, is_there

STATES = {"by construction", "not applicable", "not met yet"}


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return tomllib.loads((ROOT / "docs/reference/asvs.toml").read_text("utf-8"))


def points(told: dict[str, Any]) -> list[str]:
    return [number for answer in told["answer"] for number in answer["numbers"]]


def test_each_of_the_253_points_is_answered_once(told: dict[str, Any]) -> None:
    assert {level: len(held) for level, held in told["levels"].items()} == {"1": 70, "2": 183}
    asked = [number for held in told["levels"].values() for number in held]
    assert len(set(asked)) == 253
    assert Counter(points(told)) == Counter(asked)
    assert {number.partition(".")[0] for number in asked} == told["chapters"].keys()


def test_no_answer_is_empty_and_none_is_without_a_state_or_a_test(told: dict[str, Any]) -> None:
    for answer in told["answer"]:
        assert answer.keys() <= {"numbers", "says", "state", "tests"}
        assert len(answer["says"]) > 10, answer
        assert answer["says"].endswith("."), answer
        assert answer.get("tests", ["one"]), answer
        if "state" in answer:
            assert answer["state"] in STATES, answer
        else:
            assert answer["tests"], answer
        if answer.get("state") == "not met yet":
            assert "Missing: " in answer["says"], answer
        if answer.get("state") == "by construction":
            assert "tests" not in answer, answer


def test_every_named_test_is_there(told: dict[str, Any]) -> None:
    named = {test for answer in told["answer"] for test in answer.get("tests", ())}
    assert len(named) > 100
    assert [test for test in sorted(named) if not is_there(test)] == []
    here = "tests/docs/test_asvs.py"
    assert is_there(f"{here}::test_every_named_test_is_there")
    for gone in ("tests/none.py::test_x", f"{here}::test_gone", f"{here}::points"):
        assert not is_there(gone)
    case = "tests/security/test_encoding.py::test_it_is_not_here"
    assert is_there(f"{case}[LDAP]")
    assert not is_there(f"{case}[no such case]")


def test_the_counts_stand_at_the_top_of_the_page(told: dict[str, Any]) -> None:
    lines = (ROOT / "docs/reference/asvs.md").read_text("utf-8").splitlines()
    top = [line for line in lines[:25] if line.startswith("| ")]
    counts = Counter(
        answer.get("state", "shown by a test")
        for answer in told["answer"]
        for _ in answer["numbers"]
    )
    assert sum(counts.values()) == 253
    for state, count in counts.items():
        assert any(line.startswith(f"| {state}") and f"| {count} |" in line for line in top), state


def test_most_points_are_shown_by_a_test(told: dict[str, Any]) -> None:
    shown = [
        number for answer in told["answer"] if "state" not in answer for number in answer["numbers"]
    ]
    assert len(shown) >= 150


def test_a_point_that_is_missing_would_be_seen() -> None:
    counted = asvs_counts([{"state": "not met yet"}, {"tests": ["x"]}, {"tests": ["y"]}])
    assert "| shown by a test | 2 | 2 |" in counted
    assert "| not met yet | 1 | 0 |" in counted
