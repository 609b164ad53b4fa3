from collections.abc import Iterator
from pathlib import Path

import pytest

from levator.clinic.acting import Acts
from levator.storage import open_repository
from tests.clinic import desk


@pytest.fixture
def acts() -> Iterator[Acts]:
    """A clinic in memory; the suite of the storage holds every back end to the same."""
    with open_repository("memory://") as repository:
        yield desk.clinic(repository)


@pytest.fixture(params=desk.BACK_ENDS)
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Acts]:
    """The same on each back end."""
    with desk.opened(request.param, tmp_path) as repository:
        yield desk.clinic(repository)
