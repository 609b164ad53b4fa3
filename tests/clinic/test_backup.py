"""A backup made while a recorder writes is restored with every checksum equal, or refused."""

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from levator.cli.main import main
from levator.clinic.acting import Acts
from levator.clinic.backup import Backups, backups_since, make_backup, shelf
from levator.clinic.settings import new_clinic
from levator.clinic.terminal import INSTALLATION, at_terminal
from levator.errors import CallerError, LevatorError, StorageError
from levator.formats import backup_file
from levator.records.model import Batch
from levator.records.people import Patient
from levator.storage import open_repository
from levator.storage.backup import back_up, restore
from levator.storage.sql.snapshot import digests_of
from levator.storage.workplace import workplace
from levator.testing.repository import LATER, a_block, a_header

PASSPHRASE = "a whole sentence is best"
#: How much of the database a disk has room for: not for its copy, or for that and not the backup.
ROOM = [0.5, 1.4] if sys.platform == "linux" and os.geteuid() == 0 else []


def quiet(_: str) -> None:
    """Say nothing."""


def url_of(file: Path) -> str:
    return f"sqlite:///{file}"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    file = tmp_path / "levator.db"
    with open_repository(url_of(file)) as repository:
        with repository.work(writes=True) as work:
            work.put(new_clinic("t", "De Linde", LATER))
            work.put(Patient(id="p", tenant_id="t", given_name="An", family_name="Ex"))
        repository.begin_recording(a_header("sealed"))
        repository.append(Batch(blocks=tuple(a_block(place, "sealed") for place in range(50))))
        repository.close_recording("sealed", LATER, "stop")
        assert list(repository.seal_ended()) == ["sealed"]
    return file


def recorded(database: Path, name: str, begun: threading.Event, enough: threading.Event) -> None:
    with open_repository(url_of(database)) as repository:
        repository.begin_recording(a_header(name))
        place = 0
        while not enough.is_set():
            repository.append(Batch(blocks=(a_block(place, name),)))
            place += 1
            begun.set()
        repository.close_recording(name, LATER, "stop")


