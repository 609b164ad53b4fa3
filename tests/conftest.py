"""Settings for every test."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests import outside
from tests.postgresql import Cluster

# The same examples on every machine, so that red here is red there; no timed assertions.
settings.register_profile("same-everywhere", derandomize=True, deadline=None, max_examples=100)
# LEV_HYPOTHESIS=search looks for new counter-examples.
settings.register_profile("search", deadline=None, max_examples=2000)
# What the command line says is compared with English words, wherever the tests run.
os.environ["LEVATOR_LANGUAGE"] = "en"
settings.load_profile(os.environ.get("LEV_HYPOTHESIS", "same-everywhere"))
outside.watch()
#: The files of tests that take longest, from the longest down.
LONGEST = (
    "web/test_matrix", "web/test_bad_input", "web/test_canaries", "api/test_schema",
    "web/test_absurd_samples", "web/test_routes", "clinic/test_exporting",
    "browser/test_every_page", "browser/test_live_screens", "browser/test_patient_screen",
    "browser/test_patient_sound", "browser/test_desk", "browser/test_therapist_screen",
)  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_goes_outside() -> Iterator[None]:
    """A test is red if anything in it wanted to reach beyond this computer."""
    outside.attempts.clear()
    yield
    assert not outside.attempts, "; ".join(outside.attempts)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the browser tests last: Playwright keeps an event loop in the main thread.

    The longest files come first among theirs, so that no core is left with one at the end.
    """
    place = {name: index for index, name in enumerate(LONGEST)}

    def comes(item: pytest.Item) -> tuple[bool, int]:
        return "browser" in item.path.parts, place.get(
            "/".join(item.path.with_suffix("").parts[-2:]), len(place)
        )

    items.sort(key=comes)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A running PostgreSQL, the same for all tests; each takes a database of its own."""
    home = Path(tempfile.mkdtemp(prefix="levator-"))
    home.chmod(0o755)
    cluster = Cluster(home)
    cluster.make()
    cluster.start()
    yield cluster
    cluster.stop("immediate")
    shutil.rmtree(home)
