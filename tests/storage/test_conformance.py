"""Every back end passes the shipped suite."""

from pathlib import Path

from levator.records.repository import Repository
from levator.storage import open_repository
from levator.testing import PersistentRepositorySuite, RepositorySuite


class TestMemory(RepositorySuite):
    def opened(self, folder: Path) -> Repository:
        return open_repository("memory://")


class TestSqlite(PersistentRepositorySuite):
    def opened(self, folder: Path) -> Repository:
        return open_repository(f"sqlite:///{folder}/levator.db")
