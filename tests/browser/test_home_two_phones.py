"""Two phones of hers with the page's own state in a real browser, and one clinic, in any order.

What happens and what must hold is that of `tests/clinic/home/test_interleavings.py`; here
`static/home/phone.js` decides what is offered and `sync.js` what is sent, as on a phone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from playwright.sync_api import Browser, Page

from levator.clinic.acting import Acts
from levator.clinic.home.keeping import ToldAnswer, ToldSession
from levator.clinic.home.syncing import Synced
from levator.storage import open_repository
from levator.web.api.asking_home import HomeSyncAsked
from levator.web.api.shown_home import SyncedShown
from tests.browser.conftest import watched
from tests.clinic import desk
from tests.clinic.home.test_interleavings import DAYS, IS_LONG, TIMES, World, is_done, lived
from tests.clinic.home.women import Phone, answer, days_later
from tests.web.served import Served

Told = ToldSession | ToldAnswer
#: The states of all phones, and the modules that work on them.
BEGIN = """async () => {
  const [phone, sync] = await Promise.all(
    ["phone", "sync"].map((one) => import(`/static/home/${one}.js`)));
  Object.assign(window, { phone, sync, phones: {} });
}"""
OFFERED = """([name, at]) => {
  const state = phones[name] ?? phone.empty();
  const day = phone.dayAt(state, Date.parse(at));
  return [day, phone.offered(state, day)];
}"""
HAPPENED = """([name, one]) => {
  phones[name] = phone.happened(phones[name] ?? phone.empty(), one);
}"""
PIECE = "([name]) => sync.piece((phones[name] ?? phone.empty()).outbox)"
SYNCED = """([name, told, at]) => {
  phones[name] = phone.synced(phones[name] ?? phone.empty(), told, Date.parse(at));
}"""
OUTBOX = "([name]) => (phones[name] ?? phone.empty()).outbox.map((one) => one.id)"


@dataclass
class RealPage:
    """One phone: its state is in the browser."""

    phone: Phone
    page: Page
    world: World
    known: dict[str, Told] = field(default_factory=dict)
    heard: Synced | None = None

    def ask(self, script: str, *more: object) -> Any:
        return self.page.evaluate(script, [self.phone.id, *more])

    @property
    def now(self) -> str:
        return days_later(self.world.days)

    @property
    def outbox(self) -> Sequence[Told]:
        return [self.known[one] for one in self.ask(OUTBOX)]

    def tells(self, one: Told) -> None:
        self.known[one.id] = one
        kind = "sessions" if isinstance(one, ToldSession) else "answers"
        self.ask(HAPPENED, {"list": kind, **asdict(one)})

    def is_offered(self, today: str) -> bool:
        """Answer what is asked first, and look whether the exercise is there to begin."""
        day, offer = self.ask(OFFERED, self.now)
        if offer["is"] == "asks":
            assert day == today
            for question in offer["questions"]:
                told = {"red_flags": "none", "pain": 0, "leak": "no"}[question["code"]]
                self.world.tells(self, answer(question["code"], told, today))
            day, offer = self.ask(OFFERED, self.now)
        items = offer["items"] if offer["is"] == "items" else []
        return any(not one["is_done"] for one in items)

    def hears(self, told: Synced) -> None:
        self.heard = told
        said = SyncedShown.model_validate(told, from_attributes=True)
        self.ask(SYNCED, json.loads(said.model_dump_json()), self.now)


class RealWorld(World):
    """The same clinic and the same woman, with phones in a browser."""

    pages: list[Any]

    def __init__(self, acts: Acts, page: Page) -> None:
        super().__init__(acts)
        self.pages = [RealPage(one.phone, page, self) for one in self.pages]

    def trains(self, page: Any, *, is_over: bool = False) -> None:
        """What is offered is open and not done yet, as far as this phone can know."""
        if not is_over and page.is_offered(self.today):
            plan = page.heard.plan
            own = [one for one in page.outbox if is_done(one) and one.on_day == self.today]
            done = plan.done.get(self.today, {}).get("endurance", 0) + len(own)
            assert (self.today in plan.closed, done < TIMES) == (False, True)
        super().trains(page, is_over=is_over)

    def tells(self, page: Any, one: Told) -> None:
        page.tells(one)
        self.happened.append(one)

    def sends(self, page: Any, *, take_over: bool = False, is_heard: bool = True) -> None:
        """Send what the page would, through the shape that the interface asks for."""
        asked = {"phone": page.phone.id, "phone_name": "x", "is_shared": False, "now": page.now}
        HomeSyncAsked.model_validate(asked | {"take_over": take_over} | page.ask(PIECE))
        sent = page.ask(PIECE)
        ids = [one["id"] for one in (*sent["sessions"], *sent["answers"])]
        piece = tuple(page.known[one] for one in ids)
        self.late.append((page, piece, take_over))
        told = self.arrives(page, piece, take_over=take_over)
        if is_heard:
            page.hears(told)

    def comes_late(self) -> None:
        """What was sent before arrives again, and its answer after what happened meanwhile."""
        if self.late:
            page, piece, take_over = self.late.pop(0)
            page.hears(self.arrives(page, piece, take_over=take_over))


#: One phone has the day and the other trains; an old answer comes after something new.
LEASED = [("sends", 0), ("sends", 1), ("trains", 1), ("trains", 0)]
LATE = [("sends", 0), ("trains", 0), ("comes late", 0), ("trains again", 0), ("sends", 0)]

CLOSED = [("sends", 0), *[("trains all the same", 0)] * 3, ("sends", 0), ("trains", 0)]
DONE = [("sends", 0), *[("trains", 0)] * 4]


@pytest.fixture(scope="module")
def phones(server: Served, browser: Browser) -> Iterator[Callable[[Acts], RealWorld]]:
    """One page with the modules; each world has two new phones in it."""
    with watched(browser) as open_context:
        page = open_context(timezone_id="Europe/Brussels").new_page()
        page.goto(f"{server.address}/sign-in")
        page.evaluate(BEGIN)
        yield lambda acts: RealWorld(acts, page)


def test_two_phones_lose_nothing_double_nothing_and_offer_nothing_without_a_lease(
    phones: Callable[[Acts], RealWorld],
) -> None:
    seen: list[int] = []

    @example(LEASED)
    @example(LATE)
    @example(CLOSED)
    @example(DONE)
    @given(DAYS)
    @settings(
        max_examples=1000 if IS_LONG else 15,
        suppress_health_check=[HealthCheck.nested_given, HealthCheck.too_slow],
    )
    def live(steps: list[tuple[str, int]]) -> None:
        with open_repository("memory://") as repository:
            world = phones(desk.clinic(repository))
            lived(world, steps)
            seen.append(len(world.happened))

    live()
    assert max(seen) >= 3


def test_what_two_old_leases_offer_is_kept_and_seen(phones: Callable[[Acts], RealWorld]) -> None:
    """The first phone is offline while the second takes the day over: both offer it."""
    story = [("sends", 0), ("takes over", 1)]
    story += [("trains", 0), ("trains again", 0), ("trains", 1), ("trains again", 1)]
    with open_repository("memory://") as repository:
        world = phones(desk.clinic(repository))
        lived(world, story)
        assert len([one for one in world.happened if isinstance(one, ToldSession)]) == 4
