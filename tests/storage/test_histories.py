"""Whatever people do at once, some order one after the other explains it; no change is lost."""

import os
import random
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from hashlib import md5
from pathlib import Path

import pytest

from levator.records.people import Patient
from levator.records.repository import Repository
from levator.records.treatment import Course, Prescription
from levator.records.work import ConflictError
from levator.storage import open_repository
from tests.postgresql import Cluster
from tests.storage.histories import History, Told, identifier, random_history, run, unexplained

IS_LONG = os.environ.get("LEV_HYPOTHESIS") == "search"
HISTORIES, INTERLEAVINGS = (500, 1000) if IS_LONG else (12, 60)


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('histories')}/levator.db"
    cluster: Cluster = request.getfixturevalue("postgresql")
    return cluster.database("histories")


@pytest.fixture
def repositories(address: str) -> Iterator[list[Repository]]:
    """Two, as of two processes, on one database."""
    with ExitStack() as opened:
        yield [opened.enter_context(open_repository(address)) for _ in range(2)]


@pytest.mark.timeout(3600)
def test_every_history_is_explained_by_a_serial_order(repositories: list[Repository]) -> None:
    stored = refused = 0
    for number in range(HISTORIES):
        people = number % 8 + 1
        used = repositories[: 1 + number % 2]
        history = random_history(used, f"history {number}", people, works=24 // people + 2)
        assert unexplained(history) == [], f"history {number}"
        stored += sum(one.number is not None for one in history.works)
        refused += sum("ConflictError" in str(one.answers) for one in history.works)
    assert stored > HISTORIES * 5
    assert refused > HISTORIES / 4


# --- The checker finds what is planted


def a_told(history: History, calls: list[tuple[str, tuple[object, ...]]], number: int) -> Told:
    return Told(calls, writes=True, number=number)


@pytest.fixture
def small(tmp_path: Path) -> History:
    """Three changes of one patient, and a look at her between the second and the third."""
    history = History(md5(b"small").hexdigest())
    patient = Patient(
        id=identifier(history, "patient", 0),
        tenant_id=history.tenant_id,
        given_name="A",
        family_name="B",
    )
    with open_repository(f"sqlite:///{tmp_path}/levator.db") as repository:
        run(repository, history, Told([("put", (patient,))], writes=True))
        run(repository, history, Told([("put", (replace(patient, version=1, number="1"),))], True))
        look = [("get", (Patient, patient.id)), ("count", (Patient,))]
        run(repository, history, Told([*look], writes=False))
        run(repository, history, Told([("put", (replace(patient, version=2, number="2"),))], True))
    return history


def test_an_untouched_history_is_explained(small: History) -> None:
    assert unexplained(small) == []


def test_a_lost_update_is_found(small: History) -> None:
    """Both read version 1 and both were told that theirs is version 2."""
    [(name, [last])] = small.works[3].calls
    small.works[3].calls = [(name, (replace(last, version=1),))]
    small.works[3].answers = [small.works[3].answers[0].replace("version=3", "version=2")]
    assert len(unexplained(small)) == 1


def test_a_look_at_two_states_is_found(small: History) -> None:
    """One answer is of before the second change, one of after."""
    look = small.works[2]
    look.calls = [look.calls[0], look.calls[0]]
    look.answers = [look.answers[0], look.answers[0].replace("version=2", "version=1")]
    assert "nowhere" in str(unexplained(small))


def test_a_look_into_the_past_is_found(small: History) -> None:
    look = small.works[2]
    look.began = look.ended = 10**6
    assert "nowhere" in str(unexplained(small))


def test_a_stored_work_that_is_gone_is_found(small: History) -> None:
    del small.works[1]
    assert unexplained(small) != []


# --- Two therapists, one prescription


def prepared(repository: Repository, seed: str) -> Prescription:
    """Keep a patient with a course and a dose in a tenant of its own."""
    tenant_id, patient_id, course_id, dose_id = (
        md5(f"{seed}{name}".encode()).hexdigest() for name in "tpcd"
    )
    with repository.work(writes=True) as work:
        work.put(Patient(id=patient_id, tenant_id=tenant_id, given_name="A", family_name="B"))
        course = Course(
            id=course_id,
            tenant_id=tenant_id,
            patient_id=patient_id,
            protocol="p",
            protocol_version="1",
            stage="step-1",
            begun_on="d",
        )
        work.put(course)
        return work.put(
            Prescription(
                id=dose_id,
                tenant_id=tenant_id,
                patient_id=patient_id,
                course_id=course_id,
                stage="step-1",
                from_on="d",
                made_by="",
                made_at="",
            )
        )


def edited_by_two(repository: Repository, seed: str) -> tuple[list[str], list[str]]:
    """Let two people read and save in a random order; return what was acknowledged and kept."""
    chance, dose = random.Random(seed), prepared(repository, seed)
    read: dict[str, Prescription] = {}
    acknowledged: list[str] = []
    for step in range(10):
        who = chance.choice("ab")
        if who not in read:
            with repository.work(writes=False) as work:
                read[who] = work.get(Prescription, dose.id, dose.tenant_id)
            continue
        edit = f"{who}{step} "
        with suppress(ConflictError):
            with repository.work(writes=True) as work:
                work.put(replace(read[who], because=read[who].because + edit))
            acknowledged.append(edit)
        del read[who]
    with repository.work(writes=False) as work:
        kept = work.get(Prescription, dose.id, dose.tenant_id)
    return acknowledged, [f"{edit} " for edit in kept.because.split()]


@pytest.mark.timeout(3600)
def test_two_therapists_lose_no_change_of_one_prescription(repositories: list[Repository]) -> None:
    conflicts = 0
    for number in range(INTERLEAVINGS):
        acknowledged, kept = edited_by_two(repositories[0], f"interleaving {number}")
        assert kept == acknowledged, number
        conflicts += len(acknowledged) < 4
    assert conflicts > INTERLEAVINGS / 20
