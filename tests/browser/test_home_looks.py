"""Every state of the pages at home: for who cannot see, in light and dark, small and large."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from levator.texts import LANGUAGES
from tests.browser.at_home import known, tap
from tests.browser.signing import sign_in
from tests.web.served import Served

Axe = Callable[..., list[str]]
Opener = Callable[..., Page]
SIDEWAYS = "() => document.documentElement.scrollWidth > innerWidth"
LARGE = "(size) => { document.documentElement.style.fontSize = size; }"
#: Width, height, size of text: a phone, a tablet, a small phone, twice as large, on its side, both.
SIZES = (
    (390, 844, "100%"),
    (834, 1112, "100%"),
    (320, 568, "100%"),
    (390, 844, "200%"),
    (195, 422, "100%"),
    (844, 390, "100%"),
    (667, 375, "125%"),
    (667, 375, "200%"),
)
#: What can be touched at once, whatever the size: without scrolling, and with nothing over it.
AT_ONCE = {
    "before": ["begin"],
    "noted": ["after-undo"],
    "running": ["stop", "pain"],
    "paused": ["stop", "pain"],
}
REACHED = """(names) => scrollTo(0, 0) ?? names.filter((name) => {
    const part = document.getElementById(name);
    const box = part.getBoundingClientRect();
    const found = (y) => document.elementFromPoint(box.left + box.width / 2, y);
    return ![box.top + 8, box.bottom - 8].every((y) => part.contains(found(y)));
})"""
#: Where Stop is with words of one line, and with words of two: at the same place.
STOP_MOVES = """() => {
    const [cue, stop] = ["cue", "stop"].map((name) => document.getElementById(name));
    const given = cue.textContent;
    const [few, many] = ["a", "a a a ".repeat(10)].map((words) => {
        cue.textContent = words;
        return stop.getBoundingClientRect().top;
    });
    cue.textContent = given;
    return few !== many;
}"""
#: What to do, for how long and what to heed is read above Stop, not behind it.
HIDDEN = """() => scrollTo(0, 0) ?? ["phase", "left", "cue"].filter((name) => {
    const [part, stop] = [name, "stop"].map((one) => document.getElementById(one));
    return part.getBoundingClientRect().bottom > stop.getBoundingClientRect().top;
})"""

#: A name of the places at the bottom that does not stand on one line.
BROKEN = """() => [...document.querySelectorAll(".home-nav a")].filter((one) => {
    const words = document.createRange();
    words.selectNodeContents(one);
    return new Set([...words.getClientRects()].map((line) => line.top)).size > 1;
}).map((one) => one.textContent)"""


#: So much higher the head is where many things are not sent yet.
GROWS = """() => {
    const short = document.getElementById("unsent-short");
    const many = JSON.parse(document.getElementById("words").textContent).unsent[1];
    const [empty, filled] = ["", many.replace(/\\S*count\\S*/, "188")].map((text) => {
        short.textContent = text;
        return document.querySelector(".home-head").offsetHeight;
    });
    short.textContent = "";
    return filled - empty;
}"""
#: Widths and sizes of text at which it takes a line, two, or is left to the note below.
HEADS = (
    (390, "100%"),
    (360, "100%"),
    (320, "100%"),
    (281, "100%"),
    (390, "125%"),
    (390, "145%"),
    (390, "200%"),
)


def states(page: Page, address: str) -> Iterator[str]:
    """Walk through everything that she can see, and name it."""
    page.goto(f"{address}/home")
    expect(page.locator(".question")).to_have_count(2)
    yield "questions"
    tap(page.locator(".question .answers button").first)
    tap(page.locator(".question .scale button").first)
    expect(page.locator(".item")).to_have_count(2)
    yield "today"
    tap(page.locator(".item h2 a").first)
    expect(page.locator("#begin")).to_be_visible()
    yield "before"
    tap(page.locator("#begin"))
    yield "running"
    tap(page.locator("#pause"))
    yield "paused"
    tap(page.locator("#stop"))
    yield "after"
    tap(page.locator("#after-close"))
    tap(page.locator(".item .plain").first)
    yield "noted"
    tap(page.locator("#after-undo"))
    for view in ("diary", "help"):
        tap(page.locator(f".home-nav [data-view={view}]"))
        yield view
    tap(page.locator("main [data-view=settings]:visible"))
    yield "settings"
    tap(page.locator("#hide"))
    yield "hidden"
    page.locator(".cover").dblclick()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_is_accessible_and_nothing_scrolls_sideways(
    server: Served, new_page: Opener, axe: Axe, language: str
) -> None:
    number = 40 + LANGUAGES.index(language)
    given = ({"exercise": "strength", "because": "x"}, {"exercise": "endurance", "because": "x"})
    she = known(server, *given, number=number, language=language)
    page = sign_in(server, new_page(locale=language), "patient", she.user.id)
    seen, wrong = [], {}
    for state in states(page, server.address):
        # So high that no part is half behind the places at the bottom, where axe cannot judge it.
        page.set_viewport_size({"width": 390, "height": 6000})
        seen.append(state)
        page.emulate_media(color_scheme="dark")
        found = axe(page, "color-contrast")
        page.emulate_media(color_scheme="light")
        if found := found + axe(page):
            wrong[state] = found
        for width, height, size in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate(LARGE, size)
            if page.evaluate(SIDEWAYS):
                wrong[f"{state} {width} {size}"] = ["scrolls sideways"]
            if width >= 320 and (broken := page.evaluate(BROKEN)):
                wrong[f"{state} {width} {size} places"] = broken
            is_low = height < 400
            has_room = width >= 320 and (size == "100%" or not is_low)
            wanted = AT_ONCE.get(state, []) if has_room or state != "noted" else []
            if out := page.evaluate(REACHED, wanted):
                wrong[f"{state} {width} {size} reached"] = out
            if state == "running" and width >= 320 and page.evaluate(STOP_MOVES):
                wrong[f"{state} {width} {size}"] = ["Stop moves"]
            is_whole = width >= 320 and (size == "100%" or is_low)
            if state == "running" and is_whole and (behind := page.evaluate(HIDDEN)):
                wrong[f"{state} {width} {size} behind Stop"] = behind
        for width, size in HEADS if state == "today" else ():
            page.set_viewport_size({"width": width, "height": 844})
            page.evaluate(LARGE, size)
            if grows := page.evaluate(GROWS):
                wrong[f"{state} {width} {size} head"] = [f"grows by {grows}"]
        page.evaluate(LARGE, "100%")
        page.set_viewport_size({"width": 390, "height": 844})
    assert wrong == {}
    assert len(seen) == 11


def test_an_exercise_is_done_by_keyboard_alone_and_in_words_where_motion_is_not_wanted(
    server: Served, new_page: Opener
) -> None:
    she = known(server, {"exercise": "strength", "because": "x"}, number=50)
    page = sign_in(
        server, new_page(reduced_motion="reduce", locale="en-GB"), "patient", she.user.id
    )
    page.goto(f"{server.address}/home")
    expect(page.locator(".question")).to_have_count(2)

    def press_on(name: str) -> None:
        """Go on by Tab until a button or link of this name, and press it."""
        for _ in range(40):
            page.keyboard.press("Tab")
            reached = page.evaluate(
                "() => document.activeElement.ariaLabel ?? document.activeElement.textContent"
            )
            if reached == name:
                page.keyboard.press("Enter")
                return
        raise AssertionError(f"{name} is not reached")

    expect(page.locator("#why")).to_have_text("2 short questions, then your exercises.")
    press_on("None of these")
    press_on("0")
    expect(page.locator(".item")).to_have_count(1)
    press_on("Begin: Short and strong")
    expect(page.locator("#pause")).to_be_focused()
    expect(page.locator("#phase")).to_have_text("Get ready")
    expect(page.locator("#spoken")).to_have_text(re.compile("Get ready. Lie on your back"))
    assert (
        page.evaluate("() => getComputedStyle(document.querySelector('.core')).transform") == "none"
    )
    page.keyboard.press("Space")
    expect(page.locator("#phase")).to_have_text("Paused")
    # Hidden at one touch, and it does not go on unseen; Enter twice brings it back.
    page.keyboard.press("Space")
    expect(page.locator("#phase")).to_have_text("Get ready")
    page.keyboard.press("Shift+Escape")
    expect(page.locator(".cover")).to_be_focused()
    assert page.title() != "Day plan"
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#pause")).to_be_focused()
    expect(page.locator("#phase")).to_have_text("Paused")
    press_on("Pain")
    expect(page.get_by_role("heading", name="Let go and rest")).to_be_focused()


#: Every tone that is given to the device, and every change of the large word with its moment.
WATCH = """(() => {
    window.tones = 0;
    window.words = [];
    window.breaths = new Set();
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...when) { tones += 1; start.apply(this, when); };
    addEventListener("DOMContentLoaded", () => {
        const phase = document.getElementById("phase");
        new MutationObserver(() => words.push([performance.now() / 1000, phase.textContent]))
            .observe(phase, { childList: true });
        const breath = document.getElementById("breath");
        new MutationObserver(() => breath.textContent && breaths.add(phase.textContent))
            .observe(breath, { childList: true });
    });
})()"""
HIDE = """(is) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => is });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
WORDS = {"rise": "Tighten", "hold": "Hold", "fall": "Let go", "rest": "Rest"}


