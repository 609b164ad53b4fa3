"""The therapist's screen in a real browser: what is offered, typed, marked and drawn."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from levator.devices.simulator.driver import Simulator
from levator.live.asking import Asked
from levator.live.room import Room
from tests.live.seats import SEAT, reference, sitting_at
from tests.web.served import Served

DESK = {"width": 1440, "height": 900}
TABLETS = [{"width": 1024, "height": 768}, {"width": 768, "height": 1024}]
Opener = Callable[..., Page]


class Desk:
    """A room and pages that look at it."""

    def __init__(self, server: Served, new_page: Opener) -> None:
        self.server, self._new_page = server, new_page

    def open(self, options: str = "", *, is_calibrated: bool = True, stage: str = "step-6") -> Room:
        async def opened() -> Room:
            sitting = sitting_at(self.server.clinic, SEAT + options, stage)
            if is_calibrated:
                sitting = replace(sitting, reference=reference())
            room = await self.server.clinic.open_room(sitting)
            if is_calibrated:
                room.calibrate()
            return room

        self.room = self.server.call(opened())
        return self.room

    def page(self, role: str, language: str = "en", **options: Any) -> Page:
        async def ticket() -> str:
            side = "patient" if role == "patient" else "therapist"
            name = {"patient": "Mia", "therapist": "Anke", "watcher": "Bo"}[role]
            return self.server.clinic.rooms.admit(
                self.room,
                name,
                side,
                language,
                is_watcher=role == "watcher",
            )

        page = self._new_page(**{"viewport": DESK, **options})
        page.goto(f"{self.server.address}/enter/{self.server.call(ticket())}?probe=1")
        return page

    def ask(self, kind: str, **more: Any) -> None:
        async def asked() -> None:
            self.room.ask(Asked(kind, **more), "therapist")

        self.server.call(asked())

    def running(self, language: str = "en") -> tuple[Page, Page]:
        """Both screens, with a set under way."""
        patient, therapist = self.page("patient"), self.page("therapist", language)
        expect(therapist.locator("#people")).to_contain_text(re.compile(r"Mia .*\d+ ms"))
        therapist.locator("button[data-command=start]").click()
        expect(therapist.locator("button[data-command=pause]")).to_be_visible()
        return patient, therapist


@pytest.fixture
def desk(server: Served, new_page: Opener) -> Iterator[Desk]:
    desk = Desk(server, new_page)
    yield desk

    async def ended() -> None:
        desk.room.stop("room", "stop")

    server.call(ended())


def buttons(page: Page) -> list[str]:
    return [one.inner_text() for one in page.locator("button:visible").all()]


# --- The dose editor


def test_what_is_no_number_is_said_at_its_field_and_not_sent(desk: Desk) -> None:
    desk.open()
    _, therapist = desk.running()
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
    assert desk.room.dose_asked is None
    hold.fill("6,5")
    therapist.locator("#use-dose").click()
    expect(therapist.locator("#why")).to_contain_text("3 · 6.5 · 3 · 4 s")
    expect(hold).not_to_have_attribute("aria-invalid", "true")
    expect(therapist.locator("#problem-hold_s")).not_to_be_visible()


def test_a_refusal_stands_at_the_field_it_is_about(desk: Desk) -> None:
    desk.open()
    _, therapist = desk.running("nl")
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


# --- Who is offered what


def test_who_looks_along_has_stop_and_nothing_else(desk: Desk) -> None:
    desk.open()
    desk.running()
    watcher = desk.page("watcher")
    expect(watcher.locator("#dose-line")).to_contain_text("50 %")
    expect(watcher.get_by_role("button", name="Stop")).to_be_visible()
    assert buttons(watcher) == ["Stop"]


def test_after_another_cushion_the_way_on_is_the_calibration(desk: Desk) -> None:
    desk.open()
    _, therapist = desk.running()
    therapist.get_by_role("button", name="Cushion changed").click()
    begin = therapist.get_by_role("button", name="Begin calibration")
    expect(begin).to_be_visible()
    expect(therapist.locator("#sentence")).to_contain_text("Calibrate again first.")
    assert "Start a set" not in buttons(therapist)
    expect(therapist.locator("#dose-card")).not_to_be_visible()
    begin.click()
    expect(therapist.locator("#calibration-step")).to_contain_text("1 of 4")
    expect(therapist.locator("#seat")).to_contain_text("Another cushion")


def test_a_failed_step_is_a_square_with_its_numbers(desk: Desk) -> None:
    room = desk.open("&speed=60", is_calibrated=False)
    assert isinstance(room.device, Simulator)
    room.device.behave("strain")
    desk.page("patient")
    therapist = desk.page("therapist")
    expect(therapist.locator("#people")).to_contain_text(re.compile(r"Mia .*\d+ ms"))
    therapist.get_by_role("button", name="Begin calibration").click()
    failed = therapist.locator("#calibration-results li:has(.mark.bad)")
    expect(failed.first).to_contain_text(re.compile(r"lift -?[\d.]+ N, push -?[\d.]+ N"))
    well = therapist.locator("#calibration-results li:has(.mark.good)")
    expect(well.first).to_contain_text(re.compile(r"Rest [\d.]+ N, spread [\d.]+ N"))


# --- The curve

WRITTEN = """() => {
    const written = [];
    const seen = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
        const width = this.measureText(text).width;
        written.push({ text, x, y, width, align: this.textAlign });
        return seen.call(this, text, x, y);
    };
    return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
        CanvasRenderingContext2D.prototype.fillText = seen;
        done(written);
    })));
}"""


def test_a_mark_and_the_scale_are_on_the_curve_at_once(desk: Desk) -> None:
    desk.open()
    _, therapist = desk.running()
    therapist.get_by_role("button", name="Mark cough").click()
    therapist.wait_for_function("() => levatorProbe.view.picture.therapist.marks.length === 1")
    written = therapist.evaluate(WRITTEN)
    texts = {one["text"] for one in written}
    assert {"0 %", "20 %", "40 %", "60 %", "cough"} <= texts
    height = {one["text"]: one["y"] for one in written}
    assert height["cough"] > height["0 %"]


def test_what_goes_under_rest_is_drawn_under_zero(desk: Desk) -> None:
    """Pushing is a line under the resting level, not one along the bottom."""
    room = desk.open()
    assert isinstance(room.device, Simulator)
    room.device.behave("strain")
    _, therapist = desk.running()
    therapist.wait_for_function("() => levatorProbe.view.rings[0].values.some((one) => one < -20)")
    texts = {one["text"] for one in therapist.evaluate(WRITTEN)}
    assert "−20 %" in texts


def test_texts_in_a_row_never_run_into_each_other(desk: Desk) -> None:
    desk.open()
    page = desk.page("therapist")
    written = page.evaluate(
        """async () => {
            const { Curve } = await import("/static/curve.js");
            const { Targets } = await import("/static/target.js");
            const canvas = document.getElementById("curve");
            const curve = new Curve(canvas);
            curve.sheet.fit();
            const labels = Array.from({ length: 9 }, (_, place) => ({
                at_s: place * 2, text: `${place} another muscle helped`, short: String(place),
                is_good: false,
            }));
            const marks = [{ at_s: 15, text: "cushion changed" }, { at_s: 15.5, text: "moved" }];
            const written = [];
            curve.sheet.pen.fillText = (text, x, y) => written.push(
                { text, x, y, width: curve.sheet.pen.measureText(text).width },
            );
            curve.draw({ ring: undefined, targets: new Targets(), nowS: 18, freshness: "fresh",
                         pastS: 22, isAsking: true, isFine: true, labels, marks });
            return written;
        }"""
    )
    rows: dict[float, list[dict[str, Any]]] = {}
    for one in written:
        if "%" not in one["text"]:
            rows.setdefault(one["y"], []).append(one)
    assert len(rows) == 2
    for row in rows.values():
        ends = sorted((one["x"], one["x"] + one["width"]) for one in row)
        assert all(end <= start for (_, end), (start, _) in pairwise(ends))
    (labels,) = [row for y, row in rows.items() if y == 0]
    assert {one["text"] for one in labels} >= {"8 another muscle helped", "7"}


@pytest.mark.parametrize("size", TABLETS, ids=["landscape", "portrait"])
def test_on_a_tablet_curve_and_actions_are_seen_together(
    desk: Desk, axe: Callable[[Page], list[str]], size: dict[str, int]
) -> None:
    desk.open("&emg=500Hz&second=yes&respiration=25Hz")
    _, therapist = desk.running()
    therapist.set_viewport_size(size)
    assert therapist.evaluate("document.documentElement.scrollWidth") <= size["width"]
    curve = therapist.locator("#curve").bounding_box()
    stop = therapist.get_by_role("button", name="Stop").bounding_box()
    assert curve is not None
    assert stop is not None
    assert curve["y"] + curve["height"] <= stop["y"]
    assert stop["y"] + stop["height"] <= size["height"]
    assert axe(therapist) == []
