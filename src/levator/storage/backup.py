"""Backups of whatever a storage URL names, and restoring them to one that holds nothing.

What may not live here: who may do it and what the audit says of it (`levator.clinic`).
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path

from levator import __version__
from levator.errors import StorageError, mark
from levator.formats.backup_file import make_names_durable, open_backup, write_backup
from levator.storage import file_of, open_repository

#: What is told as a long piece of work goes on.
Told = Callable[[str], None]
COPYING = mark("Copying the database ...")
SUMMING = mark("Taking the checksum of every record ...")
WRITING = mark("Writing the file ...")
CHECKING = mark("Checking every byte ...")
FILLING = mark("Filling the database ...")


def back_up(url: str, file: Path, made_at: str, passphrase: str | None, told: Told) -> None:
    """Write a backup of a database that may be in use; its schema may be older than ours.

    Raises StorageError, and leaves nothing, where that cannot be done.
    """
    if file.exists():
        raise StorageError("%(file)s is there already; give a new name.", file=str(file))
    try:
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}-") as folder:
            database, manifest = Path(folder) / "database", Path(folder) / "manifest"
            told(COPYING)
            _copy(url, database)
            told(SUMMING)
            with manifest.open("w", encoding="utf-8") as lines:
                lines.writelines(_manifest(database))
            told(WRITING)
            about = {"levator": __version__, "made_at": made_at}
            write_backup(file, database, manifest, about, passphrase)
    except OSError as error:
        raise StorageError(
            "The backup %(file)s cannot be written; check the folder and the room on its disk.",
            file=str(file),
        ) from error


def _copy(url: str, into: Path) -> None:
    from levator.storage.sql.repository import SqlRepository
    from levator.storage.sql.snapshot import snapshot_of, snapshot_of_file

    database = file_of(url)
    if database is not None:
        snapshot_of_file(database, into)
        return
    with open_repository(url, create=False) as repository:
        if not isinstance(repository, SqlRepository):
            raise StorageError("What is in memory only has no backup; name a database.")
        snapshot_of(repository, into)


def _manifest(database: Path) -> Iterator[str]:
    from levator.storage.sql.snapshot import digests_of

    for table, key, digest in digests_of(database):
        yield json.dumps([table, key, digest]) + "\n"


def restore(file: Path, url: str, passphrase: str | None, told: Told) -> None:
    """Make a database of a backup, all of it or nothing.

    Raises StorageError for one damaged byte, a newer schema, or a database that is there.
    """
    target = file_of(url)
    if target is not None:
        _must_be_free(target)
    told(CHECKING)
    backup = open_backup(file)
    parent = target.parent if target is not None else None
    with tempfile.TemporaryDirectory(dir=parent, prefix=".levator-restore-") as folder:
        manifest, database = Path(folder) / "manifest", Path(folder) / "database"
        _make_private(database)
        backup.unpack(manifest, database, passphrase)
        told(SUMMING)
        _must_hold_what_was_backed_up(file, manifest, database)
        told(FILLING)
        _put(database, target, url)


def _must_be_free(target: Path) -> None:
    from levator.storage.sql.snapshot import already_there

    if not target.parent.is_dir():
        raise StorageError(
            "The folder %(folder)s is not there; make it, or choose another.",
            folder=str(target.parent),
        )
    # A log that an older database left behind would be taken for this one's.
    beside = (target.with_name(target.name + ending) for ending in ("", "-wal", "-shm"))
    if any(one.exists() for one in beside):
        raise already_there()


def _make_private(file: Path) -> None:
    os.close(os.open(file, os.O_CREAT | os.O_EXCL, 0o600))


def _must_hold_what_was_backed_up(file: Path, manifest: Path, database: Path) -> None:
    from levator.storage.sql.snapshot import schema_in

    schema_in(database)
    with manifest.open(encoding="utf-8") as lines:
        if any(one != other for one, other in zip_longest(lines, _manifest(database))):
            raise StorageError(
                "The backup %(file)s does not hold what its list says; nothing was restored, "
                "take another one.",
                file=str(file),
            )


def _put(database: Path, target: Path | None, url: str) -> None:
    if target is not None:
        with database.open("rb+") as written:
            os.fsync(written.fileno())
        os.rename(database, target)
        make_names_durable(target.parent)
        return
    from levator.storage.sql.repository import SqlRepository
    from levator.storage.sql.snapshot import fill

    with open_repository(url) as repository:
        if not isinstance(repository, SqlRepository):
            raise StorageError("What is in memory only has no backup; name a database.")
        fill(repository, database)
