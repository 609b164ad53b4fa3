"""From a sample that was created to a pixel that was drawn, in a real Chromium on loopback.

`python -m benchmarks.screen --runs 1` tries it. The server is a process of its own with one room
and a simulated seat of 100 Hz that sends as its driver sends. The patient's and the therapist's
page are open at once. `drawn` is the page's clock after the canvas calls of the first animation
frame with a sample; every frame that the room sent counts, 500 a run. What compositor and panel
add after that no page can see. In turn with it, in the same browser, runs the floor: a bare
socket server and a bare canvas page, of which two are open as well.

The age of a drawn sample is the browser's own monotonic clock (read through the debugger: the
page's navigation start) minus the server's stamp; both are this machine's CLOCK_MONOTONIC. That
they are is checked from outside, and what the page itself believes is only compared with it.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urljoin

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.floor import BLOCK_HZ, Floor
from benchmarks.served import SEAT, Served
from tests.browser import chromium

RUNS, FRAMES = 3, 500
MARGIN_MS, SETTLING_S = 3.0, 2.5
#: How far the browser's clock may seem to lie outside what was seen from outside.
CLOCK_STEP_S = 0.0002
ROLES = ("patient", "therapist")

Row = tuple[str, str, str, bool]
#: Page's clock in ms, and the stamp in s of a frame that came.
Heard: TypeAlias = tuple[float, float]
#: Page's clock in ms after drawing, newest index, and its stamp in s.
Drawn: TypeAlias = tuple[float, int, float]

#: In every page, before its own scripts: when frames of samples came, and how long drawing took.
EAVESDROP = """
window.heard = []; window.painted = [];
const Native = WebSocket;
window.WebSocket = class extends Native {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => {
      if (typeof data === "string") return;
      const made = new DataView(data).getFloat64(data.byteLength > 24 ? 8 : 0, true);
      heard.push([performance.now(), made]);
    });
  }
};
const ask = requestAnimationFrame;
window.requestAnimationFrame = (draw) => ask((vsync) => {
  const began = performance.now();
  draw(vsync);
  painted.push([vsync, began, performance.now()]);
});
"""

# --- One page in one run


@dataclass(frozen=True)
class Seen:
    """What one page showed: ages and durations in ms.

    late_ms : how much later than the sensor's even beat samples were stamped.
    """

    drawn_ms: list[float]
    heard_ms: list[float]
    draw_ms: list[float]
    late_ms: list[float]
    frame_ms: float
    apart_ms: float


def origin_s(page: Page) -> float:
    """Return the page's time zero on CLOCK_MONOTONIC; raises RuntimeError if that is not so."""
    debugger = page.context.new_cdp_session(page)
    debugger.send("Performance.enable", {"timeDomain": "timeTicks"})
    told = {one["name"]: one["value"] for one in debugger.send("Performance.getMetrics")["metrics"]}
    debugger.detach()
    found: float = told["NavigationStart"]
    for _ in range(20):
        before_s = time.monotonic()
        now_s = found + page.evaluate("performance.now()") / 1000
        if not before_s - CLOCK_STEP_S <= now_s <= time.monotonic() + CLOCK_STEP_S:
            raise RuntimeError("The browser's clock is not this machine's monotonic clock.")
    return found


def look(page: Page) -> Seen:
    """Take what a page noted since the last time it was emptied."""
    zero_s = origin_s(page)
    told: dict[str, Any] = page.evaluate(
        "() => ({ drawn: levatorProbe.drawn, heard, painted,"
        " ahead: levatorProbe.view?.line.serverAheadS })"
    )
    drawn = shown(told["heard"], told["drawn"])
    paints = told["painted"]
    ahead = told["ahead"]
    return Seen(
        [(zero_s - made_s) * 1000 + at_ms for (at_ms, _, _), made_s in drawn],
        [(zero_s - made_s) * 1000 + at_ms for at_ms, made_s in told["heard"]],
        [after - before for _, before, after in paints],
        lateness([(index, made_s) for _, index, made_s in told["drawn"]]),
        statistics.median(b[0] - a[0] for a, b in pairwise(paints)),
        0.0 if ahead is None else (ahead - zero_s) * 1000,
    )


def shown(heard: list[Heard], drawn: list[Drawn]) -> list[tuple[Drawn, float]]:
    """Return for each frame from the room the first animation frame with it, and its stamp.

    Where several came before one animation frame each counts, the older ones with their own age.
    """
    found, number = [], 0
    for _, made_s in heard:
        while number < len(drawn) and drawn[number][2] < made_s:
            number += 1
        if number < len(drawn):
            found.append((drawn[number], made_s))
    return found[:FRAMES]


def lateness(stamps: list[tuple[int, float]]) -> list[float]:
    """Return how much later than an even beat stamps are; the earliest one sets the beat."""
    steps = [b[0] - a[0] for a, b in pairwise(stamps) if b[0] > a[0]]
    beat_s = 1 / BLOCK_HZ / statistics.mode(steps)
    offsets = [made_s - index * beat_s for index, made_s in stamps]
    return [(one - min(offsets)) * 1000 for one in offsets]


def empty(page: Page) -> None:
    page.evaluate("() => { levatorProbe.drawn.length = heard.length = painted.length = 0; }")


def watch(pages: list[Page]) -> list[Seen]:
    """Let pages draw, undisturbed, and take what they noted."""
    pages[0].wait_for_timeout(SETTLING_S * 1000)
    for page in pages:
        empty(page)
    pages[0].wait_for_timeout((FRAMES / BLOCK_HZ * 1.05 + 0.2) * 1000)
    return [look(page) for page in pages]


# --- Runs


Person: TypeAlias = tuple[BrowserContext, str]


