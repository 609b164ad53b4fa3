"""What a killed process left of its own work goes; whatever else is hidden there stays."""

import os
from pathlib import Path

import pytest

from levator.storage.workplace import remove_left_over, workplace

LOCK = ".levator-lock"


def left(place: Path, name: str = ".levator-restore-abcd_123") -> tuple[Path, Path]:
    """A folder with something in it, and the lock beside it, which nobody holds."""
    folder = place / name
    folder.mkdir()
    (folder / "database").write_bytes(b"all of it")
    lock = place / f"{name}{LOCK}"
    lock.touch()
    return folder, lock


def test_what_nobody_works_in_any_more_goes_and_what_is_in_use_stays(tmp_path: Path) -> None:
    with workplace(tmp_path, "levator-restore") as folder:
        left(tmp_path)
        remove_left_over(tmp_path)
        assert sorted(tmp_path.iterdir()) == [folder, folder.with_name(folder.name + LOCK)]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", [".ssh", ".levator", ".config-of-mine", "levator-restore-abcd_123"]
)
def test_a_lock_beside_a_folder_of_another_name_takes_nothing_away(
    tmp_path: Path, name: str
) -> None:
    folder, lock = left(tmp_path, name)
    remove_left_over(tmp_path)
    assert (folder / "database").exists()
    assert lock.exists()


@pytest.mark.parametrize("whose", ["folder", "lock"])
def test_nothing_goes_where_folder_or_lock_is_of_another_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whose: str
) -> None:
    folder, lock = left(tmp_path)
    another = folder if whose == "folder" else lock

    def lstat(path: Path) -> os.stat_result:
        found = list(os.lstat(path)[:10])
        found[4] += path == another
        return os.stat_result(found)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "lstat", lstat)
        remove_left_over(tmp_path)
        assert (folder / "database").exists()
    remove_left_over(tmp_path)
    assert not folder.exists()


@pytest.mark.parametrize("whose", ["folder", "lock"])
def test_nothing_goes_where_folder_or_lock_is_a_link(tmp_path: Path, whose: str) -> None:
    folder, lock = left(tmp_path)
    link = folder if whose == "folder" else lock
    link.rename(tmp_path / "elsewhere")
    link.symlink_to(tmp_path / "elsewhere")
    remove_left_over(tmp_path)
    assert (folder / "database").exists()
