"""Whether the time of an answer tells what another clinic keeps: "not there" against "not yours".

Every route about a patient or an account is asked, in turn, for an id that nobody has and for one
of another clinic; beside it the same for two ids that nobody has, which is what the machine
itself makes of equal things. `python3 dev.py bench existence`.
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
from tests.web.cases import Asked, all_asked
from tests.web.two_clinics import HERE, THERE, Person, Record, TwoClinics, nowhere, two_clinics

ASKED, FIRST_LEFT_OUT = 40, 5
#: What the clock may tell apart at the slowest twentieth.
APART_MS = 10.0
#: What a median may tell: a row that is read and thrown away.
MIDDLE_MS = 1.0
Row = tuple[str, str, str, bool]
Ask = Callable[[Record], httpx.Response]


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
    """Ask one route, each of the three in turn, the first few left out."""
    who, foreign = _met(both, asked), _foreign(both)
    of: dict[str, list[float]] = {"foreign": [], "absent": [], "again": []}
    for turn in range(ASKED + FIRST_LEFT_OUT):
        for name, to in (("foreign", foreign), ("absent", nowhere()), ("again", nowhere())):
            before = time.perf_counter()
            answer = both.ask(who, asked.method, asked.path(to), **asked.case.sent(to))
            took = 1000 * (time.perf_counter() - before)
            if answer.status_code != 404:
                raise AssertionError(f"{asked.key} answers {answer.status_code}")
            if turn >= FIRST_LEFT_OUT:
                of[name].append(took)
    return Times(asked.key, **of)


def _met(both: TwoClinics, asked: Asked) -> Person:
    role = next(one for one in ("therapist", "clinic_admin") if one in TABLE[asked.action])
    return both.person(role)


def _foreign(both: TwoClinics) -> Record:
    return both.record(THERE)


def _p95(times: list[float]) -> float:
    return sorted(times)[int(0.95 * len(times))]
