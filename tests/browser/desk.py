"""A therapist's desk in a real browser: a room, and pages that look at it."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from playwright.sync_api import Page, expect

from levator.clinic.treatment import answer_red_flags
from levator.live.asking import Asked
from levator.live.room import Room
from levator.records.access import Actor
from tests.browser.signing import sign_in, way_in
from tests.clinic.people import TENANT
from tests.live.seats import SEAT, go_on_at, reference, sitting_at
from tests.web.forms import colleague, new_id, patient
from tests.web.served import Served

DESK = {"width": 1440, "height": 900}
TABLETS = [{"width": 1024, "height": 768}, {"width": 768, "height": 1024}]
Opener = Callable[..., Page]


class Desk:
    """A room and pages that look at it."""

    def __init__(self, server: Served, new_page: Opener) -> None:
        self.server, self._new_page = server, new_page

    def open(
        self,
        options: str = "",
        *,
        is_calibrated: bool = True,
        stage: str = "step-6",
        patient_id: str = f"{TENANT}-record",
        name: str = "M. J.",
    ) -> Room:
        async def opened() -> Room:
            sitting = sitting_at(self.server.clinic, SEAT + options, stage)
            sitting = replace(sitting, patient_id=patient_id, patient=name)
            if is_calibrated:
                sitting = replace(sitting, reference=reference())
            room = await self.server.clinic.open_room(sitting)
            if is_calibrated:
                room.calibrate()
            return room

        self.room = self.server.call(opened())
        return self.room

    def open_for_her(self) -> Room:
        """A room of somebody with a record who was asked today: one more can be opened for her."""
        with self.server.client() as client:
            number = patient(client).removeprefix("/patients/")
        acts, therapist = self.server.clinic.acts, Actor(f"{TENANT}-therapist", TENANT, "therapist")
        answer_red_flags(acts, therapist, number, new_id(), (), stop=lambda _: None)
        return self.open(patient_id=number)

    def page(self, role: str, language: str = "en", **options: Any) -> Page:
        page = self._new_page(**{"viewport": DESK, **options})
        if role != "patient":
            sign_in(self.server, page, user_id=colleague(self.server) if role == "watcher" else "")
        page.goto(f"{self.server.address}{way_in(self.server, self.room, role, language)}")
        return page

    def ask(self, kind: str, **more: Any) -> None:
        async def asked() -> None:
            self.room.ask(Asked(kind, **more), "therapist")

        self.server.call(asked())

    def go_on_at(self, speed: float) -> None:
        """Let what nobody looks at go by faster; nothing is missed of it."""

        async def faster() -> None:
            go_on_at(self.room, speed)

        self.server.call(faster())

    def running(self, language: str = "en") -> tuple[Page, Page]:
        """Both screens, with a set under way."""
        patient, therapist = self.page("patient"), self.page("therapist", language)
        expect(therapist.locator("#people")).to_contain_text(re.compile(r"Mia .*\d+ ms"))
        therapist.locator("button[data-command=start]").click()
        expect(therapist.locator("button[data-command=pause]")).to_be_visible()
        return patient, therapist


def unfold(therapist: Page) -> None:
    """While a set runs the dose editor is one line."""
    therapist.locator("#dose-card > summary").click()


def buttons(page: Page) -> list[str]:
    return [one.inner_text() for one in page.locator("button:visible").all()]


def is_seen(page: Page, name: str) -> bool:
    """Whether the middle of a part lies on the screen, under nothing."""
    found: bool = page.evaluate(
        """(name) => {
            const part = document.querySelector(name);
            const box = part.getBoundingClientRect();
            const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
            return part.contains(document.elementFromPoint(x, y));
        }""",
        name,
    )
    return found
