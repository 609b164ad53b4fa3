"""Whether the time of an answer tells what another clinic keeps: "not there" against "not yours".

Every route about a patient or an account is asked, in turn, for an id that nobody has and for one
of another clinic; beside it the same for two ids that nobody has, which is what the machine
itself makes of equal things. The same for inviting an address of e-mail.
`python3 dev.py bench existence`.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from levator.records.access import TABLE
from levator.records.people import User
from tests.web.cases import Asked, all_asked
from tests.web.two_clinics import Person, TwoClinics, two_clinics
from tests.web.whole_record import HERE, THERE, Record, new_id, nowhere

ASKED, FIRST_LEFT_OUT = 40, 5
#: What the clock may tell apart at the slowest twentieth.
APART_MS = 10.0
#: What a median may tell: a row that is read and thrown away.
MIDDLE_MS = 1.0
Row = tuple[str, str, str, bool]
Ask = Callable[[], httpx.Response]
#: Makes ready what is asked, before anything is timed: a form has to know what was seen.
Ready = Callable[[], Ask]


@dataclass(frozen=True)
class Times:
    """What a route took in ms, asked in turn: for another clinic's, and for nobody's, twice."""

    key: str
    foreign: list[float]
    absent: list[float]
    again: list[float]

    @property
    def apart_ms(self) -> float:
        """Difference at the slowest twentieth."""
        return abs(_p95(self.foreign) - _p95(self.absent))

    @property
    def floor_ms(self) -> float:
        """The same between two that nobody has."""
        return abs(_p95(self.again) - _p95(self.absent))

    @property
    def middle_ms(self) -> float:
        """Difference of the medians, with its sign."""
        return statistics.median(self.foreign) - statistics.median(self.absent)

    @property
    def middle_floor_ms(self) -> float:
        """The same between two that nobody has."""
        return statistics.median(self.again) - statistics.median(self.absent)


def run() -> list[Row]:
    """Return the rows of the table."""
    with tempfile.TemporaryDirectory() as folder, two_clinics(Path(folder)) as both:
        both.recorded(HERE)
        both.recorded(THERE)
        taken = [_taken(both, one) for one in all_asked() if one.case.about in ("patient", "user")]
        taken.append(_invited(both))
    apart, floor = (_p95([abs(of(one)) for one in taken]) for of in (_apart, _floor))
    tilted = max(taken, key=lambda one: abs(one.middle_ms))
    middle_floor = max(abs(one.middle_floor_ms) for one in taken)
    return [
        (
            f"p95 of not yours against not there, {len(taken)} routes, {ASKED} times each",
            f"{apart:.1f} ms apart at the slowest twentieth of the routes; two that nobody has: "
            f"{floor:.1f} ms",
            f"at most {APART_MS:.0f} ms",
            apart <= APART_MS,
        ),
        (
            "the medians of the two",
            f"widest {tilted.middle_ms:+.2f} ms ({tilted.key}); two that nobody has: "
            f"{middle_floor:.2f} ms",
            f"at most {MIDDLE_MS:.0f} ms, or as two that nobody has",
            abs(tilted.middle_ms) <= max(MIDDLE_MS, middle_floor),
        ),
    ]


def _apart(one: Times) -> float:
    return one.apart_ms


def _floor(one: Times) -> float:
    return one.floor_ms


def _taken(both: TwoClinics, asked: Asked) -> Times:
    """Ask one route for another clinic's, and for nobody's."""
    who, foreign = _met(both, asked), _foreign(both)

    def ready(to: Record) -> Ask:
        path, sent = asked.path(to), asked.case.sent(to)
        return lambda: both.ask(who, asked.method, path, **sent)

    return _in_turn(asked.key, lambda: ready(foreign), lambda: ready(nowhere()), 404)


def _invited(both: TwoClinics) -> Times:
    """Invite an address that has an account in the other clinic, and one that nobody has."""
    admin = both.person("clinic_admin")

    def invite(email: str) -> Ask:
        form = {"name": "Bo", "email": email, "role": "researcher"}
        return lambda: both.ask(admin, "POST", "/users", data=form)

    def of_another() -> str:
        there = both.person("researcher", THERE)
        with both.clinic.repository.work(writes=False) as work:
            return work.get(User, there.user, THERE).email

    theirs = iter([of_another() for _ in range(ASKED + FIRST_LEFT_OUT)])
    return _in_turn(
        "POST /users",
        lambda: invite(next(theirs)),
        lambda: invite(f"{new_id()}@example.org"),
        200,
    )


def _in_turn(key: str, foreign: Ready, absent: Ready, status: int) -> Times:
    """Ask each of the three in turn, the first few left out."""
    of: dict[str, list[float]] = {"foreign": [], "absent": [], "again": []}
    turns = [
        (("foreign", foreign()), ("absent", absent()), ("again", absent()))
        for _ in range(ASKED + FIRST_LEFT_OUT)
    ]
    for turn, asks in enumerate(turns):
        for name, ask in asks:
            before = time.perf_counter()
            answer = ask()
            took = 1000 * (time.perf_counter() - before)
            if answer.status_code != status:
                raise AssertionError(f"{key} answers {answer.status_code}")
            if turn >= FIRST_LEFT_OUT:
                of[name].append(took)
    return Times(key, **of)


def _met(both: TwoClinics, asked: Asked) -> Person:
    role = next(one for one in ("therapist", "clinic_admin") if one in TABLE[asked.action])
    return both.person(role)


def _foreign(both: TwoClinics) -> Record:
    return both.record(THERE)


def _p95(times: list[float]) -> float:
    return sorted(times)[int(0.95 * len(times))]
