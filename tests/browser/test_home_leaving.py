"""Who goes and who comes on one phone: signed out, signed in as another, and what is left."""

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
    known,
    rests,
    sessions_of,
    settled,
    tap,
    well,
    woman,
)
from tests.browser.relay import Relay
from tests.browser.signing import sign_in
from tests.web.forms import new_id
from tests.web.served import Served
from tests.web.signing import GOOD

#: From now on, everything that the page's scripts ask for.
COUNT_SENT = """() => {
    window.sent = [];
    const asks = window.fetch;
    window.fetch = (...given) => {
        sent.push(String(given[0]));
        return asks(...given);
    };
}"""


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


def test_what_waits_of_one_woman_never_goes_into_the_record_of_who_signs_in_after_her(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    she, other, context = woman(home), known(home, number=100), new_phone()
    page = settled(context, she)
    context.clear_cookies()  # as where her login ran out
    tap(page.get_by_role("button", name="Done without the timer"))
    tap(page.get_by_role("button", name="To today"))
    note = page.locator("#note-unsent")
    expect(note).to_contain_text("1 thing not sent yet. You are signed out.")
    # No page of the other's is there yet: at one, this page shows and sends nothing any more.
    sign_in(home, page, "patient", other.user.id)
    page.evaluate(COUNT_SENT)
    with page.expect_response("**/api/v1/account"):
        page.evaluate("dispatchEvent(new Event('online'))")
    # Once it knows whose login it is, the page would send it again at once, or not at all.
    page.evaluate("() => new Promise((done) => setTimeout(done, 250))")
    assert page.evaluate("sent.filter((one) => one.endsWith('/sync')).length") == 1
    expect(note).to_contain_text("1 thing not sent yet. You are signed out.")
    assert not sessions_of(home, other)
    # Nor does the other take it off the phone without a word.
    second = context.new_page()
    second.goto(f"{home.address}/home/settings")
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    tap(second.get_by_role("button", name="Sign out"))
    expect(second.get_by_text("Press once more to sign out all the same")).to_be_visible()


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


def test_a_link_works_for_one_person_once_and_not_after_it_was_replaced(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    she, other = woman(home), woman(home)
    page = accepted(new_phone(), she)
    well(page)
    expect(page.get_by_role("heading", name="2 more times today")).to_be_visible()
    rests(page)
    page.goto(she.link)
    expect(page.get_by_role("heading", name="This link does not hold")).to_be_visible()
    assert page.get_by_role("link", name="Sign in").get_attribute("href") == "/sign-in?language=en"
    # Somebody else opens hers on the same phone: she sees nothing of the first.
    page.goto(other.link)
    page.get_by_label("New password").fill(GOOD)
    page.get_by_label("The same password again").fill(GOOD)
    tap(page.get_by_role("button", name="Keep this password"))
    expect(page.get_by_role("heading", name="How are you today?")).to_be_visible()
    eventually(page, "async () => (await indexedDB.databases()).length === 1")


LATE, SOON = "/home/advice/late", "/home/advice/soon"
#: A worker's question for one page waits until it is let go; another is answered at once.
HELD = """([late, soon]) => {
    const asks = self.fetch.bind(self);
    self.held = [];
    const answers = {
        [late]: () => new Promise((done) => self.held.push(() => done(new Response("late")))),
        [soon]: () => Promise.resolve(new Response("soon")),
    };
    self.fetch = (...given) => (answers[given[0]]?.() ?? asks(...given));
}"""
LET_GO = "() => self.held.splice(0).forEach((one) => one())"
ASK_AHEAD = """async (one) => {
    const { active } = await navigator.serviceWorker.getRegistration("/home");
    active.postMessage({ ahead: [one] });
}"""
IS_KEPT = "async (one) => Boolean(await caches.match(one))"
DROP = """async (one) => {
    for (const name of await caches.keys()) await (await caches.open(name)).delete(one);
}"""


def test_a_page_that_comes_late_is_not_kept_for_who_came_meanwhile(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    context = new_phone()
    page = settled(context, woman(home))
    [worker] = context.service_workers
    worker.evaluate(HELD, [LATE, SOON])

    def is_kept_after(meanwhile: Callable[[], object]) -> bool:
        page.evaluate(DROP, SOON)
        page.evaluate(ASK_AHEAD, LATE)
        eventually(worker, "() => self.held.length > 0")
        meanwhile()
        worker.evaluate(LET_GO)
        page.evaluate(ASK_AHEAD, SOON)
        eventually(page, IS_KEPT, SOON)
        return bool(page.evaluate(IS_KEPT, LATE))

    assert not is_kept_after(lambda: page.goto(f"{home.address}/home?arrived=/home"))
    assert is_kept_after(lambda: None)


def test_a_page_that_comes_back_from_the_browsers_memory_is_read_anew(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    page = settled(new_phone(), woman(home))
    with page.expect_navigation():
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(page.get_by_role("link", name="Begin")).to_be_visible()


#: A worker's patience with a slow line goes by a hundred times as fast.
HASTY = "() => { const waits = setTimeout; self.setTimeout = (does, ms) => waits(does, ms / 100); }"
#: Tells whose every page is that is shown.
TOLD = "addEventListener('DOMContentLoaded', () => whoseShown(document.body.dataset.her ?? ''));"


def test_on_a_slow_line_nothing_of_one_woman_is_seen_once_another_is_signed_in(
    home: Served, network: Relay, new_phone: Callable[..., BrowserContext]
) -> None:
    she, other, context = woman(home), woman(home), new_phone()
    page = settled(context, she)
    left_open = context.new_page()
    left_open.goto(f"{home.address}/home")
    expect(left_open.get_by_role("link", name="Begin")).to_be_visible()
    context.clear_cookies()  # as where her login ran out
    [worker] = context.service_workers
    worker.evaluate(HASTY)
    shown: list[str] = []
    context.expose_function("whoseShown", lambda whose: shown.append(whose))
    context.add_init_script(TOLD)
    page.goto(f"{home.address}/home")
    assert shown == [she.patient_id]  # kept here, and hers as long as nobody else signs in
    page.goto(other.link)
    page.get_by_label("New password").fill(GOOD)
    page.get_by_label("The same password again").fill(GOOD)
    network.late_s = 0.2
    tap(page.get_by_role("button", name="Keep this password"))
    expect(page.get_by_role("heading", name="How are you today?")).to_be_visible()
    assert page.url == f"{home.address}/home"
    expect(left_open.get_by_role("heading", name="You are signed out")).to_be_visible()
    page.goto(f"{home.address}/home/diary")
    expect(page.get_by_role("heading", name="Diary")).to_be_visible()
    assert set(shown[1:]) - {""} == {other.patient_id}
