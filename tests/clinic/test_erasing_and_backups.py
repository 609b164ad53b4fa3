"""Which backups may hold who is erased: they are named, once and again."""

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from levator.clinic.acting import Acts
from levator.clinic.backup import make_backup
from levator.clinic.erasing import erase, foresee
from levator.clinic.terminal import INSTALLATION, at_terminal
from levator.errors import StorageError
from levator.records.audit import AuditEntry
from levator.storage import backup
from levator.storage.backup import back_up
from tests.clinic import desk
from tests.clinic.erasable import CANARY, NOW, WAVE, a_woman, bytes_under, leaks

#: Does what a command does, and says when a backup or a restoring has its database unpacked.
HELD_UP = """
import sys
from levator.cli.main import main
from levator.storage import backup
def held_up(*_):
    print("unpacked", flush=True)
    sys.stdin.read()
backup._must_hold_what_was_backed_up = held_up
main(sys.argv[1:])
"""


@pytest.fixture
def acts(tmp_path: Path) -> Iterator[Acts]:
    with desk.opened("sqlite", tmp_path) as repository:
        yield desk.clinic(repository)


def test_backups_that_still_hold_her_are_named(acts: Acts, tmp_path: Path) -> None:
    a_woman(acts, "c" * 32, CANARY, WAVE)
    url = f"sqlite:///{tmp_path}/levator.db"
    make_backup(acts, at_terminal(), url, tmp_path / "a.backup")
    make_backup(acts, at_terminal(), url, tmp_path / "gone.backup")
    (tmp_path / "gone.backup").unlink()
    done = erase(acts, desk.actor(desk.ADMIN, "clinic_admin"), "c" * 32, "trial-record")
    assert done.backups == (tmp_path / "a.backup",)


@pytest.mark.parametrize("back_end", desk.BACK_ENDS)
def test_one_in_a_folder_that_is_closed_to_the_server_is_named(
    back_end: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as one that root made beside a server that runs as somebody else."""
    file, looked = tmp_path / "closed" / "a.backup", Path.stat

    def stat(path: Path, **how: bool) -> os.stat_result:
        if path.parent == file.parent:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return looked(path, **how)

    monkeypatch.setattr(Path, "stat", stat)
    with desk.opened(back_end, tmp_path) as repository:
        acts, admin = desk.clinic(repository), desk.actor(desk.ADMIN, "clinic_admin")
        hers = desk.made(acts).id
        for one in (file, tmp_path / "gone.backup", tmp_path / "gone" / "a.backup"):
            with acts.in_installation(at_terminal(), "backup.make") as act:
                act.detail = f"file={one}"
        assert foresee(acts, admin, hers).backups == (file,)
        assert erase(acts, admin, hers, "her-request").backups == (file,)
        assert erase(acts, admin, hers).backups == (file,)


def killed(*words: str) -> None:
    """Kill a command while everything of a database lies unpacked on the disk."""
    told = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", HELD_UP, *words], **told) as process:
        assert process.stdout is not None
        assert any("unpacked" in line for line in process.stdout)
        process.kill()


def test_what_a_killed_backup_and_a_killed_restoring_unpacked_goes(
    acts: Acts, tmp_path: Path
) -> None:
    a_woman(acts, "c" * 32, CANARY, WAVE)
    kept, file = tmp_path / "kept", tmp_path / "kept" / "a.backup"
    kept.mkdir()
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("a whole sentence is best")
    passphrase.chmod(0o600)
    locked = "--passphrase-file", str(passphrase)
    killed("backup", str(file), *locked, "--database", f"sqlite:///{tmp_path}/levator.db")
    killed("restore", str(file), *locked, f"sqlite:///{tmp_path}/new.db")
    assert [CANARY.encode() in bytes_under(one) for one in (kept, tmp_path)] == [True, True]
    admin = desk.actor(desk.ADMIN, "clinic_admin")
    assert erase(acts, admin, "c" * 32, "her-request").backups == (file,)
    assert list(kept.iterdir()) == [file]
    assert leaks(tmp_path, []) == []
    assert not list(tmp_path.glob(".*"))


def test_what_cannot_be_taken_away_of_a_killed_backup_is_named(
    acts: Acts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as what another user's process left."""
    a_woman(acts, "c" * 32, CANARY, WAVE)
    killed("backup", str(tmp_path / "a.backup"), "--database", f"sqlite:///{tmp_path}/levator.db")
    (tmp_path / "a.backup").unlink()
    admin = desk.actor(desk.ADMIN, "clinic_admin")
    with monkeypatch.context() as patched:
        patched.setattr("levator.storage.workplace._is_own", lambda *_: False)
        erased = erase(acts, admin, "c" * 32, "her-request")
        assert erased.backups == (tmp_path / "a.backup",)
    assert erase(acts, admin, "c" * 32).backups == ()


def test_a_backup_of_another_process_that_is_not_written_yet_is_named(
    acts: Acts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_woman(acts, "c" * 32, CANARY, WAVE)
    admin, url = desk.actor(desk.ADMIN, "clinic_admin"), f"sqlite:///{tmp_path}/levator.db"
    named = []

    def copied(*_: object) -> None:
        named.append(foresee(acts, admin, "c" * 32).backups)
        named.append(erase(acts, admin, "c" * 32, "her-request").backups)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "write_backup", copied)
    with pytest.raises(StorageError):
        make_backup(acts, at_terminal(), url, tmp_path / "a.backup")
    assert named == [(tmp_path / "a.backup",)] * 2
    assert erase(acts, admin, "c" * 32).backups == ()


def test_she_is_erased_at_the_moment_at_which_its_turn_came(acts: Acts, tmp_path: Path) -> None:
    """Else a backup that was made while it waited would not be named by erasing once more."""
    a_woman(acts, "c" * 32, CANARY, WAVE)
    admin, now, asked = desk.actor(desk.ADMIN, "clinic_admin"), [NOW], Event()

    def told() -> str:
        asked.set()
        return now[0]

    url = f"sqlite:///{tmp_path}/levator.db"
    with ThreadPoolExecutor(1) as thread:
        with acts.repository.work(writes=True) as work:
            done = thread.submit(erase, Acts(acts.repository, told), admin, "c" * 32, "her-request")
            assert asked.wait(30)
            back_up(url, tmp_path / "a.backup", NOW, None, lambda _: None)
            now[0] = "2026-11-29T10:00:09+01:00"
            line = AuditEntry(
                at="2026-11-29T10:00:05+01:00",
                tenant_id=INSTALLATION,
                user_id="",
                role="system_admin",
                action="backup.make",
                outcome="done",
                detail=f"file={tmp_path}/a.backup",
            )
            work.audit(line)
        assert done.result().backups == (tmp_path / "a.backup",)
    assert erase(acts, admin, "c" * 32).backups == (tmp_path / "a.backup",)
