"""Every back end passes the shipped suite."""

from hashlib import sha256
from pathlib import Path

import pytest

from levator.records.repository import Repository
from levator.storage import open_repository
from levator.testing import (
    PersistentRepositorySuite,
    PersistentWorkSuite,
    RepositorySuite,
    WorkSuite,
)
from tests.postgresql import Cluster
from tests.sqlite import opened_in


class TestMemory(RepositorySuite, WorkSuite):
    def opened(self, folder: Path) -> Repository:
        return open_repository("memory://")


class TestSqlite(PersistentRepositorySuite, PersistentWorkSuite):
    def opened(self, folder: Path) -> Repository:
        return opened_in(folder)


@pytest.mark.usefixtures("server")
class TestPostgresql(PersistentRepositorySuite, PersistentWorkSuite):
    cluster: Cluster

    @pytest.fixture
    def server(self, postgresql: Cluster) -> None:
        type(self).cluster = postgresql

    def opened(self, folder: Path) -> Repository:
        name = "suite_" + sha256(str(folder).encode()).hexdigest()[:16]
        return open_repository(self.cluster.database(name, migrated(self.cluster)))


def migrated(cluster: Cluster) -> str:
    """Return the name of a database with the newest schema, of which others are copies."""
    name = "migrated"
    if not cluster.has(name):
        open_repository(cluster.database(name)).close()
    return name
