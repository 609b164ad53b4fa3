"""The board of several running rooms: beside one of them, and on the page of the day."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from levator.live.room import Room
from tests.browser.desk import Desk
from tests.browser.seat import PHONE
from tests.browser.signing import sign_in
from tests.browser.test_every_page import LARGE, WIDER
from tests.web.served import Served

LONG = "Wilhelmina Johanna van der Hoeven-Oosterhuis"
#: The height of a part in lines of its own text.
LINES = """(name) => {
  const part = document.querySelector(name);
  return part.getBoundingClientRect().height / parseFloat(getComputedStyle(part).lineHeight);
}"""


@pytest.fixture
def rooms(server: Served, desk: Desk) -> Iterator[list[Room]]:
    """Three rooms; she whose name is longest was there first."""
    opened = [desk.open(name=name) for name in (LONG, "A.", "B.")]
    yield opened

    async def ended() -> None:
        for room in opened:
            room.stop("room", "stop")

    server.call(ended())


@pytest.mark.usefixtures("rooms")
def test_several_rooms_are_a_low_strip_above_hers_on_a_telephone(desk: Desk) -> None:
    page = desk.page("therapist", "nl", viewport=PHONE)
    expect(page.locator("#tiles .tile")).to_have_count(3)
    tiles = page.locator("#tiles").bounding_box()
    assert tiles
    assert tiles["height"] < PHONE["height"] / 4
    for text in ("100%", "200%"):
        page.evaluate(LARGE, text)
        assert page.evaluate(LINES, "#board-title") < 1.5
        assert page.evaluate(WIDER) == []


def test_the_day_says_how_it_is_in_every_room(desk: Desk, rooms: list[Room]) -> None:
    page = sign_in(desk.server, desk._new_page(locale="en-GB"))
    page.goto(desk.server.address)
    tiles = page.locator(".tiles-row .tile")
    expect(tiles).to_have_count(len(rooms))
    expect(tiles.first).to_contain_text(LONG)
    expect(tiles.first).to_contain_text("Ready to start")
