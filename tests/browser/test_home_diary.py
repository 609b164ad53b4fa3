"""The diary at home: when a line of it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.at_home import goes, settled, tap, woman
from tests.browser.relay import Relay
from tests.web.served import Served

SEEN = "() => document.dispatchEvent(new Event('visibilitychange'))"


def clock_shows(page: Page, time: str) -> None:
    hour, minute = (int(one) for one in time.split(":"))
    page.clock.set_fixed_time(
        datetime.now().astimezone().replace(hour=hour, minute=minute, second=30)
    )


def test_a_line_is_of_now_however_long_the_page_was_open_unless_she_says_when(
    home: Served, network: Relay, new_phone: Callable[..., BrowserContext]
) -> None:
    page = settled(new_phone(), woman(home))
    goes(network, page.context)
    at = page.locator("#entry-at")
    clock_shows(page, "09:10")
    tap(page.get_by_role("link", name="Diary"))
    expect(at).to_have_value("09:10")
    clock_shows(page, "15:10")
    page.evaluate(SEEN)
    expect(at).to_have_value("15:10")
    clock_shows(page, "15:20")
    page.get_by_label("On the toilet").check()
    expect(at).to_have_value("15:20")
    at.fill("14:00")
    clock_shows(page, "15:30")
    page.evaluate(SEEN)
    expect(at).to_have_attribute("max", "15:30")
    expect(at).to_have_value("14:00")
    tap(page.get_by_role("button", name="Keep", exact=True))
    expect(at).to_have_value("15:30")
    # By keyboard, a while after it was opened.
    clock_shows(page, "15:40")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    lines = page.locator("#entries .soft")
    expect(lines).to_have_count(2)
    for line, time in zip(lines.all(), ("15:40", "14:00"), strict=True):
        expect(line).to_contain_text(time)
