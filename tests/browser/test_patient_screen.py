"""The patient's screen: what it says to someone who looks, or has lost the line."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.relay import Relay
from tests.browser.seat import HIDE, HITS, PHONE, Opened, patient_of, started, until

NARROW = {"width": 320, "height": 568}
LYING = {"width": 740, "height": 360}
AWAKE = """(() => {
    window.locks = { asked: 0, held: 0 };
    navigator.wakeLock.request = async () => {
        const lock = new EventTarget();
        lock.released = false;
        lock.release = async () => {
            locks.held -= lock.released ? 0 : 1;
            lock.released = true;
        };
        locks.asked += 1;
        locks.held += 1;
        window.lock = lock;
        return lock;
    };
})()"""


# --- The line


def test_a_stop_on_a_dead_line_is_done_here_and_sent_later(a_seat: Opened, relay: Relay) -> None:
    seat = a_seat()
    patient = started(patient_of(seat, AWAKE))
    expect(patient.get_by_role("heading", name="Tighten")).to_be_visible()
    relay.cut()
    expect(patient.locator("#no-line")).to_contain_text("The connection is gone")
    patient.get_by_role("button", name="Stop", exact=True).click()
    expect(patient.get_by_role("heading", name="Stopped")).to_be_visible()
    expect(patient.locator("#sentence")).to_have_text("Rest as long as you like.")
    expect(patient.locator("#curve")).not_to_be_visible()
    until(patient, "locks.held === 0")
    assert patient.locator("#late").text_content() == ""
    assert not seat.room.is_over
    relay.mend()
    expect(patient.get_by_role("button", name="Stop", exact=True)).not_to_be_visible()
    assert seat.room.facts.cause == "stop"


def test_a_pause_for_a_lost_screen_is_explained_to_her(a_seat: Opened, relay: Relay) -> None:
    seat = a_seat()
    patient = started(patient_of(seat))
    expect(patient.get_by_role("heading", name="Tighten")).to_be_visible()
    relay.cut()
    for _ in range(80):
        if seat.room.facts.state == "paused":
            break
        patient.wait_for_timeout(100)
    relay.mend()
    expect(patient.locator("#sentence")).to_have_text(
        "Your screen was away for a moment, so we paused. That round does not count."
    )
    expect(patient.get_by_role("button", name="Go on")).to_be_visible()


def test_a_late_picture_has_a_word(a_seat: Opened) -> None:
    seat = a_seat()
    patient = started(patient_of(seat))
    assert patient.locator("#late").text_content() == ""
    patient.evaluate("levatorProbe.view.freshness.greyS = 60")
    seat.hold_up(0.8)
    expect(patient.locator("#late")).to_have_text("Picture a little late")
    expect(patient.locator("#late")).to_have_text("")


def test_the_waiting_page_finds_its_words_again(
    a_seat: Opened, relay: Relay, new_page: Callable[..., Page]
) -> None:
    seat = a_seat()

    async def code() -> str:
        return seat.server.clinic.rooms.show_code(seat.room).code

    page = new_page(viewport=NARROW)
    page.goto(f"{relay.address}/join?language=en")
    page.get_by_label("Code").fill("zzzzzz")
    page.get_by_label("Your name").fill("Mia")
    page.get_by_role("button", name="Ask to come in").click()
    expect(page.get_by_label("Code")).to_be_focused()
    for choice in page.locator(".choice").all():
        box = choice.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    page.get_by_label("Code").fill(seat.server.call(code()).lower())
    page.get_by_label("Your name").fill(" ")
    page.get_by_role("button", name="Ask to come in").click()
    expect(page.get_by_label("Your name")).to_be_focused()
    page.get_by_label("Your name").fill("Mia")
    with page.expect_response("**/join/answer"):  # its script is there
        page.get_by_role("button", name="Ask to come in").click()
    asked = "The therapist sees your name, Mia, and lets you in."
    expect(page.locator("#more")).to_have_text(asked)
    relay.cut()
    expect(page.locator("#more")).to_contain_text("The connection is gone")
    relay.mend()
    expect(page.locator("#more")).to_have_text(asked)


# --- The screen itself


def test_the_screen_stays_awake_from_begin_to_end(a_seat: Opened) -> None:
    patient = patient_of(a_seat(is_calibrated=False), AWAKE)
    assert patient.evaluate("locks") == {"asked": 0, "held": 0}
    patient.get_by_role("button", name="Begin").click()
    until(patient, "locks.held === 1")
    patient.evaluate("lock.release()")  # as a browser does when the page goes out of sight
    patient.evaluate(HIDE, False)
    until(patient, "locks.held === 1")
    assert patient.evaluate("locks.asked") == 2
    patient.get_by_role("button", name="Stop", exact=True).click()
    until(patient, "locks.held === 0")
    patient.evaluate(HIDE, False)
    patient.wait_for_timeout(100)
    assert patient.evaluate("locks.held") == 0


def test_without_a_lock_on_the_screen_it_goes_on(a_seat: Opened) -> None:
    refused = "navigator.wakeLock.request = async () => { throw new DOMException('no'); }"
    started(patient_of(a_seat(), refused))
    absent = "delete Navigator.prototype.wakeLock"
    started(patient_of(a_seat(), absent))


READ = """(() => {
    window.read = [];
    addEventListener("DOMContentLoaded", () => {
        const region = document.getElementById("spoken");
        const note = () => read.push(region.textContent);
        new MutationObserver(note).observe(region, { childList: true });
    });
})()"""


def test_one_region_reads_everything_once(a_seat: Opened) -> None:
    patient = patient_of(a_seat(), READ)
    assert patient.locator("[role=status], [aria-live], [role=alert]").count() == 1
    started(patient)
    expect(patient.get_by_role("heading", name="Tighten")).to_be_visible()
    expect(patient.get_by_role("heading", name="Hold")).to_be_visible()
    # What was said at the beginning has done its work.
    expect(patient.locator("#sentence")).to_have_text("")
    read = patient.evaluate("read")
    assert [one for one in read if "Training" in one] == []
    assert [one for one in read if "We begin" in one] == ["Get ready. We begin. Follow the band."]
    assert read[-2:] == ["Tighten.", "Hold."]


SEEN = """(() => {
    window.seen = [];
    const text = (id) => document.getElementById(id)?.textContent ?? "";
    const note = () => {
        const now = `${text("phase")}: ${text("sentence")}`;
        if (now !== seen.at(-1)) seen.push(now);
        requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
})()"""


def test_what_was_said_of_a_round_does_not_stand_under_the_next_hold(a_seat: Opened) -> None:
    patient = patient_of(a_seat("&speed=4"), SEEN)
    patient.get_by_role("button", name="Start").click()
    until(patient, "() => seen.filter((one) => /^Rest: Held 5 of 5/.test(one)).length > 2")
    seen = patient.evaluate("seen")
    assert [one for one in seen if re.match(r"(Hold|Let go): \S", one)] == []
    assert any(one.startswith("Tighten: Held") for one in seen)


@pytest.mark.parametrize("size", [NARROW, LYING, PHONE], ids=["narrow", "lying", "phone"])
def test_every_effort_can_be_tapped(a_seat: Opened, size: dict[str, int]) -> None:
    seat = a_seat()
    patient = patient_of(seat, viewport=size)

    async def ask() -> None:
        seat.room.facts.asks_effort = True
        seat.room.changed()

    seat.server.call(ask())
    expect(patient.get_by_role("heading", name="How hard was that?")).to_be_visible()
    buttons = [f"[data-effort='{number}']" for number in range(11)]
    for button in [*buttons, "#skip", "#stop"]:
        assert patient.evaluate(HITS, button) == [True] * 3, button
        box = patient.locator(button).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 40
    patient.evaluate("document.documentElement.style.fontSize = '200%'")
    for button in buttons:
        patient.locator(button).scroll_into_view_if_needed()
        patient.locator(button).click(trial=True)
    patient.evaluate("document.documentElement.style.fontSize = ''")
    patient.locator("#skip").click()
    expect(patient.locator("#effort")).not_to_be_visible()
    expect(patient.get_by_role("button", name="Start")).to_be_visible()


def test_the_dot_shows_whether_somebody_watches(a_seat: Opened) -> None:
    seat = a_seat()
    patient = patient_of(seat)
    expect(patient.locator("#watched")).to_have_class(re.compile("open"))
    seat.page("therapist")
    expect(patient.locator("#watched")).not_to_have_class(re.compile("open"))
