"""No page of the record scrolls sideways or cuts what is asked: small telephones, large text."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page

from levator.records.people import Role
from levator.texts import LANGUAGES
from tests.browser.signing import sign_in
from tests.clinic.people import TENANT
from tests.web.forms import patient
from tests.web.served import Served

Opener = Callable[..., Page]
FILE = ("", "/sitting", "/looked", "/sessions", "/details", "/pregnancy", "/birth", "/clearance")
FORMS = ("/red-flag", "/pain", "/symptom", "/test", "/consent", "/note", "/decide", "/invite")
#: What the others open, whole or behind her address.
PAGES: dict[Role, tuple[str, ...]] = {
    "therapist": ("/", "/patients", "/patients/new"),
    "clinic_admin": ("/users", "/audit", "/patients/import", "/backups", "/retention"),
    "researcher": ("/research", "/account/confirm"),
    "patient": (f"/patients/{TENANT}-record", f"/patients/{TENANT}-record/looked"),
}
#: Who stands out over the right edge, for whoever mends it.
WIDER = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("body *")]
    .filter((one) => !one.closest("svg, .scrolled, .tiles, .actions"))
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => `${one.tagName}.${one.className}`)"""
#: Days that are wider than their field, and numbers to press that take two lines.
CUT = """() => {
  const wide = (one) => one.getBoundingClientRect().width;
  const days = [...document.querySelectorAll("input[type=date]")].filter((one) => {
    const given = wide(one);
    one.style.width = "max-content";
    const needed = wide(one);
    one.style.width = "";
    return given < needed;
  });
  const high = (one) => one.getBoundingClientRect().height;
  const scores = [...document.querySelectorAll(".numbers button, .scale span")];
  const taller = scores.filter((one) => high(one) > high(scores[0]) + 1);
  return [...days, ...taller].map((one) => one.id || one.textContent);
}"""
SIZES = ((320, "100%"), (390, "100%"), (390, "200%"))
LARGE = "(size) => { document.documentElement.style.fontSize = size; }"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_of_the_record_scrolls_sideways_or_cuts_what_is_asked(
    server: Served, new_page: Opener, language: str
) -> None:
    with server.client() as client:
        hers = patient(client)
    wrong = {}
    for role, paths in PAGES.items():
        page = sign_in(server, new_page(), role)
        own = [f"{hers}{one}" for one in (*FILE, *FORMS, "/end")] if role == "therapist" else []
        for path in (*paths, *own):
            page.goto(f"{server.address}{path}?language={language}")
            assert page.locator("html").get_attribute("lang") == language
            for width, text in SIZES:
                page.set_viewport_size({"width": width, "height": 568})
                page.evaluate(LARGE, text)
                if found := page.evaluate(WIDER) + page.evaluate(CUT):
                    wrong[path.removeprefix(hers), width, text] = found
    assert wrong == {}


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
