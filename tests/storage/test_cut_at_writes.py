"""The power goes at every single write of SQLite: nothing that was acknowledged is lost.

It needs neither root nor Linux: the disk is watched from within, see `cut_at_writes`.
"""

import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from levator.records.audit import find_break
from levator.records.people import Patient
from levator.records.treatment import Note
from levator.storage import open_repository
from levator.storage.sql import sqlite
from levator.testing.entities import HERE, a_note, a_patient, an_entry
from tests.storage.cut_at_writes import Disk, watched

WORKS = 6
#: After this work the log is carried over into the database, and begins anew.
CARRIED_OVER_AFTER = 3


def kept(folder: Path) -> Disk:
    """Keep some works on a watched disk; `folder/before` is the disk as it was."""
    before, live = folder / "before", folder / "live"
    before.mkdir()
    open_repository(f"sqlite:///{before}/levator.db").close()
    shutil.copytree(before, live)
    disk = Disk(before)
    with watched(live / "levator.db", disk) as repository:
        patient = a_patient()
        for number in range(1, WORKS + 1):
            with repository.work(writes=True) as work:
                patient = work.put(replace(patient, number=str(number)))
                work.put(replace(a_note(text=str(number)), id=f"{number:032x}"))
                work.audit(an_entry(detail=str(number)))
            disk.acknowledged.append(len(disk.steps))
            if number == CARRIED_OVER_AFTER:
                with repository._engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(RESTART)")
                    connection.rollback()
        end = len(disk.steps)
    del disk.steps[end:]
    return disk


def there(folder: Path, files: dict[str, bytes]) -> int:
    """Return how many works are in a database after a cut; none may be there in part."""
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    address = f"sqlite:///{folder}/levator.db"
    with open_repository(address) as repository, repository.work(writes=False) as work:
        lines = work.audit_lines(HERE)
        notes = {int(note.text) for note in work.find(Note, HERE)}
        patients = work.find(Patient, HERE)
    assert find_break(lines) is None
    assert notes == set(range(1, len(lines) + 1))
    assert [patient.number for patient in patients] == [str(len(lines) or "")][: len(patients)]
    shutil.rmtree(folder)
    return len(lines)


def lost(folder: Path, disk: Disk, at: int, chance: random.Random | None) -> int:
    """Return how many acknowledged works a cut before a step has cost."""
    acknowledged = len([one for one in disk.acknowledged if one <= at])
    return max(0, acknowledged - there(folder, disk.after_cut(at, chance)))


def test_cut_at_every_write_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    disk = kept(tmp_path)
    assert {step.kind for step in disk.steps} >= {"write", "sync"}
    assert {step.file for step in disk.steps} == {"levator.db", "levator.db-wal"}
    chance = random.Random(1)
    for at in range(len(disk.steps) + 1):
        for survives in (None, chance):
            assert lost(tmp_path / "after", disk, at, survives) == 0, at


def test_with_less_than_full_sync_the_same_cuts_lose_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    careless = [one.replace("synchronous = FULL", "synchronous = NORMAL") for one in sqlite.PRAGMAS]
    monkeypatch.setattr(sqlite, "PRAGMAS", tuple(careless))
    disk = kept(tmp_path)
    costs = [lost(tmp_path / "after", disk, at, None) for at in disk.acknowledged]
    assert sum(costs) > 0
