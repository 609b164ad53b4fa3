"""A report as people see it: on a phone, on a desk, in the dark, on paper."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from levator.reports import session_report, to_html
from levator.storage import open_repository
from levator.texts import LANGUAGES
from tests.reports.recording import eventful


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    repository = open_repository("memory://")
    report = session_report(repository, eventful().stored(repository))
    return {language: to_html(report, language) for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_a_phone_need_not_scroll_sideways(
    pages: dict[str, str],
    scheme: str,
    language: str,
    new_page: Callable[..., Page],
    axe: Callable[[Page], list[str]],
) -> None:
    page = new_page(color_scheme=scheme, viewport={"width": 360, "height": 800})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(pages[language])
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert asked == []
    page.set_viewport_size({"width": 1280, "height": 900})
    wide = (
        "[...document.querySelectorAll('.scroll')].map((one) => one.scrollWidth - one.clientWidth)"
    )
    assert set(page.evaluate(wide)) == {0}
    page.locator("summary").click()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 1280


def test_the_curve_is_drawn_and_paper_shows_the_stored_events(
    pages: dict[str, str], new_page: Callable[..., Page]
) -> None:
    page = new_page(viewport={"width": 1280, "height": 900})
    page.set_content(pages["en"])
    box = page.locator("polyline.line").first.bounding_box()
    assert box is not None
    assert box["width"] > 300
    assert box["height"] > 30
    first_event = page.locator("details td").first
    assert not first_event.is_visible()
    page.emulate_media(media="print")
    assert first_event.is_visible()
    # A4 with its margins: nothing may be cut off at the right.
    page.set_viewport_size({"width": 688, "height": 980})
    assert page.evaluate("document.documentElement.scrollWidth") == 688
