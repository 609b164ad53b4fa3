"""Who uses the phone next: nothing of one woman is seen by another, or goes into her record."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.browser.at_home import (
    accepted,
    eventually,
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
