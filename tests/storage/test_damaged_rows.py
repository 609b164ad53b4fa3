"""What is stored of a recording and is not as it was written is said, and hides nobody else's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Table, update

from levator.errors import RecordingError
from levator.records.model import Batch, EventRecord, InputRecord
from levator.storage import open_repository
from levator.storage.sql import tables
from levator.storage.sql.repository import SqlRepository
from levator.testing.repository import LATER, a_header, refusal
from tests.postgresql import Cluster
from tests.sqlite import opened_in
from tests.storage.test_conformance import migrated

#: No JSON, JSON that is cut off, that nests without end, and that is no object.
DAMAGED = ["", "not json", '{"type": "x"', "[" * 100_000, "[]", "null", "7"]


@pytest.fixture(params=["sqlite", "postgresql"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlRepository]:
    """Storage with two recordings, each with an input and an event."""
    if request.param == "sqlite":
        opened = opened_in(tmp_path)
    else:
        cluster: Cluster = request.getfixturevalue("postgresql")
        opened = open_repository(cluster.database(f"rows_{tmp_path.name}", migrated(cluster)))
    with opened as repository:
        assert isinstance(repository, SqlRepository)
        for name in ("one", "two"):
            repository.begin_recording(a_header(name))
            given = InputRecord(name, 0, 0, {"kind": "pain"})
            event = EventRecord(name, 1, {"type": "x"})
            repository.append(Batch(inputs=(given,), events=(event,)))
        yield repository


def damage(repository: SqlRepository, table: Table, column: str, text: str) -> None:
    """Write something over what is stored of recording one."""
    key = table.c.id if table is tables.recording else table.c.recording_id
    with repository.one_write() as connection:
        connection.execute(update(table).where(key == "one").values({column: text}))


@pytest.mark.parametrize("text", DAMAGED, ids=lambda text: text[:12])
def test_it_is_said_of_the_recording_alone(repository: SqlRepository, text: str) -> None:
    said = "What is stored of recording 'one' is damaged; restore the database from a backup."
    damage(repository, tables.session_event, "data", text)
    assert refusal(RecordingError, lambda: repository.events("one")) == said
    damage(repository, tables.session_input, "data", text)
    assert refusal(RecordingError, lambda: repository.inputs("one")) == said
    for column in ("context", "versions", "facts"):
        damage(repository, tables.recording, column, text)
        assert refusal(RecordingError, lambda: repository.header("one")) == said
    assert repository.header("two") == a_header("two")
    assert len(repository.inputs("two")) == len(repository.events("two")) == 1


@pytest.mark.parametrize("text", DAMAGED, ids=lambda text: text[:12])
def test_a_header_hides_no_other(repository: SqlRepository, text: str) -> None:
    damage(repository, tables.recording, "context", text)
    assert [one.id for one in repository.recordings()] == ["two"]
    assert [one.id for one in repository.recover_interrupted(LATER)] == ["two"]
    with repository.work(writes=False) as work:
        assert not work.is_recording()
