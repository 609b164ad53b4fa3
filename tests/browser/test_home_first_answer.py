"""What a slow phone does before her first answer at home can be given, and what later."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from levator.texts import LANGUAGES
from tests.browser.at_home import known, tap
from tests.browser.signing import sign_in
from tests.web.served import Served

_numbers = iter(range(1, 100))


def arrives(home: Served, context: BrowserContext, watch: str = "", language: str = "en") -> Page:
    """She is signed in and opens the page for the first time. watch : runs before its script."""
    she = known(home, number=next(_numbers), language=language)
    page = sign_in(home, context.new_page(), "patient", she.user.id)
    page.add_init_script(watch)
    page.goto(f"{home.address}/home")
    expect(page.locator(".question .answers button").first).to_be_visible()
    return page


#: What the browser knows of languages is read from its disk when it is first asked for.
ASKED = """
window.asked = 0;
Intl.DateTimeFormat = new Proxy(Intl.DateTimeFormat, {
    apply() { window.asked += 1; return Reflect.apply(...arguments); },
    construct() { window.asked += 1; return Reflect.construct(...arguments); },
});
for (const name of ["toLocaleDateString", "toLocaleTimeString", "toLocaleString"]) {
    const before = Date.prototype[name];
    Date.prototype[name] = function (...given) {
        window.asked += 1;
        return before.apply(this, given);
    };
}
"""
#: Every day of a leap year that the page and the browser write in two ways.
OTHERWISE = """async () => {
    const { dayWords } = await import("/static/home/words.js");
    const { lang } = document.documentElement;
    const how = { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" };
    const theirs = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, how);
    const plain = (words) => words.replace(/^(\\w+),(?= \\d+ )/, "$1");
    const days = Array.from({ length: 366 }, (_, n) => new Date(Date.UTC(2028, 0, 1 + n)));
    const both = days.map((day) => [dayWords(day.toISOString().slice(0, 10)), theirs.format(day)]);
    return both.filter(([ours, each]) => ours !== each && ours !== plain(each));
}"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_is_written_as_the_browser_would_without_asking_it(
    home: Served, new_phone: Callable[..., BrowserContext], language: str
) -> None:
    page = arrives(home, new_phone(), ASKED, language)
    expect(page.locator("#day")).not_to_be_empty()
    assert page.evaluate("window.asked") == 0
    assert page.evaluate(OTHERWISE) == []


#: What had been drawn and what was on the disk when the clinic was asked first.
BEFORE = """
window.before = null;
window.kept = 0;
const [ask, work] = [fetch, IDBDatabase.prototype.transaction];
window.fetch = (...given) => {
    const isDrawn = document.getElementById("day").textContent !== "";
    window.before ??= { isDrawn, kept: window.kept };
    return ask(...given);
};
IDBDatabase.prototype.transaction = function (names, mode, ...more) {
    const made = work.call(this, names, mode, ...more);
    made.addEventListener("complete", () => (window.kept += mode === "readwrite"));
    return made;
};
"""


#: Under which id this phone asks.
PHONE = """async (whose) => {
    const { openStore } = await import("/static/home/store.js");
    return (await (await openStore(whose, false)).load()).facts.phone;
}"""


def phone_of(page: Page) -> str:
    return str(page.evaluate(PHONE, page.locator("body").get_attribute("data-whose")))


def test_the_clinic_is_asked_before_anything_is_drawn_and_waits_for_no_disk(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    page = arrives(home, new_phone(), BEFORE)
    assert page.evaluate("window.before") == {"isDrawn": False, "kept": 0}
    # The id that it was asked with is this phone's at her next visit too.
    phone = phone_of(page)
    assert len(phone) == 32
    with page.expect_request("**/home/sync") as asked:
        page.reload()
    assert asked.value.post_data_json["phone"] == phone


#: At the same moment as another page.
AT_ONCE = "(address) => setTimeout(() => location.assign(address), 50)"


@pytest.mark.parametrize("_again", range(4))
def test_a_new_phone_that_opens_two_pages_at_once_is_one_phone(
    home: Served, new_phone: Callable[..., BrowserContext], _again: int
) -> None:
    context = new_phone()
    she = known(home, number=next(_numbers))
    asked: list[Request] = []
    context.on("request", lambda one: asked.append(one))
    pages = [sign_in(home, context.new_page(), "patient", she.user.id), context.new_page()]
    for page in pages:
        page.goto(f"{home.address}/static/home/icon.svg")
    for page in pages:
        page.evaluate(AT_ONCE, f"{home.address}/home")
    for page in pages:
        page.wait_for_url("**/home")
        expect(page.locator(".question .answers button").first).to_be_visible()
    sent = [one.post_data_json for one in asked if one.url.endswith("/home/sync")]
    assert {one["phone"] for one in sent} == {phone_of(pages[0])}


def test_what_she_has_not_opened_is_drawn_when_she_does(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    page = arrives(home, new_phone())
    expect(page.locator("#whose-phone")).to_be_visible()
    at, sound = page.locator("#entry-at"), page.locator("#set-sound")
    assert (at.input_value(), sound.is_checked()) == ("", False)
    tap(page.get_by_role("link", name="Diary"))
    assert at.input_value() != ""
    tap(page.get_by_role("link", name="Today"))
    tap(page.get_by_role("link", name="Settings"))
    assert sound.is_checked()
