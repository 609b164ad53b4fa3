"""Phones that send at the same moment, on PostgreSQL itself: one lease a day, nothing twice."""

from collections.abc import Iterator

import pytest

from levator.clinic import history
from levator.clinic.acting import Acts
from levator.clinic.home.syncing import Synced
from levator.storage import open_repository
from levator.testing.entities import at_once
from tests.clinic import desk
from tests.clinic.desk import TODAY, actor
from tests.clinic.home.women import Phone, prescribed, session, woman
from tests.postgresql import Cluster

PHONES = 5


@pytest.fixture
def acts(postgresql: Cluster) -> Iterator[Acts]:
    name = "phones_at_once"
    with open_repository(postgresql.database(name)) as repository:
        yield desk.clinic(repository)
    postgresql.ask(f"DROP DATABASE {name} WITH (FORCE)")


def test_of_phones_that_send_at_once_one_has_the_day_and_all_is_kept_once(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient, times_a_day=3)
    phones = [Phone(acts, she, f"phone {place}") for place in range(PHONES)]
    same, told = session(), list[Synced]()
    at_once(*(lambda phone=phone: told.append(phone.sync(same, session())) for phone in phones))
    assert [one.lease.is_here for one in told].count(True) == 1
    assert all(one.refused == () for one in told)
    kept = history.read(acts, actor(), patient.id).home_sessions
    assert len(kept) == PHONES + 1
    assert [one.is_over_limit for one in kept].count(False) == 3
    assert phones[0].sync().plan.closed == (TODAY,)
