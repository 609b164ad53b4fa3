"""From a new patient to an open sitting with the keyboard alone, and how little it asks."""

import re

from playwright.sync_api import Page, expect

from tests.browser.test_desk import Therapist, therapist  # noqa: F401, a fixture

#: Nothing is further away than this many presses of Tab.
FURTHEST = 60


def test_from_a_new_patient_to_an_open_sitting_by_keyboard_alone(
    therapist: Therapist,  # noqa: F811, the fixture
) -> None:
    page, days = therapist.page, therapist.days
    page.goto(f"{therapist.server.address}/")
    go(page, "link", "New patient")
    # A record needs one field; the day of birth tells twins apart.
    expect(page.locator("main form [required]")).to_have_count(1)
    write(page, "Family name", "de Boer")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="de Boer")).to_be_visible()
    go(page, "link", "Birth")
    pick_day(page, "Day of the birth", days.today)
    tick(page, "Vaginal")
    tick(page, "None of these")
    go(page, "button", "Keep")
    go(page, "link", "Sign a clearance")
    write(page, "Signed by", "Dr. B. Smit")
    write(page, "Profession", "midwife")
    go(page, "button", "Sign")
    go(page, "button", "0", inside="form:has(#pain-now)")
    go(page, "button", "Accept")
    expect(page.locator("#now-title")).to_contain_text("Step 5")
    go(page, "link", "Start session")
    tick(page, "0")
    tick(page, "None of these today")
    go(page, "button", "Open the session")
    expect(page).to_have_url(re.compile(r"/rooms/[^/]+/therapist"))


def go(page: Page, role: str, name: str, inside: str = "body") -> None:
    """Come to it with Tab, and press Enter."""
    reach(page, f"{inside} >> role={role}[name='{name}'s]")
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def write(page: Page, label: str, text: str) -> None:
    reach(page, f"role=textbox[name=/^{label}/]")
    page.keyboard.type(text)


def pick_day(page: Page, label: str, day: str) -> None:
    reach(page, "input[type=date]")
    year, month, date = day.split("-")
    # The browser of the tests speaks American, whatever the page does.
    page.keyboard.type(f"{month}{date}{year}")
    expect(page.get_by_label(label)).to_have_value(day)


def tick(page: Page, label: str) -> None:
    """Come to a choice, and take it: the first of a group by Tab, the others by its arrows."""
    wanted = page.get_by_label(label, exact=True).first
    group = wanted.get_attribute("name")
    reach(page, f"[name='{group}']")
    for _ in range(FURTHEST):
        if wanted.evaluate("one => one === document.activeElement"):
            page.keyboard.press("Space")
            return
        page.keyboard.press("ArrowRight")
    raise AssertionError(f"{label} is not reached by arrows")


def reach(page: Page, selector: str) -> None:
    """Press Tab until it has the focus, from wherever it is now."""
    wanted = page.locator(selector).first
    expect(wanted).to_be_attached()
    for _ in range(FURTHEST):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by Tab")
