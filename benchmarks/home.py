"""The first visit of the pages at home, on a telephone that is six times slower than this computer.

`python -m benchmarks.home --runs 1` tries it. Each visit is a new browser context that knows
nothing yet; the server is in this process, on loopback, so what the network costs is left out.
Interactive is the page's own clock, from the start of the navigation to the first answer that can
be given; in the end each answer is given, so that it was really there. The page tells it by its
console: whatever Playwright puts into a page to look for something there is 330 kB of script, and
the slow page would pay for that too. In turn with it, in the same browser and as slow, a bare page
with the same question in it, without style or script.

Chromium slows the page down, not its service worker; the worker is no part of a first visit.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests.browser import chromium
from tests.browser.at_home import known
from tests.browser.signing import sign_in
from tests.web.served import Served, served

RUNS, SLOWER, BAR_MS = 5, 6, 1000.0
PHONE = {"width": 390, "height": 844}
Row: TypeAlias = tuple[str, str, str, bool]
ANSWER = ".question .answers button"
READY = "levator-ready "
#: Before the page's own scripts: tells when the first answer stands there, by the page's clock.
WATCH = f"""
new MutationObserver((_, watch) => {{
  if (!document.querySelector("{ANSWER}")) return;
  watch.disconnect();
  console.info("{READY}" + performance.now());
}}).observe(document, {{ childList: true, subtree: true }});
"""
BARE = """<!doctype html><title>floor</title><main class=question><h1>How are you today?</h1>
<p class=answers><button>Well</button><button>Not well</button></main>"""


def run(runs: int = RUNS) -> list[Row]:
    """Return the rows of the table."""
    with served() as server, browser() as there:
        seen = [visits(server, there, number) for number in range(1, runs + 1)]
    first, again, bare = zip(*seen, strict=True)
    return [
        ("home, CPU/6: first visit to interactive", said(first), "1000 ms", min(first) <= BAR_MS),
        ("home, CPU/6: a later visit", said(again), "1000 ms", min(again) <= BAR_MS),
        ("a bare page, CPU/6", said(bare), "no bar", True),
    ]


def visits(server: Served, there: Browser, number: int) -> tuple[float, float, float]:
    """Return after how many ms she could answer: at first, later, and on a bare page."""
    user = known(server, number=number).user.id
    context = there.new_context(viewport=PHONE, locale="en-GB")
    page = sign_in(server, context.new_page(), "patient", user)
    page.add_init_script(WATCH)
    slower = {"rate": SLOWER}
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", slower)
    first = visit(page, f"{server.address}/home")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    again = visit(page, f"{server.address}/home")
    page.locator(ANSWER).first.click()
    page.locator(".question .answers").wait_for(state="detached")
    page.route("**/bare", bare_page)
    bare = visit(page, f"{server.address}/bare")
    context.close()
    return first, again, bare


def bare_page(route: Route) -> None:
    """Answer with the bare page."""
    route.fulfill(content_type="text/html", body=BARE)


def visit(page: Page, address: str) -> float:
    """Return after how many ms of the page's clock there was something to answer."""
    with page.expect_console_message(lambda told: told.text.startswith(READY)) as told:
        page.goto(address, wait_until="commit")
    return float(told.value.text.removeprefix(READY))


def said(values: tuple[float, ...]) -> str:
    """Return best, median and all."""
    each = ", ".join(f"{value:.0f}" for value in values)
    return f"best {min(values):.0f}, median {statistics.median(values):.0f} ms; all: {each}"


@contextmanager
def browser() -> Iterator[Browser]:
    """Start the Chromium of the tests."""
    found = chromium.find()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=found.executable, args=chromium.FLAGS, env=found.environment
        )
        yield running
        running.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    for row in run(parser.parse_args().runs):
        print(*row, sep="\n  ")
