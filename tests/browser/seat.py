"""Her seat in a real browser: a room with a simulated patient, and pages that look at it."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from levator.live.room import Room
from tests.browser.signing import sign_in, way_in
from tests.web.served import Served

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
OPTIONS = "&emg=500Hz&second=yes&respiration=25Hz"
Opener = Callable[..., Page]


class Seat:
    """A room with a calibrated patient, and pages that look at it."""

    def __init__(self, server: Served, room: Room, new_page: Opener) -> None:
        self.server, self.room, self.complaints = server, room, list[str]()
        self._new_page = new_page

    def page(self, role: str, language: str = "en", **options: Any) -> Page:
        page = self._new_page(**{"viewport": DESK, **options})
        page.on("console", lambda said: self._hear(said.type, said.text))
        if role == "therapist":
            sign_in(self.server, page)
        page.goto(f"{self.server.address}{way_in(self.server, self.room, role, language)}")
        return page

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def hold_up(self, lasts_s: float) -> None:
        """Let the server do nothing at all for a while, without waiting for it."""

        async def nothing() -> None:
            time.sleep(lasts_s)

        asyncio.run_coroutine_threadsafe(nothing(), self.server._loop)


Opened = Callable[..., Seat]


def patient_of(seat: Seat, *scripts: str, **options: Any) -> Page:
    """Her page, with scripts that run before its own."""
    new_page = seat._new_page

    def opened(**asked: Any) -> Page:
        page = new_page(**asked)
        for script in scripts:
            page.add_init_script(script)
        return page

    seat._new_page = opened
    try:
        page = seat.page("patient", **options)
    finally:
        seat._new_page = new_page
    until(page, "levatorProbe.drawn.at(-1)?.[1] >= 0")
    drawn_there(seat.room, page)
    return page


def drawn_there(room: Room, page: Page) -> None:
    """Wait until a room has heard that her screen draws; no set begins before."""
    for _ in range(600):
        if room.audience.is_patient_here:
            return
        page.wait_for_timeout(25)
    raise AssertionError("her screen told of no picture")


def started(page: Page) -> Page:
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("heading", name="Get ready")).to_be_visible()
    return page


def until(page: Page, is_so: str, given: Any = None) -> None:
    """Wait for something that must come. Asked from outside: the page's own policy forbids eval."""
    for _ in range(600):
        if page.evaluate(is_so, given):
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"it did not come: {is_so} {given}")


def heard(page: Page) -> list[tuple[str, str]]:
    found = page.evaluate("levatorProbe.heard.map(([, name, sign]) => [name, sign])")
    return [(name, sign) for name, sign in found]


HEARD = "([name, sign]) => levatorProbe.heard.some((one) => one[1] === name && one[2] === sign)"
TIMES = "([name, times]) => levatorProbe.heard.filter((one) => one[1] === name).length >= times"


HIDE = """(isHidden) => {
    Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
#: Whether a button can be hit at its top, middle and bottom.
HITS = """(selector) => [0.1, 0.5, 0.9].map((share) => {
    const button = document.querySelector(selector);
    const box = button.getBoundingClientRect();
    const seen = document.elementFromPoint(box.left + box.width / 2, box.top + share * box.height);
    return button.contains(seen) && box.left >= 0 && box.right <= innerWidth;
})"""
