"""Measures and hard limits: every number in a file, with its source, as the engine takes it."""

import re
import shutil
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from levator.library import (
    check_file,
    library_version,
    load_hard_limits,
    load_scales,
    load_settings,
)
from levator.library.kinds import Score
from levator.library.loader import FOLDER
from levator.training.settings import Settings

MEASURES = sorted((FOLDER / "measures").glob("*.toml"))
OURS = "project default, to be reviewed by a pelvic physiotherapist"


def test_there_is_one_file_for_each_group_of_settings() -> None:
    assert {path.stem for path in MEASURES} == {field.name for field in fields(Settings)}


@pytest.mark.parametrize("path", MEASURES, ids=lambda path: path.stem)
def test_what_the_engine_gets_is_what_the_file_says(path: Path) -> None:
    data = tomllib.loads(path.read_text("utf-8"))
    settings = getattr(load_settings(), path.stem)
    for field in fields(settings):
        assert getattr(settings, field.name) == data[field.name]["value"], field.name


def test_the_numbers_that_the_house_has_settled() -> None:
    settings = load_settings()
    assert settings.verdicts.band_percent_mvc == 10.0
    assert (settings.verdicts.judged_after_s, settings.verdicts.judged_after_of_rest_percent) == (
        2.0,
        50.0,
    )
    assert (settings.rest.longer_by_s, settings.rest.longer_at_most_s) == (1.0, 5.0)
    assert (settings.fatigue.warned_by, settings.fatigue.established_by) == (2, 3)
    assert (settings.session.max_rounds, settings.session.max_effort_s) == (15, 240.0)
    assert settings.calibration.valid_days == 7
    assert settings.quality.silence_s == 0.5


def test_the_hard_limits() -> None:
    hard = load_hard_limits()
    assert (hard.force_percent_mvc, hard.hold_s, hard.cycle_s) == (100.0, 30.0, 120.0)
    assert hard.label == "hard-limits"


def test_the_version_of_the_library_is_that_of_its_content(tmp_path: Path) -> None:
    """One digit, one file more or one less is another version; a line's end is not."""
    copy = tmp_path / "one"
    shutil.copytree(FOLDER, copy, ignore=lambda _, names: {n for n in names if n.endswith(".py")})
    assert library_version(copy) == library_version()
    assert re.fullmatch(r"\d+\.\d+\.\d+\+[0-9a-f]{8}", library_version())
    changed = changed_copies(copy, tmp_path)
    versions = {library_version(folder) for folder in changed.values()}
    assert len(versions) == len(changed)
    assert library_version(changed["other line ends"]) == library_version()


def changed_copies(copy: Path, under: Path) -> dict[str, Path]:
    """Copies of a library folder, each changed in one way."""
    changes: dict[str, Callable[[Path], object]] = {
        "another number": lambda file: file.write_text(file.read_text("utf-8") + "# 1\n", "utf-8"),
        "a file less": Path.unlink,
        "another name": lambda file: file.rename(file.with_name("limit.toml")),
        "other line ends": lambda file: file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n")),
    }
    folders = {}
    for name, change in changes.items():
        folders[name] = under / name
        shutil.copytree(copy, folders[name])
        change(folders[name] / "limits.toml")
    return folders


#: Where a page of advice stands in the list says nothing of a treatment.
NOT_CLINICAL = {".order"}


def numbers_without_source(data: Any, place: str = "", is_sourced: bool = False) -> Iterator[str]:
    """Places of numbers whose own table has no source; a table further out does not count."""
    if isinstance(data, dict):
        for name, one in data.items():
            yield from numbers_without_source(one, f"{place}.{name}", "source" in data)
    elif isinstance(data, list):
        for position, one in enumerate(data):
            yield from numbers_without_source(one, f"{place}.{position}", is_sourced)
    elif isinstance(data, int | float) and not isinstance(data, bool) and not is_sourced:
        yield place


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.toml")), ids=lambda path: path.stem)
def test_every_number_has_its_source_beside_it(path: Path) -> None:
    found = set(numbers_without_source(tomllib.loads(path.read_text("utf-8"))))
    assert found - NOT_CLINICAL == set()


def test_a_number_without_a_source_is_found() -> None:
    hold = {"value": [2, 4], "source": "page 5"}
    data = {"stages": [{"source": "page 4", "dose": {"force": 40, "hold": hold}}]}
    assert list(numbers_without_source(data)) == [".stages.0.dose.force"]


@pytest.mark.parametrize("path", MEASURES, ids=lambda path: path.stem)
def test_what_is_ours_says_so_in_the_same_words(path: Path) -> None:
    data = tomllib.loads(path.read_text("utf-8"))
    sources = [one["source"] for one in data.values() if isinstance(one, dict)]
    assert all(source == OURS for source in sources if "project default" in source)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('source = "project', '# source = "project', "this number has no source"),
        ("value = 10.0", 'value = "10"', "this must be a number"),
        ("value = 10.0", "value = nan", "this must be a finite number"),
        ("[band_percent_mvc]", "[band_percent]", "is band_percent_mvc meant?"),
        ("value = 0.5", "value = -0.5", "this must be at least 0"),
        ("reviewed_by =", "# reviewed_by =", "reviewed_by is missing; name the reviewer"),
        ("[band", "[[band", "every [ needs its ]"),
    ],
)
def test_a_mistake_is_named_in_a_plain_sentence(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    text = (FOLDER / "measures" / "verdicts.toml").read_text("utf-8")
    broken = tmp_path / "verdicts.toml"
    broken.write_text(text.replace(old, new, 1), "utf-8")
    assert any(sentence in str(problem) for problem in check_file(broken))


def test_a_count_is_a_whole_number(tmp_path: Path) -> None:
    text = (FOLDER / "measures" / "fatigue.toml").read_text("utf-8")
    broken = tmp_path / "fatigue.toml"
    broken.write_text(text.replace("value = 3\n", "value = 2.5\n", 1), "utf-8")
    [problem] = check_file(broken)
    assert str(problem.reason) == "this must be a whole number."
    assert problem.line == text.split("value = 3\n")[0].count("\n") + 1


def test_the_scales_of_the_record_come_from_the_library() -> None:
    kept = load_scales()
    assert (kept.pain_most, kept.symptom_most, kept.child_most_grams) == (10, 10_000, 10_000)
    assert kept.adherence_days == 7


def test_a_protocol_speaks_of_pain_on_the_scale_on_which_it_is_asked() -> None:
    asked = TypeAdapter(Score).json_schema()
    assert (asked["minimum"], asked["maximum"]) == (0, load_scales().pain_most)
