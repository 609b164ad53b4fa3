"""Any history of appending, repeating, contradicting, ending and opening again: what lies in
SQLite, and in PostgreSQL, is what lies in memory, and nothing acknowledged is ever missing.
"""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from levator.errors import RecordingError
from levator.records.model import Batch, Ending, EventRecord, InputRecord
from levator.records.repository import Repository
from levator.storage import open_repository
from levator.testing.repository import LATER, a_block, a_header
from tests.postgresql import Cluster
from tests.storage.test_conformance import migrated

NAMES = st.sampled_from(["a", "b"])
PLACES = st.integers(0, 4)
TEXTS = st.sampled_from(["x", "y"])


BATCHES = st.builds(
    Batch,
    begun=st.lists(NAMES.map(a_header), max_size=2, unique_by=lambda one: one.id).map(tuple),
    blocks=st.lists(st.builds(a_block, PLACES, NAMES), max_size=4).map(tuple),
    inputs=st.lists(
        st.builds(lambda name, place: InputRecord(name, place, 3, {"at": place}), NAMES, PLACES),
        max_size=2,
    ).map(tuple),
    events=st.lists(
        st.builds(
            lambda name, place, text: EventRecord(name, place, {"x": text}), NAMES, PLACES, TEXTS
        ),
        max_size=2,
    ).map(tuple),
    endings=st.lists(NAMES.map(lambda name: Ending(name, LATER, "stop")), max_size=1).map(tuple),
)


def content(repository: Repository) -> list[object]:
    return [
        (
            header,
            list(repository.blocks(header.id)),
            repository.spans(header.id),
            repository.inputs(header.id),
            repository.events(header.id),
            repository.gaps(header.id),
        )
        for header in repository.recordings()
    ]


def outcome(repository: Repository, batch: Batch) -> str:
    try:
        repository.append(batch)
    except RecordingError as refused:
        return type(refused).__name__
    return "stored"


class AnyHistory(RuleBasedStateMachine):
    address: str
    empty: Callable[[], None]

    def __init__(self) -> None:
        super().__init__()
        type(self).empty()
        self.memory = open_repository("memory://")
        self.database = self.opened()

    def opened(self) -> Repository:
        return open_repository(self.address)

    @rule(batch=BATCHES)
    def append(self, batch: Batch) -> None:
        assert outcome(self.database, batch) == outcome(self.memory, batch)

    @rule(name=NAMES, batch=BATCHES)
    def append_to_one_that_is_open(self, name: str, batch: Batch) -> None:
        batch = replace(batch.of({name}), begun=(a_header(name),), endings=())
        assert outcome(self.database, batch) == outcome(self.memory, batch)

    @rule()
    def open_again(self) -> None:
        self.database.close()
        self.database = self.opened()

    @rule()
    def recover(self) -> None:
        assert self.database.recover_interrupted(LATER) == sorted(
            self.memory.recover_interrupted(LATER), key=lambda header: header.id
        )

    @rule()
    def seal(self) -> None:
        list(self.database.seal_ended())

    @invariant()
    def both_hold_the_same(self) -> None:
        assert content(self.database) == content(self.memory)

    def teardown(self) -> None:
        self.database.close()


def hold_the_same(address: str, empty: Callable[[], None], histories: int) -> None:
    AnyHistory.address, AnyHistory.empty = address, staticmethod(empty)
    run_state_machine_as_test(
        AnyHistory, settings=settings(max_examples=histories, stateful_step_count=20)
    )


def test_sqlite_holds_what_memory_holds(tmp_path: Path) -> None:
    template, path = tmp_path / "template.db", tmp_path / "levator.db"
    open_repository(f"sqlite:///{template}").close()

    def empty() -> None:
        for file in tmp_path.glob("levator.db*"):
            file.unlink()
        shutil.copy(template, path)

    hold_the_same(f"sqlite:///{path}", empty, 25)


def test_postgresql_holds_what_memory_holds(postgresql: Cluster) -> None:
    address = postgresql.database("any_history", migrated(postgresql))

    def empty() -> None:
        postgresql.ask("TRUNCATE recording CASCADE", "any_history")

    hold_the_same(address, empty, 4)
