"""Whether a folder can be used, part by part of its path: what is really in the way is said."""

from __future__ import annotations

import os
from pathlib import Path

from levator.errors import StorageError


def check_folder(folder: Path) -> None:
    """Raise StorageError unless this is a folder into which whoever runs this may look."""
    whole = folder.absolute()
    for part in (*reversed(whole.parents), whole):
        if not os.path.isdir(part):
            raise _is_a_file(part) if os.path.lexists(part) else _not_there(folder)
        if not _may_enter(part):
            raise StorageError(
                "You have no right to look into the folder %(folder)s; act as who runs levator, "
                "or choose another.",
                folder=str(part),
            )


def check_new(file: Path) -> None:
    """Raise StorageError unless a file of this name can come into its folder as a new one."""
    check_folder(file.parent)
    if os.path.lexists(file):
        raise StorageError("%(file)s is there already; give a new name.", file=str(file))


def _may_enter(folder: Path) -> bool:
    return os.access(folder, os.X_OK, effective_ids=os.access in os.supports_effective_ids)


def _is_a_file(path: Path) -> StorageError:
    return StorageError("%(file)s is a file, not a folder; choose a folder.", file=str(path))


def _not_there(folder: Path) -> StorageError:
    return StorageError(
        "The folder %(folder)s is not there; make it, or choose another.", folder=str(folder)
    )
