"""Law 8, content: library files are checked, sourced, versioned, reviewed and tried out;
no clinical number lives in code."""

import ast
import re
import tomllib
from collections import Counter
from dataclasses import fields
from pathlib import Path

import pytest

from levator.library import check_file, exercise_ids, load_settings, protocol_ids
from levator.library.loader import FOLDER
from levator.records.kinds import KINDS

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/levator"
CONTENT = sorted(FOLDER.rglob("*.toml"))
#: Numbers that mean nothing clinical anywhere: counting, doubling, halving, percent.
PLAIN = {0, 1, 2, 100}
#: Other numbers in the pure rooms: where, which, how often, and what they are.
EXPLAINED: dict[str, dict[float, tuple[int, str]]] = {
    "course/chart.py": {
        7: (1, "days of a week"),
        280: (1, "days from the last period to the expected day, as that day is defined"),
    },
    "signals/conditioning.py": {64: (1, "windows kept in a list before it is cut")},
    "signals/contraction.py": {
        3: (1, "a line and its scatter need three points"),
        12.0: (1, "sum of squares of the first n numbers"),
    },
    "signals/design.py": {
        3.141592653589793: (1, "pi"),
        20: (1, "terms of a series"),
        200.0: (1, "percent of half a frequency"),
        0.5: (1, "to the nearest sample"),
    },
    "signals/reference.py": {86_400: (1, "seconds in a day")},
    "signals/tape.py": {
        1e-6: (1, "rounding slack in samples"),
        100_000: (1, "a gap too long to fill"),
    },
    "training/inputs.py": {10: (1, "the scale of her own rating, 0 to 10")},
    "training/describe.py": {0.5: (1, "to the nearest sample")},
    "training/doubt.py": {0.5: (1, "to the nearest sample")},
    "training/judging.py": {0.5: (1, "to the nearest sample")},
    "course/stretch.py": {
        30: (1, "halvings of an arc, after which its digits stand"),
        4: (2, "a whole circle is four quarters; the square of the diameter of the unit circle"),
        0.5: (1, "half of the arc over a double chord"),
    },
    "course/facts.py": {5200: (1, "weeks of a hundred years, which no chart has")},
    "training/plain.py": {
        1e100: (1, "larger than anything that was ever written"),
        53: (1, "bits of a float's whole numbers"),
    },
    "training/pattern.py": {
        4: (1, "numbers of a pattern"),
        10.0: (1, "tenths of a second"),
        1e-06: (1, "shorter than any sampling period, so that rates stay numbers"),
        86_400.0: (1, "a day, which no phase lasts, so that sums stay numbers"),
    },
    "training/rounds.py": {
        15.0: (1, "seconds kept in memory"),
        600.0: (1, "seconds kept in memory"),
    },
    "training/score.py": {
        400: (1, "samples of a search"),
        24: (1, "steps of a search"),
        8: (1, "refinement of a search"),
        1e-9: (1, "nothing varies"),
    },
    "training/session.py": {60.0: (1, "seconds kept in memory")},
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
    place = re.compile(r"\b(pages?|table|recommendation|section) ")
    assert all(place.search(stage["source"]) for stage in data["stages"])


@pytest.mark.parametrize("name", protocol_ids())
def test_every_protocol_has_its_scenario(name: str) -> None:
    assert (ROOT / "tests/scenarios" / f"{name}.toml").is_file()


@pytest.mark.parametrize("name", exercise_ids())
def test_every_exercise_has_its_scenario(name: str) -> None:
    assert (ROOT / "tests/scenarios/exercises" / f"{name}.toml").is_file()


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
    assert names - read == set()


def numbers_in(source: str) -> Counter[float]:
    """Numbers written in a Python source and how often, signs left out."""
    constants = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    return Counter(one.value for one in constants if type(one.value) in (int, float))


def seconds_in(source: str) -> set[float]:
    """Plain numbers that have a unit all the same: `wait_s = 2.0`, `over_percent > 100`."""
    found = set[float]()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Assign(targets=[*named], value=ast.Constant(value=number)):
                pass
            case ast.AnnAssign(target=target, value=ast.Constant(value=number)):
                named = [target]
            case ast.Compare(left=left, comparators=[ast.Constant(value=number)]):
                named = [left]
            case ast.keyword(arg=str(name), value=ast.Constant(value=number)):
                named = [ast.Name(name)]
            case _:
                continue
        words = {getattr(one, "id", None) or getattr(one, "attr", "") for one in named}
        # Zero is no threshold: it says that there is nothing, or that something has begun.
        if type(number) in (int, float) and number != 0 and any(map(is_with_unit, words)):
            found.add(number)
    return found


def is_with_unit(name: str) -> bool:
    return name.endswith(("_s", "_hz", "_percent", "_percent_mvc", "_percent_mvc_per_s"))


@pytest.mark.parametrize("room", ["signals", "training", "course"])
def test_no_clinical_number_in_code(room: str) -> None:
    for path in sorted((SOURCE / room).rglob("*.py")):
        name, source = path.relative_to(SOURCE).as_posix(), path.read_text("utf-8")
        explained = {number: times for number, (times, _) in EXPLAINED.get(name, {}).items()}
        written = {one: times for one, times in numbers_in(source).items() if one not in PLAIN}
        assert written == explained, f"{name}: put it into library/measures, or explain it here"
        assert seconds_in(source) <= explained.keys(), name


@pytest.mark.parametrize("name", KINDS)
def test_no_record_brings_a_number_of_its_own(name: str) -> None:
    given = {one.name: one.default for one in fields(KINDS[name])}
    assert {key for key, one in given.items() if type(one) in (int, float) and one} == set()


def test_a_number_in_code_is_seen() -> None:
    source = "hold_s = 2.0\nprint(x_s > 12.5 and x_s < -7 or x_s > 1 or g(rise_s=1.0))\n"
    assert numbers_in(source) == Counter({1: 2, 2.0: 1, 12.5: 1, 7: 1})
    assert seconds_in(source) == {1, 2.0, 12.5}
    assert seconds_in("a_s: float = 0.0\nb = 2\nc(2)\n") == set()
