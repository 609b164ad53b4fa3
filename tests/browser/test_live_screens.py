"""Both live screens in a real browser, over a running server and a simulated patient."""

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from levator.live.frames import Frames, Track
from levator.live.room import Room
from tests.browser.seat import DESK, HITS, OPTIONS, Opener, Seat
from tests.live.seats import SEAT, reference, sitting_at
from tests.web.served import Served

PHONE = {"width": 360, "height": 740}
TABLET = {"width": 1024, "height": 768}
STAGES = {"nl": "Stap 6", "en": "Step 6"}


@pytest.fixture
def seat(server: Served, new_page: Opener) -> Iterator[Seat]:
    async def opened() -> Room:
        sitting = replace(sitting_at(server.clinic, SEAT + OPTIONS), reference=reference())
        room = await server.clinic.open_room(sitting)
        room.calibrate()
        return room

    room = server.call(opened())
    seat = Seat(server, room, new_page)
    yield seat

    async def ended() -> None:
        room.stop("room", "stop")

    server.call(ended())
    assert seat.complaints == []


def running(seat: Seat) -> tuple[Page, Page]:
    """Both screens, with a set under way."""
    patient, therapist = seat.page("patient"), seat.page("therapist")
    # Only once her page has confirmed a frame may a set be started.
    expect(therapist.get_by_text(re.compile(r"Mia · trains · \d+ ms"))).to_be_visible()
    therapist.get_by_role("button", name="Start a set").click()
    expect(patient.get_by_role("heading", name="Get ready")).to_be_visible()
    return patient, therapist


# --- Looks


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize(("scheme", "language"), [("light", "nl"), ("dark", "en")])
@pytest.mark.parametrize("role", ["patient", "therapist"])
def test_a_live_screen_is_accessible_and_fits(
    seat: Seat,
    axe: Callable[[Page], list[str]],
    role: str,
    scheme: str,
    language: str,
    size: dict[str, int],
) -> None:
    page = seat.page(role, language, viewport=size, color_scheme=scheme)
    expect(page.locator("#stage")).to_contain_text(STAGES[language])
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize("path", ["/", "/join", "/rooms/nowhere/patient"])
@pytest.mark.parametrize(("scheme", "size"), [("light", PHONE), ("dark", DESK)])
def test_the_other_pages_are_accessible_and_fit(
    server: Served,
    new_page: Opener,
    axe: Callable[[Page], list[str]],
    path: str,
    scheme: str,
    size: dict[str, int],
) -> None:
    page = new_page(viewport=size, color_scheme=scheme)
    page.goto(f"{server.address}{path}?language=nl")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_stop_and_pain_are_in_reach_without_scrolling(seat: Seat) -> None:
    for size in (PHONE, TABLET, DESK, {"width": 740, "height": 360}):
        page = seat.page("patient", viewport=size)
        for name in ("Stop", "Pain"):
            box = page.get_by_role("button", name=name, exact=True).bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= size["height"]
            assert min(box["width"], box["height"]) >= 44
        page.close()


