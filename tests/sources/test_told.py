"""What both documents say in words stands in the library, in four languages."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.library.places import LANGUAGES, at

TOLD = tomllib.loads((Path(__file__).parent / "told.toml").read_text("utf-8"))["told"]


@pytest.mark.parametrize("told", TOLD, ids=[one["id"] for one in TOLD])
def test_it_says_so_in_each_language(told: dict[str, Any]) -> None:
    for place in told["places"]:
        words = at(place)
        for language in LANGUAGES:
            assert re.search(told[language], words[language]), (place, language)


@pytest.mark.parametrize(
    "place",
    [
        "advice/yoga.toml: paragraphs",
        "advice/lifting.toml",
        "advice/lifting.toml: ",
        "advice/lifting.toml: paragraph[back straight]",
        "advice/lifting.toml: paragraphs[back straight]texts",
        "advice/lifting.toml: paragraphs[back straight].texts.pl",
        "advice/lifting.toml: paragraphs[back crooked].texts.*",
        "advice/lifting.toml: paragraphs[e].texts.*",
        "advice/lifting.toml: title.*",
        "exercises/strength.toml: postures[lying].texts.*.goal",
    ],
)
def test_a_place_that_is_not_there_is_named(place: str) -> None:
    with pytest.raises(LookupError, match=re.escape(place)):
        at(place)
