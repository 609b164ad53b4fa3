"""Law 8, content: library files are checked, sourced, versioned, reviewed and tried out;
no clinical number lives in code."""

import ast
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from levator.library import check_file, load_settings, protocol_ids
from levator.library.loader import FOLDER

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/levator"
CONTENT = sorted(FOLDER.rglob("*.toml"))
#: Thresholds that nothing reads yet, and what will.
WAITING = {
    "valid_days": "references that are kept from one day to another",
    "session_released_percent": "progression from session to session",
}
#: Numbers that mean nothing clinical anywhere: counting, halving, percent.
PLAIN = {-1, 0, 1, 2, 3, 4, 0.5, 100}
#: Other numbers in the pure rooms, and what they are.
EXPLAINED = {
    "signals/conditioning.py": {64: "windows kept in a list before it is cut"},
    "signals/contraction.py": {12.0: "sum of squares of the first n numbers"},
    "signals/design.py": {
        3.141592653589793: "pi",
        20: "terms of a series",
        200.0: "percent of half a frequency",
    },
    "signals/reference.py": {86_400: "seconds in a day"},
    "signals/tape.py": {1e-6: "rounding slack in samples", 100_000: "a gap too long to fill"},
    "training/commands.py": {10: "the scale of her own rating, 0 to 10"},
    "training/pattern.py": {10.0: "tenths of a second"},
    "training/rounds.py": {15.0: "seconds kept in memory", 600.0: "seconds kept in memory"},
    "training/score.py": {
        400: "samples of a search",
        24: "steps of a search",
        8: "refinement of a search",
        1e-9: "nothing varies",
    },
    "training/session.py": {60.0: "seconds kept in memory"},
}


@pytest.mark.parametrize("path", CONTENT, ids=lambda path: path.stem)
def test_every_file_is_right(path: Path) -> None:
    assert [str(problem) for problem in check_file(path)] == []


@pytest.mark.parametrize("path", CONTENT, ids=lambda path: path.stem)
def test_every_file_names_version_reviewer_and_sources(path: Path) -> None:
    text = path.read_text("utf-8")
    data = tomllib.loads(text)
    assert data["version"]
    assert data["reviewed_by"]
    assert "source = " in text


@pytest.mark.parametrize("name", protocol_ids())
def test_every_protocol_names_its_document_and_pages(name: str) -> None:
    data = tomllib.loads((FOLDER / "protocols" / f"{name}.toml").read_text("utf-8"))
    assert data["document"]["pages"]
    assert all("page" in stage["source"] for stage in data["stages"])


@pytest.mark.parametrize("name", protocol_ids())
def test_every_protocol_has_its_scenario(name: str) -> None:
    assert (ROOT / "tests/scenarios" / f"{name}.toml").is_file()


def test_every_threshold_is_read_by_the_engine() -> None:
    trees = [ast.parse(path.read_text("utf-8")) for path in SOURCE.rglob("*.py")]
    read = {
        node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)
    }
    settings = load_settings()
    names = {
        number.name
        for group in fields(settings)
        for number in fields(getattr(settings, group.name))
    }
    assert names - read <= set(WAITING)


def numbers_in(source: str) -> set[float]:
    """Numbers written in a Python source, signs left out."""
    constants = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    return {one.value for one in constants if type(one.value) in (int, float)}


@pytest.mark.parametrize("room", ["signals", "training", "course"])
def test_no_clinical_number_in_code(room: str) -> None:
    for path in sorted((SOURCE / room).rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        unexplained = numbers_in(path.read_text("utf-8")) - PLAIN - set(EXPLAINED.get(name, {}))
        assert unexplained == set(), f"{name}: put it into library/measures, or explain it here"


def test_a_number_in_code_is_seen() -> None:
    assert numbers_in("def f(x):\n    return x > 12.5 and x < -7\n") == {12.5, 7}
