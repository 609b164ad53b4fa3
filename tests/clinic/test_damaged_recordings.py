"""What a recording holds that cannot be read holds up nobody, and lets go of no pain."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from levator.clinic import Clinic
from levator.clinic.erasing import erase
from levator.errors import StorageError
from levator.records.model import Batch, EventRecord
from levator.storage.memory import MemoryRepository
from levator.storage.sql import tables
from levator.storage.sql.repository import SqlRepository
from levator.testing.repository import a_header
from tests.clinic import desk
from tests.clinic.desk import ADMIN, actor
from tests.clinic.sitting_down import clinic_with_her, sessions
from tests.clinic.test_sessions_unkept import is_shut, left_open, recorded

#: As text in a database, and as it would come out of memory.
NO_EVENTS: dict[str, Any] = {"[]": [], "null": None, '"SetStarted"': "SetStarted", "not json": 7}


def crashed(back_end: str, folder: Path, text: str) -> tuple[Clinic, str]:
    """A clinic in which a session with pain broke off, with one event that cannot be read."""
    repository = desk.opened(back_end, folder)
    clinic, patient_id = clinic_with_her(repository)
    header = recorded(clinic, patient_id)
    left_open(clinic, header)
    event = EventRecord(header.id, 1, NO_EVENTS[text])
    repository.append(Batch(events=(event,)))
    if isinstance(repository, SqlRepository):
        with repository.one_write() as connection:
            connection.execute(update(tables.session_event).values(data=text))
    return clinic, patient_id


@pytest.mark.parametrize("back_end", desk.BACK_ENDS)
@pytest.mark.parametrize("text", NO_EVENTS)
def test_a_session_with_an_event_that_cannot_be_read_is_broken_off(
    text: str, back_end: str, tmp_path: Path
) -> None:
    clinic, patient_id = crashed(back_end, tmp_path, text)

    async def running() -> None:
        async with clinic.running():
            (kept,) = sessions(clinic, patient_id)
            assert (kept.state, kept.ended_by, kept.had_pain) == (
                "interrupted",
                "interrupted",
                True,
            )
            # It is not held any more: what is open to her is told by her record.
            assert await is_shut(clinic, patient_id)
            admin = actor(ADMIN, "clinic_admin")
            await asyncio.to_thread(erase, clinic.acts, admin, patient_id, "her-request")

    asyncio.run(running())


def test_where_the_storage_fails_it_is_not_broken_off_but_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic, patient_id = crashed("memory", tmp_path, "[]")

    def failing(*_: object) -> None:
        raise StorageError("The disk is full; make room on it.")

    async def running() -> None:
        with monkeypatch.context() as fails:
            fails.setattr(MemoryRepository, "events", failing)
            clinic.sittings.close_interrupted()
            assert [one.state for one in sessions(clinic, patient_id)] == ["open"]
        clinic.sittings.keep_unkept()
        assert [one.state for one in sessions(clinic, patient_id)] == ["interrupted"]

    asyncio.run(running())


def test_a_header_of_another_clinic_that_cannot_be_read_lets_go_of_no_pain(tmp_path: Path) -> None:
    repository = desk.opened("sqlite", tmp_path)
    clinic, patient_id = clinic_with_her(repository)
    recorded(clinic, patient_id)
    far = replace(a_header("far"), started_at=clinic.acts.now(), tenant_id=desk.OTHER)
    repository.append(Batch(begun=(far,)))
    repository.close_recording("far", clinic.acts.now(), "stop")
    assert isinstance(repository, SqlRepository)
    with repository.one_write() as connection:
        is_far = tables.recording.c.id == "far"
        connection.execute(update(tables.recording).where(is_far).values(context="{"))

    async def running() -> None:
        async with clinic.running():
            assert [one.had_pain for one in sessions(clinic, patient_id)] == [True]
            assert await is_shut(clinic, patient_id)

    asyncio.run(running())


@pytest.mark.parametrize("field", ["context", "facts", "versions"])
def test_where_it_cannot_be_read_whether_it_hurt_the_step_is_shut(
    tmp_path: Path, field: str
) -> None:
    repository = desk.opened("sqlite", tmp_path)
    clinic, patient_id = clinic_with_her(repository)
    left_open(clinic, recorded(clinic, patient_id))
    assert isinstance(repository, SqlRepository)
    with repository.one_write() as connection:
        connection.execute(update(tables.recording).values({field: "{"}))

    async def running() -> None:
        async with clinic.running():
            (kept,) = sessions(clinic, patient_id)
            assert (kept.state, kept.had_pain) == ("interrupted", True)
            assert await is_shut(clinic, patient_id)

    asyncio.run(running())
