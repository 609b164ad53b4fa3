"""The pages of advice: what both seeds ask for stands there, in four languages, with its source."""

import re
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest

from levator.course.advice import Advice, Paragraph, Topic, advised
from levator.course.chart import Birth, Chart
from levator.errors import CallerError, LibraryError
from levator.library import advice_ids, check_file, load_advice, load_checklist, read_advice
from levator.library.loader import FOLDER
from tests.course.women import BORN, pregnant

OURS = "project default, to be reviewed by a pelvic physiotherapist"
SEED = "Bekken Zwanger Fit, © Msys AG 2017, page"
LEAFLET = "Perinatale kinesitherapie, patient leaflet, page"
LANGUAGES = ("nl", "en", "fr", "de")
PAGES = [load_advice(name) for name in advice_ids()]
CAESAREAN = (FOLDER / "advice" / "caesarean.toml").read_text("utf-8")
#: What the requirements R1-R36 ask for, and where two readings are settled.
ASKED = tomllib.loads((Path(__file__).parent / "advice-asked.toml").read_text("utf-8"))["asked"]


def says(one: Paragraph, asked: dict[str, str]) -> bool:
    """Whether a paragraph says in each language what is asked there, after that source."""
    words = one.told.words
    return asked["source"] in one.told.source and all(
        re.search(asked[language], words[language]) for language in LANGUAGES
    )


@pytest.mark.parametrize("asked", ASKED, ids=[one["id"] for one in ASKED])
def test_one_paragraph_says_what_is_asked(asked: dict[str, str]) -> None:
    assert [says(one, asked) for one in load_advice(asked["page"]).paragraphs].count(True) == 1


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("pregnancy-and-birth", "minstens drie keer", "minstens twee keer"),
        ("caesarean", "until 6 weeks", "until 4 weeks"),
        ("recovery", "Woche 0 bis 3", "Woche 0 bis 6"),
        ("daily-practice", "faites-en 10", "faites-en 30"),
        ("urination", "Pressen Sie nie", "Pressen Sie selten"),
    ],
)
def test_another_number_or_rule_in_one_language_is_seen(
    tmp_path: Path, name: str, old: str, new: str
) -> None:
    mine = tmp_path / f"{name}.toml"
    mine.write_text((FOLDER / "advice" / mine.name).read_text("utf-8").replace(old, new), "utf-8")
    asked = [one for one in ASKED if one["page"] == name]
    found = [any(says(part, one) for part in read_advice(mine).paragraphs) for one in asked]
    assert found.count(False) == 1


def test_the_pages_that_come_with_levator() -> None:
    assert advice_ids() == (
        "caesarean", "complaints", "daily-practice", "defecation", "footstool", "lifting",
        "pelvic-floor", "physiotherapy", "pregnancy-and-birth", "recovery", "red-flags", "scars",
        "urination",
    )  # fmt: skip
    with pytest.raises(CallerError, match="no 'yoga' in advice; it has caesarean, complaints"):
        load_advice("yoga")


def told(page: Advice) -> list[Any]:
    """Everything that a page tells, each with its source."""
    sides = [(one.leads, one.other, one.because) for one in page.disagreements]
    return [one.told for one in page.paragraphs] + [one for three in sides for one in three]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_a_page_speaks_four_languages_and_each_its_own(page: Advice) -> None:
    for words in (page.title, page.short, *(one.words for one in told(page))):
        assert tuple(words) == LANGUAGES
        assert len(set(words.values())) == len(LANGUAGES)
        assert all(word == word.strip() for word in words.values())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_each_paragraph_names_document_and_page_or_says_that_it_is_ours(page: Advice) -> None:
    for one in told(page):
        document = re.search(rf"({SEED}s?|{LEAFLET}) \d|NICE CG37, table", one.source)
        assert document or one.source.endswith(OURS)
    assert page.reviewed_by == "not yet reviewed by a pelvic physiotherapist"