def test_made_while_recording_it_is_restored_with_every_checksum_equal(
    database: Path, tmp_path: Path
) -> None:
    begun, enough = threading.Event(), threading.Event()
    recorder = threading.Thread(target=recorded, args=(database, "live", begun, enough))
    recorder.start()
    begun.wait()
    try:
        for number in range(5):
            back_up(url_of(database), tmp_path / f"{number}.backup", LATER, None, quiet)
    finally:
        enough.set()
        recorder.join()
    for number in range(5):
        target = tmp_path / f"back-{number}.db"
        restore(tmp_path / f"{number}.backup", url_of(target), None, quiet)
        with (
            open_repository(url_of(target)) as repository,
            open_repository(url_of(database)) as old,
        ):
            kept = [block.sequence for block in repository.blocks("live")]
            assert kept == list(range(len(kept)))
            assert list(repository.blocks("sealed")) == list(old.blocks("sealed"))
            with repository.work(writes=False) as work:
                assert work.get(Patient, "p", "t").given_name == "An"
    back_up(url_of(database), tmp_path / "last.backup", LATER, None, quiet)
    restore(tmp_path / "last.backup", url_of(tmp_path / "last.db"), None, quiet)
    assert list(digests_of(tmp_path / "last.db")) == list(digests_of(database))


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_one_flipped_byte_anywhere_is_refused_and_nothing_is_left(
    database: Path, tmp_path: Path, passphrase: str | None
) -> None:
    file, damaged = tmp_path / "a.backup", tmp_path / "b.backup"
    back_up(url_of(database), file, LATER, passphrase, quiet)
    content = file.read_bytes()
    before = {one.name for one in tmp_path.iterdir()} | {damaged.name}
    for place in [*range(60), *range(60, len(content), len(content) // 40), len(content) - 1]:
        changed = bytearray(content)
        changed[place] ^= 1 << place % 8
        damaged.write_bytes(changed)
        with pytest.raises(StorageError, match=r"damaged|no backup"):
            restore(damaged, url_of(tmp_path / "new.db"), passphrase, quiet)
    for length in (0, 5, 11, 40, len(content) // 2, len(content) - 1):
        damaged.write_bytes(content[:length])
        with pytest.raises(StorageError, match=r"damaged|no backup"):
            restore(damaged, url_of(tmp_path / "new.db"), passphrase, quiet)
    assert {one.name for one in tmp_path.iterdir()} == before


def test_a_file_that_was_made_to_fit_its_digest_is_still_held_against_its_list(
    database: Path, tmp_path: Path
) -> None:
    copy, manifest = tmp_path / "copy.db", tmp_path / "list"
    manifest.write_text("".join(f'["{table}", "", ""]\n' for table, _, _ in digests_of(database)))
    copy.write_bytes(database.read_bytes())
    backup_file.write_backup(tmp_path / "a.backup", copy, manifest, {}, None)
    with pytest.raises(StorageError, match="what its list says"):
        restore(tmp_path / "a.backup", url_of(tmp_path / "new.db"), None, quiet)


def test_with_a_passphrase_nothing_can_be_read(database: Path, tmp_path: Path) -> None:
    file, target = tmp_path / "a.backup", tmp_path / "new.db"
    back_up(url_of(database), file, LATER, PASSPHRASE, quiet)
    assert b"De Linde" not in file.read_bytes()
    assert b"SQLite format" not in file.read_bytes()
    for wrong, sentence in ((None, "is locked"), ("another sentence", "does not fit")):
        with pytest.raises(CallerError, match=sentence):
            restore(file, url_of(target), wrong, quiet)
    assert not target.exists()
    restore(file, url_of(target), PASSPHRASE, quiet)
    assert list(digests_of(target)) == list(digests_of(database))


def test_a_long_body_is_locked_in_pieces_that_keep_their_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup_file, "PIECE_BYTES", 100)
    database, manifest = tmp_path / "d", tmp_path / "m"
    for length in (0, 92, 99, 100, 192, 1234):
        database.write_bytes(os.urandom(length))
        manifest.write_bytes(b"{}\n")
        backup_file.write_backup(tmp_path / "b", database, manifest, {}, PASSPHRASE)
        opened = backup_file.open_backup(tmp_path / "b")
        opened.unpack(tmp_path / "m2", tmp_path / "d2", PASSPHRASE)
        assert (tmp_path / "d2").read_bytes() == database.read_bytes()
        assert (tmp_path / "m2").read_bytes() == b"{}\n"


def test_a_database_that_is_there_is_never_touched(database: Path, tmp_path: Path) -> None:
    back_up(url_of(database), tmp_path / "a.backup", LATER, None, quiet)
    content = database.read_bytes()
    with pytest.raises(StorageError, match="already"):
        restore(tmp_path / "a.backup", url_of(database), None, quiet)
    (tmp_path / "new.db-wal").write_bytes(b"left behind")
    with pytest.raises(StorageError, match="already"):
        restore(tmp_path / "a.backup", url_of(tmp_path / "new.db"), None, quiet)
    with pytest.raises(StorageError, match="is there already; give a new name"):
        back_up(url_of(database), tmp_path / "a.backup", LATER, None, quiet)
    assert database.read_bytes() == content


def test_a_backup_of_a_newer_levator_is_refused(database: Path, tmp_path: Path) -> None:
    connection = sqlite3.connect(database)
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StorageError, match="newer levator"):
        restore_of(database, tmp_path)


def restore_of(database: Path, folder: Path) -> None:
    back_up(url_of(database), folder / "a.backup", LATER, None, quiet)
    restore(folder / "a.backup", url_of(folder / "new.db"), None, quiet)


def test_only_the_owner_can_read_what_is_made(database: Path, tmp_path: Path) -> None:
    restore_of(database, tmp_path)
    for name in ("a.backup", "new.db"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


def test_a_full_disk_leaves_nothing(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="cannot be written"):
        back_up(url_of(database), tmp_path / "a.backup", LATER, None, quiet)
    assert [one.name for one in tmp_path.iterdir()] == [database.name]
    monkeypatch.undo()
    back_up(url_of(database), tmp_path / "a.backup", LATER, None, quiet)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="nothing was restored, check the folder and the room"):
        restore(tmp_path / "a.backup", url_of(tmp_path / "new.db"), None, quiet)
    assert {one.name for one in tmp_path.iterdir()} == {database.name, "a.backup"}


@contextmanager
def small_disk(path: Path, size: int) -> Iterator[Path]:
    """A disk in memory, which only root on Linux can mount."""
    path.mkdir()
    options = f"size={size},mode=700"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", path], check=True)
    try:
        yield path
    finally:
        subprocess.run(["umount", path], check=True)


#: Makes a backup and says when all of it is there but its name.
HELD_UP = """
import os, sys
from pathlib import Path
from levator.storage.backup import back_up
def held_up(*_):
    print("written", flush=True)
    sys.stdin.read()
os.replace = held_up
back_up(sys.argv[1], Path(sys.argv[2]), "2026-11-29T10:00:00+01:00", None, lambda _: None)
"""


def test_what_a_killed_backup_left_goes_with_the_next_and_a_running_one_stays(
    database: Path, tmp_path: Path
) -> None:
    (tmp_path / "kept").mkdir()
    daily = Backups(url_of(database), tmp_path / "kept", kept=2)
    words = [sys.executable, "-c", HELD_UP, daily.url, str(daily.folder / "monday")]

    def others() -> list[str]:
        found = [one for one in daily.folder.iterdir() if one.suffix != ".backup"]
        return sorted(one.name for one in found if one.is_dir() or b"De Linde" in one.read_bytes())

    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline().strip() == b"written"
        begun = others()
        assert len(begun) == 1
        back_up(daily.url, daily.folder / "a.backup", LATER, None, quiet)
        assert others() == begun
        killed.kill()
    assert others() == begun
    back_up(daily.url, daily.folder / "b.backup", LATER, None, quiet)
    assert sorted(one.name for one in daily.folder.iterdir()) == ["a.backup", "b.backup"]


def test_what_a_killed_backup_left_goes_while_a_server_runs(database: Path, tmp_path: Path) -> None:
    with workplace(tmp_path, "monday") as folder:
        left = tmp_path / ".sunday-abcd_123"
        left.mkdir()
        (left / "database").write_bytes(database.read_bytes())
        (tmp_path / f"{left.name}.levator-lock").touch()
        with open_repository(url_of(database)) as repository:
            task = Backups(url_of(database), tmp_path, kept=2).task(Acts(repository, lambda: LATER))
            (tmp_path / f"levator-{LATER[:10]}.backup").touch()
            task()
        assert folder.is_dir()
    assert not left.exists()


@pytest.mark.parametrize("share", ROOM)
def test_a_disk_that_is_really_full_keeps_no_half_backup(
    database: Path, tmp_path: Path, share: float
) -> None:
    room = int(share * database.stat().st_size)
    with small_disk(tmp_path / "other", room) as disk, open_repository(url_of(database)) as kept:
        acts, backups = Acts(kept, lambda: LATER), Backups(url_of(database), disk, kept=2)
        free = shutil.disk_usage(disk).free
        with pytest.raises(StorageError, match=r"cannot be written \(its disk is full\)"):
            make_backup(acts, at_terminal(), backups.url, disk / "a.backup")
        assert (list(disk.iterdir()), shutil.disk_usage(disk).free) == ([], free)
        assert shelf(acts, at_terminal(), backups).backups == ()


@pytest.mark.parametrize("share", ROOM[:1])
def test_a_database_that_finds_no_room_is_not_restored_in_part(
    database: Path, tmp_path: Path, share: float
) -> None:
    back_up(url_of(database), tmp_path / "a.backup", LATER, None, quiet)
    with small_disk(tmp_path / "other", int(share * database.stat().st_size)) as disk:
        free = shutil.disk_usage(disk).free
        with pytest.raises(StorageError, match=r"\(its disk is full\); nothing was restored"):
            restore(tmp_path / "a.backup", url_of(disk / "new.db"), None, quiet)
        assert (list(disk.iterdir()), shutil.disk_usage(disk).free) == ([], free)


def test_what_does_not_read_back_is_no_backup(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(file: Path, *given: Any) -> None:
        backup_file.write_backup(file, *given)
        content = bytearray(file.read_bytes())
        content[-1000] ^= 1
        file.write_bytes(content)

    monkeypatch.setattr("levator.storage.backup.write_backup", damaged)
    with pytest.raises(StorageError, match="does not read back"):
        back_up(url_of(database), tmp_path / "a.backup", LATER, None, quiet)
    assert [one.name for one in tmp_path.iterdir()] == [database.name]


def test_the_audit_tells_of_it_and_where_it_is(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.backup"
    with open_repository(url_of(database)) as repository:
        make_backup(Acts(repository, lambda: LATER), at_terminal(), url_of(database), file)
        with repository.work(writes=False) as work:
            lines = work.audit_lines(INSTALLATION)
        told = [(line.entry.action, line.entry.outcome) for line in lines]
        assert told == [("backup.make", "done"), ("backup.check", "done")]
        assert backups_since(repository, LATER) == [file]
        assert backups_since(repository, "2027-01-01T00:00:00+01:00") == []
        for early in ("", "0001-01-01", LATER[:10]):
            assert backups_since(repository, early) == [file], early
        file.unlink()
        assert backups_since(repository, LATER) == []


def test_one_a_day_and_the_oldest_of_them_go(database: Path, tmp_path: Path) -> None:
    folder = tmp_path / "daily"
    folder.mkdir()
    (folder / "letter.backup").write_text("not one of ours")
    now = ["2026-12-01T03:00:00+01:00"]
    with open_repository(url_of(database)) as repository:
        task = Backups(url_of(database), folder, kept=3).task(Acts(repository, lambda: now[0]))
        for day in range(1, 6):
            now[0] = f"2026-12-{day:02}T03:00:00+01:00"
            for _ in range(3):
                assert task() is False
    names = sorted(one.name for one in folder.iterdir())
    assert len(names) == 4
    assert names[0] == "letter.backup"


def test_from_the_command_line(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pass").write_text(PASSPHRASE + "\n")
    words = ["--passphrase-file", str(tmp_path / "pass")]
    file, target = str(tmp_path / "a.backup"), tmp_path / "new.db"
    assert main(["backup", file, "--database", url_of(database), *words]) == 0
    assert main(["restore", file, url_of(target), *words]) == 0
    said = capsys.readouterr().out
    assert "The backup is" in said
    assert "Everybody signs in anew" in said
    # That it was read back, and restored, is told to the audit after it was made.
    assert but_the_audit(target) == but_the_audit(database)
    (tmp_path / "pass").write_text("short\n")
    again = str(tmp_path / "b.backup")
    assert main(["backup", again, "--database", url_of(database), *words]) == 1
    assert "too short" in capsys.readouterr().err


def but_the_audit(database: Path) -> list[tuple[str, str, str]]:
    return [one for one in digests_of(database) if one[0] != "audit_line"]


def test_an_older_database_is_backed_up_as_it_is_before_an_update(
    database: Path, tmp_path: Path
) -> None:
    connection = sqlite3.connect(database)
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.close()
    assert main(["backup", str(tmp_path / "a.backup"), "--database", url_of(database)]) == 0
    restore(tmp_path / "a.backup", url_of(tmp_path / "new.db"), None, quiet)
    assert list(digests_of(tmp_path / "new.db")) == list(digests_of(database))


def test_what_has_no_backup_says_so(tmp_path: Path) -> None:
    for url in ("memory://", url_of(tmp_path / "gone.db")):
        with pytest.raises(LevatorError):
            back_up(url, tmp_path / "a.backup", LATER, None, quiet)
    assert list(tmp_path.iterdir()) == []
