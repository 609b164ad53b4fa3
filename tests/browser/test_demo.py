"""The demonstration, whole: two screens, two rounds, stop, and a report that replays the same."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.cli.test_serving import links_in, running

#: The command as it is, but for her seat, whose time goes by faster.
PROGRAM = (
    sys.executable,
    "-c",
    "from levator.cli import demo, main; demo.DEVICE += '&speed=4'; raise SystemExit(main.main())",
)
#: Two rounds of 15 s with their lead-in, with room for a busy machine.
PATIENCE_MS = 90_000


def test_two_rounds_on_two_screens_and_their_report(
    tmp_path: Path, new_page: Callable[..., Page]
) -> None:
    command = ("demo", "--fast", "--folder", str(tmp_path))
    with running(*command, program=PROGRAM) as lines:
        links = links_in(lines)
        patient, therapist = new_page(), new_page(viewport={"width": 1440, "height": 900})
        patient.goto(links[0])
        therapist.goto(links[1])
        therapist.get_by_role("button", name=re.compile("Start")).first.click()
        expect(therapist.locator(".verdict")).to_have_count(2, timeout=PATIENCE_MS)
        therapist.get_by_role("button", name="Stop", exact=True).click()
        therapist.locator("#reports a").click()
        page = therapist.context.pages[-1]
        expect(page.get_by_role("heading", name="Set 1")).to_be_visible()
        expect(page.get_by_text("identical", exact=False).first).to_be_visible()
        assert page.locator("polyline.line").count() > 0
        assert page.locator("table.rounds tbody tr").count() == 2