def test_the_list_has_one_order_and_keeps_a_topic_together() -> None:
    pages = sorted(PAGES, key=lambda page: page.order)
    assert len({page.order for page in pages}) == len(pages)
    topics = list(dict.fromkeys(page.topic for page in pages))
    assert topics == list(get_args(Topic))
    assert sorted(pages, key=lambda page: topics.index(page.topic)) == pages


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_a_line_of_the_list_is_short(page: Advice) -> None:
    assert max(map(len, page.title.values())) <= 30
    assert max(map(len, page.short.values())) <= 60


def names(chart: Chart) -> set[str]:
    return {one.advice.id for one in advised(PAGES, chart)}


def test_r33_the_caesarean_page_ends_after_six_weeks_and_is_for_nobody_else() -> None:
    (page,) = (one for one in PAGES if one.id == "caesarean")
    assert (page.when.birth, page.when.until_week_after_birth) == ("caesarean", 6.0)
    assert page.when.source.startswith(LEAFLET)
    assert "caesarean" in names(Chart(BORN + 41, birth=Birth(BORN, "caesarean")))
    assert "caesarean" not in names(Chart(BORN + 42, birth=Birth(BORN, "caesarean")))
    assert "caesarean" not in names(Chart(BORN + 3, birth=Birth(BORN, "vaginal")))


def test_before_birth_nothing_of_after_it_and_after_a_birth_all_but_the_caesarean() -> None:
    after = {"recovery", "scars", "physiotherapy", "caesarean"}
    assert names(pregnant(20)) == set(advice_ids()) - after
    assert names(Chart(BORN + 70, birth=Birth(BORN, "vaginal"))) == set(advice_ids()) - {
        "caesarean"
    }


def test_a13_both_sources_stand_there_and_the_later_one_leads() -> None:
    [(name, one)] = [(page.id, one) for page in PAGES for one in page.disagreements]
    assert (name, one.code) == ("physiotherapy", "A13")
    assert (one.leads.source[: len(LEAFLET) + 2], one.other.source) == (
        f"{LEAFLET} 3",
        f"{SEED}s 3 and 4",
    )
    for language in LANGUAGES:
        assert "6" in one.leads.words[language]
        assert "3" in one.other.words[language]
        assert "6" in one.because.words[language]
    assert one.because.source == OURS


def test_the_red_flags_are_called_for_and_stand_only_on_their_list() -> None:
    page = load_advice("red-flags")
    assert page.checklist == "red-flags"
    calls = [one for one in page.paragraphs if one.kind == "call"]
    assert page.paragraphs[: len(calls)] == tuple(calls)
    assert len(calls) == 3
    for language in LANGUAGES:
        spoken = " ".join(one.told.words[language] for one in page.paragraphs)
        assert "112" in spoken
        signs = [item.words_in(language) for item in load_checklist("red-flags").items]
        assert not any(sign in spoken for sign in signs)
    assert [one.id for one in PAGES if one.checklist] == ["red-flags"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("texts.fr = ", "# ", "paragraphs.0.texts.fr: the French text is missing; add fr."),
        ("texts.de = ", "# ", "paragraphs.0.texts.de: the German text is missing; add de."),
        ("texts.nl = ", "# ", "paragraphs.0.texts.nl: the Dutch text is missing; add nl."),
        ("[[paragraphs]]\nsource", "[[paragraphs]]\nsauce", "is source meant?"),
        ('kind = "tip"', 'kind = "joke"', "this must be one of 'text', 'tip', 'call'"),
        ("order = 50", 'order = "50"', "this must be a whole number"),
        ("order = 50", 'order = 50\nchecklist = "flags"', "there is no checklist flags; there is"),
        ('phases = ["after_birth"]', "", 'when.phases: birth and until_week_after_birth are for'),
        ('topic = "birth"', 'topic = "baby"', "topic: this must be one of 'body'"),
        ("until_week_after_birth = 6.0", "until_week_after_birth = -6.0", "must be at least 0"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    mine = tmp_path / "ours.toml"
    mine.write_text(CAESAREAN.replace(old, new, 1), "utf-8")
    (problem,) = check_file(mine)
    assert sentence in str(problem)
    assert problem.line is not None


def test_a_file_of_numbers_is_no_page() -> None:
    with pytest.raises(LibraryError, match="this is no page of advice"):
        read_advice(FOLDER / "limits.toml")
