from collections.abc import Iterator
from pathlib import Path

import pytest

from levator.clinic.accounts import Accounts
from levator.clinic.acting import Acts
from tests.clinic import desk
from tests.clinic.people import Clock, accounts_on


@pytest.fixture(params=desk.BACK_ENDS)
def acts(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Acts]:
    """Acts over one clinic, on each back end."""
    with desk.opened(request.param, tmp_path) as repository:
        yield desk.clinic(repository)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=desk.BACK_ENDS)
def accounts(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Accounts]:
    """Accounts of one clinic with somebody in every role, on each back end."""
    with desk.opened(request.param, tmp_path) as repository:
        yield accounts_on(repository, clock)
