"""A source is cited in the language of the page: our own words translated, titles as published."""

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from levator.texts import citing, speaker
from levator.texts.citing import cited

NL, EN = speaker("nl"), speaker("en")
#: What stays as it was published: titles, names, numbers, and the marks of a work.
PUBLISHED = re.compile(
    r"(?P<guideline>2019 Canadian guideline for physical activity throughout pregnancy"
    r"|De bekkenbodem|Zwangerschap en bekkenbodem|Aandachtspunten|Hef- en tiltechnieken"
    r"|Toilethouding|Ashton-Miller|DeLancey|Lien 2004"
    r"|2025 Canadian postpartum guideline|Glazer protocol|© Msys AG 2017|Bekken Zwanger Fit"
    r"|Perinatale kinesitherapie|Burgerlijk Wetboek 7|45[45] lid 3|45[45]|WGBO|Goom 2019"
    r"|SOGC/CSEP no. 367|Leitner 2019|Bright 2014|ICIQ bladder diary|QS77|AJSM 2007|BJSM 59"
    r"|NICE (CG|NG)\d+|Rol bekkenbodem|Tracy 2016|Svabík 2009"
    r"|MOTHERFIT|Thomeé|Silbernagel|Kracht|Uithouding|Coördinatie"
    r"|Aandachtspunten|Opstart postnatale kinesitherapie)"
    r"|doi|PubMed \d+|PMC\d+|LOINC [\d-]+|authorea \d+|doi 10\.\S+|10\.\S+|arbor\.bfh\.ch/\d+"
    r"|[\d.-]*( s| %| %MVC/s)?|s|d"
)


def sources(of: Any) -> Iterator[str]:
    if isinstance(of, dict):
        for name, value in of.items():
            if name in ("source", "seed_source", "reviewer") and isinstance(value, str):
                yield value
            yield from sources(value)
    elif isinstance(of, list):
        for value in of:
            yield from sources(value)


LIBRARY = sorted(
    {
        source
        for file in Path(str(files("levator.library"))).rglob("*.toml")
        for source in sources(tomllib.loads(file.read_text(encoding="utf-8")))
    }
)


def ours(source: str) -> list[str]:
    """The parts of a source that are said as they stand although nobody published them."""
    source = citing._with_ours(citing._PAGES.sub(";", source), lambda _: ";")
    for known in (citing._BEGIN, citing._RANGE):
        source = known.sub(";", source)
    parts = [part.strip() for part in re.split(r"[();:,]", source)]
    return [one for one in parts if not PUBLISHED.fullmatch(one)]


@pytest.mark.parametrize("source", LIBRARY)
def test_our_own_words_of_a_source_are_dutch_on_a_dutch_page(source: str) -> None:
    assert ours(source) == []
    assert cited(EN, source) == source


def test_a_remark_that_nobody_translated_is_seen() -> None:
    assert ours("Bekken Zwanger Fit, page 3 (as she likes it)") == ["as she likes it"]


def test_a_remark_is_whole_words() -> None:
    assert cited(NL, "the stepmother; the step") == "the stepmother; de stap"
