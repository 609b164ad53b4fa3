"""Draws which sentence of both documents stands where in the library, and which tests hold it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from docs.tables import table

HEAD = ("sentence", "rule, in our words", "in the library", "tests")
#: What most rows have in common, as it is written once above them.
SHORT = {
    "tests/library/test_advice.py::test_one_paragraph_says_what_is_asked": "advice",
    "tests/sources/test_told.py::test_it_says_so_in_each_language": "told",
}


def seed_coverage_page(told: Mapping[str, Any]) -> str:
    """A table for each section of both documents, and how many sentences there are."""
    parts = (
        f"## {name}\n\n" + "\n".join(map(_part, _of(document, told["section"])))
        for document, name in told["documents"].items()
    )
    known = "".join(f"`{short}[case]` is a case of `{test}`. " for test, short in SHORT.items())
    return (
        "# Both documents, sentence by sentence\n\n"
        "Each rule and each number of *Bekken Zwanger Fit* (© Msys AG 2017) and of the hospital's\n"
        "leaflet *Perinatale kinesitherapie*: in our own words, where it stands in the library,\n"
        "and the tests that hold it. The sentences are not here. Each is counted on its page; an\n"
        "entry of a list and a line of a box of settings is one too. The leaflet prints no page\n"
        "numbers: its pages are counted. What they leave open, and where they say different\n"
        "things: [how the document is read](../explanations/how-the-document-is-read.md).\n\n"
        "A place is a file below `src/levator/library` and the way in it; brackets choose one of\n"
        "a list by its id or by words of its English text, and `*` is each of the four languages.\n"
        f"{known}Change `seed-coverage.toml`, not this page.\n\n"
        f"{_counts(told)}\n" + "\n".join(parts)
    )


def _counts(told: Mapping[str, Any]) -> str:
    rows = [
        (name, *map(str, _counted(list(_of(document, told["section"])))))
        for document, name in told["documents"].items()
    ]
    return table(("document", "sentences", "of these no rule", "rows"), rows)


def _counted(sections: list[Mapping[str, Any]]) -> tuple[int, int, int]:
    without = sum(len(one["at"]) for each in sections for one in each.get("without", ()))
    rows = [one for each in sections for one in each.get("row", ())]
    return without + sum(len(one["at"]) for one in rows), without, len(rows)


def _of(document: str, sections: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    return (one for one in sections if one["document"] == document)


def _part(section: Mapping[str, Any]) -> str:
    page = section["page"]
    held = sorted([*section.get("row", ()), *section.get("without", ())], key=lambda one: one["at"])
    return f"### Page {page}: {section['name']}\n\n{table(HEAD, (_row(page, one) for one in held))}"


def _row(page: int, row: Mapping[str, Any]) -> tuple[str, ...]:
    if "because" in row:
        return _at(page, row), f"*no rule: it {row['because']}*", "", ""
    places = "<br>".join(f"`{one}`" for one in row["places"])
    return _at(page, row), row["says"], places, "<br>".join(map(_test, row["tests"]))


def _at(page: int, row: Mapping[str, Any]) -> str:
    return ", ".join(f"{page}.{number}" for number in row["at"])


def _test(name: str) -> str:
    for test, short in SHORT.items():
        name = name.replace(f"{test}[", f"{short}[")
    return f"`{name.removeprefix('tests/')}`"
