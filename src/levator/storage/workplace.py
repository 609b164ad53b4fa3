"""A folder to work in beside the file that is made, gone with whoever works there.

A process that is killed leaves everything of a database in it; whoever works beside it next
takes that away. The lock lies beside the folder and is held before the folder is there, so
that a folder without anybody who holds its lock is nobody's. Only what is named as here goes, and
only its owner takes it away: a lock that somebody else puts beside a folder says nothing of it.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path

from levator.storage.sql.lock import lock

_LOCK = ".levator-lock"
#: What `mkstemp` puts behind a name, as a pattern.
_ANY = "????????"


@contextmanager
def workplace(parent: Path | None, name: str) -> Iterator[Path]:
    """Yield a new folder in `parent`, or where the system keeps such; remove what was left there.

    name : what its own name begins with, after a dot.
    """
    place = _place(parent)
    remove_left_over(place)
    descriptor, held = tempfile.mkstemp(_LOCK, f".{name}-", place)
    folder = Path(held.removesuffix(_LOCK))
    try:
        # On a disk that knows no locks nobody gets this one: nothing there is ever removed.
        with suppress(OSError):
            lock(descriptor)
        folder.mkdir(0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder)
    finally:
        os.close(descriptor)
        os.unlink(held)


def remove_left_over(parent: Path | None) -> None:
    """Remove the folders of one's own in which nobody works any more; see `workplace`.

    A place that is not there, or is closed to us, has none.
    """
    found: list[Path] = []
    with suppress(OSError):
        found += _place(parent).glob(f".*-{_ANY}{_LOCK}")
    for held in found:
        folder = held.with_name(held.name.removesuffix(_LOCK))
        # Somebody works there, or one of the two is not there any more.
        with suppress(OSError):
            if _is_own(held, stat.S_ISREG) and _is_own(folder, stat.S_ISDIR):
                _remove(folder, held)


def _place(parent: Path | None) -> Path:
    return Path(tempfile.gettempdir()) if parent is None else parent


def _is_own(path: Path, is_of_kind: Callable[[int], bool]) -> bool:
    """Return whether it is what it should be, no link to it, and of who runs this."""
    found = path.lstat()
    # Windows knows no such owner.
    is_mine = sys.platform == "win32" or found.st_uid == os.geteuid()
    return is_of_kind(found.st_mode) and is_mine


def _remove(folder: Path, held: Path) -> None:
    descriptor = os.open(held, os.O_RDWR)
    try:
        lock(descriptor)
        shutil.rmtree(folder)
    finally:
        os.close(descriptor)
    held.unlink()


def has_workplace(file: Path) -> bool:
    """Return whether there is such a folder with the name of a file, of whatever process."""
    beside = file.parent.glob(f".{escape(file.name)}-{_ANY}")
    with suppress(OSError):
        return any(one.is_dir() for one in beside)
    return False
