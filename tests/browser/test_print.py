"""What comes out of a printer: who and when, what to do, nothing to press, and nothing hidden."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.at_home import known
from tests.browser.signing import sign_in
from tests.web.at_home import prescribe
from tests.web.forms import patient
from tests.web.served import Served

Opener = Callable[..., Page]
INK = "() => getComputedStyle(document.body).color"
PRESSED = "button:visible, .button:visible, nav:visible"


def on_paper(page: Page, scheme: str = "light") -> str:
    """Show a page as it is printed where the screen is light or dark; return its ink."""
    page.emulate_media(media="print", color_scheme="dark" if scheme == "dark" else "light")
    return str(page.evaluate(INK))


def test_at_home_on_paper_says_who_and_when_and_is_dark_on_white(
    server: Served, new_page: Opener
) -> None:
    with server.client() as client:
        path = patient(client)
        prescribe(client, path)
    page = sign_in(server, new_page(locale="en-GB"))
    page.goto(f"{server.address}{path}/home")
    who = page.locator("p.on-paper")
    expect(who).to_be_hidden()
    assert on_paper(page, "dark") == on_paper(page)
    expect(who).to_be_visible()
    assert page.locator(PRESSED).count() == 0
    expect(page.get_by_text("Holding for longer").first).to_be_visible()


def test_her_exercises_on_paper_say_how_and_behind_hide_nothing_is_printed(
    server: Served, new_page: Opener
) -> None:
    she = known(server, {"exercise": "strength", "because": "x"}, number=70)
    page = sign_in(server, new_page(locale="en-GB"), "patient", she.user.id)
    page.goto(f"{server.address}/home")
    page.get_by_role("button", name="None of these").click()
    page.get_by_role("button", name="0", exact=True).click()
    told = page.locator(".item .on-paper")
    expect(told).to_be_hidden()
    on_paper(page)
    expect(told).to_contain_text("3 times a day · Lie on your back")
    expect(told).to_contain_text("Tighten 1 s · Hold 1 s · Let go 1 s · Rest 4 s")
    expect(page.get_by_text("This is for today.")).to_be_visible()
    assert page.locator(PRESSED).count() == 0
    page.emulate_media(media="screen")
    page.locator("#hide").click()
    on_paper(page)
    expect(page.locator("main")).to_be_hidden()
    expect(page.locator(".cover")).to_be_visible()
