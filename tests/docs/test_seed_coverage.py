"""Every sentence of both documents has its place in the library and a test, and both are there."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from tests.docs.named_tests import ROOT, is_there
from tests.library.places import LANGUAGES, at


@cache
def read(path: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / path).read_text("utf-8"))


DATA = read("docs/reference/seed-coverage.toml")
ROWS = [
    pytest.param(row, id=f"{section['document']} {section['page']}.{row['at'][0]}")
    for section in DATA["section"]
    for row in section.get("row", ())
]
ADVICE = "tests/library/test_advice.py::test_one_paragraph_says_what_is_asked"
TOLD = "tests/sources/test_told.py::test_it_says_so_in_each_language"
#: How many sentences each document has on each of its pages.
SENTENCES = {
    "scheme": {1: 7, 2: 11, 3: 17, 4: 12, 5: 10, 6: 8, 7: 14, 8: 20},
    "leaflet": {1: 12, 2: 10, 3: 21, 4: 1},
}
#: Numbers that a sentence may write as a word, in the order of LANGUAGES.
WORDS: dict[float, tuple[str, ...]] = {
    2: ("twee", "two", "deux", "zwei"),
    3: ("drie", "three", "trois", "drei"),
    4: ("vier", "four", "quatre", "vier"),
    10: ("tien", "ten", "dix", "zehn"),
}
#: What names a step or a reading, and is no number of a rule.
NAMED = re.compile(r"\bsteps? \d+|\bA\d+\b")
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def numbers_of(says: str) -> set[float]:
    return set(map(float, NUMBER.findall(NAMED.sub("", says))))


def values_at(found: Any) -> Iterator[float]:
    """Every number that stands at a place, not those of its texts and sources."""
    if isinstance(found, dict):
        for each in found.values():
            yield from values_at(each)
    elif isinstance(found, list):
        for each in found:
            yield from values_at(each)
    elif isinstance(found, int | float) and not isinstance(found, bool):
        yield float(found)


def is_text(place: str) -> bool:
    return ".*" in place


def is_said(number: float, words: dict[str, str]) -> bool:
    """Whether a text has a number in each language, in digits or as a word."""
    named = WORDS.get(number, ("",) * len(LANGUAGES))
    for language, word in zip(LANGUAGES, named, strict=True):
        written = "|".join(filter(None, (rf"{number:g}(?![\d.,]*\d)", word)))
        if not re.search(rf"(?<![\d.,])\b(?:{written})", words[language], re.IGNORECASE):
            return False
    return True


def asked_by(test: str) -> list[tuple[str, dict[str, str]]]:
    """What a test of words asks for, and at which places: a file of advice, or a whole place."""
    name, _, case = test.removesuffix("]").partition("[")
    if name == ADVICE:
        asked = read("tests/library/advice-asked.toml")["asked"]
        return [(f"advice/{one['page']}.toml: ", one) for one in asked if one["id"] == case]
    if name == TOLD:
        told = read("tests/sources/told.toml")["told"]
        return [(place, one) for one in told if one["id"] == case for place in one["places"]]
    return []


def is_held(place: str, tests: list[str]) -> bool:
    """Whether one of the tests asks for the words of a place."""
    return any(
        place.startswith(where) and re.search(asked["en"], at(place)["en"])
        for test in tests
        for where, asked in asked_by(test)
    )


def wrong_with(row: dict[str, Any]) -> list[str]:
    """Return what is wrong with a row, in words."""
    if row.keys() != {"at", "says", "places", "tests"} or not all(row.values()):
        return ["something is empty"]
    gone = [f"no {one}" for one in row["places"] if not stands(one)]
    gone += [f"no {test}" for test in row["tests"] if not is_there(test)]
    return gone or [*wrong_numbers(row), *wrong_words(row)]


def stands(place: str) -> bool:
    try:
        return at(place) not in (None, "", [], {})
    except LookupError:
        return False


def wrong_numbers(row: dict[str, Any]) -> Iterator[str]:
    asked = numbers_of(row["says"])
    texts = [at(place) for place in row["places"] if is_text(place)]
    values = {place: set(values_at(at(place))) for place in row["places"] if not is_text(place)}
    for number in asked:
        in_values = any(number in found for found in values.values())
        if not in_values and not any(is_said(number, words) for words in texts):
            yield f"{number:g} is at none of the places"
    if asked:
        yield from (f"another number at {one}" for one, n in values.items() if n and not n & asked)


def wrong_words(row: dict[str, Any]) -> Iterator[str]:
    for place in row["places"]:
        if is_text(place) and not is_held(place, row["tests"]):
            yield f"no test asks for the words of {place}"


def test_each_sentence_of_both_documents_is_there_once() -> None:
    found = Counter[tuple[str, int, int]]()
    for section in DATA["section"]:
        first, last = section["sentences"]
        held = [*section.get("row", ()), *section.get("without", ())]
        numbers = [number for one in held for number in one["at"]]
        assert sorted(numbers) == list(range(first, last + 1)), section["name"]
        found.update((section["document"], section["page"], number) for number in numbers)
    asked = [
        (document, page, number)
        for document, pages in SENTENCES.items()
        for page, count in pages.items()
        for number in range(1, count + 1)
    ]
    assert found == Counter(asked)
    assert DATA["documents"].keys() == SENTENCES.keys()


@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_whole_and_what_it_names_is_there(row: dict[str, Any]) -> None:
    assert wrong_with(row) == []


def test_a_sentence_without_a_rule_says_why() -> None:
    left = [one for section in DATA["section"] for one in section.get("without", ())]
    assert all(len(one["because"]) > 10 for one in left)
    assert len(left) == 2


GOOD = {
    "at": [7],
    "says": "Force 40 %.",
    "places": ["protocols/bekken-zwanger-fit.toml: stages[step-2].dose.force_percent_mvc"],
    "tests": ["tests/sources/test_seed000.py::test_seed000_step2_force_40_and_its_pattern"],
}
TEN = {
    "at": [7],
    "says": "She does 10 each time.",
    "places": ["advice/daily-practice.toml: paragraphs[Choose fixed moments].texts.*"],
    "tests": [f"{ADVICE}[R31 ten, feeding, car, dishes]"],
}


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (GOOD, []),
        (GOOD | {"places": []}, ["something is empty"]),
        (GOOD | {"tests": []}, ["something is empty"]),
        (GOOD | {"says": ""}, ["something is empty"]),
        ({"at": [7], "says": "Force 40 %."}, ["something is empty"]),
        (GOOD | {"places": ["protocols/gone.toml: stages"]}, ["no protocols/gone.toml: stages"]),
        (
            GOOD | {"places": ["protocols/bekken-zwanger-fit.toml: stages[step-8]"]},
            ["no protocols/bekken-zwanger-fit.toml: stages[step-8]"],
        ),
        (
            GOOD | {"tests": ["tests/sources/test_seed000.py::test_gone"]},
            ["no tests/sources/test_seed000.py::test_gone"],
        ),
        (TEN | {"tests": [f"{ADVICE}[R37 yoga]"]}, [f"no {ADVICE}[R37 yoga]"]),
        (
            GOOD | {"says": "Force 45 %."},
            [
                "45 is at none of the places",
                "another number at "
                "protocols/bekken-zwanger-fit.toml: stages[step-2].dose.force_percent_mvc",
            ],
        ),
        (TEN, []),
        (TEN | {"says": "She does 12 each time."}, ["12 is at none of the places"]),
        (
            TEN | {"tests": [f"{ADVICE}[R31 sitting or standing]"]},
            [f"no test asks for the words of {TEN['places'][0]}"],
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_seen(row: dict[str, Any], wrong: list[str]) -> None:
    assert wrong_with(row) == wrong


def test_numbers_are_read_in_digits_and_words_of_each_language() -> None:
    assert numbers_of("From step 6 on 50 % to 70 %, for 4.5 s (A12).") == {50.0, 70.0, 4.5}
    three = {"nl": "drie lagen", "en": "Three layers", "fr": "trois", "de": "dreimal"}
    assert is_said(3, three)
    assert not is_said(3, three | {"fr": "deux"})
    assert not is_said(3, three | {"en": "13 layers, or 3.5"})
    assert is_said(6, dict.fromkeys(LANGUAGES, "tot 6 weken."))