def test_the_timer_keeps_time_while_the_page_is_hidden_and_its_tones_go_on(
    server: Served, new_page: Opener
) -> None:
    """Some minutes of the page's clock, moved by the test, most of them out of sight."""
    she = known(server, {"exercise": "endurance", "because": "x"}, number=51)
    page = sign_in(server, new_page(locale="en-GB"), "patient", she.user.id)
    page.add_init_script(WATCH)
    page.clock.install()
    with page.expect_response("**/home/sync") as told:
        page.goto(f"{server.address}/home")
    [item] = told.value.json()["plan"]["items"].values()
    tap(page.locator(".question .answers button").first)
    tap(page.locator(".question .scale button").first)
    tap(page.locator(".item .primary"))
    expect(page.locator("#pause")).to_be_focused()
    page.clock.run_for(10_000)
    assert page.evaluate("tones") >= 2 * len(item["breakpoints"])  # all with the device already
    page.evaluate(HIDE, True)
    page.clock.fast_forward(int(1000 * item["lasts_s"]) - 44_000)
    page.evaluate(HIDE, False)
    page.clock.run_for(33_000)
    words = page.evaluate("words")
    began_s = next(at_s for at_s, word in words if word == "Tighten")
    parts = [(at_s, WORDS[part]) for at_s, part in item["breakpoints"]]
    on_time = [
        (word, at_s - began_s)
        for at_s, word in words
        if any(word == asked and abs(at_s - began_s - due_s) <= 0.05 for due_s, asked in parts)
    ]
    assert len(on_time) >= 6
    assert len({round(at_s) for _, at_s in on_time if at_s > 100}) >= 3
    # A hold is shorter than a breath: only the rest is long enough to breathe along.
    assert page.evaluate("[...breaths]") == ["Rest"]
