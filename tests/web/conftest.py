"""A running server for each file of tests, and the browsers in front of it."""

from collections.abc import Iterator

import pytest
from httpx import Client

from tests.web.served import Served, served
from tests.web.two_clinics import Person, TwoClinics, two_clinics
from tests.web.whole_record import HERE, THERE


@pytest.fixture(scope="module")
def running() -> Iterator[Served]:
    with served() as running:
        yield running


@pytest.fixture
def server(running: Served) -> Iterator[Served]:
    """The server of this module, without rooms, guesses and desks of another test."""
    yield running

    async def close() -> None:
        await running.clinic.rooms.close()
        for room in list(running.clinic.rooms.rooms.values()):
            running.clinic.rooms.forget(room)
        running.clinic.rooms.__post_init__()

    running.call(close())


@pytest.fixture
def client(server: Served) -> Iterator[Client]:
    with server.client() as client:
        yield client


@pytest.fixture
def stranger(server: Served) -> Iterator[Client]:
    """Another browser on the same computer."""
    with server.client() as stranger:
        yield stranger


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoClinics]:
    """Two clinics, each with a recording of somebody."""
    with two_clinics(tmp_path_factory.mktemp("both")) as both:
        both.recorded(HERE)
        both.recorded(THERE)
        yield both


@pytest.fixture
def admin(both: TwoClinics) -> Person:
    return both.person("clinic_admin")
