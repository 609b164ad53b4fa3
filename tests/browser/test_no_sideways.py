"""No page of the record scrolls sideways: on a small telephone, and with text twice as large."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.signing import sign_in
from tests.web.forms import patient
from tests.web.served import Served

Opener = Callable[..., Page]
FILE = ("", "/sitting", "/looked", "/sessions", "/details", "/pregnancy", "/birth", "/clearance")
FORMS = ("/red-flag", "/pain", "/symptom", "/test", "/consent", "/note", "/decide", "/invite")
#: Who stands out over the right edge, for whoever mends it.
WIDER = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("body *")]
    .filter((one) => !one.closest("svg, .scrolled"))
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => `${one.tagName}.${one.className}`)"""


@pytest.mark.parametrize(("width", "text"), [(320, "100%"), (390, "200%")])
def test_no_page_of_the_record_scrolls_sideways(
    server: Served, new_page: Opener, width: int, text: str
) -> None:
    with server.client() as client:
        hers = patient(client)
    size: dict[str, Any] = {"width": width, "height": 568}
    page, wide = sign_in(server, new_page(viewport=size)), {}
    for path in ("/", "/patients", "/patients/new", *(f"{hers}{one}" for one in FILE + FORMS)):
        page.goto(f"{server.address}{path}?language=nl")
        page.evaluate("(size) => { document.documentElement.style.fontSize = size; }", text)
        if over := page.evaluate(WIDER):
            wide[path.removeprefix(hers)] = over
    assert wide == {}


def test_on_a_telephone_the_rows_of_who_looked_stand_under_each_other(
    server: Served, new_page: Opener
) -> None:
    with server.client_of("clinic_admin") as client:
        client.get("/audit")
    page = sign_in(server, new_page(viewport={"width": 390, "height": 844}), "clinic_admin")
    page.goto(f"{server.address}/audit")
    cells = page.locator("tbody tr:not(.day)").last.locator("td:not(:empty)")
    boxes = [box for box in map(Locator.bounding_box, cells.all()) if box]
    (time, who), below = boxes[:2], boxes[2:]
    assert time["y"] == who["y"]
    assert [one["x"] for one in below] == [who["x"]] * len(below)
    tops = [one["y"] for one in (who, *below)]
    assert tops == sorted(set(tops))
    assert page.evaluate(
        "(one => one.scrollWidth <= one.clientWidth)(document.querySelector('.scrolled'))"
    )
