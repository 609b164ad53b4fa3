"""What a patient reads at home is about B1: short sentences, short words.

The bar: a page's reading ease is at least 70 by Douma (Dutch) and by Flesch (English), what both
call fairly easy (`readability.py` has the sources); in all four languages a sentence has on average
at most 10 words, and none over 20. The bar is ours: no table ties B1 to a number. A formula does
not know whether a text is right or kind; it finds what is too long.
"""

import pytest

from levator.course.advice import Advice
from levator.course.exercise import Exercise
from levator.library import advice_ids, exercise_ids, load_advice, load_exercise
from tests.library.readability import ease, longest, sentences, syllables, words_a_sentence

EASE_AT_LEAST = 70
WORDS_AT_MOST = 20
WORDS_ON_AVERAGE = 10
LANGUAGES = ("nl", "en", "fr", "de")
#: The same thing in the words of a textbook.
HARD = {
    "nl": "De oppervlakkige bekkenbodemmusculatuur verzorgt de vaginale sluitfunctie, waarbij "
    "insufficiëntie van steunende bindweefselstructuren tot orgaanverzakking aanleiding geeft.",
    "en": "The superficial musculature of the pelvic diaphragm maintains vaginal closure, while "
    "insufficiency of the supporting fascial structures predisposes to symptomatic organ prolapse.",
}


def said(page: Advice | Exercise, language: str) -> list[str]:
    """Everything of a page but its headings."""
    told = [part.told for part in (page.paragraphs if isinstance(page, Advice) else page.cues)]
    told += [side for one in page.disagreements for side in (one.leads, one.other, one.because)]
    texts = [one.words_in(language) for one in told]
    if isinstance(page, Exercise):
        words = page.words_in(language)
        texts += filter(None, (words.goal, words.how, words.how_gently))
    return texts


PAGES: list[Advice | Exercise] = [load_advice(name) for name in advice_ids()]
PAGES += [load_exercise(name) for name in exercise_ids()]


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_a_page_is_fairly_easy_to_read(page: Advice | Exercise, language: str) -> None:
    assert ease(said(page, language), language) >= EASE_AT_LEAST


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_its_sentences_are_short(page: Advice | Exercise, language: str) -> None:
    texts = said(page, language)
    assert longest(texts) <= WORDS_AT_MOST
    assert words_a_sentence(texts) <= WORDS_ON_AVERAGE


@pytest.mark.parametrize("language", HARD)
def test_a_textbook_is_refused(language: str) -> None:
    assert ease([HARD[language]], language) < 30  # what both authors call very hard
    assert words_a_sentence([HARD[language]]) > WORDS_ON_AVERAGE


def test_one_hard_sentence_makes_a_page_harder() -> None:
    easy = said(load_advice("pelvic-floor"), "nl")
    assert ease([*easy, HARD["nl"]], "nl") < ease(easy, "nl")
    assert words_a_sentence([*easy, HARD["nl"]]) > words_a_sentence(easy)


def test_sentences_are_counted_as_they_are_read() -> None:
    assert [len(one) for one in sentences("Rust uit. Dragen: hij houdt je blaas. Goed?")] == [
        2, 1, 4, 1,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "language", "count"),
    [
        ("bekkenbodem", "nl", 4), ("blij", "nl", 1), ("knieën", "nl", 2), ("Rust", "nl", 1),
        ("vooruit", "nl", 2), ("6", "nl", 1), ("made", "en", 1), ("table", "en", 2),
        ("stretched", "en", 1), ("needed", "en", 2), ("closes", "en", 2), ("the", "en", 1),
        ("exercise", "en", 3), ("urine", "en", 2), ("hmm", "en", 1),
    ],
)  # fmt: skip
def test_syllables(word: str, language: str, count: int) -> None:
    assert syllables(word, language) == count
