"""The pages of the record in a real browser: a whole course, by keyboard, and every page read."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from levator.clinic import Clinic
from levator.records.people import Patient
from levator.records.treatment import Course, Prescription, Session
from levator.records.work import where
from levator.storage.memory import MemoryRepository
from tests.browser.signing import sign_in
from tests.clinic.people import TENANT, clinic_of_all_roles
from tests.web.forms import new_id
from tests.web.served import Served, served

Opener = Callable[..., Page]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


class Days:
    """A calendar that goes on when it is told to."""

    def __init__(self) -> None:
        self.time = datetime(2026, 6, 1, 9).astimezone()

    def __call__(self) -> datetime:
        self.time += timedelta(milliseconds=1)
        return self.time

    @property
    def today(self) -> str:
        return self.time.date().isoformat()

    def ahead(self, days: int) -> str:
        return (self.time + timedelta(days=days)).date().isoformat()


class Therapist:
    """A therapist at her desk, who goes from day to day."""

    def __init__(self, server: Served, page: Page, days: Days) -> None:
        self.server, self.page, self.days = server, page, days
        self.path = ""

    def on_day(self, days: int) -> None:
        """Let days go by, and sign in anew; no page stands open meanwhile."""
        self.page.goto("about:blank")
        self.days.time += timedelta(days=days)
        sign_in(self.server, self.page)
        if self.path:
            self.open()

    def open(self, more: str = "") -> None:
        self.page.goto(f"{self.server.address}{self.path}{more}")

    def fill(self, form: str, **fields: str) -> None:
        """Fill in a form of her file and send it with the keyboard."""
        self.open(f"/{form}")
        for name, value in fields.items():
            self.page.locator(f"[name='{name}']").first.fill(value)

    def choose(self, words: str) -> None:
        self.page.get_by_label(words, exact=True).first.check()

    def send(self) -> None:
        self.page.locator("main form button[type=submit]").last.press("Enter")
        expect(self.page).to_have_url(re.compile(f"{self.path}$"))

    def tell_pain(self, score: int) -> None:
        self.open()
        self.page.locator("form:has(#pain-now) button").nth(score).press("Enter")
        expect(self.page.locator("#pain-now")).to_contain_text(f"Today {score}")

    def accept(self) -> None:
        self.page.get_by_role("button", name="Accept").press("Enter")

    def sees(self, words: str) -> None:
        expect(self.page.locator("#proposal-title")).to_contain_text(words)

    def stands_at(self, words: str) -> None:
        expect(self.page.locator("#now-title")).to_contain_text(words)

    def overrule(self, step: str, because: str) -> None:
        self.open("/decide")
        self.page.get_by_label("Step", exact=True).select_option(step)
        self.page.get_by_label("Reason").fill(because)
        self.send()

    def trained(self, count: int = 1, **came: Any) -> None:
        """Keep sittings that passed at the dose in force, one a day, with pain before and after."""
        for _ in range(count):
            self.on_day(1)
            self.open("/pain")
            self.page.locator("[name=moment]").select_option("before")
            self.page.locator("[name=pain][value='0']").check()
            self.send()
            session = self._kept(came)
            self.open(f"/sessions/{session.id}")
            after = came.get("pain_after", 0)
            self.page.locator("form.ask button").nth(after).press("Enter")
            expect(self.page).to_have_url(re.compile(f"{self.path}$"))

    def _kept(self, came: dict[str, Any]) -> Session:
        numbers = {name: value for name, value in came.items() if name != "pain_after"}
        with self.server.clinic.repository.work(writes=True) as work:
            patient_id = self.path.rpartition("/")[2]
            (course,) = work.find(Course, TENANT, where(patient_id=patient_id))
            mine = where(patient_id=patient_id, stage=course.stage)
            dose = work.find(Prescription, TENANT, mine, order="made_at")[-1]
            session = Session(
                id=new_id(),
                tenant_id=TENANT,
                patient_id=patient_id,
                course_id=course.id,
                prescription_id=dose.id,
                on_day=self.days.today,
                started_at=self.days().isoformat(),
                stage=course.stage,
                led_by="somebody",
                state="ended",
                ended_by="past_fatigue",
                rounds=10,
                valid_rounds=10,
                good_rounds=9,
                in_band_percent=95.0,
                released_percent=100.0,
                force_percent_mvc=dose.force_percent_mvc,
                hold_s=dose.hold_s,
                rest_s=dose.rest_s,
                tangent_percent=dose.tangent_percent,
            )
            return work.put(replace(session, **numbers))


@pytest.fixture
def therapist(new_page: Opener) -> Iterator[Therapist]:
    days = Days()
    clinic = Clinic(MemoryRepository(), now=days)
    clinic_of_all_roles(clinic.accounts)
    with served(clinic) as server:
        page = new_page(viewport=DESK, locale="en-GB")
        yield Therapist(server, sign_in(server, page), days)


def test_a_whole_course_from_pregnancy_to_three_months_after_the_birth(
    therapist: Therapist,
) -> None:
    page, days = therapist.page, therapist.days
    # Intake, in pregnancy.
    page.goto(f"{therapist.server.address}/")
    page.get_by_role("link", name="New patient").press("Enter")
    page.get_by_label("Given name").fill("Maaike")
    page.get_by_label("Family name").fill("de Boer")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Maaike de Boer")).to_be_visible()
    therapist.path = re.sub(r"^https?://[^/]+", "", page.url)
    therapist.fill("pregnancy", expected_on=days.ahead(120))
    therapist.choose("None of these")
    therapist.send()
    # Steps 1 to 3.
    therapist.tell_pain(0)
    therapist.sees("Next step")
    therapist.accept()
    therapist.stands_at("Step 1")
    therapist.on_day(7)
    therapist.tell_pain(0)
    therapist.overrule("step-2", "Feels the right muscle.")
    therapist.stands_at("Step 2")
    therapist.trained(2)
    therapist.overrule("step-3", "Holds long and lets go.")
    therapist.stands_at("Step 3")
    therapist.trained(2)
    therapist.sees("Force from 50 to 55 %")
    therapist.accept()
    expect(page.locator("#now-title ~ dl")).to_contain_text("55 %")
    # Birth with a complication: refused until somebody has cleared her.
    therapist.on_day(110)
    therapist.fill("birth", birth_on=days.today)
    therapist.choose("Vacuum")
    therapist.choose("Birth with vacuum or forceps")
    therapist.send()
    therapist.on_day(2)
    therapist.tell_pain(2)
    therapist.sees("No training yet")
    expect(page.locator(".reasons")).to_contain_text("Nobody has signed a clearance")
    therapist.fill("clearance", signed_by="Dr. B. Smit", profession="gynaecologist")
    therapist.send()
    therapist.sees("Next step")
    therapist.accept()
    # Step 5 with pain: it holds.
    therapist.stands_at("Step 5")
    therapist.on_day(3)
    therapist.tell_pain(4)
    therapist.sees("The same once more")
    # Step 6, from week 6.
    therapist.on_day(42)
    therapist.tell_pain(0)
    therapist.overrule("step-6", "Holds ten seconds, no pain.")
    therapist.stands_at("Step 6")
    # Otherwise than proposed, with a reason.
    therapist.open("/decide")
    page.locator("[name=force_percent_mvc]").fill("70")
    page.get_by_label("Reason").fill("Strong before the birth, and skilled.")
    therapist.send()
    therapist.trained(2)
    # Step 7 from week 12, with Tangent up to 80 %.
    therapist.on_day(45)
    therapist.tell_pain(0)
    therapist.sees("Next step")
    therapist.accept()
    therapist.stands_at("Step 7")
    for tangent in range(30, 90, 10):
        therapist.trained(2)
        therapist.sees(f"to {tangent} %")
        therapist.accept()
    expect(page.locator("#now-title ~ dl")).to_contain_text("80 %")
    expect(page.get_by_role("img", name=re.compile("Course on"))).to_be_visible()


def test_she_and_the_admin_see_who_looked(
    therapist: Therapist, new_page: Opener, axe: Callable[[Page], list[str]]
) -> None:
    server, path = therapist.server, f"/patients/{TENANT}-record"
    therapist.path = path
    therapist.open()
    she = sign_in(server, new_page(locale="en-GB"), "patient")
    she.goto(f"{server.address}{path}")
    expect(she.get_by_role("heading", level=1, name="Mia Jansen")).to_be_visible()
    expect(she.get_by_role("link", name="Decide otherwise")).to_have_count(0)
    assert axe(she) == []
    for one in she.locator("details.folded > summary").all():
        one.click()
    assert axe(she) == []
    she.get_by_role("link", name="Who looked").click()
    expect(she.locator("tbody").first).to_contain_text("read the record")
    assert axe(she) == []
    therapist.open("/invite")
    therapist.page.get_by_label("E-mail").fill("mia@example.org")
    therapist.page.get_by_role("button", name="Make a link").click()
    expect(therapist.page.locator("code.link")).to_contain_text("/invitation/")
    admin = sign_in(server, new_page(locale="en-GB"), "clinic_admin")
    admin.goto(f"{server.address}/audit")
    expect(admin.locator("tbody")).to_contain_text("looked at who looked")
    assert axe(admin) == []
    admin.goto(f"{server.address}/patients")
    admin.get_by_role("link", name="Mia Jansen").click()
    expect(admin.get_by_role("heading", name="Details")).to_be_visible()
    admin.get_by_role("link", name="Who looked").last.click()
    expect(admin.get_by_role("link", name="Back to the record")).to_be_visible()


def test_a_therapist_who_does_not_treat_her_takes_her_on_with_a_reason(
    therapist: Therapist,
) -> None:
    server, path = therapist.server, f"/patients/{TENANT}-record"
    with server.clinic.repository.work(writes=True) as work:
        kept = work.get(Patient, f"{TENANT}-record", TENANT)
        work.put(replace(kept, treated_by=("somebody-else",)))
    page = therapist.page
    page.goto(f"{server.address}{path}")
    expect(page.get_by_role("heading", name="Another therapist treats her")).to_be_visible()
    page.get_by_role("link", name="Take this patient on").click()
    page.get_by_label("Reason").fill("Her therapist is ill.")
    page.get_by_role("button", name="Take her on").click()
    expect(page.locator(".written")).to_contain_text("Her therapist is ill.")


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
