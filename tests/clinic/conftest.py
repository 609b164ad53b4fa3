from collections.abc import Iterator
from pathlib import Path

import pytest

from levator.clinic.accounts import Accounts
from levator.clinic.acting import Acts
from tests.clinic import desk
from tests.clinic.people import Clock, accounts_on
from tests.clinic.push_service import Service, push_service


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


@pytest.fixture(scope="module")
def answering(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A push service on this computer, for one file of tests."""
    with push_service(tmp_path_factory.mktemp("push")) as service:
        yield service


@pytest.fixture
def service(answering: Service) -> Service:
    """The same, with nothing sent to it yet."""
    answering.got.clear()
    answering.answers.clear()
    return answering
