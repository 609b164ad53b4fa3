"""What is taken off a phone, where others use it too or she signs out: nothing is lost unsaid."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from levator.records.treatment import RedFlag, RedFlagAnswer
from tests.browser.at_home import (
    CONTROLLED,
    KEPT,
    LEFT_BEHIND,
    She,
    accepted,
    eventually,
    goes,
    is_told_and_comes,
    kept_of,
    rests,
    sessions_of,
    settled,
    settles,
    tap,
    woman,
)
from tests.browser.relay import Relay
from tests.browser.signing import sign_in
from tests.web.forms import new_id
from tests.web.served import Served
from tests.web.signing import GOOD

IS_NOTHING = f"async () => String(await ({KEPT})()) === '0,0,0'"
NAMES = "async () => (await indexedDB.databases()).map((one) => one.name)"
#: From now on there is no room for what happens.
FULL = """() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...given) {
        if (this.name === "outbox") this.transaction.abort();
        return put.apply(this, given);
    };
}"""


def is_refused(page: Page) -> None:
    """It is said why, and everything is as it was."""
    far = page.locator("#note-far")
    expect(far).to_contain_text("The clinic does not have everything yet")
    expect(page.locator("#set-shared")).not_to_be_checked()
    assert "levator-shared" not in page.evaluate("document.cookie")
    assert page.evaluate(KEPT) == [1, 1, 1]


def test_a_red_flag_that_is_not_sent_yet_stays_and_so_does_that_she_does_not_train(
    home: Served, network: Relay, new_phone: Callable[..., BrowserContext]
) -> None:
    she, context = woman(home), new_phone()
    page = accepted(context, she)
    page.wait_for_function(CONTROLLED)
    rests(page)
    goes(network, context)
    tap(page.get_by_role("button", name="Breathlessness or chest pain"))
    tap(page.get_by_role("button", name="Yes, this is right"))
    stopped = page.get_by_role("heading", name="Do not train now")
    expect(stopped).to_be_visible()
    tap(page.get_by_role("button", name="Others use it too"))
    is_refused(page)
    tap(page.get_by_role("link", name="Settings"))
    tap(page.get_by_label("Others use it too"))
    is_refused(page)
    page.goto(f"{home.address}/home")
    expect(stopped).to_be_visible()
    network.mend()
    context.set_offline(False)
    tap(page.get_by_role("button", name="Others use it too"))
    eventually(page, IS_NOTHING)
    assert [one.code for one in kept_of(home, she, RedFlag)] == ["chest"]
    expect(stopped).to_be_visible()


def test_what_another_woman_has_not_sent_yet_waits_for_her(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    page = settled(new_phone(), woman(home))
    whose = page.locator("body").get_attribute("data-whose")
    page.evaluate(LEFT_BEHIND, [f"{whose}2", new_id(), "2026-01-01T10:00:00"])
    tap(page.get_by_role("button", name="Others use it too"))
    eventually(page, f"async () => String(await ({KEPT})()) === '1,0,0'")
    assert page.evaluate(NAMES) == [f"levator-home-{whose}2"]


def test_what_she_left_on_the_disk_is_sent_when_she_comes_back_to_a_shared_device(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    she = woman(home)
    page = settled(new_phone(), she)
    whose = page.locator("body").get_attribute("data-whose")
    tap(page.get_by_role("button", name="Others use it too"))
    eventually(page, IS_NOTHING)
    at = datetime.now().astimezone().isoformat()[:19]
    page.evaluate(LEFT_BEHIND, [whose, new_id(), at])
    page.reload()
    rests(page)
    eventually(page, IS_NOTHING)
    assert [one.ended_by for one in sessions_of(home, she)] == ["done"]


def test_an_exercise_that_goes_on_on_another_page_is_ended_there_first(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    she, context = woman(home), new_phone()
    page, other = settled(context, she), context.new_page()
    other.goto(f"{home.address}/home")
    tap(other.get_by_role("link", name="Begin"))
    expect(other.locator("#pause")).to_be_visible()
    tap(page.get_by_role("button", name="Others use it too"))
    is_refused(page)
    expect(other.locator("#pause")).to_be_visible()
    tap(other.locator("#stop"))
    tap(other.get_by_role("button", name="To today"))
    settles(page)
    tap(page.get_by_role("button", name="Others use it too"))
    eventually(page, IS_NOTHING)
    assert [one.ended_by for one in sessions_of(home, she)] == ["stopped"]
    expect(other.locator("#whose-phone")).to_be_hidden()


def test_what_was_being_told_of_on_a_page_that_is_gone_is_sent_first(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    she, context = woman(home), new_phone()
    page, other = settled(context, she), context.new_page()
    other.goto(f"{home.address}/home")
    tap(other.get_by_role("button", name="Done without the timer"))
    expect(other.locator("#after-kept")).to_have_text("Kept on this phone.")
    other.close()
    tap(page.get_by_role("button", name="Others use it too"))
    eventually(page, IS_NOTHING)
    assert [one.ended_by for one in sessions_of(home, she)] == ["tapped"]


def test_what_only_another_page_has_is_sent_by_it_before_it_begins_anew(
    home: Served, network: Relay, new_phone: Callable[..., BrowserContext]
) -> None:
    she, context = woman(home), new_phone()
    page, other = accepted(context, she), context.new_page()
    page.wait_for_function(CONTROLLED)
    rests(page)
    other.goto(f"{home.address}/home")
    rests(other)
    other.evaluate(FULL)
    network.cut()
    tap(other.get_by_role("button", name="None of these"))
    expect(other.locator("#note-disk")).to_be_visible()
    network.mend()
    with other.expect_navigation():
        tap(page.get_by_role("button", name="Others use it too"))
    eventually(page, IS_NOTHING)
    assert len(kept_of(home, she, RedFlagAnswer)) == 1


def test_the_warning_before_signing_out_goes_when_all_was_sent_and_is_given_again(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    she = woman(home)
    page = settled(new_phone(), she)
    warning = page.locator("#sign-out-first")
    for times in (1, 2):
        page.route("**/home/sync", lambda route: route.abort())
        tap(page.get_by_role("link", name="Today", exact=True))
        tap(page.get_by_role("button", name="Done without the timer"))
        tap(page.get_by_role("button", name="To today"))
        tap(page.get_by_role("link", name="Settings"))
        tap(page.get_by_role("button", name="Sign out"))
        expect(warning).to_be_visible()
        page.unroute("**/home/sync")
        page.evaluate("() => dispatchEvent(new Event('online'))")
        rests(page)
        expect(warning).to_be_hidden()
        assert len(sessions_of(home, she)) == times


@pytest.mark.parametrize("where", ["/home/settings", "/account"])
def test_signed_out_and_in_again_the_day_is_hers_on_her_phone_and_stays_where_it_was_taken_over(
    home: Served, new_phone: Callable[..., BrowserContext], where: str
) -> None:
    she, context = woman(home), new_phone()
    page = settled(context, she)
    signed_out_and_in(home, page, she, where)
    expect(page.get_by_role("link", name="Begin")).to_be_visible()
    other = new_phone().new_page()
    sign_in(home, other, "patient", she.user.id)
    other.goto(f"{home.address}/home")
    tap(other.get_by_role("button", name="Do it on this phone"))
    expect(other.get_by_role("link", name="Begin")).to_be_visible()
    signed_out_and_in(home, page, she, where)
    expect(page.get_by_role("heading", name="Today is on")).to_be_visible()


def signed_out_and_in(home: Served, page: Page, she: She, where: str) -> None:
    page.goto(f"{home.address}{where}")
    tap(page.get_by_role("button", name="Sign out"))
    expect(page).to_have_url(f"{home.address}/sign-in")
    page.get_by_label("E-mail address").fill(she.user.email)
    page.get_by_label("Password").fill(GOOD)
    tap(page.get_by_role("button", name="Sign in", exact=True))
    expect(page).to_have_url(f"{home.address}/home")


def test_on_a_shared_device_nothing_that_is_unsent_is_lost_by_another_page(
    home: Served, network: Relay, new_phone: Callable[..., BrowserContext]
) -> None:
    """It is on no disk there: only this page has it."""
    she, context = woman(home), new_phone()
    page = settled(context, she)
    tap(page.get_by_role("button", name="Others use it too"))
    eventually(page, IS_NOTHING)
    goes(network, context)
    tap(page.get_by_role("button", name="Done without the timer"))
    advice = page.get_by_role("link", name="Advice", exact=True)
    tap(advice)
    is_told_and_comes(network, page)
    tap(advice)
    expect(page.get_by_role("heading", name="Advice")).to_be_visible()
    assert [one.ended_by for one in sessions_of(home, she)] == ["tapped"]


def test_on_a_shared_device_where_she_is_signed_out_she_signs_in_beside_what_is_only_there(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    she, context = woman(home), new_phone()
    page = settled(context, she)
    tap(page.get_by_role("button", name="Others use it too"))
    eventually(page, IS_NOTHING)
    context.clear_cookies(name=home.login_cookie)  # as where her login ran out
    tap(page.get_by_role("button", name="Done without the timer"))
    tap(page.get_by_role("link", name="Advice", exact=True))
    note = page.locator("#note-unsent")
    expect(note).to_contain_text("1 thing not sent yet. You are signed out. Sign in to send it.")
    assert page.url == f"{home.address}/home/exercise/strength"
    with context.expect_page() as opened:
        tap(note.get_by_role("link", name="Sign in"))
    other = opened.value
    other.get_by_label("E-mail address").fill(she.user.email)
    other.get_by_label("Password").fill(GOOD)
    other.get_by_role("button", name="Sign in", exact=True).click()
    expect(other).to_have_url(f"{home.address}/home")
    page.bring_to_front()
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    rests(page)
    assert [one.ended_by for one in sessions_of(home, she)] == ["tapped"]
