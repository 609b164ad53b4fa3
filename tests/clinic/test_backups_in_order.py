"""Which backup is older, was checked or may hold somebody is told by moments, not by text."""

import errno
import re
import struct
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from levator.clinic.acting import Acts
from levator.clinic.backup import Backups, KeptBackup, backups_since, make_backup, shelf
from levator.clinic.terminal import at_terminal
from levator.formats.backup_file import MAGIC
from levator.storage.backup import back_up
from tests.clinic import desk
from tests.zone import in_zone, needs_zones

#: In the hour that clocks show twice: the later one has the smaller text.
BEFORE, AFTER = "2026-10-25T02:30:00+02:00", "2026-10-25T02:10:00+01:00"
Clocked = Callable[[str], Acts]


def url(folder: Path) -> str:
    return f"sqlite:///{folder}/levator.db"


def quiet(_: str) -> None:
    """Say nothing."""


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Clocked]:
    with desk.opened("sqlite", tmp_path) as repository:
        desk.clinic(repository)
        yield lambda now: Acts(repository, lambda: now)


def listed(acts: Acts) -> list[KeptBackup]:
    return list(shelf(acts, at_terminal(), None).backups)


def test_of_those_made_by_hand_the_newest_stays_in_the_hour_that_comes_twice(
    at: Clocked, tmp_path: Path
) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    unreadable = folder / "levator-2026-10-01-120000.backup"
    unreadable.write_text("cut off")
    backups = Backups(url(tmp_path), folder, kept=1)
    for now in (BEFORE, AFTER):
        backups._by_hand(at(now), at_terminal())
        assert backups.trouble is None
    assert [one.made_at for one in listed(at(AFTER))] == [AFTER]
    assert unreadable.exists()


def test_one_of_a_time_to_come_hides_no_lateness_and_takes_no_place(
    at: Clocked, tmp_path: Path
) -> None:
    """A clock that was once wrong made it."""
    folder, days = tmp_path / "kept", [f"2026-10-{day}T03:00:00+01:00" for day in (26, 27, 28)]
    folder.mkdir()
    ahead = folder / "levator-2030-01-01.backup"
    back_up(url(tmp_path), ahead, "2030-01-01T03:00:00+01:00", None, quiet)
    backups = Backups(url(tmp_path), folder, kept=1)
    assert shelf(at(days[0]), at_terminal(), backups).is_late
    for now in days:
        backups.task(at(now))()
        made = folder / f"levator-{now[:10]}.backup"
        assert sorted(folder.iterdir()) == [made, ahead]
        assert not shelf(at(now), at_terminal(), backups).is_late
    assert shelf(at("2026-11-05T03:00:00+01:00"), at_terminal(), backups).is_late


def test_the_one_just_made_stays_beside_one_of_the_same_moment(at: Clocked, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    backups = Backups(url(tmp_path), folder, kept=1)
    same = "2026-10-27T02:59:59+01:00"
    back_up(url(tmp_path), folder / "levator-2026-10-28.backup", same, None, quiet)
    backups.task(at(same))()
    assert (folder / "levator-2026-10-27.backup").exists()


@pytest.mark.parametrize(
    "header",
    [
        b"[" * 60_000,
        b'{"made_at": "9999-12-31T23:59:59"}',
        b'{"made_at": "0001-01-01T00:00:00"}',
        b'{"made_at": 5}',
        b"[1]",
        b'"x"',
    ],
    ids=lambda header: header[:32].decode(),
)
@needs_zones
def test_what_is_no_backup_is_passed_over(at: Clocked, tmp_path: Path, header: bytes) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    odd = folder / "levator-2026-10-01.backup"
    odd.write_bytes(MAGIC + struct.pack("<I", len(header)) + header + b"x" * 32)
    backups = Backups(url(tmp_path), folder, kept=1)
    for zone in ("UTC+11", "UTC-11"):
        with in_zone(zone):
            assert shelf(at(AFTER), at_terminal(), backups).backups == ()
    backups.task(at(AFTER))()
    assert odd.exists()
    assert len(listed(at(AFTER))) == 1


def test_an_old_one_that_cannot_be_removed_is_said(
    at: Clocked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    backups = Backups(url(tmp_path), folder, kept=1)
    backups._by_hand(at(BEFORE), at_terminal())

    unlink = Path.unlink

    def refused(path: Path, **how: bool) -> None:
        if path.suffix == ".backup":
            raise PermissionError(errno.EPERM, "Operation not permitted")
        unlink(path, **how)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refused)
        backups._by_hand(at(AFTER), at_terminal())
    said = "The backup is made, but an old one in .* cannot be removed"
    assert re.match(said, str(backups.trouble))
    assert len(listed(at(AFTER))) == 2


def test_what_was_read_back_later_is_told_as_checked_and_an_older_check_is_none(
    at: Clocked, tmp_path: Path
) -> None:
    file, now = tmp_path / "a.backup", [BEFORE]
    acts = Acts(at(BEFORE).repository, lambda: now[0])

    def told(_: str) -> None:
        now[0] = AFTER

    make_backup(acts, at_terminal(), url(tmp_path), file, None, told)
    [checked] = listed(acts)
    assert (checked.made_at, checked.checked_at) == (BEFORE, AFTER)
    file.unlink()
    make_backup(at(BEFORE), at_terminal(), url(tmp_path), file)
    file.unlink()
    back_up(url(tmp_path), file, AFTER, None, quiet)
    [unchecked] = listed(acts)
    assert (unchecked.made_at, unchecked.checked_at) == (AFTER, None)


def test_one_that_says_no_offset_is_in_the_list(at: Clocked, tmp_path: Path) -> None:
    make_backup(at(BEFORE), at_terminal(), url(tmp_path), tmp_path / "a.backup")
    back_up(url(tmp_path), tmp_path / "b.backup", "2026-10-24T12:00:00", None, quiet)
    kept = Backups(url(tmp_path), tmp_path, kept=2)
    found = shelf(at(AFTER), at_terminal(), kept).backups
    assert [one.name for one in found] == ["a.backup", "b.backup"]
    assert all(datetime.fromisoformat(one.made_at).tzinfo for one in found)


def test_which_may_hold_somebody_is_told_by_moments(at: Clocked, tmp_path: Path) -> None:
    before, after = tmp_path / "before.backup", tmp_path / "after.backup"
    make_backup(at(BEFORE), at_terminal(), url(tmp_path), before)
    make_backup(at(AFTER), at_terminal(), url(tmp_path), after)
    repository = at(AFTER).repository
    assert backups_since(repository, "", until=BEFORE) == [before]
    assert backups_since(repository, "", until=AFTER) == [before, after]
    assert backups_since(repository, AFTER) == [after]
    assert backups_since(repository, BEFORE) == [before, after]


def test_of_a_beginning_without_its_offset_the_day_before_counts(
    at: Clocked, tmp_path: Path
) -> None:
    file = tmp_path / "a.backup"
    make_backup(at("2026-11-28T12:00:00+01:00"), at_terminal(), url(tmp_path), file)
    repository = at(AFTER).repository
    assert backups_since(repository, "2026-11-29") == [file]
    assert backups_since(repository, "2026-11-29T11:00:00") == [file]
    assert backups_since(repository, "2026-11-29T11:00:01") == []
