"""Files, modules and developer's commands that pages name are there."""

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from levator.records.access import TABLE
from tests.docs.pages import ROOT, pages

PLACES = re.compile(r"`((?:src|tests|docs|benchmarks|third-party|\.ci)/[\w./*-]+)`")
NAMES = re.compile(r"`((?:levator|signals|training|course|records|live|devices|formats)\.[\w.]+)`")


def text_of(page: Path) -> str:
    return page.read_text("utf-8")


def is_there(name: str) -> bool:
    """Whether a dotted name leads to a module, or to something in one."""
    parts = name.removeprefix("levator.").split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = import_module(".".join(["levator", *parts[:cut]]))
        except ImportError:
            continue
        for part in parts[cut:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


@pytest.mark.parametrize("page", pages(), ids=lambda p: str(p.relative_to(ROOT)))
def test_every_file_named_is_there(page: Path) -> None:
    named = set(PLACES.findall(text_of(page)))
    assert {name for name in named if not any(ROOT.glob(name.rstrip("/")))} == set()


@pytest.mark.parametrize("page", pages(), ids=lambda p: str(p.relative_to(ROOT)))
def test_every_name_in_the_code_is_there(page: Path) -> None:
    named = set(NAMES.findall(text_of(page))) - TABLE.keys()
    assert {name for name in named if not is_there(name)} == set()


def test_every_page_that_the_code_names_is_there() -> None:
    files = [*(ROOT / "src").rglob("*.py"), *(ROOT / "src").rglob("*.js")]
    named = {
        page for file in files for page in re.findall(r"docs/[\w/.-]+\.md", file.read_text("utf-8"))
    }
    assert {page for page in named if not (ROOT / page).exists()} == set()


def linked_from(page: Path) -> set[Path]:
    targets = re.findall(r"\]\(([^)#\s]+\.md)", text_of(page))
    return {(page.parent / target).resolve() for target in targets if "://" not in target}


def test_every_page_can_be_reached_from_the_readme() -> None:
    seen: set[Path] = set()
    waiting = {ROOT / "README.md"}
    while waiting:
        page = waiting.pop()
        seen.add(page)
        waiting |= {one for one in linked_from(page) if one.exists()} - seen
    assert {str(page.relative_to(ROOT)) for page in set(pages()) - seen} == set()


def test_every_command_of_dev_is_one() -> None:
    done = subprocess.run(
        [sys.executable, "-I", ROOT / "dev.py"], capture_output=True, text=True, check=False
    )
    known = set(re.findall(r"^  (\w+) +\S", done.stderr, re.MULTILINE))
    said = {word for page in pages() for word in re.findall(r"dev\.py ([a-z]+)", text_of(page))}
    assert said - known == set()
    assert {"demo", "test"} <= said


def test_a_wrong_name_would_be_seen() -> None:
    assert is_there("training.target.announce")
    assert not is_there("training.target.announced")
    assert not is_there("levator.nowhere.at_all")
