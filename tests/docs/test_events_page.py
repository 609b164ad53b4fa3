"""Every event and every field of it is in docs/reference/events.md, and nothing else is."""

import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from levator.training import events

PAGE = Path(__file__).parents[2] / "docs/reference/events.md"
CLASSES = {kind.__name__: kind for kind in get_args(events.Event)}


def sections(text: str) -> dict[str, str]:
    """Return the text under each heading of level 3."""
    parts = re.split(r"^### (\w+)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def rows(section: str) -> list[list[str]]:
    """Return the cells of each row of the first table, without its head."""
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_every_event_has_a_section_and_no_other_is_there() -> None:
    assert sorted(sections(PAGE.read_text("utf-8"))) == sorted(CLASSES)


@pytest.mark.parametrize("name", CLASSES)
def test_every_field_is_named_in_order_with_unit_and_meaning(name: str) -> None:
    found = rows(sections(PAGE.read_text("utf-8"))[name])
    assert [row[0].strip("`") for row in found] == [f.name for f in fields(CLASSES[name])]
    assert all(len(row) == 3 and row[1] and row[2] for row in found)


@pytest.mark.parametrize("name", CLASSES)
def test_a_unit_in_a_name_is_the_unit_on_the_page(name: str) -> None:
    endings = {
        "_percent_mvc_per_s": "%MVC/s",
        "_percent_mvc": "%MVC",
        "_percent": "%",
        "_s": "s",
    }
    for field, unit, _ in rows(sections(PAGE.read_text("utf-8"))[name]):
        bare = field.strip("`")
        stated = next((says for end, says in endings.items() if bare.endswith(end)), None)
        assert stated in (None, unit), bare


CODES = {
    "SetEnded.ended_by": events.SetEnd,
    "QualityFlagged.quality": events.QualityCode,
    "ContractionEnded.kind": events.ContractionKind,
    "CommandRefused.reason": events.RefusalCode,
}


@pytest.mark.parametrize("place", CODES)
def test_every_code_of_a_field_is_named_beside_it(place: str) -> None:
    name, field = place.split(".")
    found = {row[0].strip("`"): row[2] for row in rows(sections(PAGE.read_text("utf-8"))[name])}
    assert set(get_args(CODES[place])) <= set(re.findall(r"`(\w+)`", found[field]))


def test_a_missing_field_would_be_seen() -> None:
    text = PAGE.read_text("utf-8").replace("| `lag_s` |", "| `lags` |")
    names = [row[0].strip("`") for row in rows(sections(text)["RepetitionScored"])]
    assert names != [f.name for f in fields(CLASSES["RepetitionScored"])]
