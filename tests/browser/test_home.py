"""Training at home in a real browser, over https: an invitation, an offline week, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from levator.clinic import Clinic, treatment
from levator.clinic.accounts import Accounts
from levator.clinic.certificates import Tls
from levator.records.home import HomeSession
from levator.storage.memory import MemoryRepository
from levator.web.app import App
from levator.web.home.bundle import bundle
from levator.web.server import Reach
from tests.browser.at_home import THERAPIST, She, invited
from tests.browser.conftest import NAME, watched
from tests.browser.relay import Relay, relayed
from tests.clinic.people import TENANT, clinic_of_all_roles, quick_passwords
from tests.web.forms import new_id
from tests.web.served import Served, served
from tests.web.signing import GOOD

PHONE = {"width": 390, "height": 844}
CONTROLLED = "() => navigator.serviceWorker.controller !== null"
#: What a browser keeps of the pages at home: databases, caches, workers.
KEPT = """async () => [
    (await indexedDB.databases()).length,
    (await caches.keys()).length,
    (await navigator.serviceWorker.getRegistrations()).length,
]"""


#: Something that was done, and never sent.
LEFT_BEHIND = """async ([whose, id, at]) => {
    const { openStore } = await import("/static/home/store.js");
    const done = { exercise: "strength", repetitions: 3, lasted_s: 20, ended_by: "done" };
    const told = { pain: null, leaked: null, was_leased: true };
    const when = { on_day: at.slice(0, 10), started_at: at };
    const one = { list: "sessions", id, ...done, ...told, ...when };
    await (await openStore(whose, false)).keep({ put: [one] });
}"""

#: From now on, everything that the page's scripts ask for.
COUNT_SENT = """() => {
    window.sent = [];
    const asks = window.fetch;
    window.fetch = (...given) => {
        sent.push(String(given[0]));
        return asks(...given);
    };
}"""


class Days:
    """The clinic's clock, which goes on by days when it is told to."""

    def __init__(self) -> None:
        self.on = timedelta()

    def __call__(self) -> datetime:
        return datetime.now().astimezone() + self.on


@pytest.fixture(scope="module")
def days() -> Days:
    return Days()


@pytest.fixture(scope="module")
def behind(tls: Tls, days: Days) -> Iterator[Served]:
    clinic = Clinic(MemoryRepository(), now=days)
    clinic.accounts = Accounts(clinic.repository, days, clinic.key, quick_passwords())
    clinic_of_all_roles(clinic.accounts)
    with served(clinic, Reach(tls=tls, names=tls.names)) as server:
        yield server


@pytest.fixture(scope="module")
def network(behind: Served) -> Iterator[Relay]:
    """What stands between the phones and the server; a worker too has no other way."""
    with relayed(f"https://127.0.0.1:{behind.port}") as relay:
        yield relay


@pytest.fixture(scope="module")
def home(behind: Served, network: Relay) -> Served:
    """One server for all of these tests; each has a woman of her own."""
    behind.address = f"https://{NAME}:{network.address.rpartition(':')[2]}"
    return behind


def goes(network: Relay, context: BrowserContext) -> None:
    """The phone has no network any more."""
    network.cut()
    context.set_offline(True)


def comes(network: Relay, context: BrowserContext) -> None:
    network.mend()
    context.set_offline(False)


@pytest.fixture
def new_phone(over_tls: Browser, network: Relay) -> Iterator[Callable[..., BrowserContext]]:
    """A phone of somebody."""
    with watched(over_tls) as open_context:
        given = {"viewport": PHONE, "locale": "en-GB"}
        yield lambda **options: open_context(**given, **options)
    network.mend()


_numbers = iter(range(1, 100))


def woman(home: Served, *prescribed: dict[str, object]) -> She:
    return invited(home, *prescribed, number=next(_numbers))


def accepted(context: BrowserContext, she: She) -> Page:
    """She opens the link of her invitation and chooses a password: one touch."""
    page = context.new_page()
    page.goto(she.link)
    page.get_by_label("New password").fill(GOOD)
    page.get_by_label("The same password again").fill(GOOD)
    page.get_by_role("button", name="Keep this password").click()
    expect(page).to_have_url(f"{she.link.split('/invitation')[0]}/home")
    return page


