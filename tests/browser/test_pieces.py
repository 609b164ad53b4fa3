"""The page of all pieces in each look, and where the reader forces the colours.

As the screen has it, in every language and size: `test_every_page`.
"""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.desk import Opener
from tests.browser.signing import sign_in
from tests.web.served import Served
from tests.web.test_contrast import CSS

#: On a ground of its own, which the words must be told from.
FILLED = ".primary:not(:disabled), .scale input:checked + span"
KEPT = "(all) => all.map((one) => getComputedStyle(one).forcedColorAdjust)"
LOOKED = """(name) => getComputedStyle(document.querySelector(name ? "main" : "html"))
  .getPropertyValue(name || "font-size").trim()"""


def test_each_look_has_its_own_tokens_whatever_the_screen_has(
    server: Served, new_page: Opener
) -> None:
    page = sign_in(server, new_page(color_scheme="dark"))
    for look, ground, size in (
        ("own", CSS["dark"]["paper"], "16px"),
        ("light", CSS["light"]["paper"], "16px"),
        ("dark", CSS["dark"]["paper"], "16px"),
        ("large", CSS["dark"]["paper"], "32px"),
        ("forced", "Canvas", "16px"),
        ("no such look", CSS["dark"]["paper"], "16px"),
    ):
        page.goto(f"{server.address}/pieces?look={look}")
        assert page.evaluate(LOOKED, "--paper") == ground, look
        assert page.evaluate(LOOKED, "") == size, look


def test_where_colours_are_forced_every_piece_is_read(
    server: Served, new_page: Opener, axe: Callable[[Page], list[str]]
) -> None:
    page = sign_in(server, new_page(forced_colors="active"))
    page.goto(f"{server.address}/pieces")
    assert set(page.locator(FILLED).evaluate_all(KEPT)) == {"none"}
    assert axe(page) == []
