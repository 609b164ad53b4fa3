"""The therapist's screen in a real browser: who is offered what, and what is told."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.desk import Desk, buttons
from tests.live.seats import simulator


def test_who_looks_along_has_stop_and_nothing_else(desk: Desk) -> None:
    desk.open()
    desk.running()
    watcher = desk.page("watcher")
    expect(watcher.locator("#dose-line")).to_contain_text("50 %")
    expect(watcher.get_by_role("button", name="Stop")).to_be_visible()
    assert buttons(watcher) == ["Sign out", "Stop"]


def test_after_another_cushion_the_way_on_is_the_calibration(
    desk: Desk, axe: Callable[[Page], list[str]]
) -> None:
    desk.open_for_her()
    _, therapist = desk.running()
    therapist.get_by_role("button", name="Cushion changed").click()
    expect(therapist.locator("#seat")).to_contain_text("Another cushion")
    asked = therapist.get_by_role("region", name="Which cushion is it now?")
    assert axe(therapist) == []
    asked.get_by_role("button", name="Firm cushion").click()
    expect(therapist.locator("#seat")).to_contain_text("Firm cushion")
    expect(asked).not_to_be_visible()
    begin = therapist.get_by_role("button", name="Begin calibration")
    expect(begin).to_be_visible()
    expect(therapist.locator("#sentence")).to_contain_text("Calibrate again first.")
    assert "Start a set" not in buttons(therapist)
    expect(therapist.locator("#dose-card")).not_to_be_visible()
    begin.click()
    expect(therapist.locator("#calibration-step")).to_contain_text("1 of 4")
    expect(therapist.locator("#before p")).to_contain_text("Before the new calibration: ")
    therapist.get_by_role("button", name="Stop").click()
    links = therapist.locator("#reports a")
    expect(links).to_have_count(2)
    address = links.first.get_attribute("href")
    therapist.get_by_role("button", name="Again, same patient and seat").click()
    expect(therapist.get_by_role("button", name="Begin calibration")).to_be_visible()
    therapist.goto(f"{therapist.url.split('/rooms')[0]}{address}")
    expect(therapist.get_by_role("heading", name="In short")).to_be_visible()


def test_a_failed_step_is_a_square_with_its_numbers(desk: Desk) -> None:
    room = desk.open("&speed=60", is_calibrated=False)
    simulator(room).behave("strain")
    desk.page("patient")
    therapist = desk.page("therapist")
    expect(therapist.locator("#people")).to_contain_text(re.compile(r"Mia .*\d+ ms"))
    therapist.get_by_role("button", name="Begin calibration").click()
    failed = therapist.locator("#calibration-results li:has(.mark.bad)")
    expect(failed.first).to_contain_text(re.compile(r"lift -?[\d.]+ N, push -?[\d.]+ N"))
    well = therapist.locator("#calibration-results li:has(.mark.good)")
    expect(well.first).to_contain_text(re.compile(r"Rest [\d.]+ N, spread [\d.]+ N"))


def test_an_unplugged_sensor_is_named_on_both_screens_and_begin_waits_for_it(desk: Desk) -> None:
    seat = simulator(desk.open(is_calibrated=False))
    patient, therapist = desk.page("patient"), desk.page("therapist")
    pages, begin = (patient, therapist), "[data-command=calibrate]"
    expect(therapist.locator("#people")).to_contain_text(re.compile(r"Mia .*\d+ ms"))
    patient.locator(begin).click()
    expect(patient.locator("#step")).to_contain_text("1 of 4")
    seat.behave("unplug")
    for page in pages:
        expect(page.locator("#troubles")).to_contain_text("Check its plug", timeout=20_000)
        expect(page.locator("#troubles")).not_to_contain_text("screen")
        expect(page.locator(begin)).not_to_be_visible()
    seat.behave("plug")
    for page in pages:
        expect(page.locator(begin)).to_be_visible(timeout=20_000)
    # What is offered is not refused.
    patient.locator(begin).click()
    expect(patient.locator("#step")).to_contain_text("1 of 4")


def test_that_she_is_tired_is_seen_as_long_as_it_is_so(desk: Desk) -> None:
    desk.open()
    patient, therapist = desk.running()
    expect(patient.get_by_role("heading", name="Tighten")).to_be_visible()
    tired = patient.locator("[data-command=tired]")
    tired.click()
    said = patient.locator("#round-line")
    expect(said).to_have_text("Tired: one more round")
    expect(therapist.locator("#headline")).to_have_text("Training · Tired: one more round")
    expect(therapist.locator("#fatigue-figure")).to_have_text("Established in round 1")
    # The sentence of the round comes, and it still stands.
    desk.go_on_at(3)
    expect(patient.locator("#dots .done")).to_have_count(1, timeout=30_000)
    desk.go_on_at(1)
    expect(patient.get_by_role("heading", name="Tighten")).to_be_visible(timeout=20_000)
    expect(said).to_have_text("Tired: the last round")
    expect(tired).to_have_attribute("aria-pressed", "true")
    desk.go_on_at(8)
    expect(patient.locator("#effort")).to_be_visible(timeout=40_000)
    expect(tired).to_have_attribute("aria-pressed", "false")
    expect(said).to_have_text("2 rounds")
    expect(therapist.locator("#headline")).not_to_contain_text("Tired")


def test_again_leads_her_screen_into_the_new_room(desk: Desk) -> None:
    desk.open_for_her()
    patient, therapist = desk.running()
    therapist.locator("[data-command=stop]").click()
    expect(patient.get_by_role("heading", name="Stopped")).to_be_visible()
    expect(patient.locator("#sentence")).to_have_text("Rest as long as you like.")
    expect(patient.get_by_text("You may close this page.")).to_be_visible()
    expect(patient.locator("#who")).not_to_be_visible()
    before = patient.url
    therapist.locator("#again button").click()
    expect(patient.locator("#phase")).not_to_have_text("Stopped")
    expect(patient.get_by_role("button", name="Begin")).to_be_visible()
    assert patient.url.partition("?")[0] != before.partition("?")[0]
    expect(therapist.locator("#people")).to_contain_text(re.compile(r"Mia · trains · \d+ ms"))


def test_the_therapists_screen_speaks_of_her_and_not_to_her(desk: Desk) -> None:
    desk.open()
    patient, therapist = desk.running()
    expect(patient.locator("#sentence")).to_contain_text("We begin.")
    expect(therapist.locator("#sentence")).to_contain_text("Set 1 begins: 50 %")


def test_an_address_of_this_computer_is_no_picture_to_scan(desk: Desk) -> None:
    desk.open()
    therapist = desk.page("therapist")

    async def shown() -> None:
        desk.server.clinic.rooms.show_code(desk.room)

    desk.server.call(shown())
    expect(therapist.locator("#join")).to_contain_text("works on this computer only")
    expect(therapist.locator("#join img")).to_have_count(0)


def test_channels_have_names_in_the_language_of_the_screen(desk: Desk) -> None:
    desk.open("&emg=500Hz&second=yes&respiration=25Hz")
    therapist = desk.page("therapist", "nl")
    expect(therapist.locator("#strips h3")).to_have_text(
        ["Spieractiviteit", "Tweede spier: buik", "Ademhaling"]
    )
