"""The diary at home: when a line of it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import BrowserContext, Page, expect

from levator.records.home import DiaryEntry
from tests.browser.at_home import Days, comes, goes, kept_of, rests, settled, tap, woman
from tests.browser.relay import Relay
from tests.web.served import Served

SEEN = "() => document.dispatchEvent(new Event('visibilitychange'))"


def clock_shows(page: Page, time: str, days_later: int = 0) -> datetime:
    hour, minute = (int(one) for one in time.split(":"))
    now = datetime.now().astimezone().replace(hour=hour, minute=minute, second=30)
    now += timedelta(days=days_later)
    page.clock.set_fixed_time(now)
    return now


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


def test_what_was_before_midnight_is_written_down_after_it_and_taken_back(
    home: Served, network: Relay, days: Days, new_phone: Callable[..., BrowserContext]
) -> None:
    she = woman(home)
    page = settled(new_phone(), she)
    goes(network, page.context)
    now = clock_shows(page, "00:10", days_later=1)
    tap(page.get_by_role("link", name="Diary"))
    at, keep = page.locator("#entry-at"), page.get_by_role("button", name="Keep", exact=True)
    expect(page.get_by_label("Today", exact=True)).to_be_checked()
    at.fill("23:50")
    tap(keep)
    assert at.evaluate("(one) => one.validity.rangeOverflow")
    page.get_by_label("Yesterday").check()
    tap(keep)
    lines = page.locator("#entries li")
    expect(lines).to_have_count(1)
    expect(page.get_by_label("Today", exact=True)).to_be_checked()
    expect(at).to_have_value("00:10")
    # Of yesterday nobody knows but she: no time is said for her.
    page.get_by_label("Yesterday").check()
    expect(at).to_have_value("")
    at.fill("23:40")
    tap(keep)
    expect(lines).to_have_count(2)
    tap(lines.filter(has_text="23:50").get_by_role("button"))
    expect(lines).to_have_count(1)
    days.on = now - datetime.now().astimezone()
    try:
        comes(network, page.context)
        page.reload()
        rests(page)
    finally:
        days.on = timedelta()
    kept = [(one.on_day, one.at, one.taken_back_at) for one in kept_of(home, she, DiaryEntry)]
    yesterday = (now.date() - timedelta(days=1)).isoformat()
    assert sorted(one[:2] for one in kept) == [(yesterday, "23:40"), (yesterday, "23:50")]
    assert [at for _, at, back in kept if back is None] == ["23:40"]
