"""Every page in every language, light and dark, for who cannot see, on a telephone with large text.

Which pages there are, the table of routes says: one that nobody looks at fails here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from levator.clinic import Clinic
from levator.clinic.backup import Backups
from levator.records.people import Role
from levator.records.treatment import Session
from levator.storage import open_repository
from levator.texts import LANGUAGES
from levator.web.routes import ACTIONS, PUBLIC
from tests.browser.signing import sign_in
from tests.clinic.people import TENANT, clinic_of_all_roles, confirm
from tests.web.at_home import everything
from tests.web.forms import day_ago, new_id, patient, put
from tests.web.served import Served, served

Opener = Callable[..., Page]
Axe = Callable[..., list[str]]
RECORD, HERS = f"/patients/{TENANT}-record", "/patients/{patient_id}"
#: Who opens what. The pages of a record are opened for a woman in her course.
PAGES: Mapping[Role | None, tuple[str, ...]] = {
    "therapist": ("/", "/patients", "/patients/new", "/users", "/account", HERS),
    "clinic_admin": ("/patients/import", "/backups", "/retention", "/audit", "/users/{number}"),
    "researcher": ("/research", "/account/confirm"),
    "system_admin": ("/backups",),
    "patient": (
        RECORD, f"{RECORD}/looked", f"{RECORD}/export", f"{RECORD}/pain",
        "/home/advice", "/home/advice/{page}", "/home/stretch", "/pieces",
    ),
    None: ("/sign-in", "/join", "/authority"),
}  # fmt: skip
OF_A_THERAPIST = (
    "details", "hand-over", "invite", "close-access", "pregnancy", "birth", "clearance", "revoke",
    "red-flag", "pain", "symptom", "test", "consent", "withdraw", "note", "decide", "end",
    "release", "sitting", "sessions", "sessions/{session_id}",
    "home", "home/exercises/{exercise}", "home/exercises/{exercise}/withdraw",
)  # fmt: skip
#: Of one who has a red flag.
OF_ONE_FLAGGED = ("", "/sitting", "/clearance")
OF_AN_ADMIN = ("looked", "export", "erase", "details")
#: Not looked at here, and where they are or why not.
ELSEWHERE = {
    "/rooms/{number}/therapist": "test_live_screens",
    "/rooms/{number}/patient": "test_live_screens",
    "/recordings/{recording}/report": "test_report",
    "/patients/{patient_id}/sessions/{session_id}/report": "test_report",
    "/patients/{patient_id}/take-on": "below, as somebody who treats nobody",
    "/home": "test_home_looks",
    "/home/exercise/{exercise}": "test_home_looks",
    "/home/diary": "test_home_looks",
    "/home/settings": "test_home_looks",
    "/home/help": "test_home_looks",
    "/home/manifest.webmanifest": "no page",
    "/home/sw.js": "no page",
    "/home/parts/{version}/{name}": "no page",
    "/sign-in/code": "test_accounts",
    "/account/factor": "test_accounts",
    "/invitation/{token}": "test_accounts",
    "/set-up": "test_accounts",
    "/join/waiting": "test_board",
    "/join/answer": "no page",
    "/rooms/{number}/therapist/code.svg": "no page",
    "/backups/progress": "no page",
    "/pieces/looks.css": "no page",
    "/health": "no page",
    "/enter/{ticket}": "no page",
    "/sign-in/left": "no page",
    "/demo/{token}": "no page",
    "/authority.crt": "no page",
    "/feed/{secret}.ics": "no page",
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
SIZES = ((1280, "100%"), (320, "100%"), (390, "200%"), (390, "100%"))
WHOLE = 4000
LARGE = "(size) => { document.documentElement.style.fontSize = size; }"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A clinic on a disk, with a folder for backups."""
    folder = tmp_path_factory.mktemp("clinic")
    url = f"sqlite:///{folder}/levator.db"
    clinic = Clinic(open_repository(url))
    clinic_of_all_roles(clinic.accounts)
    (folder / "backups").mkdir()
    clinic.backups = Backups(url, Path(folder / "backups"), kept=2)
    with served(clinic) as server:
        yield server


@pytest.fixture(scope="module")
def hers(server: Served) -> str:
    """A woman in the eighth week, in her course, who trained once and agreed to research."""
    with server.client() as client:
        path = patient(client)
        put(client, f"{path}/consents/{new_id()}", what="research", given_on=day_ago(1))
        everything(server, client, path)
    trained: dict[str, Any] = {"stage": "step-6", "state": "ended", "ended_by": "rounds_done"}
    with server.clinic.repository.work(writes=True) as work:
        work.put(
            Session(
                id=SESSION,
                tenant_id=TENANT,
                patient_id=path.rpartition("/")[2],
                on_day=day_ago(0),
                started_at=f"{day_ago(0)}T09:00:00+00:00",
                **trained,
            )
        )
    return path


@pytest.fixture(scope="module")
def flagged(server: Served) -> str:
    """A woman who told that her calf is swollen."""
    with server.client() as client:
        path = patient(client)
        put(client, f"{path}/red-flags/{new_id()}", code="calf", on_day=day_ago(0))
    return path


SESSION = "5e55" * 8


def walked(role: Role | None) -> list[str]:
    own = {"therapist": OF_A_THERAPIST, "clinic_admin": OF_AN_ADMIN}.get(role or "", ())
    return [*PAGES[role], *(f"{HERS}/{one}" for one in own)]


def address(path: str, hers: str) -> str:
    told = {
        "session_id": SESSION,
        "number": f"{TENANT}-therapist",
        "page": "lifting",
        "exercise": "endurance",
    }
    for name, value in told.items():
        path = path.replace(f"{{{name}}}", value)
    return path.replace(HERS, hers)


def wrong_with(page: Page, axe: Axe) -> list[str]:
    """What is wrong with a page, in both schemes and in every size."""
    found = []
    for width, text in SIZES:
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate(LARGE, text)
        told = page.evaluate(WIDER) + (page.evaluate(CUT) if width < SIZES[0][0] else [])
        found += [f"{width} {text}: {one}" for one in told]
    # So high that a bar at the bottom lies over nothing, wherever one would have scrolled to.
    page.set_viewport_size({"width": SIZES[-1][0], "height": WHOLE})
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {one}" for one in axe(page, "color-contrast")]
    page.emulate_media(color_scheme="light")
    return found + axe(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_for_everybody_and_fits(
    server: Served, hers: str, flagged: str, new_page: Opener, axe: Axe, language: str
) -> None:
    wrong = {}
    for role in PAGES:
        page = sign_in(server, new_page(), role) if role else new_page()
        if role == "clinic_admin":
            [cookie] = page.context.cookies(server.address)
            confirm(server.clinic.accounts, cookie["value"])
        more = [f"{flagged}{one}" for one in OF_ONE_FLAGGED if role == "therapist"]
        for path in (*walked(role), *more):
            page.goto(f"{server.address}{address(path, hers)}?language={language}")
            tongue = page.locator("html").get_attribute("lang")
            if tongue != language or page.locator("main h1").count() != 1:
                wrong[path] = [page.locator("body").inner_text()]
            elif found := wrong_with(page, axe):
                wrong[path] = found
    assert wrong == {}


def test_no_page_is_left_out() -> None:
    there = [one.removeprefix("GET ") for one in (*ACTIONS, *PUBLIC) if one.startswith("GET ")]
    seen = {path.replace(RECORD, HERS) for role in PAGES for path in walked(role)}
    assert sorted(there) == sorted({*seen, *ELSEWHERE})
    assert re.search("test_", "".join(ELSEWHERE.values()))
