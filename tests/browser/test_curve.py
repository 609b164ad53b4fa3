"""The therapist's curve in a real browser: marks, scale, and what is written on it."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from levator.devices.simulator.driver import Simulator
from tests.browser.desk import TABLETS, Desk

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
    therapist.locator("[data-command=stop]").click()
    expect(therapist.locator("#headline")).to_have_text("Stopped")
    assert not [one["text"] for one in therapist.evaluate(WRITTEN) if "%" in one["text"]]


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
