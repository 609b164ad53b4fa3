"""A disk that is full: what a page and the interface answer, and that they go on once there is
room."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import event

from levator.storage.sql.sqlite import SqliteRepository
from tests.web.test_storage_gone import is_ours
from tests.web.two_clinics import Person, TwoClinics, two_clinics
from tests.web.whole_record import HERE, Record, new_id

LONG = "x" * 3900


@contextmanager
def full(both: TwoClinics) -> Iterator[None]:
    """Let the file grow no more: SQLite answers as it does on a full disk."""
    repository = both.clinic.repository
    assert isinstance(repository, SqliteRepository)
    with repository._engine.connect() as connection:
        most = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def bound(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {most}")

    event.listen(repository._engine, "checkout", bound)
    try:
        yield
    finally:
        most = 10**6


def notes(both: TwoClinics, who: Person, to: Record) -> list[object]:
    found: list[object] = both.ask(who, "GET", f"/api/v1/patients/{to.patient}/record").json()[
        "notes"
    ]
    return found


def test_a_full_disk_is_said_by_page_and_interface_and_passes(tmp_path: Path) -> None:
    folder = tmp_path / "geheim"
    folder.mkdir()
    with two_clinics(folder) as both:
        who = both.person("therapist")
        to = both.record(HERE, (who.user,))
        note = f"/api/v1/patients/{to.patient}/notes/"
        page = f"/patients/{to.patient}/note?language=en"
        with full(both):
            # Some pages of the file are free yet.
            tries = (both.ask(who, "PUT", note + new_id(), json={"text": LONG}) for _ in range(99))
            told = next(one for one in tries if one.status_code != 200)
            is_ours(told, "log")
            before = len(notes(both, who, to))
            assert told.json()["code"] == "not_saved"
            typed = {"id": new_id(), "note": LONG}
            is_ours(both.ask(who, "POST", page, data=typed), "Nothing can be saved now")
        assert len(notes(both, who, to)) == before
        assert both.ask(who, "PUT", note + new_id(), json={"text": LONG}).status_code == 200
