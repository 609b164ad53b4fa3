"""Where recordings lie: in memory, or in a database. One folder or file per back end.

What may not live here: what a recording means (`levator.records`), threads and retries
(`levator.live`), and any rule of training or access. A back end fulfils
`levator.records.repository.Repository` and passes `levator.testing.RepositorySuite`.
"""

from __future__ import annotations

from pathlib import Path

from levator.errors import StorageError
from levator.records.repository import Repository

__all__ = ["check_url", "file_of", "open_repository"]

_MEMORY, _POSTGRESQL = "memory://", "postgresql://"


def open_repository(url: str, *, create: bool = True) -> Repository:
    """Open the storage that `url` names.

    `sqlite:///` is followed by a path: relative to the working folder, or with a fourth
    slash from the root. `postgresql://USER:PASSWORD@HOST/DATABASE` is a database of a server,
    which is there. A file or tables that are not there are made, unless `create` is false.
    `memory://` is for a trial. An older schema is brought up to date. Raises StorageError
    when it cannot be used as it is; no message holds more of the URL than its scheme.
    """
    check_url(url)
    file = file_of(url)
    if file is not None:
        return _open_sqlite(str(file), create)
    return _open_postgresql(url, create) if url.startswith(_POSTGRESQL) else _open_memory()


def check_url(url: str) -> None:
    """Raise StorageError for what names no storage; nothing is opened."""
    if url == _MEMORY or url.startswith(_POSTGRESQL) or file_of(url) is not None:
        return
    if url.startswith("sqlite:"):
        raise StorageError("This names no file; write sqlite:///FILE with the name of the file.")
    raise StorageError(
        "Storage %(scheme)r is not known; write sqlite:///FILE, "
        "postgresql://USER:PASSWORD@HOST/DATABASE or memory:// for a trial.",
        scheme=url.partition(":")[0],
    )


def file_of(url: str) -> Path | None:
    """Return the file that an `sqlite:///` URL names; None for any other storage."""
    scheme, _, rest = url.partition("://")
    is_file = scheme == "sqlite" and rest.startswith("/") and rest != "/"
    return Path(rest[1:]) if is_file else None


# The back ends are imported when asked for: the database libraries are slow to load.


def _open_memory() -> Repository:
    from levator.storage.memory import MemoryRepository

    return MemoryRepository()


def _open_sqlite(path: str, create: bool) -> Repository:
    from levator.storage.sql.sqlite import open_sqlite

    return open_sqlite(path, create=create)


def _open_postgresql(url: str, create: bool) -> Repository:
    from levator.storage.sql.postgresql import open_postgresql

    return open_postgresql(url, create=create)
