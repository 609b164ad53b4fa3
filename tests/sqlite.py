"""Database files of the tests: the tables are made once, and each test has a copy of them."""

import tempfile
from functools import cache
from pathlib import Path

from levator.records.repository import Repository
from levator.storage import open_repository


def opened_in(folder: Path) -> Repository:
    """Open the database of a folder; make it where it is not there."""
    file = folder / "levator.db"
    if not file.exists():
        file.touch(0o600)
        file.write_bytes(_empty())
    return open_repository(f"sqlite:///{file}")


@cache
def _empty() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "levator.db")
        open_repository(f"sqlite:///{file}").close()
        return file.read_bytes()