@pytest.mark.parametrize("percent", [100, 115, 200])
def test_stop_can_be_pressed_however_large_the_text_is(seat: Seat, percent: int) -> None:
    """In reach without scrolling, and nothing lies over it."""
    page = seat.page("patient", "nl")
    expect(page.locator("#stage")).to_contain_text(STAGES["nl"])
    page.evaluate(f"document.documentElement.style.fontSize = '{percent}%'")
    for width, height in ((360, 740), (320, 568), (740, 360), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        for button in ("#stop", "[data-command=pain]"):
            hit = page.evaluate(HITS, button)
            assert hit == [True] * 3, (button, width, height)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


# --- Training


def test_both_screens_show_the_same_round(seat: Seat) -> None:
    patient, therapist = running(seat)
    expect(patient.get_by_role("heading", name="Tighten")).to_be_visible()
    expect(patient.get_by_text("Watching: Therapist")).to_be_visible()
    expect(patient.locator("#round-line")).to_have_text("Round 1")
    expect(therapist.locator("#phase")).to_contain_text("Tighten")
    newest = [page.evaluate("levatorProbe.drawn.at(-1)[1]") for page in (patient, therapist)]
    assert all(index > 100 for index in newest)


def test_stop_takes_the_target_away_before_the_server_answers(seat: Seat) -> None:
    patient, _ = running(seat)
    expect(patient.get_by_role("heading", name="Tighten")).to_be_visible()
    seat.hold_up(1.5)
    patient.get_by_role("button", name="Stop", exact=True).click()
    expect(patient.get_by_role("heading", name="Stopped")).to_be_visible(timeout=1000)
    is_curve_shown = patient.locator("#curve").is_visible()
    assert not seat.room.is_over
    assert not is_curve_shown
    expect(patient.locator("#sentence")).to_contain_text("Rest as long", timeout=300)
    expect(patient.get_by_role("button", name="Stop", exact=True)).not_to_be_visible()
    assert seat.room.facts.ended is not None


def test_an_old_picture_is_greyed_and_cues_cease(seat: Seat) -> None:
    patient, _ = running(seat)
    expect(patient.get_by_role("heading", name="Tighten")).to_be_visible()
    seat.hold_up(1.2)
    stale = patient.locator("#stale")
    expect(stale).to_contain_text("The picture stands still", timeout=1100)
    expect(patient.get_by_role("heading", name="Tighten")).not_to_be_visible()
    expect(stale).not_to_be_visible()


AHEAD = """() => {
    const sheet = document.getElementById("curve");
    const fromX = Math.round(sheet.width * 0.8);
    const { width, height } = sheet;
    const copy = Object.assign(document.createElement("canvas"), { width, height });
    const pen = copy.getContext("2d", { willReadFrequently: true });
    pen.drawImage(sheet, 0, 0);
    const seen = pen.getImageData(fromX, 0, sheet.width - fromX, sheet.height).data;
    let coloured = 0;
    for (let at = 3; at < seen.length; at += 4) coloured += seen[at] ? 1 : 0;
    return coloured / (seen.length / 4);
}"""


def test_nothing_to_come_is_drawn_while_the_line_is_dead(seat: Seat) -> None:
    patient, _ = running(seat)
    expect(patient.get_by_role("heading", name="Tighten")).to_be_visible()
    assert patient.evaluate(AHEAD) > 0.05
    seat.hold_up(3.0)
    expect(patient.locator("#stale")).to_be_visible(timeout=2500)
    expect(patient.get_by_role("heading", name="Let go")).to_be_visible(timeout=300)
    expect(patient.locator("#sentence")).to_have_text("")
    assert patient.evaluate(AHEAD) < 0.02
    drawn = patient.evaluate("document.getElementById('curve').toDataURL()")
    patient.wait_for_timeout(300)
    assert patient.evaluate("document.getElementById('curve').toDataURL()") == drawn


def test_a_calibration_asks_nothing_while_the_line_is_dead(
    server: Served, new_page: Opener
) -> None:
    async def opened() -> Room:
        return await server.clinic.open_room(sitting_at(server.clinic, SEAT))

    seat = Seat(server, server.call(opened()), new_page)
    patient = seat.page("patient", viewport=PHONE)
    expect(patient.get_by_role("button", name="Begin")).to_be_visible()
    patient.wait_for_function("levatorProbe.drawn.at(-1)[1] >= 0")
    patient.wait_for_timeout(300)
    patient.get_by_role("button", name="Begin").click()
    expect(patient.locator("#step")).to_contain_text("1 of 4")
    assert patient.locator("#sentence").inner_text() != ""
    seat.hold_up(3.0)
    expect(patient.locator("#stale")).to_be_visible(timeout=2500)
    expect(patient.get_by_role("heading", name="Let go")).to_be_visible(timeout=300)
    expect(patient.locator("#sentence")).to_have_text("")
    expect(patient.locator("#progress")).not_to_be_visible()
    patient.get_by_role("button", name="Stop", exact=True).click()
    expect(patient.locator("#phase")).to_have_text("Stopped", timeout=1000)


def test_a_patients_page_that_is_closed_pauses_the_set(seat: Seat) -> None:
    patient, therapist = running(seat)
    patient.close()
    expect(therapist.get_by_text("has not confirmed its picture")).to_be_visible()
    expect(therapist.get_by_role("button", name="Go on")).to_be_visible()
    therapist.get_by_role("button", name="Go on").click()
    expect(therapist.get_by_text("screen is not connected")).to_be_visible()


def test_the_therapist_changes_the_next_round_and_reads_why_not(seat: Seat) -> None:
    _, therapist = running(seat)
    therapist.locator("#dose-card > summary").click()
    therapist.get_by_label("Force, %").fill("400")
    therapist.get_by_role("button", name="Use from the next round").click()
    expect(therapist.get_by_text("Force 400 % is outside 50 to 70 % of this step")).to_be_visible()
    therapist.get_by_label("Force, %").fill("55")
    therapist.get_by_role("button", name="Use from the next round").click()
    expect(therapist.get_by_text("From round 2: 55 %")).to_be_visible()


def test_a_screen_that_comes_back_draws_what_it_missed(seat: Seat) -> None:
    patient, _ = running(seat)
    # What a lost network does to the page: the socket closes, and the page opens another.
    before = patient.evaluate("levatorProbe.drawn.at(-1)[1]")
    patient.evaluate("levatorProbe.drop()")
    expect(patient.locator("#no-line")).to_contain_text("The connection is gone")
    expect(patient.locator("#no-line")).not_to_be_visible()
    missed = patient.evaluate(f"levatorProbe.missing({before})")
    assert missed == 0


# --- Scripts against the engine


@pytest.fixture
def page(server: Served, new_page: Opener) -> Page:
    page = new_page()
    page.goto(f"{server.address}/join")
    return page


def test_frames_are_read_as_they_are_written(page: Page) -> None:
    frames = Frames([Track(100.0, 50), Track(2048.0, 0)], 9)
    frames.revision = 4
    frames.add(0, 50, [1.5, float("nan"), -2.0], 123.25)
    frames.add(1, 0, [float(index) for index in range(50)], 123.5)
    packed = base64.b64encode(frames.since((50, 0))).decode()
    read = page.evaluate(
        """async (packed) => {
            const { decode } = await import("/static/wire.js");
            const bytes = Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0));
            const frame = decode(bytes.buffer);
            const plain = (one) => ({ ...one, values: [...one.values].map(String) });
            return { ...frame, tracks: frame.tracks.map(plain) };
        }""",
        packed,
    )
    assert (read["generation"], read["revision"], read["madeS"]) == (9, 4, 123.5)
    first, second = read["tracks"]
    assert (first["firstIndex"], first["hz"], first["values"]) == (50, 100, ["1.5", "NaN", "-2"])
    assert (second["firstIndex"], round(second["hz"], 3)) == (0, round(2048 / 11, 3))
    assert second["values"] == ["0", "11", "22", "33", "44"]


def test_the_target_on_screen_is_the_engines(page: Page) -> None:
    """Interpolation is the one thing that exists twice; both must say the same."""
    from levator.training.dose import Dose, RoundsRule
    from levator.training.pattern import Pattern
    from levator.training.target import plan_of

    dose = Dose(
        "advanced", 70.0, Pattern(3.0, 3.0, 3.0, 4.0), 80.0, RoundsRule("number", 15, 240.0, 5)
    )
    plan = plan_of(dose, 1, 10.0, 1.0)
    ours = plan.curve(100.0).levels(900, 2500)
    theirs = page.evaluate(
        """async (points) => {
            const { levelOf } = await import("/static/target.js");
            const target = { breakpoints: points };
            return Array.from({ length: 1600 }, (_, place) => levelOf(target, (900 + place) / 100));
        }""",
        [list(point) for point in plan.breakpoints()],
    )
    assert theirs == pytest.approx(ours, abs=1e-9)


def test_after_its_time_a_target_is_rest(page: Page) -> None:
    seen = page.evaluate(
        """async () => {
            const { Targets } = await import("/static/target.js");
            const targets = new Targets();
            const phases = [{ name: "hold", from_s: 0, to_s: 20 }];
            targets.set([{ revision: 1, at_s: 0, round: 1, breakpoints: [[0, 40], [20, 40]],
                           valid_until_s: 10, band_percent_mvc: 10, phases }]);
            const level = (now) => [targets.level(now, now), targets.phase(now)?.name ?? ""];
            const before = level(9.9), after = level(10.1);
            targets.hide(5);
            return [before, after, level(6)];
        }"""
    )
    assert seen == [[40, "hold"], [0, ""], [0, ""]]
