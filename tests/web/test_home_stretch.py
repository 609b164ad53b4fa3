"""The sketch of the stretch at birth: drawn as it is calculated, and told in words."""

import json
import re
from collections.abc import Iterator
from html import unescape

import pytest
from httpx import Client

from levator.course.stretch import loop_mm
from levator.library import load_stretch
from levator.texts import LANGUAGES, speaker
from levator.web.home.stretch import LONGER, SCALE, grid, loop, times
from tests.clinic.people import told
from tests.library.readability import ease, longest
from tests.library.test_readability import EASE_AT_LEAST, WORDS_AT_MOST
from tests.web.forms import patient
from tests.web.served import Served
from tests.web.test_her_page import of_her

PUBLISHED = [2.28, 3.26, 2.50, 2.73]


@pytest.fixture(scope="module")
def she(running: Served) -> Iterator[Client]:
    with running.client() as client, of_her(running, patient(client)) as she:
        yield she


def read(she: Client, language: str = "en") -> str:
    answer = she.get("/home/stretch", headers={"accept-language": language})
    assert answer.status_code == 200, answer.text
    return unescape(answer.text).replace("\xa0", " ")


def lengths_drawn(page: str) -> list[float]:
    """How long each loop is on the page over how long it is at rest, from what is drawn."""
    widths = [float(one) / SCALE for one in re.findall(r'class="loop front[^>]*A([\d.]+) ', page)]
    return [
        loop_mm(wide, one.band.origins_mm) / one.rest_mm
        for wide, one in zip(widths, grid(), strict=True)
    ]


def test_the_page_draws_the_published_ratios_without_a_script(she: Client) -> None:
    page = read(she)
    assert lengths_drawn(page) == pytest.approx(PUBLISHED, rel=0.01)
    assert re.findall(r'class="ratio">([\d.]+)<', page) == ["2.28", "3.26", "2.50", "2.73"]


def test_every_place_is_drawn_as_long_as_was_calculated() -> None:
    for one in grid():
        for radii, ratios in zip(one.radii_mm, one.ratios, strict=True):
            for radius, ratio in zip(radii, ratios, strict=True):
                [wide] = re.findall(r"A([\d.]+) ", loop(radius, one.band.level_mm, 20.0).front)
                drawn = loop_mm(float(wide) / SCALE, one.band.origins_mm) / one.rest_mm
                assert drawn == pytest.approx(ratio, rel=0.01)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_what_it_is_and_gives_all_numbers_as_a_table(she: Client, language: str) -> None:
    page, sketch, say = read(she, language), load_stretch(), speaker(language)
    assert f"<strong>{sketch.label[language]}</strong>".replace("\xa0", " ") in page
    for part in sketch.parts:
        assert f'<span class="name">{part.words[language]}</span>' in page
    cells = re.findall(r"<td>([\d.,]+)</td>", page)
    assert len(cells) == 4 * (6 + 12)
    assert {say.fixed(one) for one in PUBLISHED} <= set(cells)
    marked = re.findall(r'<li class="marked"><span class="number">(\d)', page)
    assert marked == ["2"]


def test_what_the_script_looks_up_is_what_was_calculated(she: Client) -> None:
    [text] = re.findall(r'id="grid">(.*?)</script>', she.get("/home/stretch").text, re.DOTALL)
    given, rule = json.loads(text), load_stretch().rule
    assert (tuple(given["heads_mm"]), tuple(given["descents_mm"])) == (
        rule.heads_mm,
        rule.descents_mm,
    )
    for part, one in zip(given["parts"], grid(), strict=True):
        for head, ratios in enumerate(one.ratios):
            assert part["radii_mm"][head] == pytest.approx(one.radii_mm[head], abs=0.001)
            assert part["longer"][head] == [times(ratio) for ratio in ratios]


def test_words_go_with_the_ratio() -> None:
    found = [LONGER[times(ratio)] for ratio in (1.0, 1.01, 2.28, 3.26, 4.08, 9.0)]
    assert found == [*LONGER, LONGER[-1]]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_its_words_are_as_easy_as_those_of_advice(she: Client, language: str) -> None:
    main = read(she, language).partition("<main")[2].partition("<form")[0]
    bare = re.sub(
        r"<(svg|script|table|summary|details class=\"source\").*?</\1", "", main, flags=re.S
    )
    texts = [re.sub(r"<[^>]+>", "", one) for one in re.findall(r"<p[ >].*?</p>", bare, re.S)]
    full = [one for one in texts if one.endswith(".")]
    assert len(full) >= 6
    assert ease(full, language) >= EASE_AT_LEAST
    assert longest(full) <= WORDS_AT_MOST


def test_nothing_of_her_is_read(server: Served, she: Client) -> None:
    before = told(server.clinic.accounts)
    read(she)
    assert told(server.clinic.accounts) == before


def test_the_page_on_birth_leads_to_it(she: Client) -> None:
    assert 'href="/home/stretch"' in she.get("/home/advice/pregnancy-and-birth").text
    assert 'href="/home/stretch"' not in she.get("/home/advice/urination").text
