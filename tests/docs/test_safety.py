"""SAFETY.md: no hazard without control, no control or test that is not there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.docs.controls import READERS_OF_SOURCE, REMOVALS, ROOT, Removal
from tests.docs.test_named_things import is_there

PAGE = (ROOT / "SAFETY.md").read_text("utf-8")
NAME = re.compile(r"`([a-z_]+(?:\.[A-Za-z_]\w*)+)`")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def rows() -> dict[str, list[str]]:
    """Return the cells of each hazard, by its id."""
    lines = [line for line in PAGE.splitlines() if re.match(r"\| H\d+ \|", line)]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return {row[0].strip(): row[1:] for row in cells}


@cache
def names_in(file: Path) -> set[str]:
    tree = ast.parse(file.read_text("utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


def test_there_are_hazards_in_order() -> None:
    assert list(rows()) == [f"H{number}" for number in range(1, len(rows()) + 1)]
    assert len(rows()) >= 15


@pytest.mark.parametrize("hazard", rows())
def test_every_control_is_there(hazard: str) -> None:
    _, control, _ = rows()[hazard]
    named = [name for name in NAME.findall(control) if not name.endswith(".js")]
    assert named or "](docs/" in control
    assert [name for name in named if not is_there(name)] == []


@pytest.mark.parametrize("hazard", rows())
def test_every_test_is_there(hazard: str) -> None:
    _, _, tests = rows()[hazard]
    named = TEST.findall(tests)
    assert named
    for file, name in named:
        assert name in names_in(ROOT / file), f"{file}::{name}"


@pytest.mark.parametrize("removal", REMOVALS, ids=lambda r: f"{r.hazard} {r.file}")
def test_every_removal_still_fits_the_code_and_its_row(removal: Removal) -> None:
    code = (ROOT / "src/levator" / removal.file).read_text("utf-8")
    assert code.count(removal.text) == 1
    assert f"`{removal.test.split('[')[0]}`" in rows()[removal.hazard][2]


def test_every_hazard_has_a_control_that_can_be_taken_out() -> None:
    assert {removal.hazard for removal in REMOVALS} == set(rows()) - READERS_OF_SOURCE


def test_a_wrong_name_would_be_seen() -> None:
    assert not is_there("training.target.allow_anything")
    assert "test_that_never_was" not in names_in(ROOT / "tests/docs/test_safety.py")
