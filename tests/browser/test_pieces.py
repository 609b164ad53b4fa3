"""The page of all pieces: light, dark, large text and forced colours, each without a fault."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.desk import Opener
from tests.browser.signing import sign_in
from tests.web.served import Served

LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "large": {"viewport": {"width": 390, "height": 844}},
    "forced": {"forced_colors": "active"},
}
#: On a ground of its own, which the words must be told from.
FILLED = ".primary:not(:disabled), .scale input:checked + span"


@pytest.mark.parametrize("look", LOOKS)
def test_every_piece_passes_axe_and_none_is_cut(
    server: Served, new_page: Opener, axe: Callable[[Page], list[str]], look: str
) -> None:
    page = sign_in(server, new_page(**LOOKS[look]))
    page.goto(f"{server.address}/pieces")
    if look == "large":
        page.get_by_label("Tekst twee keer zo groot").check()
        inside = "document.documentElement.scrollWidth <= innerWidth"
        assert page.evaluate(inside)
    assert axe(page) == []
    if look == "forced":
        kept = "(all) => all.map((one) => getComputedStyle(one).forcedColorAdjust)"
        assert set(page.locator(FILLED).evaluate_all(kept)) == {"none"}