def persons(
    browser: Browser, addresses: list[str], login: tuple[str, str] | None = None
) -> list[Person]:
    """Return a browser of its own for each address, with the cookie of a login."""
    found = []
    for address in addresses:
        context = browser.new_context()
        if login is not None:
            whole = urljoin(address, "/")
            context.add_cookies([{"name": login[0], "value": login[1], "url": whole}])
        found.append((context, address))
    return found


def opened(them: list[Person]) -> list[Page]:
    """Open each one's address; a ticket in it works again in the browser that took it."""
    pages = []
    for context, address in them:
        page = context.new_page()
        page.add_init_script(EAVESDROP)
        page.goto(address)
        pages.append(page)
    return pages


def closed(pages: list[Page], seen: list[Seen]) -> list[Seen]:
    for page in pages:
        page.close()
    return seen


def in_the_room(browser: Browser, served: Served) -> list[Person]:
    """Return patient and therapist of the only room."""
    room = served.rooms[0]
    ways = (f"/enter/{room['ticket']}", f"/rooms/{room['number']}/therapist")
    addresses = [f"{served.address}{way}?probe=1" for way in ways]
    return persons(browser, addresses, served.login)


def levator_run(them: list[Person]) -> list[Seen]:
    """Both screens of a running session."""
    pages = opened(them)
    start = pages[1].locator("button[data-command=start]")
    pages[0].wait_for_timeout(1500)
    if start.is_visible():
        start.click()
    return closed(pages, watch(pages))


def floor_run(them: list[Person]) -> list[Seen]:
    pages = opened(them)
    return closed(pages, watch(pages))


@dataclass(frozen=True)
class Runs:
    """All runs: of both screens, and of the two bare pages between them."""

    screens: list[list[Seen]]
    floors: list[list[Seen]]


def measure(runs: int, device_url: str = SEAT) -> Runs:
    """Measure in turn, so that both meet the same neighbours on the machine."""
    found = chromium.find()
    screens, floors = [], []
    with (
        tempfile.TemporaryDirectory() as folder,
        Served(Path(folder) / "levator.db", 1, device_url) as served,
        Floor() as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=found.executable, args=chromium.FLAGS, env={**found.environment}
        )
        bare, them = persons(browser, [address, address]), in_the_room(browser, served)
        for _ in range(runs):
            floors.append(floor_run(bare))
            screens.append(levator_run(them))
        browser.close()
    return Runs(screens, floors)


# --- Rows


def share_of(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def best_and_all(values: list[float]) -> str:
    return f"{min(values):.1f} ms (runs: {', '.join(f'{value:.1f}' for value in values)})"


def rows_of(runs: Runs) -> list[Row]:
    rows = [row for number in range(len(ROLES)) for row in drawn_rows(runs, number)]
    return [*rows, *share_rows(runs), *clock_rows(runs)]


def drawn_rows(runs: Runs, number: int) -> list[Row]:
    """Return p50 and p95 of one screen, with the floor beside them."""
    rows = []
    frame_ms = statistics.median(one.frame_ms for run in runs.floors for one in run)
    for share, frames in ((0.5, 0.5), (0.95, 1.0)):
        ours = [share_of(run[number].drawn_ms, share) for run in runs.screens]
        bare = [share_of(run[number].drawn_ms, share) for run in runs.floors]
        bar_ms = frames * frame_ms + MARGIN_MS
        text = f"{best_and_all(ours)}; bare page {best_and_all(bare)}: {min(ours) / min(bare):.2f}"
        rows.append(
            (
                f"screen: sample created -> drawn, {ROLES[number]}, p{share * 100:.0f}",
                text,
                f"{bar_ms:.1f} ms: {frames:g} of a frame of {frame_ms:.1f} ms + {MARGIN_MS:g} ms",
                min(ours) <= bar_ms,
            )
        )
    return rows


def share_rows(runs: Runs) -> list[Row]:
    """Return what software takes of it, without waiting for the screen."""
    rows = []
    for name, of in (("sample created -> onmessage", "heard_ms"), ("drawing", "draw_ms")):
        texts = []
        for number, role in enumerate((*ROLES, "bare page")):
            of_runs = (
                [run[number] for run in runs.screens]
                if number < 2
                else [run[0] for run in runs.floors]
            )
            p50, p95 = (
                min(share_of(getattr(one, of), share) for one in of_runs) for share in (0.5, 0.95)
            )
            texts.append(f"{role} p50 {p50:.2f}, p95 {p95:.2f} ms")
        rows.append((f"screen: software's share, {name}", "; ".join(texts), "-", True))
    return rows


def clock_rows(runs: Runs) -> list[Row]:
    apart = [abs(one.apart_ms) for run in runs.screens for one in run]
    late = [share_of(run[0].late_ms, 0.5) for run in runs.screens]
    late95 = [share_of(run[0].late_ms, 0.95) for run in runs.screens]
    return [
        (
            "screen: what the pages believe of the server's clock is wrong by at most",
            f"{max(apart):.2f} ms",
            f"{MARGIN_MS:g} ms",
            max(apart) <= MARGIN_MS,
        ),
        (
            "screen: the simulated seat itself behind its beat (not in the figures above)",
            f"p50 {min(late):.1f}, p95 {min(late95):.1f} ms",
            "-",
            True,
        ),
    ]


def run() -> list[Row]:
    """Return the rows for the table of figures."""
    return rows_of(measure(RUNS))


def main() -> None:
    parser = argparse.ArgumentParser(description="Sample created to drawn, in Chromium.")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--device", default=SEAT)
    given = parser.parse_args()
    for row in rows_of(measure(given.runs, given.device)):
        print(*row, sep=" | ")


if __name__ == "__main__":
    main()
