"""Two phones and one clinic, in any order: nothing lost, nothing doubled, nothing offered without
a lease. Requests get lost on the way there or back, come twice and late, and the disk is full.

`Page` is the page's own state in a few lines: what it offers, what it has not sent yet.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from levator.clinic import history
from levator.clinic.acting import Acts
from levator.clinic.home.keeping import ToldAnswer, ToldSession
from levator.clinic.home.leasing import give_back
from levator.clinic.home.syncing import Synced
from levator.records.people import Patient
from levator.records.work import Work
from levator.storage import open_repository
from tests.clinic import desk
from tests.clinic.desk import actor, new_id
from tests.clinic.home.women import Phone, answer, at, day, days_later, prescribed, session, woman

IS_LONG = os.environ.get("LEV_HYPOTHESIS") == "search"
TIMES = 2
Sent = tuple[ToldSession | ToldAnswer, ...]


@dataclass
class Page:
    """What one phone knows: the last answer that it heard, and what it has not sent."""

    phone: Phone
    heard: Synced | None = None
    outbox: list[ToldSession | ToldAnswer] = field(default_factory=list)

    def is_offered(self, today: str) -> bool:
        """What static/home/phone.js says of a day."""
        if self.heard is None or today > self.heard.plan.valid_until:
            return False
        plan, lease = self.heard.plan, self.heard.lease
        if plan.stopped or today in plan.closed or not (lease.is_here and today in lease.days):
            return False
        here = [one for one in self.outbox if one.on_day == today]
        if any(isinstance(one, ToldAnswer) and one.answer == "yes" for one in here):
            return False
        done = plan.done.get(today, {}).get("endurance", 0)
        return done + len([one for one in here if is_done(one)]) < TIMES

    def hears(self, told: Synced) -> None:
        gone = {*told.kept, *(one.id for one in told.refused)}
        self.outbox = [one for one in self.outbox if one.id not in gone]
        self.heard = told


def broken_off(on_day: str) -> ToldSession:
    return session(on_day, ended_by="stopped", repetitions=4)


def is_done(one: ToldSession | ToldAnswer) -> bool:
    return isinstance(one, ToldSession) and one.ended_by == "done"


class World:
    """The clinic, its clock, and everything that really happened."""

    def __init__(self, acts: Acts) -> None:
        self.acts, self.days, self.happened = acts, 0, list[ToldSession | ToldAnswer]()
        self.patient, self.she = woman(acts, new_id())
        prescribed(acts, self.patient, times_a_day=TIMES)
        self.pages = [Page(Phone(acts, self.she, name)) for name in ("one", "two")]
        self.late: list[tuple[Page, Sent, bool]] = []
        self.granted: set[tuple[str, str]] = set()

    @property
    def today(self) -> str:
        return day(self.days)

    def trains(self, page: Page, *, is_over: bool = False) -> None:
        """She does it where it is offered; `is_over` is what no page of ours lets her do."""
        if is_over or page.is_offered(self.today):
            if not is_over:
                assert (self.today, page.phone.id) in self.granted
            self.tells(page, session(self.today, was_leased=not is_over))

    def tells(self, page: Page, one: ToldSession | ToldAnswer) -> None:
        page.outbox.append(one)
        self.happened.append(one)

    def sends(self, page: Page, *, take_over: bool = False, is_heard: bool = True) -> None:
        piece = tuple(page.outbox[:3])
        self.late.append((page, piece, take_over))
        told = self.arrives(page, piece, take_over=take_over)
        if is_heard:
            page.hears(told)

    def arrives(self, page: Page, piece: Sent, *, take_over: bool) -> Synced:
        page.phone.acts = at(self.acts, days_later(self.days))
        told = page.phone.sync(*piece, take_over=take_over)
        self.granted |= {(one, page.phone.id) for one in told.lease.days}
        assert not {*told.lease.days} & {*told.lease.elsewhere}
        return told

    def comes_late(self) -> None:
        if self.late:
            page, piece, take_over = self.late.pop(0)
            self.arrives(page, piece, take_over=take_over)

    def signs_out(self, page: Page) -> None:
        """All is sent and forgotten, and the next login there is on another phone."""
        while page.outbox:
            self.sends(page)
        self.late = [one for one in self.late if one[0] is not page]
        page.phone.acts = at(self.acts, days_later(self.days))
        give_back(page.phone.acts, self.she, page.phone.id)
        page.phone, page.heard = Phone(self.acts, self.she, page.phone.name), None

    def fails(self, page: Page) -> None:
        """The disk is full while it is kept: all of it is sent again."""

        def full(work: Work, entry: object) -> None:
            raise RuntimeError("disk full")

        with pytest.MonkeyPatch.context() as broken:
            broken.setattr(Work, "audit", full)
            with pytest.raises(RuntimeError, match="disk full"):
                self.arrives(page, tuple(page.outbox), take_over=False)


STEPS: dict[str, Callable[[World, Page], None]] = {
    "trains": lambda world, page: world.trains(page),
    "trains again": lambda world, page: world.trains(page),
    "trains all the same": lambda world, page: world.trains(page, is_over=True),
    "breaks off": lambda world, page: world.tells(
        page, session(world.today, ended_by="stopped", repetitions=4)
    ),
    "tells": lambda world, page: world.tells(page, answer("red_flags", "none", world.today)),
    "leaks": lambda world, page: world.tells(page, answer("leak", "yes", world.today)),
    "sends": lambda world, page: world.sends(page),
    "sends on": lambda world, page: world.sends(page),
    "hears nothing": lambda world, page: world.sends(page, is_heard=False),
    "takes over": lambda world, page: world.sends(page, take_over=True),
    "takes over unheard": lambda world, page: world.sends(page, take_over=True, is_heard=False),
    "comes late": lambda world, page: world.comes_late(),
    "signs out": lambda world, page: world.signs_out(page),
    "disk is full": lambda world, page: world.fails(page),
    "sleeps": lambda world, page: setattr(world, "days", world.days + 1),
}
DAYS = st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.sampled_from([0, 1])), max_size=14)


def lived(world: World, steps: list[tuple[str, int]]) -> None:
    """Let it all happen, send what is left, and look at the record."""
    for name, place in steps:
        STEPS[name](world, world.pages[place])
    while world.late:
        world.comes_late()
    for page in world.pages:
        while left := len(page.outbox):
            world.sends(page)
            assert len(page.outbox) < left
    check(world, world.patient)


def check(world: World, patient: Patient) -> None:
    kept = history.read(world.acts, actor(), patient.id)
    sessions = [one for one in world.happened if isinstance(one, ToldSession)]
    assert sorted(one.id for one in kept.home_sessions) == sorted(one.id for one in sessions)
    answers = [*kept.red_flag_answers, *kept.symptoms, *kept.pains]
    told = [one.id for one in world.happened if isinstance(one, ToldAnswer)]
    assert sorted(one.id for one in answers) == sorted(told)
    done = Counter(one.on_day for one in sessions if is_done(one))
    broken = Counter(one.on_day for one in sessions if not is_done(one))
    done += Counter({one: 4 * times // 10 for one, times in broken.items()})
    over = {one.on_day for one in kept.home_sessions if one.is_over_limit}
    whole = Counter(one.on_day for one in sessions if is_done(one))
    assert {one for one, times in whole.items() if times > TIMES} <= over
    plans = [world.arrives(page, (), take_over=False).plan for page in world.pages]
    assert plans[0].revision == plans[1].revision
    coming = {one.on_day for one in plans[0].days}
    assert {*plans[0].closed} >= over & coming
    expected = {one: {"endurance": times} for one, times in done.items() if one in coming}
    assert plans[0].done == expected


@given(DAYS)
@settings(max_examples=1000 if IS_LONG else 30)
def test_two_phones_lose_nothing_double_nothing_and_offer_nothing_without_a_lease(
    steps: list[tuple[str, int]],
) -> None:
    with open_repository("memory://") as repository:
        lived(World(desk.clinic(repository)), steps)


def test_the_same_on_a_database(tmp_path: Path) -> None:
    with desk.opened("sqlite", tmp_path) as repository:
        acts = desk.clinic(repository)

        @given(DAYS)
        @settings(
            max_examples=200 if IS_LONG else 5,
            suppress_health_check=[HealthCheck.nested_given, HealthCheck.too_slow],
        )
        def live(steps: list[tuple[str, int]]) -> None:
            lived(World(acts), steps)

        live()


def test_two_old_leases_of_one_day_are_seen_and_close_it() -> None:
    """The first phone is offline while the second takes the day over: both offer it."""
    story = [("sends", 0), ("takes over", 1)]
    story += [("trains", 0), ("trains again", 0), ("trains", 1), ("trains again", 1)]
    with open_repository("memory://") as repository:
        world = World(desk.clinic(repository))
        lived(world, story)
        kept = history.read(world.acts, actor(), world.patient.id).home_sessions
        assert sorted(one.is_over_limit for one in kept) == [False, False, True, True]