def eventually(page: Page, script: str, given: object = None) -> None:
    """A promise is asked again and again until it gives what is true."""
    for _ in range(100):
        if page.evaluate(script, given):
            return
        page.wait_for_timeout(50)
    raise AssertionError(script)


def well(page: Page) -> None:
    """Nothing of the red flags, and no pain: two touches."""
    page.get_by_role("button", name="None of these").click()
    page.get_by_role("button", name="0", exact=True).click()
    expect(page.get_by_role("link", name="Begin").first).to_be_visible()


def sessions_of(home: Served, she: She) -> list[HomeSession]:
    with home.clinic.repository.work(writes=False) as work:
        return [one for one in work.find(HomeSession, TENANT) if one.patient_id == she.patient_id]


def rests(page: Page) -> None:
    """The page has sent everything."""
    expect(page.locator("#note-unsent")).to_be_hidden()


def settled(context: BrowserContext, she: She) -> Page:
    """She is in, well today, and her phone has everything; nothing is under way."""
    page = accepted(context, she)
    well(page)
    page.wait_for_function(CONTROLLED)
    rests(page)
    return page


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
    page.get_by_role("link", name="Begin: Short and strong").click()
    expect(page.locator("#pause")).to_be_focused()
    page.clock.fast_forward("10:00")
    expect(page.get_by_role("heading", name="Well done")).to_be_visible()
    expect(page.locator("#after-kept")).to_have_text("Kept on this phone.")
    page.get_by_role("button", name="0", exact=True).click()
    page.get_by_role("button", name="No", exact=True).click()
    page.get_by_role("button", name="To today").click()
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
        page.get_by_role("button", name="Done without the timer: Short and strong").click()
        expect(page.get_by_role("heading", name="Noted")).to_be_visible()
        page.get_by_role("button", name="To today").click()
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


