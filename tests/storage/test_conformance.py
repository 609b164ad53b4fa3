"""Every back end passes the shipped suite."""

from pathlib import Path

from levator.records.repository import Repository
from levator.storage import open_repository
from levator.testing import (
    PersistentRepositorySuite,
    PersistentWorkSuite,
    RepositorySuite,
    WorkSuite,
)


class TestMemory(RepositorySuite, WorkSuite):
    def opened(self, folder: Path) -> Repository:
        return open_repository("memory://")


class TestSqlite(PersistentRepositorySuite, PersistentWorkSuite):
    def opened(self, folder: Path) -> Repository:
        return open_repository(f"sqlite:///{folder}/levator.db")
