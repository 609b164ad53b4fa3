"""Backups of whatever a storage URL names, and restoring them to one that holds nothing.

What may not live here: who may do it and what the audit says of it (`levator.clinic`).
"""

from __future__ import annotations

import errno
import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import zip_longest
from pathlib import Path

from levator import __version__
from levator.errors import Phrase, StorageError, mark, system_reason
from levator.formats.backup_file import make_names_durable, open_backup, write_backup
from levator.records.repository import Repository
from levator.storage import file_of, open_repository
from levator.storage.folder import check_folder, check_new
from levator.storage.workplace import workplace

#: What is told as a long piece of work goes on; making a backup tells `STEPS` of them.
Told = Callable[[str], None]
COPYING = mark("Copying the database ...")
SUMMING = mark("Taking the checksum of every record ...")
WRITING = mark("Writing the file ...")
CHECKING = mark("Checking every byte ...")
STEPS = 5
_OF_DISK: Mapping[int | None, Phrase] = {
    errno.ENOSPC: Phrase("its disk is full"),
    errno.EDQUOT: Phrase("its disk is full"),
    errno.EROFS: Phrase("its disk can only be read"),
}
FILLING = mark("Filling the database ...")


def back_up(url: str, file: Path, made_at: str, passphrase: str | None, told: Told) -> None:
    """Write a backup of a database that may be in use; its schema may be older than ours.

    It is read back before it counts. Raises StorageError, and leaves nothing, where that
    cannot be done.
    """
    check_new(file)
    try:
        with workplace(file.parent, file.name) as folder:
            database, manifest = folder / "database", folder / "manifest"
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
            "The backup %(file)s cannot be written (%(reason)s); check the folder and the room on "
            "its disk.",
            file=str(file),
            reason=disk_reason(error),
        ) from error
    _read_back(file, passphrase, told)


def disk_reason(error: OSError) -> Phrase:
    """Return in a few words what a disk or the system has against a file."""
    return _OF_DISK.get(error.errno) or system_reason(error)


def _read_back(file: Path, passphrase: str | None, told: Told) -> None:
    """Do what a restore would, and put it nowhere; what does not come back is no backup."""
    try:
        # By its name, so that whoever is erased meanwhile is told of it, also after a kill.
        with _unpacked(file, file.parent, passphrase, told, file.name):
            pass
    except (StorageError, OSError) as error:
        file.unlink(missing_ok=True)
        raise StorageError(
            "The backup %(file)s does not read back as it was written, so it was removed; check "
            "its disk and make another.",
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


def restore(
    file: Path,
    url: str,
    passphrase: str | None,
    told: Told,
    prepare: Callable[[Repository], None] | None = None,
) -> None:
    """Make a database of a backup, all of it or nothing.

    prepare : changes it before anybody can open it at its place.

    Raises StorageError for one damaged byte, a newer schema, or a database that is there.
    """
    target = file_of(url)
    if target is not None:
        _must_be_free(target)
    parent = target.parent if target is not None else None
    try:
        with _unpacked(file, parent, passphrase, told) as database:
            _must_be_known(file, database)
            told(FILLING)
            if prepare is not None:
                _prepare(database, prepare)
            _put(database, target, url)
    except OSError as error:
        raise StorageError(
            "The database cannot be written (%(reason)s); nothing was restored, check the folder "
            "and the room on its disk.",
            reason=disk_reason(error),
        ) from error


@contextmanager
def _unpacked(
    file: Path,
    parent: Path | None,
    passphrase: str | None,
    told: Told,
    name: str = "levator-restore",
) -> Iterator[Path]:
    """Yield the database that is in a backup, each byte and each record checked."""
    told(CHECKING)
    backup = open_backup(file)
    with workplace(parent, name) as folder:
        manifest, database = folder / "manifest", folder / "database"
        _make_private(database)
        backup.unpack(manifest, database, passphrase)
        told(SUMMING)
        _must_hold_what_was_backed_up(file, manifest, database)
        yield database


def _must_be_free(target: Path) -> None:
    from levator.storage.sql.snapshot import already_there

    check_folder(target.parent)
    # A log that an older database left behind would be taken for this one's.
    beside = (target.with_name(target.name + ending) for ending in ("", "-wal", "-shm"))
    if any(one.exists() for one in beside):
        raise already_there()


def _make_private(file: Path) -> None:
    os.close(os.open(file, os.O_CREAT | os.O_EXCL, 0o600))


def _must_hold_what_was_backed_up(file: Path, manifest: Path, database: Path) -> None:
    from levator.storage.sql.snapshot import must_be_plain

    try:
        must_be_plain(database)
        with manifest.open(encoding="utf-8") as lines:
            is_same = all(one == other for one, other in zip_longest(lines, _manifest(database)))
    except (sqlite3.Error, ValueError) as error:
        raise _different(file) from error
    if not is_same:
        raise _different(file)


def _must_be_known(file: Path, database: Path) -> None:
    from levator.storage.sql.snapshot import schema_in

    try:
        schema_in(database, named=file)
    except sqlite3.Error as error:
        raise _different(file) from error


def _different(file: Path) -> StorageError:
    return StorageError(
        "The backup %(file)s does not hold what its list says; nothing was restored, "
        "take another one.",
        file=str(file),
    )


def _prepare(database: Path, prepare: Callable[[Repository], None]) -> None:
    with open_repository(f"sqlite:///{database}", create=False) as repository:
        prepare(repository)
    # It is moved without its log.
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


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
