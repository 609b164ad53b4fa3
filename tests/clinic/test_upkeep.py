"""What a running server does by itself: in a thread, again and again, whatever fails."""

import asyncio
import threading
from pathlib import Path

import pytest

from levator.clinic import open_clinic
from levator.clinic.upkeep import upkeep
from levator.errors import StorageError
from levator.records.model import Batch
from levator.storage.sql.sqlite import SqliteRepository
from levator.testing.repository import LATER, a_block, a_header


def test_a_running_clinic_seals_what_has_ended(tmp_path: Path) -> None:
    clinic = open_clinic(f"sqlite:///{tmp_path}/levator.db")
    for name in ("a", "b"):
        clinic.repository.begin_recording(a_header(name))
        clinic.repository.append(Batch(blocks=(a_block(0, name),)))
        clinic.repository.close_recording(name, LATER, "stop")

    async def run() -> None:
        async with clinic.running():
            while _blocks(clinic.repository):
                await asyncio.sleep(0.01)
            assert list(clinic.repository.blocks("b")) == [a_block(0, "b")]

    asyncio.run(run())


def _blocks(repository: object) -> int:
    assert isinstance(repository, SqliteRepository)
    with repository._engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT count(*) FROM sample_block").scalar()
    assert isinstance(found, int)
    return found


@pytest.mark.parametrize(
    "fault",
    [
        StorageError("The disk with %(file)s is full; make room on it.", file="x"),
        OSError(28, "No space left on device"),
        UnicodeError("a fault of ours"),
    ],
)
def test_a_task_that_fails_is_tried_again_and_holds_up_no_other(fault: Exception) -> None:
    done: list[str] = []
    threads: set[int] = set()

    def fails() -> bool:
        done.append("fails")
        raise fault

    def works() -> bool:
        threads.add(threading.get_ident())
        done.append("works")
        return len(done) == 2

    async def run() -> None:
        async with upkeep([fails, works], every_s=0.001):
            while len(done) < 6:
                await asyncio.sleep(0.001)

    asyncio.run(run())
    assert done[:5] == ["fails", "works", "works", "fails", "works"]
    assert threading.get_ident() not in threads
