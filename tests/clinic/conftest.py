from collections.abc import Iterator
from pathlib import Path

import pytest

from levator.clinic.acting import Acts
from tests.clinic import desk


@pytest.fixture(params=desk.BACK_ENDS)
def acts(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Acts]:
    """Acts over one clinic, on each back end."""
    with desk.opened(request.param, tmp_path) as repository:
        yield desk.clinic(repository)
