"""What screens ask most goes by an index, however much is kept."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from levator.records.audit import AuditSearch
from levator.records.people import Patient, User
from levator.records.treatment import Session
from levator.records.work import Term, where
from levator.storage import open_repository
from levator.storage.sql.sqlite import SqliteRepository
from levator.testing.entities import HERE

HERS = AuditSearch(patient_id="a")
ASKED = {
    "list": (lambda work: work.find(Patient, HERE, order="search_key", limit=50), "patient"),
    "search": (
        lambda work: work.find(
            Patient, HERE, [Term("search_key", "contains", "a")], order="search_key", limit=50
        ),
        "patient",
    ),
    "how many": (lambda work: work.count(Patient, HERE), "patient"),
    "record": (
        lambda work: work.find(Session, HERE, where(patient_id="a"), order="on_day"),
        "session USING INDEX session_by_patient_id",
    ),
    "sign in": (lambda work: work.find(User, None, where(email_key="a")), "user"),
    "who looked": (lambda work: work.audit_lines(HERE, patient_id="a"), "audit_line"),
    "who looked last": (
        lambda work: work.newest_audit_lines(HERE, HERS, limit=9, offset=9),
        "audit_line USING COVERING INDEX audit_line_by_patient_id",
    ),
    "how many looked": (
        lambda work: work.audit_count(HERE, HERS),
        "audit_line USING COVERING INDEX audit_line_by_patient_id",
    ),
}


@pytest.mark.parametrize("name", ASKED)
def test_it_is_found_by_an_index(name: str, tmp_path: Path) -> None:
    ask, table = ASKED[name]
    steps = plan(tmp_path, ask)
    assert any(step.startswith(f"SEARCH {table}") for step in steps), steps
    assert not any(step.startswith(f"SCAN {table}") for step in steps), steps


@pytest.mark.parametrize("name", ["list", "search", "who looked last"])
def test_pages_come_in_their_order_without_being_sorted(name: str, tmp_path: Path) -> None:
    assert not any("TEMP B-TREE" in step for step in plan(tmp_path, ASKED[name][0]))


def test_a_question_without_an_index_is_seen(tmp_path: Path) -> None:
    steps = plan(tmp_path, lambda work: work.find(Session, None, where(stage="a")))
    assert any(step.startswith("SCAN session") for step in steps)


def plan(folder: Path, ask: object) -> list[str]:
    """Return the steps that SQLite takes for a question."""
    asked: list[tuple[str, object]] = []

    def note(_: Connection, __: object, statement: str, parameters: object, *___: object) -> None:
        asked.append((statement, parameters))

    with open_repository(f"sqlite:///{folder}/levator.db") as repository:
        assert isinstance(repository, SqliteRepository)
        event.listen(repository._engine, "before_cursor_execute", note)
        with repository.work(writes=False) as work:
            assert callable(ask)
            ask(work)
        [(statement, parameters)] = [one for one in asked if one[0].startswith("SELECT")]
        with repository._engine.connect() as connection:
            found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            return [row[3] for row in found]
