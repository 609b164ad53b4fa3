"""Random works on several connections at once, and whether some serial order explains them.

Each work notes what it asked and what it was answered. Works that were stored have a number
in the audit of their tenant; played in that order in memory, each must be answered the same.
A work that only read, or was refused, must be answered the same at one place in that order,
after all that had ended before it began and before all that began after it had ended.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import md5
from itertools import count
from threading import Lock
from typing import Any

from levator.errors import CallerError, StorageError
from levator.records.people import Patient
from levator.records.repository import Repository
from levator.records.treatment import Note
from levator.records.work import Term, Work, where
from levator.storage import open_repository
from levator.testing.entities import an_entry, at_once

PATIENTS, NOTES = 3, 4


class UndoneError(Exception):
    """Somebody thinks better of it halfway."""


@dataclass
class Told:
    """One work: its calls with their answers, when it began and ended, its place if stored."""

    calls: list[tuple[str, tuple[Any, ...]]]
    writes: bool
    answers: list[str] = field(default_factory=list)
    began: int = 0
    ended: int = 0
    number: int | None = None


@dataclass
class History:
    """What happened in one tenant."""

    tenant_id: str
    works: list[Told] = field(default_factory=list)
    clock: Iterator[int] = field(default_factory=count)
    lock: Lock = field(default_factory=Lock)


def identifier(history: History, name: str, number: int) -> str:
    return md5(f"{history.tenant_id}{name}{number}".encode()).hexdigest()


# --- Calls


def answered(work: Work, tenant_id: str, name: str, arguments: tuple[Any, ...]) -> Any:
    """Do one call of a work; what it is answered decides whether histories are equal."""
    match name:
        case "get":
            return work.get(*arguments, tenant_id)
        case "find":
            kind, terms, order, descending = arguments
            return work.find(kind, tenant_id, terms, order=order, descending=descending)
        case "count":
            return work.count(arguments[0], tenant_id)
        case "put":
            return work.put(*arguments)
        case "erase":
            return work.erase(*arguments, tenant_id)
        case "heads":
            return [line.digest for line in work.audit_lines(tenant_id)]
    raise AssertionError(name)


def perform(work: Work, tenant_id: str, told: Told) -> list[Any]:
    """Do all calls of a work, noting the answers; a refusal ends it."""
    told.answers, found = [], []
    for name, arguments in told.calls:
        try:
            answer = answered(work, tenant_id, name, arguments)
        except CallerError as refused:
            told.answers.append(f"{type(refused).__name__}: {refused}")
            raise
        told.answers.append(repr(answer))
        found.append(answer)
    if told.writes:
        told.number = work.audit(an_entry(tenant_id=tenant_id)).number
    return found


def refusals_undo() -> AbstractContextManager[None]:
    return suppress(CallerError, UndoneError)


def run(repository: Repository, history: History, told: Told, *, undo: bool = False) -> list[Any]:
    """Run one work on a real back end, again while another process keeps the database."""
    found: list[Any] = []
    told.began = next(history.clock)
    while True:
        try:
            with refusals_undo(), repository.work(writes=told.writes) as work:
                told.number = None
                found = perform(work, history.tenant_id, told)
                if undo:
                    told.number = None
                    raise UndoneError
            break
        except StorageError as error:
            if "keeps" not in str(error):
                raise
    told.ended = next(history.clock)
    with history.lock:
        history.works.append(told)
    return found


# --- Random works


def random_calls(
    chance: random.Random, history: History, seen: dict[str, Any], who: str
) -> list[tuple[str, tuple[Any, ...]]]:
    """Return what one work asks; changes are made to what was seen before, old or not."""
    patient = identifier(history, "patient", chance.randrange(PATIENTS))
    note = identifier(history, "note", chance.randrange(NOTES))
    text = f"{who}{chance.randrange(10**6)}"
    base = {"tenant_id": history.tenant_id, "on_day": "d", "written_by": who, "written_at": ""}
    calls: list[tuple[str, tuple[Any, ...]]] = [
        ("get", (Patient, patient)),
        ("get", (Note, note)),
        ("find", (Note, where(patient_id=patient), "text", chance.random() < 0.5)),
        ("find", (Patient, (Term("number", "from", "b"),), "number", False)),
        ("count", (Note,)),
        ("heads", ()),
        ("put", (replace(seen[patient], number=text),) if patient in seen else ()),
        ("put", (replace(seen[note], text=text),) if note in seen else ()),
        ("put", (Note(id=note, patient_id=patient, text=text, **base),)),
        ("erase", (Note, note)),
        ("erase", (Patient, patient)),
        (
            "put",
            (Patient(id=patient, tenant_id=history.tenant_id, given_name=text, family_name="x"),),
        ),
    ]
    weights = [2, 2, 2, 1, 1, 1, 6, 4, 4, 2, 1, 2]
    picked = chance.choices(calls, weights, k=chance.randint(1, 4))
    return [call for call in picked if call[0] != "put" or call[1]]


def one_person(repository: Repository, history: History, seed: str, works: int, who: str) -> None:
    """Work for a while; what was read is remembered and changed later."""
    chance = random.Random(seed + who)
    seen: dict[str, Any] = {}
    for _ in range(works):
        calls = random_calls(chance, history, seen, who)
        writes = chance.random() < 0.3 or any(name in ("put", "erase") for name, _ in calls)
        told = Told(calls, writes)
        found = run(repository, history, told, undo=chance.random() < 0.1)
        for one in found:
            for entity in one if isinstance(one, list) else [one]:
                if isinstance(entity, Patient | Note):
                    seen[entity.id] = entity


def random_history(repositories: list[Repository], seed: str, people: int, works: int) -> History:
    """Let people work at once over one or several repositories on the same database."""
    history = History(md5(seed.encode()).hexdigest())
    tasks: list[Callable[[], None]] = [
        partial(
            one_person, repositories[n % len(repositories)], history, seed, works, "abcdefgh"[n]
        )
        for n in range(people)
    ]
    at_once(*tasks)
    return history


# --- The checker


def unexplained(history: History) -> list[str]:
    """Return what no serial order explains, in words; nothing if one explains everything."""
    stored = sorted(
        (one for one in history.works if one.number is not None), key=lambda one: one.number or 0
    )
    if [one.number for one in stored] != list(range(1, len(stored) + 1)):
        return ["a stored work has no line of the audit, or a line has no work"]
    found = [
        f"{later.number} began after {earlier.number} had ended"
        for place, later in enumerate(stored)
        for earlier in stored[place + 1 :]
        if earlier.ended < later.began
    ]
    others = [(one, *_window(one, stored)) for one in history.works if one.number is None]
    explained: set[int] = set()
    with open_repository("memory://") as memory:
        for place in range(len(stored) + 1):
            for number, (told, first, last) in enumerate(others):
                if number in explained or not first <= place <= last:
                    continue
                if replayed(memory, history.tenant_id, told, keep=False) == told.answers:
                    explained.add(number)
            if place < len(stored):
                told = stored[place]
                answers = replayed(memory, history.tenant_id, told, keep=True)
                if answers != told.answers:
                    found.append(f"{told.number} was told {told.answers}, not {answers}")
    left = [told for number, (told, *_) in enumerate(others) if number not in explained]
    return found + [f"nowhere: {told.calls} was told {told.answers}" for told in left]


def _window(told: Told, stored: list[Told]) -> tuple[int, int]:
    """Return after how many stored works it came, at least and at most."""
    first = max((n for n, one in enumerate(stored, 1) if one.ended < told.began), default=0)
    last = max((n for n, one in enumerate(stored, 1) if one.began < told.ended), default=0)
    return first, last


def replayed(memory: Repository, tenant_id: str, told: Told, *, keep: bool) -> list[str]:
    """Return what a work is told in memory, now."""
    again = replace(told, answers=[], number=None)
    with refusals_undo(), memory.work(writes=True) as work:
        perform(work, tenant_id, again)
        if not keep:
            raise UndoneError
    return again.answers
