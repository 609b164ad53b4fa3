"""What she reads at home in a browser: with forced colours, no scripts, and the keyboard alone."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from levator.library import load_stretch
from levator.web.home.stretch import ball, grid, loop
from tests.browser.desk import Opener
from tests.web.forms import patient
from tests.web.served import Served, served
from tests.web.test_her_page import of_her

PHONE = {"width": 390, "height": 844}
#: So high that the bar at the bottom lies over nothing, wherever one would have scrolled to.
WHOLE = {"width": 390, "height": 4000}
PAGES = (
    "/home/advice",
    "/home/advice/physiotherapy",
    "/home/advice/red-flags",
    "/home/stretch",
)


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served() as server:
        yield server


@pytest.fixture(scope="module")
def login(server: Served) -> str:
    with server.client() as client, of_her(server, patient(client)) as she:
        return str(she.cookies[server.login_cookie])


@pytest.fixture
def her_page(server: Served, login: str, new_page: Opener) -> Opener:
    def open_page(**options: Any) -> Page:
        page = new_page(**{"viewport": PHONE, "base_url": server.address} | options)
        cookie = {"name": server.login_cookie, "value": login, "url": server.address}
        page.context.add_cookies([cookie])
        return page

    return open_page


def test_axe_finds_nothing_where_the_reader_forces_the_colours(
    her_page: Opener, axe: Callable[[Page], list[str]]
) -> None:
    page = her_page(locale="en", viewport=WHOLE, forced_colors="active")
    for path in PAGES:
        page.goto(path)
        assert axe(page) == [], path


def test_it_is_read_without_scripts_and_with_the_keyboard(her_page: Opener) -> None:
    page = her_page(locale="en", java_script_enabled=False)
    page.goto("/home/advice")
    page.get_by_role("link", name="Your pelvic floor What").press("Enter")
    source = page.locator("details.source").first
    assert not source.locator("p").is_visible()
    source.locator("summary").press("Enter")
    assert source.locator("p").is_visible()


def test_the_sketch_is_moved_with_the_keyboard_and_drawn_as_it_is_calculated(
    her_page: Opener,
) -> None:
    page, rule = her_page(locale="en"), load_stretch().rule
    page.goto("/home/stretch")
    page.get_by_label("How far the head has come down").press("PageDown")
    page.get_by_label("How wide the head is").press("End")
    descent = int(page.locator("#descent").input_value())
    assert 0 < descent < len(rule.descents_mm) - 1
    head = len(rule.heads_mm) - 1
    for at, one in enumerate(grid()):
        drawn = loop(one.radii_mm[head][descent], one.band.level_mm, one.band.origins_mm)
        assert page.locator(".front").nth(at).get_attribute("d") == drawn.front
        assert page.locator(".back").nth(at).get_attribute("d") == drawn.back
        assert page.locator(".ratio").nth(at).inner_text() == f"{one.ratios[head][descent]:.2f}"
    round_head = ball(rule.heads_mm[head], rule.descents_mm[descent])
    assert float(page.locator(".ball").get_attribute("r") or 0) == float(round_head["r"])
    assert page.locator("#head").get_attribute("aria-valuetext") == "11.1 cm"
