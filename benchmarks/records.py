"""A clinic of 10,000 patients and 200,000 sessions on SQLite: list, search and one record.

Five years are put in one after the other; after each the same three questions are asked as
the screens ask them, each with its line in the audit. `python3 dev.py bench records`.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from levator.clinic import history, patients
from levator.clinic.acting import Acts
from levator.records.access import Actor
from levator.records.audit import AuditEntry
from levator.records.entity import Entity
from levator.records.people import Birth, Patient, Pregnancy, search_key
from levator.records.treatment import Course, Decision, PainScore, Prescription, Session
from levator.storage import open_repository
from levator.storage.sql.entity_tables import audit_line, table_of
from levator.storage.sql.sqlite import SqliteRepository
from levator.storage.sql.work import row_of

YEARS, PATIENTS_A_YEAR, SESSIONS_EACH = 5, 2_000, 20
LINES_A_YEAR = 100_000
ASKED = 60
LONGEST_MS = 100.0
#: What one more year of 2,000 patients and 40,000 sessions may add, in ms of processor time.
MORE_A_YEAR_MS = 5.0
AT = "2026-11-29T10:00:00+01:00"
TENANT, THERAPIST = "a" * 32, "b" * 32
FIRST = ("Anna", "Bea", "Carla", "Fatma", "Gül", "Hanna", "Inge", "Zoë", "Marijke", "Noor", "Olga")
LAST = ("Jansen", "de Vries", "Bakker", "Visser", "Smit", "Meijer", "Mulder", "Bos", "Özdemir")

Row = tuple[str, str, str, bool]
Rows = dict[type[Entity], list[dict[str, Any]]]


@dataclass(frozen=True)
class Taken:
    """Times of one question in ms: by the clock, and the median of the processor's."""

    p50_ms: float
    p95_ms: float
    processor_ms: float


@dataclass(frozen=True)
class Year:
    """After so many years: what is kept, and what each question takes."""

    patients: int
    sessions: int
    taken: dict[str, Taken]


# --- A clinic


def a_year(chance: random.Random, year: int) -> Rows:
    """Return the rows of one year's patients, each with a course and what belongs to it."""
    rows: Rows = {}
    for _ in range(PATIENTS_A_YEAR):
        for entity in _a_record(chance, f"{2021 + year}"):
            rows.setdefault(type(entity), []).append(row_of(entity))
    return rows


def _a_record(chance: random.Random, year: str) -> Iterator[Entity]:
    she, given = _id(), f"{chance.choice(FIRST)} {chance.choice(FIRST)}"
    family, number = f"{chance.choice(LAST)}-{chance.choice(LAST)}", f"{chance.randrange(10**8)}"
    base: dict[str, Any] = {"tenant_id": TENANT, "version": 1}
    hers = base | {"patient_id": she}
    yield Patient(
        id=she,
        given_name=given,
        family_name=family,
        born_on=f"19{chance.randrange(70, 99)}-05-05",
        number=number,
        search_key=search_key(given, family, number),
        treated_by=(THERAPIST,),
        made_at=AT,
        **base,
    )
    yield Pregnancy(id=_id(), expected_on=f"{year}-06-01", made_at=AT, **hers)
    yield Birth(id=_id(), born_on=f"{year}-06-03", mode="vaginal", **hers)
    course = Course(
        id=_id(),
        protocol="p",
        protocol_version="1",
        stage="step-6",
        begun_on=f"{year}-03-01",
        **hers,
    )
    yield course
    for place in range(5):
        day, made = f"{year}-0{place + 3}-01", {"made_by": THERAPIST, "made_at": AT}
        common: dict[str, Any] = hers | made | {"course_id": course.id}
        yield Decision(id=_id(), on_day=day, proposal="{}" * 200, choice="accepted", **common)
        yield Prescription(
            id=_id(), from_on=day, stage="step-6", force_percent_mvc=40.0, hold_s=3.0, **common
        )
    for place in range(SESSIONS_EACH):
        day = f"{year}-{place % 9 + 3:02}-{place + 1:02}"
        session = Session(
            id=_id(),
            course_id=course.id,
            recording_id=_id(),
            on_day=day,
            started_at=AT,
            stage="step-6",
            state="ended",
            rounds=10,
            valid_rounds=9,
            **hers,
        )
        yield session
        yield PainScore(
            id=_id(),
            session_id=session.id,
            on_day=day,
            score=1,
            moment="before",
            entered_by=THERAPIST,
            entered_at=AT,
            **hers,
        )


