"""The therapist's dose editor in a real browser: typed, refused, used, and out of the way."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import DESK, TABLETS, Desk, is_seen, unfold
from tests.browser.seat import drawn_there


def test_what_is_no_number_is_said_at_its_field_and_not_sent(desk: Desk) -> None:
    desk.open()
    _, therapist = desk.running()
    unfold(therapist)
    expect(therapist.locator("#hint-hold_s")).to_have_text("5 to 9 s")
    hold = therapist.get_by_label("Hold", exact=True)
    hold.fill("abc")
    therapist.locator("#use-dose").click()
    expect(hold).to_have_attribute("aria-invalid", "true")
    expect(hold).to_be_focused()
    expect(therapist.locator("#problem-hold_s")).to_have_text(
        "This is no number. Write for example 4.5."
    )
    assert therapist.evaluate("levatorProbe.view.line.unanswered.size") == 0
    assert desk.room.dosing.dose is None
    hold.fill("-50")
    therapist.locator("#use-dose").click()
    expect(therapist.locator("#problem-hold_s")).to_have_text("This step allows 5 to 9 s.")
    assert desk.room.dosing.dose is None
    hold.fill("6,5")
    therapist.locator("#use-dose").click()
    expect(therapist.locator("#why")).to_contain_text("3 · 6.5 · 3 · 4 s")
    expect(hold).not_to_have_attribute("aria-invalid", "true")
    expect(therapist.locator("#problem-hold_s")).not_to_be_visible()


def test_a_refusal_stands_at_the_field_it_is_about(desk: Desk) -> None:
    desk.open()
    _, therapist = desk.running("nl")
    unfold(therapist)
    therapist.locator("#dose-force_percent_mvc").fill("400")
    for _ in range(2):
        therapist.locator("#use-dose").click()
        problem = therapist.locator("#problem-force_percent_mvc")
        expect(problem).to_contain_text("50 tot 70 %")
        expect(problem).to_be_visible()
        invalid = therapist.locator("[aria-invalid=true]")
        expect(invalid).to_have_count(1)
    therapist.locator("#dose-force_percent_mvc").fill("55")
    therapist.locator("#dose-hold_s").fill("5,5")
    therapist.locator("#use-dose").click()
    expect(therapist.locator("#why")).to_contain_text("Vanaf ronde 2: 55 %")
    expect(therapist.locator("[aria-invalid=true]")).to_have_count(0)
    expect(therapist.locator("#dose-hold_s")).to_have_value("5,5")


def test_a_refusal_stays_with_its_number_until_that_is_changed_or_taken(desk: Desk) -> None:
    desk.open()
    patient, therapist = desk.running()
    unfold(therapist)
    force, problem = (therapist.locator(f"#{one}-force_percent_mvc") for one in ("dose", "problem"))
    force.fill("400")
    therapist.locator("#use-dose").click()
    expect(problem).to_contain_text("Force 400 %")
    for asked in ("mark", "pause"):
        therapist.locator(f"[data-command={asked}]").first.click()
    patient.get_by_role("button", name="Go on").click()
    expect(therapist.locator("[data-command=pause]")).to_be_visible()
    therapist.reload()
    expect(force).to_have_value("400")
    expect(problem).to_contain_text("Force 400 %")
    expect(force).to_have_attribute("aria-invalid", "true")
    force.fill("60")
    expect(problem).not_to_be_visible()
    therapist.locator("#use-dose").click()
    expect(therapist.locator("#why")).to_contain_text("60 %")
    expect(force).to_have_value("60")


def test_what_makes_no_dose_stays_said_too(desk: Desk) -> None:
    desk.open()
    _, therapist = desk.running()
    unfold(therapist)
    therapist.locator("#dose-force_percent_mvc").fill("5000")
    therapist.locator("#use-dose").click()
    expect(therapist.locator("#refusals")).to_contain_text("These numbers make no dose.")
    therapist.get_by_role("button", name="Mark cough").click()
    therapist.wait_for_function("() => levatorProbe.view.picture.therapist.marks.length === 1")
    expect(therapist.locator("#refusals")).to_contain_text("These numbers make no dose.")
    expect(therapist.locator("#dose-force_percent_mvc")).to_have_value("5000")


def test_title_and_button_of_the_dose_say_the_same(desk: Desk) -> None:
    desk.open()
    therapist = desk.page("therapist")
    expect(therapist.locator("#dose-title")).to_have_text("Next set")
    expect(therapist.locator("#use-dose")).to_have_text("Use from the next set")


@pytest.mark.parametrize("size", [DESK, TABLETS[0]], ids=["desk", "tablet"])
def test_a_dose_is_typed_and_used_with_the_curve_in_view(
    desk: Desk, axe: Callable[[Page], list[str]], size: dict[str, int]
) -> None:
    desk.open("&emg=500Hz&second=yes&respiration=25Hz")
    _, therapist = desk.running("nl")
    unfold(therapist)
    therapist.set_viewport_size(size)
    use = therapist.locator("#use-dose")
    therapist.locator("#dose-rest_s").fill("400")
    use.click()
    expect(therapist.locator("#refusals .trouble")).to_be_visible()
    therapist.locator("#sentence").evaluate(
        "said => said.textContent = 'Two sentences. '.repeat(5)"
    )
    use.scroll_into_view_if_needed()
    use.click(trial=True)
    for name in ("#curve", "#phase", "#sentence", "[data-command=stop]"):
        hit = therapist.evaluate(
            """(name) => {
                const part = document.querySelector(name);
                const box = part.getBoundingClientRect();
                const x = box.left + box.width / 2;
                const ends = [box.top + 1, box.bottom - 1];
                const seen = (y) => part.contains(document.elementFromPoint(x, y));
                return !box.height || ends.every(seen);
            }""",
            name,
        )
        assert hit, name
    assert axe(therapist) == []


#: In how many rows parts stand, looked at in one moment.
TOPS = """(name) => new Set(
    [...document.querySelectorAll(name)]
        .map((part) => part.getBoundingClientRect())
        .filter((box) => box.height)
        .map((box) => box.top)
).size"""


@pytest.mark.parametrize("size", [DESK, TABLETS[0]], ids=["desk", "tablet"])
def test_while_a_set_runs_fatigue_and_rounds_are_seen_and_the_dose_is_one_line(
    desk: Desk, axe: Callable[[Page], list[str]], size: dict[str, int]
) -> None:
    desk.open("&speed=8&emg=500Hz&second=yes&respiration=25Hz")
    therapist = desk.page("therapist", "nl", viewport=size)
    form, card = therapist.locator("#dose"), therapist.locator("#dose-card")
    expect(form).to_be_visible()
    patient = desk.page("patient")
    drawn_there(desk.room, patient)
    patient.get_by_role("button", name="Start").click()
    expect(therapist.locator("#verdicts .verdict").nth(2)).to_be_visible(timeout=40_000)
    expect(form).not_to_be_visible()
    expect(card.locator("summary")).to_have_text(
        re.compile(r"Volgende ronde\s+50 %; 3 · 5 · 3 · 4 s")
    )
    for name in ("#fatigue-figure", ".verdict:nth-child(1)", ".verdict:nth-child(3)", "summary"):
        assert is_seen(therapist, name), name
    assert therapist.evaluate(TOPS, ".actions > button") == 1
    assert axe(therapist) == []
    card.locator("summary").click()
    expect(form).to_be_visible()
    patient.get_by_role("button", name="Tired").click()
    expect(patient.locator("#effort")).to_be_visible(timeout=20_000)
    expect(form).to_be_visible()
    tops = [part.bounding_box() for part in (card, therapist.locator("#fatigue-figure"))]
    places = [box["y"] for box in tops if box]
    assert len(places) == 2
    assert places[0] < places[1]
