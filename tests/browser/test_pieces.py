"""The page of all pieces where the reader forces the colours, and with its own large text.

In light and dark, in every language and size: `test_every_page`.
"""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.desk import Opener
from tests.browser.signing import sign_in
from tests.web.served import Served

#: On a ground of its own, which the words must be told from.
FILLED = ".primary:not(:disabled), .scale input:checked + span"
KEPT = "(all) => all.map((one) => getComputedStyle(one).forcedColorAdjust)"


def test_with_forced_colours_and_large_text_every_piece_is_read(
    server: Served, new_page: Opener, axe: Callable[[Page], list[str]]
) -> None:
    page = sign_in(server, new_page(forced_colors="active", locale="en"))
    page.goto(f"{server.address}/pieces?language=en")
    assert set(page.locator(FILLED).evaluate_all(KEPT)) == {"none"}
    page.get_by_label("Text twice as large").check()
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    assert axe(page) == []
