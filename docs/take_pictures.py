"""Takes the pictures of the README from the running demo: `python docs/take_pictures.py`.

Nothing is drawn by hand: two rounds are trained on the real screens, and the third is pictured.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs/images"
ROUNDS = 2
PATIENCE_MS = 120_000
#: Into the hold of the third round: the rise takes three seconds.
INTO_THE_HOLD_MS = 3_000
#: Until an answer at home is kept and the next question stands there.
SETTLED_MS = 400


def links(demo: subprocess.Popen[str]) -> list[str]:
    """Return the links that the demo prints: the patient's, the therapist's, the start, at home."""
    assert demo.stdout is not None
    found: list[str] = []
    for line in demo.stdout:
        found += re.findall(r"\S+/demo/\S+", line)
        if len(found) == 4:
            return found
    raise SystemExit("The demo ended before it printed its links.")


def screen(browser: Browser, link: str, width: int, height: int) -> Page:
    page = browser.new_page(viewport={"width": width, "height": height}, locale="en-GB")
    page.goto(link)
    return page


def at_home(browser: Browser, link: str) -> None:
    """What is for today on her phone, and an exercise under way."""
    phone = screen(browser, link, 390, 844)
    phone.locator(".question").first.wait_for()
    while phone.locator(".question").count():
        phone.locator(".question button").first.click()
        phone.wait_for_timeout(SETTLED_MS)
    phone.screenshot(path=IMAGES / "home.png", animations="disabled")
    phone.locator(".item .primary").click()
    expect(phone.locator("#phase")).to_have_text("Hold", timeout=PATIENCE_MS)
    phone.screenshot(path=IMAGES / "home-exercise.png", animations="disabled")


def take(browser: Browser, demo: subprocess.Popen[str]) -> None:
    patient_link, therapist_link, start_link, home_link = links(demo)
    at_home(browser, home_link)
    course = screen(browser, start_link, 1440, 900)
    patient = screen(browser, patient_link, 1180, 820)
    therapist = screen(browser, therapist_link, 1440, 1024)
    therapist.get_by_role("button", name="Start a set").click()
    expect(therapist.locator(".verdict")).to_have_count(ROUNDS, timeout=PATIENCE_MS)
    expect(patient.get_by_role("heading", name="Tighten")).to_be_visible(timeout=PATIENCE_MS)
    patient.wait_for_timeout(INTO_THE_HOLD_MS)
    course.get_by_role("link", name="Patients").click()
    course.locator(".entries a").first.click()
    course.get_by_role("img", name="Course on").wait_for()
    for name, page in (("patient", patient), ("therapist", therapist), ("course", course)):
        page.screenshot(path=IMAGES / f"{name}.png", animations="disabled")


def main() -> None:
    sys.path.insert(0, str(ROOT))
    from tests.browser import chromium

    found = chromium.find()
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        command = [Path(sys.executable).with_name("levator"), "demo", "--folder", folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as demo:
            try:
                with sync_playwright() as playwright:
                    take(
                        playwright.chromium.launch(
                            executable_path=found.executable,
                            args=chromium.FLAGS,
                            env={name: str(value) for name, value in found.environment.items()},
                        ),
                        demo,
                    )
            finally:
                demo.terminate()


if __name__ == "__main__":
    main()
