"""Who is told what today: by phase, by how she gave birth, and until which week."""

from typing import Any

import pytest

from levator.course.advice import Advice, Advised, Paragraph, When, advised
from levator.course.chart import Birth, Chart
from levator.course.exercise import Passage
from tests.course.women import BORN, after_birth, pregnant

WORDS = {"nl": "Rust.", "en": "Rest."}


def page(name: str = "rest", order: int = 1, **when: Any) -> Advice:
    """A page for everybody, unless `when` says otherwise."""
    bounds: dict[str, Any] = {"phases": (), "birth": None, "until_week_after_birth": None}
    told = Paragraph("text", Passage(WORDS, "a leaflet, page 1"))
    return Advice(
        name, "1", "nobody yet", "body", order, "bed", WORDS, WORDS,
        When(**bounds | when, source="a leaflet"), (told,), (), None,
    )  # fmt: skip


def born(mode: Any, day: int) -> Chart:
    return Chart(BORN + day, birth=Birth(BORN, mode))


AFTER_CAESAREAN = page(phases=("after_birth",), birth="caesarean", until_week_after_birth=6.0)


@pytest.mark.parametrize("chart", [pregnant(20), after_birth(2), after_birth(200), Chart(BORN)])
def test_a_page_without_bounds_is_for_everybody(chart: Chart) -> None:
    assert advised([page()], chart) == (Advised(page(), None),)


def test_a_page_of_a_phase_is_for_nobody_else() -> None:
    before, after = page("before", phases=("pregnancy",)), page("after", phases=("after_birth",))
    assert [one.advice.id for one in advised([before, after], pregnant(20))] == ["before"]
    assert [one.advice.id for one in advised([before, after], after_birth(2))] == ["after"]


@pytest.mark.parametrize(
    ("mode", "is_told"), [("caesarean", True), ("vaginal", False), ("instrumental", False)]
)
def test_a_page_for_one_kind_of_birth(mode: str, is_told: bool) -> None:
    assert bool(advised([AFTER_CAESAREAN], born(mode, 3))) is is_told


def test_before_a_birth_nothing_is_told_that_follows_one() -> None:
    assert advised([AFTER_CAESAREAN, page(birth="caesarean")], pregnant(39)) == ()


@pytest.mark.parametrize(("day", "is_told"), [(0, True), (41, True), (42, False), (300, False)])
def test_a_page_ends_on_the_day_on_which_its_week_is_full(day: int, is_told: bool) -> None:
    found = advised([AFTER_CAESAREAN], born("caesarean", day))
    assert found == ((Advised(AFTER_CAESAREAN, BORN + 42),) if is_told else ())


def test_who_is_pregnant_reads_what_ends_after_a_birth_without_an_end() -> None:
    lasting = page(until_week_after_birth=6.0)
    assert advised([lasting], pregnant(20)) == (Advised(lasting, None),)
    assert advised([lasting], born("vaginal", 42)) == ()


def test_the_pages_come_in_their_order() -> None:
    pages = [page("c", 30), page("a", 10), page("b", 20)]
    assert [one.advice.id for one in advised(pages, after_birth(2))] == ["a", "b", "c"]


def test_a_text_in_a_language_that_it_has_or_in_english() -> None:
    told = page().paragraphs[0].told
    assert [told.words_in(language) for language in ("nl", "de")] == ["Rust.", "Rest."]
