"""Training at home in a real browser, over https: an invitation, an offline week, and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from levator.clinic import treatment
from levator.web.app import App
from levator.web.home.bundle import bundle
from tests.browser.at_home import (
    CONTROLLED,
    THERAPIST,
    Days,
    accepted,
    comes,
    eventually,
    goes,
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


def test_a_first_exercise_an_offline_week_and_all_of_it_with_the_clinic(
    home: Served, network: Relay, days: Days, new_phone: Callable[..., BrowserContext]
) -> None:
    she = woman(home)
    context = new_phone()
    page = accepted(context, she)
    page.clock.install()
    page.reload()
    # --- Four touches after the link of the invitation, that of the password among them.
    well(page)
    tap(page.get_by_role("link", name="Begin: Short and strong"))
    expect(page.locator("#pause")).to_be_focused()
    page.clock.fast_forward("10:00")
    expect(page.get_by_role("heading", name="Well done")).to_be_visible()
    expect(page.locator("#after-kept")).to_have_text("Kept on this phone.")
    tap(page.get_by_role("button", name="0", exact=True))
    tap(page.get_by_role("button", name="No", exact=True))
    tap(page.get_by_role("button", name="To today"))
    expect(page.get_by_role("heading", name="Once more today")).to_be_visible()
    rests(page)
    [first] = sessions_of(home, she)
    assert (first.ended_by, first.repetitions, first.pain, first.leaked) == ("done", 3, 0, False)
    assert first.was_leased
    assert not first.is_over_limit

    # --- It can be installed.
    page.wait_for_function(CONTROLLED)
    debugger = context.new_cdp_session(page)
    manifest = debugger.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert '"Day plan"' in manifest["data"]
    wrong = debugger.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [one["errorId"] for one in wrong if one["errorId"] != "in-incognito"] == []

    # --- Six days without a network, and a page that is opened anew on each.
    debugger.send("Network.enable")
    debugger.send("Network.clearBrowserCache")
    goes(network, context)
    for day in range(1, 7):
        page.clock.fast_forward(timedelta(days=1) // timedelta(milliseconds=1))
        page.goto(f"{home.address}/home")
        well(page)
        tap(page.get_by_role("button", name="Done without the timer: Short and strong"))
        expect(page.get_by_role("heading", name="Noted")).to_be_visible()
        tap(page.get_by_role("button", name="To today"))
        expect(page.locator("#unsent")).to_contain_text(f"{3 * day} things not sent yet.")
    days.on = timedelta(days=6)
    try:
        comes(network, context)
        page.clock.run_for(61_000)
        rests(page)
        kept = sessions_of(home, she)
    finally:
        days.on = timedelta()
    assert len(kept) == 7
    assert len({one.on_day for one in kept}) == 7
    assert {one.ended_by for one in kept} == {"done", "tapped"}
    assert not any(one.is_clock_unsure or one.is_over_limit for one in kept)


def test_what_the_clinic_shut_meanwhile_is_shut_and_what_was_done_is_kept(
    home: Served, network: Relay, new_phone: Callable[..., BrowserContext]
) -> None:
    she = woman(home)
    page = settled(new_phone(), she)
    goes(network, page.context)
    today = datetime.now().astimezone().date().isoformat()
    flag = {"on_day": today, "code": "bleeding"}
    treatment.report_red_flag(
        home.clinic.acts, THERAPIST, she.patient_id, new_id(), stop=lambda _: None, **flag
    )
    tap(page.get_by_role("button", name="Done without the timer"))
    tap(page.get_by_role("button", name="To today"))
    expect(page.locator("#unsent")).to_contain_text("1 thing not sent yet.")
    short = page.locator("#unsent-short")
    expect(short).to_have_text("1 thing not sent yet.")
    expect(short).to_be_visible()
    expect(short).to_be_in_viewport()
    comes(network, page.context)
    page.reload()
    expect(page.get_by_role("heading", name="Do not train now")).to_be_visible()
    expect(page.get_by_role("link", name="Whom to call, and when")).to_be_visible()
    assert page.get_by_role("link", name="Begin").count() == 0
    assert len(sessions_of(home, she)) == 1


WHOM = "/home/advice/red-flags"
IS_TO_READ = "async (path) => (await caches.match(path)) !== undefined"


def test_whom_to_call_is_read_without_a_network_after_the_first_visit_already(
    home: Served, network: Relay, new_phone: Callable[..., BrowserContext]
) -> None:
    page = accepted(new_phone(), woman(home))
    page.wait_for_function(CONTROLLED)
    eventually(page, IS_TO_READ, WHOM)
    goes(network, page.context)
    tap(page.get_by_role("link", name="Help"))
    tap(page.get_by_role("link", name="Whom to call, and when"))
    expect(page.get_by_role("heading", name="The signs")).to_be_visible()
    expect(page.locator("nav")).to_have_css("display", "flex")


def test_advice_is_read_without_a_network(
    home: Served, network: Relay, new_phone: Callable[..., BrowserContext]
) -> None:
    context = new_phone()
    page = accepted(context, woman(home))
    page.wait_for_function(CONTROLLED)
    page.reload()
    eventually(page, IS_TO_READ, WHOM)
    eventually(page, IS_TO_READ, "/home/advice")
    goes(network, context)
    tap(page.get_by_role("link", name="Advice", exact=True))
    expect(page.get_by_role("heading", name="Advice")).to_be_visible()
    expect(page.locator("nav")).to_have_css("display", "flex")
    # What is not on this phone is said to be so, and she stays where she can go on.
    page.goto(f"{home.address}/home/stretch")
    expect(page.get_by_role("heading", name="How are you today?")).to_be_visible()
    note = page.get_by_text("No internet now. Try it again later.")
    expect(note).to_be_visible()
    tap(page.get_by_role("link", name="Help"))
    expect(note).to_be_hidden()
    tap(page.get_by_role("link", name="Your record"))
    expect(note).to_be_visible()
    expect(page.get_by_role("heading", name="Help")).to_be_visible()
    # The network is there again: nothing says any more that there is none.
    comes(network, context)
    page.evaluate("() => dispatchEvent(new Event('online'))")
    expect(note).to_be_hidden()
    tap(page.get_by_role("link", name="Your record"))
    expect(page.get_by_role("heading", name="Mia")).to_be_visible()


#: How many frames are asked for, once the page was hidden and shown three times.
SHOWN_AGAIN = """() => {
    const [ask, drop, asked] = [requestAnimationFrame, cancelAnimationFrame, new Set()];
    window.requestAnimationFrame = (draw) => {
        const number = ask((at) => { asked.delete(number); draw(at); });
        asked.add(number);
        return number;
    };
    window.cancelAnimationFrame = (number) => { asked.delete(number); drop(number); };
    for (const hidden of [true, false, true, false, true, false]) {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }
    return asked.size;
}"""


def test_a_page_closed_in_the_middle_tells_what_was_done_until_then(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    she = woman(home)
    page = accepted(new_phone(), she)
    page.clock.install()
    page.reload()
    well(page)
    rests(page)
    tap(page.get_by_role("link", name="Begin"))
    expect(page.locator("#pause")).to_be_focused()
    page.clock.run_for(21_000)
    expect(page.locator("#guide-line")).to_contain_text("3 of 3")
    assert page.evaluate(SHOWN_AGAIN) == 1
    page.reload()
    expect(page.get_by_role("heading", name="Short and strong")).to_be_visible()
    rests(page)
    [broken] = sessions_of(home, she)
    assert (broken.ended_by, broken.repetitions) == ("stopped", 2)
    # A page that only stays open asks now and then: each time leaves a line in who looked.
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(14 * 60_000)
    assert asked == []
    with page.expect_request("**/home/sync"):
        page.clock.run_for(2 * 60_000)
    assert len(asked) == 1


def test_a_full_phone_says_so_and_what_it_could_not_keep_still_goes_to_the_clinic(
    home: Served, network: Relay, new_phone: Callable[..., BrowserContext]
) -> None:
    she = woman(home)
    page = settled(new_phone(), she)
    page.evaluate(
        """() => {
            window.room = IDBObjectStore.prototype.put;
            IDBObjectStore.prototype.put = function () {
                this.transaction.abort();
                throw new DOMException("full", "QuotaExceededError");
            };
        }"""
    )
    goes(network, page.context)
    tap(page.get_by_role("button", name="Done without the timer"))
    expect(page.locator("#note-disk")).to_contain_text("This phone is full")
    expect(page.locator("#after-kept")).to_have_text("")
    tap(page.get_by_role("button", name="To today"))
    expect(page.locator("#unsent")).to_contain_text("1 thing not sent yet.")
    # Once there is room, what did not fit is kept with what comes next.
    page.evaluate("() => { IDBObjectStore.prototype.put = window.room; }")
    tap(page.get_by_role("button", name="Done without the timer"))
    expect(page.locator("#note-disk")).to_be_hidden()
    page.reload()
    expect(page.locator("#unsent")).to_contain_text("2 things not sent yet.")
    comes(network, page.context)
    page.evaluate("() => dispatchEvent(new Event('online'))")
    rests(page)
    assert len(sessions_of(home, she)) == 2


def test_a_new_version_takes_over_and_leaves_nothing_of_the_old(
    home: Served,
    network: Relay,
    new_phone: Callable[..., BrowserContext],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = accepted(new_phone(), woman(home))
    page.wait_for_function(CONTROLLED)
    before = page.evaluate("() => caches.keys()")
    [made] = [one.endpoint.__self__ for one in home.app.admission.routes if one.path == "/home"]
    newer = bundle("home.css", "text/css", ".home { color: teal }")
    monkeypatch.setattr(made, "parts", {**made.parts, "home.css": newer})
    page.reload()
    eventually(
        page,
        "async (before) => { const now = await caches.keys();"
        " return now.length === 1 && now[0] !== before[0]; }",
        before,
    )
    goes(network, page.context)
    page.reload()
    assert page.evaluate("() => getComputedStyle(document.body).color") == "rgb(0, 128, 128)"


def test_the_first_visit_is_light(
    home: Served, new_phone: Callable[..., BrowserContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted by the server: everything that page and worker fetch, with its headers. One page to
    read comes last, when nothing waits for it any more."""
    she = woman(home)
    asked: list[str] = []
    sent: Counter[str] = Counter()
    answer = App.__call__

    async def counting(self: App, scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("path", "")

        async def count(message: Any) -> None:
            sent[path] += len(message.get("body", b""))
            names = message.get("headers", ())
            sent[path] += sum(len(name) + len(value) + 4 for name, value in names)
            await send(message)

        if scope["type"] == "http" and not path.startswith("/invitation"):
            asked.append(path)
        await answer(self, scope, receive, count)

    page = new_phone().new_page()
    page.goto(she.link)
    page.get_by_label("New password").fill(GOOD)
    page.get_by_label("The same password again").fill(GOOD)
    monkeypatch.setattr(App, "__call__", counting)
    tap(page.get_by_role("button", name="Keep this password"))
    page.wait_for_function(CONTROLLED)
    rests(page)
    eventually(page, IS_TO_READ, WHOM)
    assert len(asked) <= 8, asked
    assert asked[-1] == WHOM
    assert sent.total() <= 60_000, sent


def test_reminders_are_chosen_in_settings_and_a_calendar_gets_a_link(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    page = accepted(new_phone(), woman(home))
    page.goto(f"{home.address}/home/settings")
    expect(page.get_by_label("Remind me")).not_to_be_checked()
    page.get_by_label("Remind me").check()
    lines = page.locator("#remind-times input")
    while lines.count():
        tap(page.get_by_role("button", name="Remove").first)
    tap(page.get_by_role("button", name="One more time of day"))
    expect(lines.first).to_be_focused()
    lines.first.fill("02:00")
    page.get_by_label("Nothing from").fill("22:00")
    page.get_by_label("until", exact=True).fill("07:00")
    keep, told = page.locator("#reminders .primary"), page.locator("#remind-told")
    tap(keep)
    expect(told).not_to_be_empty()
    expect(told).not_to_have_text("Kept.")
    lines.first.fill("20:00")
    tap(keep)
    expect(told).to_have_text("Kept.")
    tap(page.get_by_role("button", name="Make a link"))
    expect(page.locator("#feed-link")).to_contain_text(f"{home.address}/feed/")
    tap(page.get_by_role("button", name="End the link"))
    expect(told).to_have_text("The link has ended.")
    page.reload()
    expect(page.get_by_label("Remind me")).to_be_checked()
    assert [one.input_value() for one in lines.all()] == ["20:00"]
