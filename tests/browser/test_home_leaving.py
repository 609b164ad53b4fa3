"""She signs out, or is signed out, on one phone: what waits, what is said, and what is left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from tests.browser.at_home import (
    CONTROLLED,
    KEPT,
    LEFT_BEHIND,
    accepted,
    comes,
    eventually,
    goes,
    is_told_and_comes,
    rests,
    sessions_of,
    settled,
    tap,
    well,
    woman,
)
from tests.browser.relay import Relay
from tests.web.forms import new_id
from tests.web.served import Served
from tests.web.signing import GOOD


def test_what_is_kept_while_she_is_signed_out_waits_and_goes_when_she_signs_in(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    she = woman(home)
    context = new_phone()
    page = settled(context, she)
    context.clear_cookies()  # as where her login ran out
    page.goto(f"{home.address}/home")
    note = page.locator("#note-unsent")
    expect(note).to_contain_text("Sign in")
    tap(page.get_by_role("button", name="Done without the timer"))
    tap(page.get_by_role("button", name="To today"))
    expect(note).to_contain_text("1 thing not sent yet. You are signed out.")
    tap(note.get_by_role("link", name="Sign in"))
    page.get_by_label("E-mail address").fill(she.user.email)
    page.get_by_label("Password").fill(GOOD)
    tap(page.get_by_role("button", name="Sign in", exact=True))
    expect(page.get_by_role("heading", name="Once more today")).to_be_visible()
    rests(page)
    assert [one.ended_by for one in sessions_of(home, she)] == ["tapped"]


def test_she_signs_out_on_her_record_and_nothing_is_left_on_the_phone(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    she = woman(home)
    page = accepted(new_phone(), she)
    page.wait_for_function(CONTROLLED)
    rests(page)
    page.goto(f"{home.address}/patients/{she.patient_id}")
    tap(page.get_by_role("button", name="Sign out"))
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.evaluate(KEPT) == [0, 0, 0]


@pytest.mark.parametrize("where", ["/home/settings", "her record"])
def test_without_a_network_she_is_not_signed_out_and_that_is_said(
    home: Served, network: Relay, new_phone: Callable[..., BrowserContext], where: str
) -> None:
    """Else whoever holds the phone later opens it as her, and what she did is gone."""
    she, context = woman(home), new_phone()
    page = settled(context, she)
    address = f"/patients/{she.patient_id}" if where == "her record" else where
    page.goto(f"{home.address}{address}")
    goes(network, context)
    out = page.get_by_role("button", name="Sign out")
    tap(out)
    expect(page.locator("#note-far")).to_have_text("No internet now. Try it again later.")
    expect(page.locator("#note-far")).to_be_visible()
    assert page.url == f"{home.address}{address}"
    assert page.evaluate(KEPT) == [1, 1, 1]
    comes(network, context)
    if where == "/home/settings":  # it goes by itself there, and what it moves takes no tap
        expect(page.locator("#note-far")).to_be_hidden()
    tap(out)
    expect(page).to_have_url(f"{home.address}/sign-in")
    assert page.evaluate(KEPT) == [0, 0, 0]
    page.goto(f"{home.address}/home")
    expect(page.get_by_label("Password")).to_be_visible()


def test_another_language_without_a_network_waits_and_that_is_said(
    home: Served, network: Relay, new_phone: Callable[..., BrowserContext]
) -> None:
    context = new_phone()
    page = settled(context, woman(home))
    tap(page.get_by_role("link", name="Settings"))
    goes(network, context)
    dutch = page.get_by_role("button", name="Nederlands")
    tap(dutch)
    is_told_and_comes(network, page)
    tap(dutch)
    expect(page.get_by_role("heading", name="Instellingen")).to_be_visible()


def test_signed_out_with_nothing_to_send_is_said_and_not_that_there_is_no_internet(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    context = new_phone()
    page = settled(context, woman(home))
    context.clear_cookies()  # as where her login ran out
    page.goto(f"{home.address}/home/stretch")  # not on this phone: today is shown
    note = page.locator("#note-unsent")
    expect(note).to_have_text("You are signed out. Sign in")
    expect(note.get_by_role("link", name="Sign in")).to_be_visible()
    assert page.evaluate("async () => (await fetch('/home/manifest.webmanifest')).status") == 200
    expect(page.locator("#note-far")).to_be_hidden()


@pytest.mark.parametrize("size", [(360, 740), (320, 640)])
def test_before_what_is_unsent_is_lost_by_signing_out_the_warning_is_seen(
    home: Served, new_phone: Callable[..., BrowserContext], size: tuple[int, int]
) -> None:
    page = settled(new_phone(), woman(home))
    page.set_viewport_size({"width": size[0], "height": size[1]})
    whose = page.locator("body").get_attribute("data-whose")
    page.evaluate(LEFT_BEHIND, [f"{whose}2", new_id(), "2026-01-01T10:00:00"])
    tap(page.get_by_role("link", name="Settings"))
    tap(page.get_by_role("button", name="Sign out"))
    warning = page.locator("#sign-out-first")
    expect(warning).to_be_focused()
    lowest = page.evaluate("document.querySelector('.home-nav').getBoundingClientRect().top")
    box = warning.bounding_box()
    assert box is not None
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= lowest


def test_a_shared_device_and_signing_out_leave_nothing(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    page = accepted(new_phone(), woman(home))
    page.wait_for_function(CONTROLLED)
    assert page.evaluate(KEPT) == [1, 1, 1]
    tap(page.get_by_role("button", name="Others use it too"))
    eventually(page, f"async () => String(await ({KEPT})()) === '0,0,0'")
    well(page)
    expect(page.get_by_role("heading", name="2 more times today")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="2 more times today")).to_be_visible()
    assert page.evaluate(KEPT) == [0, 0, 0]
    page.goto(f"{home.address}/home/settings")
    page.get_by_label("Others use it too").uncheck()
    page.wait_for_function(CONTROLLED)
    assert page.evaluate(KEPT) == [1, 1, 1]
    tap(page.get_by_role("button", name="Sign out"))
    expect(page).to_have_url(f"{home.address}/sign-in")
    assert page.evaluate(KEPT) == [0, 0, 0]


def test_signing_out_on_another_page_first_sends_what_is_not_sent(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    she = woman(home)
    page = accepted(new_phone(), she)
    well(page)
    rests(page)
    whose = page.locator("body").get_attribute("data-whose")
    page.goto(f"{home.address}/patients/{she.patient_id}")
    at = datetime.now().astimezone().isoformat()[:19]
    page.evaluate(LEFT_BEHIND, [whose, new_id(), at])
    tap(page.get_by_role("button", name="Sign out"))
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    rests(page)
    assert len(sessions_of(home, she)) == 1
    # What cannot be read there stays, with why, and holds up nothing else.
    page.goto(f"{home.address}/patients/{she.patient_id}")
    page.evaluate(LEFT_BEHIND, [whose, "no id", at])
    page.evaluate(LEFT_BEHIND, [whose, new_id(), at])
    tap(page.get_by_role("button", name="Sign out"))
    expect(page.locator("#unsent")).to_contain_text("1 thing not sent yet. “")
    assert len(sessions_of(home, she)) == 2
    tap(page.get_by_role("button", name="Sign out"))
    expect(page.get_by_text("Press once more to sign out all the same")).to_be_visible()
    tap(page.get_by_role("button", name="Sign out"))
    expect(page).to_have_url(f"{home.address}/sign-in")
    assert page.evaluate(KEPT) == [0, 0, 0]


def test_signing_out_on_one_page_leaves_nothing_on_another(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    context = new_phone()
    page = settled(context, woman(home))
    other = context.new_page()
    other.goto(f"{home.address}/home")
    expect(other.get_by_role("link", name="Begin")).to_be_visible()
    page.goto(f"{home.address}/home/settings")
    tap(page.get_by_role("button", name="Sign out"))
    expect(page).to_have_url(f"{home.address}/sign-in")
    expect(other.get_by_role("heading", name="You are signed out")).to_be_visible()
    assert other.get_by_text("Short and strong").count() == 0
    other.evaluate("() => dispatchEvent(new Event('online'))")
    tap(other.get_by_role("link", name="Sign in"))
    expect(other.get_by_label("Password")).to_be_visible()
    assert page.evaluate(KEPT) == [0, 0, 0]


def test_a_page_that_was_still_opening_when_she_signed_out_keeps_nothing(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    context = new_phone()
    page, other = settled(context, woman(home)), context.new_page()
    held: list[Route] = []
    other.route("**/home/sync", lambda route: held.append(route))
    other.goto(f"{home.address}/home")
    expect(other.get_by_role("link", name="Begin")).to_be_visible()
    page.goto(f"{home.address}/home/settings")
    tap(page.get_by_role("button", name="Sign out"))
    expect(page).to_have_url(f"{home.address}/sign-in")
    expect(other.get_by_role("heading", name="You are signed out")).to_be_visible()
    with other.expect_response("**/home/sync"):
        held[0].continue_()
    other.evaluate("() => new Promise((done) => setTimeout(done, 250))")
    assert page.evaluate(KEPT) == [0, 0, 0]


#: She signs out just when the worker has seen that something is kept.
BETWEEN = """() => {
    const has = CacheStorage.prototype.has;
    CacheStorage.prototype.has = async function (name) {
        const found = await has.call(this, name);
        await this.delete(name);
        return found;
    };
}"""


def test_what_was_being_read_ahead_when_she_signed_out_is_not_left(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    page = settled(new_phone(), woman(home))
    [worker] = page.context.service_workers
    worker.evaluate(BETWEEN)
    worker.evaluate("() => ahead(['/home/advice'])")
    assert page.evaluate("() => caches.keys()") == []
