"""The patient's screen keeps still: what she reaches for and looks at stays where it is."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, get_args

import pytest
from playwright.sync_api import Page, expect

from levator.texts import LANGUAGES, speaker
from levator.texts.sentences import for_patient
from levator.training.events import Event, FatigueEstablished, FatigueWarned, VerdictCode
from tests.browser.seat import drawn_there
from tests.browser.test_therapist_screen import Desk
from tests.live.seats import reference
from tests.texts.test_sentences import REPETITION
from tests.web.served import Served, served

PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 568}
LYING = {"width": 740, "height": 360}
TABLET = {"width": 1180, "height": 820}
Opener = Callable[..., Page]


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    reference()
    with served() as server:
        yield server


@pytest.fixture
def desk(server: Served, new_page: Opener) -> Iterator[Desk]:
    desk = Desk(server, new_page)
    desk.open()
    yield desk

    async def ended() -> None:
        desk.room.stop("room", "stop")

    server.call(ended())


def in_a_set(desk: Desk, language: str = "en", **options: Any) -> Page:
    patient = desk.page("patient", language, **options)
    start = patient.locator("#start")
    expect(start).to_be_visible()
    drawn_there(desk.room, patient)
    start.click()
    expect(patient.locator("#curve")).to_be_visible()
    expect(start).not_to_be_visible()
    return patient


def places(page: Page) -> list[Any]:
    return [page.locator(one).bounding_box() for one in ("[data-command=pain]", "#stop")]


@pytest.mark.parametrize(
    ("size", "language"),
    [(PHONE, "de"), (NARROW, "fr"), (NARROW, "de"), (LYING, "nl"), (TABLET, "en")],
    ids=lambda one: one["width"] if isinstance(one, dict) else one,
)
def test_stop_and_pain_never_move(desk: Desk, size: dict[str, int], language: str) -> None:
    """Whatever else is offered, also after another cushion, where there are two ways on."""
    patient = in_a_set(desk, language, viewport=size)
    before = places(patient)
    patient.locator("[data-command=tired]").click()
    expect(patient.locator("[data-command=tired]")).to_have_attribute("aria-pressed", "true")
    assert places(patient) == before
    desk.ask("pause")
    expect(patient.locator("[data-command=resume]")).to_be_visible()
    assert places(patient) == before
    desk.ask("mark", mark="cushion")
    expect(patient.locator("[data-command=calibrate]")).to_be_visible()
    assert places(patient) == before


def sentences(language: str) -> list[str]:
    """All that she reads in a set with a target."""
    voice = speaker(language)
    rounds: list[Event] = [replace(REPETITION, verdict=one) for one in get_args(VerdictCode)]
    fatigue = [FatigueWarned(9.0, 2, ()), FatigueEstablished(9.0, 2, ("tired",))]
    return [for_patient(voice, event) or "" for event in [*rounds, *fatigue]]


@pytest.mark.parametrize("size", [PHONE, NARROW], ids=["phone", "narrow"])
def test_the_curve_keeps_its_height_whatever_is_said(desk: Desk, size: dict[str, int]) -> None:
    patient = in_a_set(desk, "nl", viewport=size)
    heights = patient.evaluate(
        """(texts) => {
            const said = document.getElementById("sentence");
            const curve = document.getElementById("curve");
            return texts.map((text) => {
                said.textContent = text;
                return [Math.round(curve.getBoundingClientRect().height), text];
            });
        }""",
        ["", *(said for language in LANGUAGES for said in sentences(language))],
    )
    assert len({height for height, _ in heights}) == 1, heights
    assert heights[0][0] >= 120


def test_between_two_sets_large_words_are_read_without_scrolling(desk: Desk) -> None:
    patient = in_a_set(desk, "nl", viewport=NARROW)
    patient.evaluate("document.documentElement.style.fontSize = '200%'")
    patient.locator("[data-command=tired]").click()
    expect(patient.locator("[data-command=tired]")).to_have_attribute("aria-pressed", "true")
    desk.go_on_at(8)
    effort = patient.locator("[data-effort='6']")
    effort.wait_for(timeout=60_000)
    effort.click()
    expect(patient.locator("#sentence")).to_contain_text("Dank je: 6 van de 10.")
    patient.evaluate("document.querySelector('main').scrollTo(0, 0)")
    sentence = patient.locator("#sentence").bounding_box()
    bottom = patient.locator(".bottom").bounding_box()
    assert sentence is not None
    assert bottom is not None
    assert sentence["y"] >= 0
    assert sentence["y"] + sentence["height"] <= bottom["y"]
    assert bottom["y"] + bottom["height"] <= NARROW["height"]