def test_what_is_kept_while_she_is_signed_out_waits_and_goes_when_she_signs_in(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    she = woman(home)
    context = new_phone()
    page = settled(context, she)
    context.clear_cookies()  # as where her login ran out
    page.goto(f"{home.address}/home")
    page.get_by_role("button", name="Done without the timer").click()
    page.get_by_role("button", name="To today").click()
    note = page.locator("#note-unsent")
    expect(note).to_contain_text("1 thing not sent yet. You are signed out.")
    note.get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail address").fill(she.user.email)
    page.get_by_label("Password").fill(GOOD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Once more today")).to_be_visible()
    rests(page)
    assert [one.ended_by for one in sessions_of(home, she)] == ["tapped"]


def test_what_waits_of_one_woman_never_goes_into_the_record_of_who_signs_in_after_her(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    she, other, context = woman(home), woman(home), new_phone()
    page = settled(context, she)
    context.clear_cookies()  # as where her login ran out
    page.get_by_role("button", name="Done without the timer").click()
    page.get_by_role("button", name="To today").click()
    note = page.locator("#note-unsent")
    expect(note).to_contain_text("1 thing not sent yet. You are signed out.")
    second = accepted(context, other)
    page.evaluate(COUNT_SENT)
    with page.expect_response("**/api/v1/account"):
        page.evaluate("dispatchEvent(new Event('online'))")
    # Once it knows whose login it is, the page would send it again at once, or not at all.
    page.evaluate("() => new Promise((done) => setTimeout(done, 250))")
    assert page.evaluate("sent.filter((one) => one.endsWith('/sync')).length") == 1
    expect(note).to_contain_text("1 thing not sent yet. You are signed out.")
    assert not sessions_of(home, other)
    # Nor does the other take it off the phone without a word.
    second.goto(f"{home.address}/home/settings")
    second.get_by_role("button", name="Sign out").click()
    expect(second.get_by_text("Press once more to sign out all the same")).to_be_visible()


def test_a_day_is_on_one_phone_until_another_takes_it_over(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    she = woman(home)
    first = accepted(new_phone(), she)
    well(first)
    second = new_phone().new_page()
    second.goto(f"{home.address}/sign-in")
    second.get_by_label("E-mail address").fill(she.user.email)
    second.get_by_label("Password").fill(GOOD)
    second.get_by_role("button", name="Sign in", exact=True).click()
    expect(second.get_by_role("heading", name="Today is on Chrome")).to_be_visible()
    assert second.get_by_role("link", name="Begin").count() == 0
    first.context.set_offline(True)
    first.get_by_role("button", name="Done without the timer").click()
    first.get_by_role("button", name="To today").click()
    second.get_by_role("button", name="Do it on this phone").click()
    expect(second.get_by_role("heading", name="2 more times today")).to_be_visible()
    # What the first did with its old lease is kept, and counts on both.
    first.context.set_offline(False)
    first.reload()
    expect(first.get_by_role("heading", name="Today is on Chrome")).to_be_visible()
    second.reload()
    expect(second.get_by_role("heading", name="Once more today")).to_be_visible()
    assert len(sessions_of(home, she)) == 1


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
    page.get_by_role("button", name="Done without the timer").click()
    page.get_by_role("button", name="To today").click()
    expect(page.locator("#unsent")).to_contain_text("1 thing not sent yet.")
    comes(network, page.context)
    page.reload()
    expect(page.get_by_role("heading", name="Do not train now")).to_be_visible()
    expect(page.get_by_role("link", name="Whom to call, and when")).to_be_visible()
    assert page.get_by_role("link", name="Begin").count() == 0
    assert len(sessions_of(home, she)) == 1


def test_advice_is_read_without_a_network(
    home: Served, network: Relay, new_phone: Callable[..., BrowserContext]
) -> None:
    context = new_phone()
    page = accepted(context, woman(home))
    page.wait_for_function(CONTROLLED)
    page.reload()
    eventually(page, "async () => (await caches.match('/home/advice/red-flags')) !== undefined")
    goes(network, context)
    page.get_by_role("link", name="Advice", exact=True).click()
    expect(page.get_by_role("heading", name="Advice")).to_be_visible()
    expect(page.locator("nav")).to_have_css("display", "flex")
    # What is not on this phone is said to be so, and she stays where she can go on.
    page.goto(f"{home.address}/home/stretch")
    expect(page.get_by_role("heading", name="How are you today?")).to_be_visible()
    note = page.get_by_text("No internet now. Try it again later.")
    expect(note).to_be_visible()
    page.get_by_role("link", name="Help").click()
    expect(note).to_be_hidden()
    page.get_by_role("link", name="Your record").click()
    expect(note).to_be_visible()
    expect(page.get_by_role("heading", name="Help")).to_be_visible()
    # The network is there again, and nobody has asked yet: it is asked then.
    comes(network, context)
    page.get_by_role("link", name="Your record").click()
    expect(page.get_by_role("heading", name="Mia")).to_be_visible()


def test_a_slip_of_the_thumb_is_taken_back_but_not_what_she_told(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    she = woman(home)
    page = accepted(new_phone(), she)
    well(page)
    page.get_by_role("button", name="Done without the timer").click()
    slip = page.get_by_role("button", name="Pressed by mistake: not done")
    slip.click()
    expect(page.get_by_role("heading", name="2 more times today")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Done without the timer").click()
    question = page.get_by_role("group", name="How much pain do you have now?")
    expect(question).to_contain_text("worst")
    question.get_by_role("button", name="0", exact=True).click()
    expect(slip).to_be_hidden()
    page.get_by_role("button", name="To today").click()
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
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.evaluate(KEPT) == [0, 0, 0]


def test_a_page_closed_in_the_middle_tells_what_was_done_until_then(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    she = woman(home)
    page = accepted(new_phone(), she)
    page.clock.install()
    page.reload()
    well(page)
    rests(page)
    page.get_by_role("link", name="Begin").click()
    expect(page.locator("#pause")).to_be_focused()
    page.clock.run_for(17_000)
    expect(page.locator("#guide-line")).to_contain_text("3 of 3")
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
    page.get_by_role("button", name="Done without the timer").click()
    expect(page.locator("#note-disk")).to_contain_text("This phone is full")
    expect(page.locator("#after-kept")).to_have_text("")
    page.get_by_role("button", name="To today").click()
    expect(page.locator("#unsent")).to_contain_text("1 thing not sent yet.")
    # Once there is room, what did not fit is kept with what comes next.
    page.evaluate("() => { IDBObjectStore.prototype.put = window.room; }")
    page.get_by_role("button", name="Done without the timer").click()
    expect(page.locator("#note-disk")).to_be_hidden()
    page.reload()
    expect(page.locator("#unsent")).to_contain_text("2 things not sent yet.")
    comes(network, page.context)
    page.evaluate("() => dispatchEvent(new Event('online'))")
    rests(page)
    assert len(sessions_of(home, she)) == 2


def test_a_shared_device_and_signing_out_leave_nothing(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    page = accepted(new_phone(), woman(home))
    page.wait_for_function(CONTROLLED)
    assert page.evaluate(KEPT) == [1, 1, 1]
    page.get_by_role("button", name="Others use it too").click()
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
    page.get_by_role("button", name="Sign out").click()
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
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    rests(page)
    assert len(sessions_of(home, she)) == 1
    # What cannot be read there stays, with why, and holds up nothing else.
    page.goto(f"{home.address}/patients/{she.patient_id}")
    page.evaluate(LEFT_BEHIND, [whose, "no id", at])
    page.evaluate(LEFT_BEHIND, [whose, new_id(), at])
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("#unsent")).to_contain_text("1 thing not sent yet. “")
    assert len(sessions_of(home, she)) == 2
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("Press once more to sign out all the same")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{home.address}/sign-in")
    assert page.evaluate(KEPT) == [0, 0, 0]


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
    # Somebody else opens hers on the same phone: she sees nothing of the first.
    page.goto(other.link)
    page.get_by_label("New password").fill(GOOD)
    page.get_by_label("The same password again").fill(GOOD)
    page.get_by_role("button", name="Keep this password").click()
    expect(page.get_by_role("heading", name="How are you today?")).to_be_visible()
    eventually(page, "async () => (await indexedDB.databases()).length === 1")


def test_the_first_visit_is_light(
    home: Served, new_phone: Callable[..., BrowserContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted by the server: everything that page and worker fetch, with its headers."""
    she = woman(home)
    asked: list[str] = []
    sent = 0
    answer = App.__call__

    async def counting(self: App, scope: Any, receive: Any, send: Any) -> None:
        async def count(message: Any) -> None:
            nonlocal sent
            sent += len(message.get("body", b""))
            sent += sum(len(name) + len(value) + 4 for name, value in message.get("headers", ()))
            await send(message)

        if scope["type"] == "http" and not scope["path"].startswith("/invitation"):
            asked.append(scope["path"])
        await answer(self, scope, receive, count)

    page = new_phone().new_page()
    page.goto(she.link)
    page.get_by_label("New password").fill(GOOD)
    page.get_by_label("The same password again").fill(GOOD)
    monkeypatch.setattr(App, "__call__", counting)
    page.get_by_role("button", name="Keep this password").click()
    page.wait_for_function(CONTROLLED)
    rests(page)
    assert len(asked) <= 8, asked
    assert sent <= 60_000, sent


def test_reminders_are_chosen_in_settings_and_a_calendar_gets_a_link(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    page = accepted(new_phone(), woman(home))
    page.goto(f"{home.address}/home/settings")
    expect(page.get_by_label("Remind me")).not_to_be_checked()
    page.get_by_label("Remind me").check()
    lines = page.locator("#remind-times input")
    while lines.count():
        page.get_by_role("button", name="Remove").first.click()
    page.get_by_role("button", name="One more time of day").click()
    expect(lines.first).to_be_focused()
    lines.first.fill("02:00")
    page.get_by_label("Nothing from").fill("22:00")
    page.get_by_label("until", exact=True).fill("07:00")
    keep, told = page.locator("#reminders .primary"), page.locator("#remind-told")
    keep.click()
    expect(told).not_to_be_empty()
    expect(told).not_to_have_text("Kept.")
    lines.first.fill("20:00")
    keep.click()
    expect(told).to_have_text("Kept.")
    page.get_by_role("button", name="Make a link").click()
    expect(page.locator("#feed-link")).to_contain_text(f"{home.address}/feed/")
    page.get_by_role("button", name="End the link").click()
    expect(told).to_have_text("The link has ended.")
    page.reload()
    expect(page.get_by_label("Remind me")).to_be_checked()
    assert [one.input_value() for one in lines.all()] == ["20:00"]


def told_too_much_pain(page: Page) -> None:
    """Log one exercise, and say that it hurt."""
    page.get_by_role("button", name="Done without the timer").click()
    page.get_by_role("button", name="8", exact=True).click()
    page.get_by_role("button", name="No", exact=True).click()


def test_what_one_page_of_hers_is_told_holds_on_all_of_them_at_once(
    home: Served, network: Relay, new_phone: Callable[..., BrowserContext]
) -> None:
    she, context = woman(home), new_phone()
    read, running, telling = settled(context, she), context.new_page(), context.new_page()
    for page in (read, running, telling):
        page.goto(f"{home.address}/home")
    goes(network, context)
    read.get_by_role("link", name="Short and strong", exact=True).click()
    expect(read.locator("#begin")).to_be_visible()
    running.get_by_role("link", name="Begin").click()
    expect(running.locator("#pause")).to_be_visible()
    told_too_much_pain(telling)
    expect(running.get_by_role("heading", name="Stopped")).to_be_visible()
    expect(running.locator("#after-line")).to_contain_text("Do not train now")
    expect(read.get_by_role("heading", name="Do not train now")).to_be_visible()
    assert read.url == f"{home.address}/home"
    running.get_by_role("button", name="To today").click()
    comes(network, context)
    for page in (read, running, telling):
        page.evaluate("() => dispatchEvent(new Event('online'))")
        rests(page)
    assert sorted(one.ended_by for one in sessions_of(home, she)) == ["stopped", "tapped"]


def test_on_a_shared_device_too(home: Served, new_phone: Callable[..., BrowserContext]) -> None:
    context = new_phone()
    page = accepted(context, woman(home))
    page.get_by_role("button", name="Others use it too").click()
    well(page)
    rests(page)
    other = context.new_page()
    other.goto(f"{home.address}/home")
    other.get_by_role("link", name="Short and strong", exact=True).click()
    expect(other.locator("#begin")).to_be_visible()
    told_too_much_pain(page)
    expect(other.get_by_role("heading", name="Do not train now")).to_be_visible()


def test_what_was_left_open_over_the_night_is_asked_again(
    home: Served, days: Days, new_phone: Callable[..., BrowserContext]
) -> None:
    page = settled(new_phone(), woman(home))
    page.clock.install()
    page.reload()
    page.get_by_role("link", name="Short and strong", exact=True).click()
    try:
        a_day_later(page, days)
        page.get_by_role("button", name="Begin").click()
        expect(page.get_by_role("heading", name="How are you today?")).to_be_visible()
        well(page)
        rests(page)
        page.get_by_role("link", name="Begin").click()
        page.locator("#pause").click()
        expect(page.locator("#pause-hint")).to_contain_text("go on")
        a_day_later(page, days)
        page.locator("#pause").click()
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
    page.get_by_role("link", name="Begin").click()
    expect(page.locator("#pause")).to_be_focused()
    page.clock.run_for(17_000)
    expect(page.locator("#guide-line")).to_contain_text("3 of 3")
    second = context.new_page()
    second.goto(f"{home.address}/home")
    rests(second)
    page.clock.run_for(60_000)
    expect(page.get_by_role("heading", name="Well done")).to_be_visible()
    page.get_by_role("button", name="To today").click()
    expect(second.get_by_role("heading", name="Once more today")).to_be_visible()
    rests(page)
    assert [one.ended_by for one in sessions_of(home, she)] == ["done"]


def test_signing_out_on_one_page_leaves_nothing_on_another(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    context = new_phone()
    page = settled(context, woman(home))
    other = context.new_page()
    other.goto(f"{home.address}/home")
    expect(other.get_by_role("link", name="Begin")).to_be_visible()
    page.goto(f"{home.address}/home/settings")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{home.address}/sign-in")
    expect(other.get_by_role("heading", name="You are signed out")).to_be_visible()
    assert other.get_by_text("Short and strong").count() == 0
    other.evaluate("() => dispatchEvent(new Event('online'))")
    other.get_by_role("link", name="Sign in").click()
    expect(other.get_by_label("Password")).to_be_visible()
    assert page.evaluate(KEPT) == [0, 0, 0]
