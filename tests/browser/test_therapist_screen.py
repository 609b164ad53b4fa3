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
from tests.browser.signing import sign_in
from tests.live.seats import SEAT, reference, sitting_at
from tests.web.forms import patient
from tests.web.served import Served

DESK = {"width": 1440, "height": 900}
TABLETS = [{"width": 1024, "height": 768}, {"width": 768, "height": 1024}]
Opener = Callable[..., Page]


class Desk:
    """A room and pages that look at it."""

    def __init__(self, server: Served, new_page: Opener) -> None:
        self.server, self._new_page = server, new_page

    def open(
        self,
        options: str = "",
        *,
        is_calibrated: bool = True,
        stage: str = "step-6",
        patient_id: str = "",
    ) -> Room:
        async def opened() -> Room:
            sitting = sitting_at(self.server.clinic, SEAT + options, stage)
            sitting = replace(sitting, patient_id=patient_id)
            if is_calibrated:
                sitting = replace(sitting, reference=reference())
            room = await self.server.clinic.open_room(sitting)
            if is_calibrated:
                room.calibrate()
            return room

        self.room = self.server.call(opened())
        return self.room

    def open_for_her(self) -> Room:
        """A room of somebody who has a record, so that one more can be opened for her."""
        with self.server.client() as client:
            return self.open(patient_id=patient(client).removeprefix("/patients/"))

    def page(self, role: str, language: str = "en", **options: Any) -> Page:
        async def ticket() -> str:
            side = "patient" if role == "patient" else "therapist"
            name = {"patient": "Mia", "therapist": "Anke", "watcher": "Bo"}[role]
            rooms, is_watcher = self.server.clinic.rooms, role == "watcher"
            ticket = rooms.admit(self.room, name, side, language, is_watcher=is_watcher)
            if role == "therapist":
                rooms.put_on_desk(rooms.desk(None), ticket)
            return ticket

        page = self._new_page(**{"viewport": DESK, **options})
        if role != "patient":
            sign_in(self.server, page)
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


def unfold(therapist: Page) -> None:
    """While a set runs the dose editor is one line."""
    therapist.locator("#dose-card > summary").click()


def buttons(page: Page) -> list[str]:
    return [one.inner_text() for one in page.locator("button:visible").all()]


# --- The dose editor


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


@pytest.mark.parametrize("size", [DESK, TABLETS[0]], ids=["desk", "tablet"])
def test_while_a_set_runs_fatigue_and_rounds_are_seen_and_the_dose_is_one_line(
    desk: Desk, axe: Callable[[Page], list[str]], size: dict[str, int]
) -> None:
    desk.open("&speed=8&emg=500Hz&second=yes&respiration=25Hz")
    therapist = desk.page("therapist", "nl", viewport=size)
    form, card = therapist.locator("#dose"), therapist.locator("#dose-card")
    expect(form).to_be_visible()
    patient = desk.page("patient")
    patient.get_by_role("button", name="Start").click()
    expect(therapist.locator("#verdicts .verdict").nth(2)).to_be_visible(timeout=40_000)
    expect(form).not_to_be_visible()
    expect(card.locator("summary")).to_have_text(
        re.compile(r"Volgende ronde\s+50 %; 3 · 5 · 3 · 4 s")
    )
    for name in ("#fatigue-figure", ".verdict:nth-child(1)", ".verdict:nth-child(3)", "summary"):
        assert is_seen(therapist, name), name
    row = therapist.locator(".actions > button:visible").all()
    assert len({box["y"] for one in row if (box := one.bounding_box())}) == 1
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


def is_seen(page: Page, name: str) -> bool:
    """Whether the middle of a part lies on the screen, under nothing."""
    found: bool = page.evaluate(
        """(name) => {
            const part = document.querySelector(name);
            const box = part.getBoundingClientRect();
            const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
            return part.contains(document.elementFromPoint(x, y));
        }""",
        name,
    )
    return found


# --- Who is offered what


def test_who_looks_along_has_stop_and_nothing_else(desk: Desk) -> None:
    desk.open()
    desk.running()
    watcher = desk.page("watcher")
    expect(watcher.locator("#dose-line")).to_contain_text("50 %")
    expect(watcher.get_by_role("button", name="Stop")).to_be_visible()
    assert buttons(watcher) == ["Stop"]


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


def test_an_unplugged_sensor_is_named_on_both_screens_and_begin_waits_for_it(desk: Desk) -> None:
    desk.open("&unplug=9s-15s", is_calibrated=False)
    patient, therapist = desk.page("patient"), desk.page("therapist")
    pages, begin = (patient, therapist), "[data-command=calibrate]"
    expect(therapist.locator("#people")).to_contain_text(re.compile(r"Mia .*\d+ ms"))
    patient.locator(begin).click()
    for page in pages:
        expect(page.locator("#troubles")).to_contain_text("Check its plug", timeout=20_000)
        expect(page.locator("#troubles")).not_to_contain_text("screen")
        expect(page.locator(begin)).not_to_be_visible()
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
    expect(patient.locator("#dots .done")).to_have_count(1, timeout=30_000)
    expect(patient.get_by_role("heading", name="Tighten")).to_be_visible(timeout=20_000)
    expect(said).to_have_text("Tired: the last round")
    expect(tired).to_have_attribute("aria-pressed", "true")
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
        ["spieractiviteit", "Tweede spier: buik", "Ademhaling"]
    )


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


def test_before_a_maximum_is_known_the_curve_has_a_scale_in_its_unit(desk: Desk) -> None:
    desk.open(is_calibrated=False)
    therapist = desk.page("therapist")
    therapist.wait_for_function("() => levatorProbe.view.rings[0]?.end > 100")
    expect(therapist.locator("#curve-title")).to_contain_text("in N")
    written = {one["text"]: one["y"] for one in therapist.evaluate(WRITTEN)}
    assert 2 <= len(written) <= 6
    heights = [written[text] for text in sorted(written, key=float)]
    assert heights == sorted(heights, reverse=True)


def test_round_numbers_of_a_scale(desk: Desk) -> None:
    desk.open()
    seen = desk.page("therapist").evaluate(
        """async () => {
            const { roundOnes } = await import("/static/strip.js");
            return [[0, 10], [-1, 1.2], [41.2, 41.9], [3, 3]].map(([low, high]) =>
                roundOnes(low, high).map((one) => Number(one.toFixed(6))));
        }"""
    )
    assert seen == [
        [0, 2, 4, 6, 8, 10],
        [-1, -0.5, 0, 0.5, 1],
        [41.2, 41.4, 41.6, 41.8],
        [3],
    ]


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
