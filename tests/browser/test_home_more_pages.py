"""Several pages and phones of one woman, and a page that stays open over the night."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from levator.records.treatment import PainScore
from tests.browser.at_home import (
    Days,
    accepted,
    comes,
    goes,
    kept_of,
    rests,
    sessions_of,
    settled,
    settles,
    tap,
    well,
    woman,
)
from tests.browser.conftest import NAME
from tests.browser.relay import Relay, relayed
from tests.web.served import Served
from tests.web.signing import GOOD


def told_too_much_pain(page: Page) -> None:
    """Log one exercise, and say that it hurt."""
    tap(page.get_by_role("button", name="Done without the timer"))
    tap(page.get_by_role("button", name="8", exact=True))
    tap(page.get_by_role("button", name="Yes, this is right"))
    tap(page.get_by_role("button", name="No", exact=True))


def test_what_one_page_of_hers_is_told_holds_on_all_of_them_at_once(
    home: Served, network: Relay, new_phone: Callable[..., BrowserContext]
) -> None:
    she, context = woman(home), new_phone()
    read, running, telling = settled(context, she), context.new_page(), context.new_page()
    for page in (read, running, telling):
        page.goto(f"{home.address}/home")
    goes(network, context)
    tap(read.get_by_role("link", name="Short and strong", exact=True))
    expect(read.locator("#begin")).to_be_visible()
    tap(running.get_by_role("link", name="Begin"))
    expect(running.locator("#pause")).to_be_visible()
    told_too_much_pain(telling)
    expect(running.get_by_role("heading", name="Stopped")).to_be_visible()
    expect(running.locator("#after-line")).to_contain_text("Do not train now")
    expect(read.get_by_role("heading", name="Do not train now")).to_be_visible()
    assert read.url == f"{home.address}/home"
    tap(running.get_by_role("button", name="To today"))
    comes(network, context)
    for page in (read, running, telling):
        page.evaluate("() => dispatchEvent(new Event('online'))")
        rests(page)
    assert sorted(one.ended_by for one in sessions_of(home, she)) == ["stopped", "tapped"]


def test_on_a_shared_device_too(home: Served, new_phone: Callable[..., BrowserContext]) -> None:
    context = new_phone()
    page = accepted(context, woman(home))
    tap(page.get_by_role("button", name="Others use it too"))
    well(page)
    rests(page)
    other = context.new_page()
    other.goto(f"{home.address}/home")
    tap(other.get_by_role("link", name="Short and strong", exact=True))
    expect(other.locator("#begin")).to_be_visible()
    told_too_much_pain(page)
    expect(other.get_by_role("heading", name="Do not train now")).to_be_visible()


def test_two_exercises_that_were_being_told_of_when_their_pages_went_are_both_sent(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    she, context = woman(home), new_phone()
    page = settled(context, she)
    other = context.new_page()
    other.goto(f"{home.address}/home")
    for one in (page, other):
        tap(one.get_by_role("button", name="Done without the timer"))
        expect(one.locator("#after-kept")).to_have_text("Kept on this phone.")
    assert sessions_of(home, she) == []
    again = context.new_page()
    page.close()
    other.close()
    again.goto(f"{home.address}/home")
    expect(again.get_by_role("heading", name="All done for today")).to_be_visible()
    rests(again)
    assert [one.ended_by for one in sessions_of(home, she)] == ["tapped", "tapped"]


def test_what_was_left_open_over_the_night_is_asked_again(
    home: Served, days: Days, new_phone: Callable[..., BrowserContext]
) -> None:
    page = settled(new_phone(), woman(home))
    page.clock.install()
    page.reload()
    tap(page.get_by_role("link", name="Short and strong", exact=True))
    try:
        a_day_later(page, days)
        tap(page.get_by_role("button", name="Begin"))
        expect(page.get_by_role("heading", name="How are you today?")).to_be_visible()
        well(page)
        rests(page)
        tap(page.get_by_role("link", name="Begin"))
        tap(page.locator("#pause"))
        expect(page.locator("#pause-hint")).to_contain_text("go on")
        a_day_later(page, days)
        tap(page.locator("#pause"))
        expect(page.get_by_role("heading", name="Stopped")).to_be_visible()
        expect(page.locator("#after-line")).to_contain_text("How are you today?")
    finally:
        days.on = timedelta()


def a_day_later(page: Page, days: Days) -> None:
    days.on += timedelta(days=1)
    page.clock.set_system_time(datetime.now().astimezone() + days.on)


def test_an_exercise_that_goes_on_is_left_alone_by_a_second_page(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    she, context = woman(home), new_phone()
    page = settled(context, she)
    page.clock.install()
    page.reload()
    tap(page.get_by_role("link", name="Begin"))
    expect(page.locator("#pause")).to_be_focused()
    page.clock.run_for(21_000)
    expect(page.locator("#guide-line")).to_contain_text("3 of 3")
    second = context.new_page()
    second.goto(f"{home.address}/home")
    rests(second)
    page.clock.run_for(60_000)
    expect(page.get_by_role("heading", name="Well done")).to_be_visible()
    tap(page.get_by_role("button", name="To today"))
    expect(second.get_by_role("heading", name="Once more today")).to_be_visible()
    rests(page)
    assert [one.ended_by for one in sessions_of(home, she)] == ["done"]


def test_pain_that_ended_an_exercise_holds_on_the_other_pages_before_she_has_told_all(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    context = new_phone()
    page, other = settled(context, woman(home)), context.new_page()
    other.goto(f"{home.address}/home")
    tap(page.get_by_role("link", name="Begin"))
    tap(page.locator("#pain"))
    expect(other.get_by_role("heading", name="Do not train now")).to_be_visible()
    other.reload()
    expect(other.get_by_role("heading", name="Do not train now")).to_be_visible()
    tap(page.get_by_role("button", name="No, I only wanted to stop"))
    expect(other.get_by_role("link", name="Begin")).to_be_visible()


def test_what_she_is_still_telling_of_is_not_sent_by_a_second_page(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    she, context = woman(home), new_phone()
    page, second = settled(context, she), context.new_page()
    tapped = page.get_by_role("button", name="Done without the timer")
    tap(tapped)
    second.goto(f"{home.address}/home")
    expect(second.get_by_role("heading", name="Once more today")).to_be_visible()
    rests(second)
    tap(page.get_by_role("button", name="Pressed by mistake: not done"))
    expect(second.get_by_role("heading", name="2 more times today")).to_be_visible()
    tap(tapped)
    second.reload()
    expect(second.get_by_role("heading", name="Once more today")).to_be_visible()
    rests(second)
    tap(page.get_by_role("button", name="3", exact=True))
    tap(page.get_by_role("button", name="No", exact=True))
    rests(page)
    assert [(one.ended_by, one.pain) for one in sessions_of(home, she)] == [("tapped", 3)]


@pytest.fixture
def elsewhere(home: Served) -> Iterator[str]:
    """The address of the same server by another line, which is not cut with the first."""
    with relayed(f"https://127.0.0.1:{home.port}") as line:
        yield f"https://{NAME}:{line.address.rpartition(':')[2]}"


def test_a_day_is_on_one_phone_until_another_takes_it_over(
    home: Served, network: Relay, elsewhere: str, new_phone: Callable[..., BrowserContext]
) -> None:
    she = woman(home)
    first = accepted(new_phone(), she)
    well(first)
    second = new_phone().new_page()
    second.goto(f"{elsewhere}/sign-in")
    second.get_by_label("E-mail address").fill(she.user.email)
    second.get_by_label("Password").fill(GOOD)
    tap(second.get_by_role("button", name="Sign in", exact=True))
    expect(second.get_by_role("heading", name="Today is on Chrome")).to_be_visible()
    assert second.get_by_role("link", name="Begin").count() == 0
    goes(network, first.context)
    tap(first.get_by_role("button", name="Done without the timer"))
    tap(first.get_by_role("button", name="To today"))
    tap(second.get_by_role("button", name="Do it on this phone"))
    expect(second.get_by_role("heading", name="2 more times today")).to_be_visible()
    # What the first did with its old lease is kept, and counts on both.
    comes(network, first.context)
    first.reload()
    expect(first.get_by_role("heading", name="Today is on Chrome")).to_be_visible()
    second.reload()
    expect(second.get_by_role("heading", name="Once more today")).to_be_visible()
    assert len(sessions_of(home, she)) == 1


def test_reminders_that_the_clinic_must_tell_move_nothing_and_are_missed_aloud(
    home: Served, network: Relay, new_phone: Callable[..., BrowserContext]
) -> None:
    page = settled(new_phone(), woman(home))
    goes(network, page.context)
    page.goto(f"{home.address}/home/settings")
    expect(page.locator("#reminders-far")).to_have_text("No internet now. Try it again later.")
    last = page.locator("[data-part=settings] > *").last
    expect(last).to_have_id("reminders-part")
    comes(network, page.context)
    page.reload()
    expect(page.get_by_label("Remind me")).to_be_visible()
    expect(page.locator("#reminders-far")).to_have_text("")


def test_a_tick_for_reminders_is_kept_at_once_or_is_none(
    home: Served, network: Relay, new_phone: Callable[..., BrowserContext]
) -> None:
    page = settled(new_phone(), woman(home))
    page.goto(f"{home.address}/home/settings")
    remind, far = page.get_by_label("Remind me"), page.locator("#reminders-far")
    expect(remind).to_be_visible()
    goes(network, page.context)
    tap(remind)
    expect(far).to_have_text("No internet now. Try it again later.")
    expect(remind).not_to_be_checked()
    comes(network, page.context)
    settles(page)

    def ticks(*, is_on: bool) -> None:
        with page.expect_response("**/home/reminders"):
            tap(remind)
        page.reload()
        expect(page.locator("#remind-times input").first).to_be_visible()
        expect(remind).to_be_checked(checked=is_on)

    ticks(is_on=True)
    # It is turned off whatever time is being typed.
    page.locator("#quiet-begins").fill("")
    tap(page.get_by_role("button", name="One more time of day"))
    ticks(is_on=False)


def test_without_a_network_pain_that_she_tells_on_her_record_is_missed_aloud(
    home: Served, network: Relay, new_phone: Callable[..., BrowserContext]
) -> None:
    """There is no page of the browser in its place, and it is told once there is one."""
    she, context = woman(home), new_phone()
    page = settled(context, she)
    page.goto(f"{home.address}/patients/{she.patient_id}")
    goes(network, context)
    number = page.locator("form:has(#pain-now)").get_by_role("button", name="3", exact=True)
    tap(number)
    expect(page.locator("#note-far")).to_have_text("No internet now. Try it again later.")
    expect(page.locator("#note-far")).to_be_in_viewport()
    assert [one.score for one in kept_of(home, she, PainScore)] == [0]
    comes(network, context)
    tap(number)
    expect(page.locator("#pain-now")).to_contain_text("Today you told of pain 3.")
    expect(page.locator("#note-far")).to_be_hidden()
    assert sorted(one.score for one in kept_of(home, she, PainScore)) == [0, 3]


def test_the_clock_of_hide_goes_on(home: Served, new_phone: Callable[..., BrowserContext]) -> None:
    page = settled(new_phone(), woman(home))
    page.clock.install(time=datetime.now().astimezone().replace(hour=12, minute=0, second=0))
    page.reload()
    tap(page.locator("#hide"))
    cover = page.locator(".cover")
    expect(cover).to_have_text(re.compile("^12:00"))
    page.clock.run_for(61_000)
    expect(cover).to_have_text(re.compile("^12:01"))
    expect(page).to_have_title(cover.inner_text())
    # A page that was not seen goes on with it at once.
    page.clock.set_system_time(datetime.now().astimezone().replace(hour=12, minute=40))
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    expect(cover).to_have_text(re.compile("^12:40"))
    cover.dblclick()
    expect(cover).to_be_hidden()
    page.clock.run_for(2_000)
    expect(page).to_have_title("Day plan")