def _id() -> str:
    return uuid.uuid4().hex


def _lines(year: int, of: list[str]) -> list[dict[str, Any]]:
    """Return lines of the audit; what is asked later is told in between."""
    entry = asdict(
        AuditEntry(at=AT, tenant_id=TENANT, user_id=THERAPIST, role="therapist", action="a")
    )
    first = year * 2 * LINES_A_YEAR + 1
    return [
        entry
        | {
            "number": first + place,
            "patient_id": of[place % len(of)],
            "previous": "",
            "digest": "d",
        }
        for place in range(LINES_A_YEAR)
    ]


def put_in(repository: SqliteRepository, rows: Rows, lines: list[dict[str, Any]]) -> None:
    with repository._writing.begin() as connection:
        for kind, of_kind in rows.items():
            connection.execute(insert(table_of(kind)), of_kind)
        connection.execute(insert(audit_line), lines)


# --- Asking


def measured(ask: Callable[[], object]) -> Taken:
    """Ask again and again."""
    clock, processor = [], []
    for _ in range(ASKED):
        begun, used = time.perf_counter(), time.process_time()
        ask()
        processor.append((time.process_time() - used) * 1000)
        clock.append((time.perf_counter() - begun) * 1000)
    p95 = statistics.quantiles(clock, n=20)[18]
    return Taken(statistics.median(clock), p95, statistics.median(processor))


def questions(
    acts: Acts, actor: Actor, she: list[str], seed: int
) -> dict[str, Callable[[], object]]:
    chance = random.Random(seed)

    def words() -> str:
        return f"{chance.choice(FIRST)[:3]} {chance.choice(LAST)[:4]}"

    return {
        "patient list": lambda: patients.find(acts, actor, offset=50 * chance.randrange(20)),
        "search": lambda: patients.find(acts, actor, words()),
        "search without a hit": lambda: patients.find(acts, actor, "qqqq"),
        "timeline": lambda: history.read(acts, actor, chance.choice(she)),
    }


def years() -> list[Year]:
    """Fill a clinic year by year and ask after each."""
    chance, found = random.Random(1), []
    actor = Actor(user_id=THERAPIST, tenant_id=TENANT, role="therapist")
    with tempfile.TemporaryDirectory() as folder:
        repository = open_repository(f"sqlite:///{Path(folder)}/levator.db")
        assert isinstance(repository, SqliteRepository)
        acts, she = Acts(repository, lambda: AT), []
        with repository:
            for year in range(YEARS):
                rows = a_year(chance, year)
                she += [row["id"] for row in rows[Patient]]
                put_in(repository, rows, _lines(year, she))
                asked = questions(acts, actor, she, year)
                taken = {name: measured(ask) for name, ask in asked.items()}
                found.append(Year(len(she), len(she) * SESSIONS_EACH, taken))
    return found


# --- Rows


def run() -> list[Row]:
    """Return the rows for the table of figures."""
    found = years()
    return [row for name in found[0].taken for row in _rows(name, found)]


def _rows(name: str, found: list[Year]) -> list[Row]:
    size = f"{found[-1].patients} patients, {found[-1].sessions} sessions"
    last, first = found[-1].taken[name], found[0].taken[name]
    curve = ", ".join(f"{one.taken[name].processor_ms:.1f}" for one in found)
    more_ms = (last.processor_ms - first.processor_ms) / (len(found) - 1)
    return [
        (
            f"records: {name}, {size}, p95",
            f"{last.p95_ms:.1f} ms (p50 {last.p50_ms:.1f})",
            f"{LONGEST_MS:.0f} ms",
            last.p95_ms <= LONGEST_MS,
        ),
        (
            f"records: {name}, processor time after each of {len(found)} years",
            f"{curve} ms; one more year {more_ms:+.1f} ms",
            f"{MORE_A_YEAR_MS:.0f} ms more a year",
            more_ms <= MORE_A_YEAR_MS,
        ),
    ]


if __name__ == "__main__":
    for row in run():
        print(*row, sep=" | ")
