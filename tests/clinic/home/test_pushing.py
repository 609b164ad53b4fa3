"""A browser of hers is reminded at her times, once, and only while there is something to do."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from levator.clinic import Clinic
from levator.clinic.accounts import Accounts
from levator.clinic.acting import Acts, RefusedError
from levator.clinic.home import pushing, reminding
from levator.clinic.home.pushing import MOST_BROWSERS, Pushing
from levator.clinic.invitations import Invitations
from levator.clinic.push_key import PushKey
from levator.clinic.seal_key import SealKey
from levator.errors import CallerError, LevatorError
from levator.records.access import Actor
from levator.records.people import Patient, User
from levator.records.reminders import HomeReminders, PushSubscription
from levator.records.treatment import Course
from levator.records.work import where
from tests.clinic.desk import NOW, OTHER, TENANT, TODAY, actor, new_id
from tests.clinic.home.test_feed import with_account
from tests.clinic.home.test_reminding import wanted
from tests.clinic.home.test_syncing import lines_of
from tests.clinic.home.women import Phone, session
from tests.clinic.push_service import HOST, Service

KEY = PushKey("mailto:it@clinic.example", (HOST,))
HERS = f"https://{HOST}/hers"


def with_browser(acts: Acts, *endpoints: str) -> tuple[Patient, Actor]:
    """A woman who is reminded at nine and at two, in a browser."""
    patient, she = with_account(acts)
    for one in endpoints or (HERS,):
        pushing.keep(acts, she, KEY, one)
    return patient, she


def kept(acts: Acts) -> list[PushSubscription]:
    with acts.repository.work(writes=False) as work:
        return work.find(PushSubscription, None, order="made_at")


class Clock:
    """The clinic's task, at one time of today after another."""

    def __init__(self, acts: Acts, service: Service) -> None:
        self.now = NOW
        self.pushing = Pushing(replace(acts, now=lambda: self.now), service.out(KEY))

    def pushing_at(self, time: str) -> bool:
        self.now = f"{TODAY}T{time}:00+01:00"
        return self.pushing.remind_next()

    def at(self, time: str) -> int:
        """Let it do all that is due; return how many browsers it looked at."""
        count = 0
        while self.pushing_at(time):
            count += 1
            assert count < 10, "it never comes to an end"
        return count


def test_it_is_reminded_once_at_each_of_her_times(anywhere: Acts, service: Service) -> None:
    patient, _ = with_browser(anywhere)
    clock = Clock(anywhere, service)
    found = [
        (time, clock.at(time), len(service.got))
        for time in (
            "08:59",
            "09:00",
            "09:01",
            "09:29",
            "09:30",
            "13:59",
            "14:10",
            "14:11",
            "20:00",
        )
    ]
    assert found == [
        ("08:59", 0, 0),
        ("09:00", 1, 1),
        ("09:01", 0, 1),
        ("09:29", 0, 1),
        ("09:30", 0, 1),
        ("13:59", 0, 1),
        ("14:10", 1, 2),
        ("14:11", 0, 2),
        ("20:00", 0, 2),
    ]
    assert {(path, body) for path, _, body in service.got} == {("/hers", b"")}
    assert lines_of(anywhere, patient.id)[-2:] == [("home.remind", "done")] * 2


def test_after_a_restart_none_comes_twice(acts: Acts, service: Service) -> None:
    with_browser(acts)
    assert Clock(acts, service).at("09:00") == 1
    assert Clock(acts, service).at("09:05") == 0


def test_a_server_that_starts_later_makes_up_for_nothing(acts: Acts, service: Service) -> None:
    with_browser(acts)
    assert Clock(acts, service).at("14:31") == 0


def test_a_browser_of_an_account_that_is_shut_is_looked_at_once_and_not_called(
    acts: Acts, service: Service
) -> None:
    patient, _ = with_browser(acts)
    with acts.repository.work(writes=True) as work:
        [user] = work.find(User, patient.tenant_id, where(patient_id=patient.id))
        work.put(replace(user, state="disabled"))
    clock = Clock(acts, service)
    assert [clock.pushing_at("09:00"), clock.pushing_at("09:00")] == [True, False]
    assert service.got == []


def test_a_record_that_cannot_be_read_keeps_no_other_from_being_reminded(
    acts: Acts, service: Service
) -> None:
    patient, _ = with_browser(acts)
    _, other = with_account(acts, "Bos")
    later = replace(acts, now=lambda: (datetime.fromisoformat(NOW) + timedelta(1)).isoformat())
    pushing.keep(later, other, KEY, f"{HERS}/other")
    with acts.repository.work(writes=True) as work:
        told = {"tenant_id": patient.tenant_id, "patient_id": patient.id}
        broken = {"protocol": "gone", "protocol_version": "1", "stage": "step-1"}
        work.put(Course(id=new_id(), begun_on=TODAY, **told, **broken))
    clock, broken_ones = Clock(acts, service), 0
    for _ in range(4):
        try:
            clock.pushing_at("09:00")
        except LevatorError:
            broken_ones += 1
    assert broken_ones == 1
    assert [path for path, _, _ in service.got] == ["/hers/other"]


@pytest.mark.parametrize("has_keys", [True, False])
def test_a_running_clinic_reminds_by_itself_where_it_has_keys_and_else_calls_nobody(
    acts: Acts, has_keys: bool
) -> None:
    # The name leads to this computer, where no service may be: looked up, and not called.
    key = PushKey(KEY.contact, ("localhost.localdomain",))
    _, she = with_account(acts)
    pushing.keep(acts, she, key, "https://localhost.localdomain/hers")
    clinic = Clinic(
        acts.repository,
        now=lambda: datetime.fromisoformat(f"{TODAY}T09:00:00+01:00"),
        push=key if has_keys else None,
    )
    found: list[str] = []

    async def run() -> None:
        async with clinic.running():
            while has_keys and not kept(acts)[0].reminded_for:
                await asyncio.sleep(0.01)
            found.append(kept(acts)[0].reminded_for)

    asyncio.run(asyncio.wait_for(run(), 20))
    assert found == [f"{TODAY}T09:00" if has_keys else ""]


def test_what_is_half_an_hour_late_is_no_reminder(acts: Acts, service: Service) -> None:
    with_browser(acts)
    assert [Clock(acts, service).at(time) for time in ("09:30", "09:29")] == [0, 1]


def test_who_did_what_today_asks_is_left_alone(acts: Acts, service: Service) -> None:
    _, she = with_browser(acts)
    phone, clock = Phone(acts, she), Clock(acts, service)
    phone.sync(session(), session())
    clock.at("09:00")
    assert len(service.got) == 1
    phone.sync(session())
    clock.at("14:00")
    assert len(service.got) == 1


def test_while_it_is_off_nothing_is_sent(acts: Acts, service: Service) -> None:
    _, she = with_browser(acts)
    reminding.choose(acts, she, wanted("09:00", is_on=False))
    assert Clock(acts, service).at("09:00") == 0
    assert service.got == []


def test_what_did_not_arrive_is_tried_once_more_and_no_more(acts: Acts, service: Service) -> None:
    with_browser(acts)
    clock = Clock(acts, service)
    service.answers += [503, 500]
    found = [clock.at(time) for time in ("09:00", "09:04", "09:05", "09:10", "09:29")]
    assert found == [1, 0, 1, 0, 0]
    assert len(service.got) == 2
    assert clock.at("14:00") == 1


def test_a_second_try_that_arrives_is_the_last(acts: Acts, service: Service) -> None:
    with_browser(acts)
    clock = Clock(acts, service)
    service.answers.append(429)
    assert [clock.at(time) for time in ("09:00", "09:06", "09:20")] == [1, 1, 0]


def test_who_did_it_before_the_second_try_is_left_alone(acts: Acts, service: Service) -> None:
    _, she = with_browser(acts)
    clock = Clock(acts, service)
    service.answers.append(503)
    clock.at("09:00")
    Phone(acts, she).sync(session(), session(), session())
    clock.at("09:06")
    assert len(service.got) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(acts: Acts, service: Service, status: int) -> None:
    patient, _ = with_browser(acts)
    service.answers.append(status)
    Clock(acts, service).at("09:00")
    assert kept(acts) == []
    assert lines_of(acts, patient.id)[-2:] == [("home.remind", "done")] * 2


def test_a_browser_of_a_service_no_longer_used_is_not_called(acts: Acts, service: Service) -> None:
    with_browser(acts)
    clock = Clock(acts, service)
    other = PushKey(KEY.contact, ("other.example.org",), KEY.key)
    clock.pushing.out = service.out(other)
    clock.at("09:00")
    assert service.got == []


def test_closing_her_access_forgets_her_browsers(acts: Acts, service: Service) -> None:
    patient, _ = with_browser(acts)
    accounts = Accounts(acts.repository, lambda: datetime.fromisoformat(NOW), SealKey())
    Invitations(accounts).close(actor(), patient.id)
    assert kept(acts) == []
    assert Clock(acts, service).at("09:00") == 0


def test_it_is_kept_once_and_dropped_by_her(anywhere: Acts) -> None:
    patient, she = with_browser(anywhere, HERS, HERS)
    [one] = kept(anywhere)
    assert (one.service, one.patient_id) == (HOST, patient.id)
    pushing.drop(anywhere, she, f"{HERS}/other")
    assert kept(anywhere) == [one]
    pushing.drop(anywhere, she, HERS)
    assert kept(anywhere) == []


def test_of_many_browsers_the_oldest_makes_place(acts: Acts) -> None:
    _, she = with_account(acts)
    for number in range(MOST_BROWSERS + 2):
        at = (datetime.fromisoformat(NOW) + timedelta(minutes=number)).isoformat()
        pushing.keep(replace(acts, now=lambda at=at: at), she, KEY, f"{HERS}/{number}")
    found = [one.endpoint.rpartition("/")[2] for one in kept(acts)]
    assert found == [str(number) for number in range(2, MOST_BROWSERS + 2)]


def test_without_keys_or_by_another_service_no_browser_is_kept(acts: Acts) -> None:
    _, she = with_account(acts)
    with pytest.raises(CallerError, match="sends no messages"):
        pushing.keep(acts, she, None, HERS)
    with pytest.raises(CallerError, match="does not use"):
        pushing.keep(acts, she, KEY, "https://other.example.org/hers")
    assert kept(acts) == []


def test_two_women_may_share_a_browser(acts: Acts) -> None:
    for name in ("Jansen", "Bos"):
        _, she = with_account(acts, name)
        pushing.keep(acts, she, KEY, HERS)
    assert len(kept(acts)) == 2


def test_where_two_clinics_have_her_each_reminds_her_at_the_times_she_chose_there(
    anywhere: Acts, service: Service
) -> None:
    patient, _ = with_browser(anywhere)
    with anywhere.repository.work(writes=True) as work:
        [here] = work.find(HomeReminders, patient.tenant_id)
        work.put(replace(patient, tenant_id=OTHER, version=0))
        work.put(replace(here, tenant_id=OTHER, version=0, times=("10:00", "14:00")))
        [browser] = work.find(PushSubscription, patient.tenant_id)
        work.put(replace(browser, tenant_id=OTHER, version=0))
    clock = Clock(anywhere, service)

    def reminded() -> dict[str, str]:
        return {one.tenant_id: one.reminded_for[-5:] for one in kept(anywhere)}

    assert clock.at("09:00") == 1
    assert reminded() == {TENANT: "09:00", OTHER: ""}
    assert clock.at("10:00") == 1
    assert reminded() == {TENANT: "09:00", OTHER: "10:00"}
    assert clock.at("14:00") == 2
    assert reminded() == {TENANT: "14:00", OTHER: "14:00"}


def test_nobody_adds_or_drops_a_browser_for_her(acts: Acts) -> None:
    patient, _ = with_browser(acts)
    who = replace(actor(), patient_id=patient.id)
    with pytest.raises(RefusedError):
        pushing.keep(acts, who, KEY, HERS)
    with pytest.raises(RefusedError):
        pushing.drop(acts, who, HERS)
    assert len(kept(acts)) == 1


def test_where_the_keys_are_taken_away_every_browser_is_forgotten(acts: Acts) -> None:
    patient, _ = with_browser(acts, HERS, f"{HERS}/2")
    assert pushing.drop_all(acts) == 2
    assert kept(acts) == []
    assert lines_of(acts, patient.id)[-2:] == [("home.push_off", "done")] * 2


def test_where_a_browser_is_called_is_in_no_log(
    acts: Acts, service: Service, capfd: pytest.CaptureFixture[str]
) -> None:
    with_browser(acts)
    service.answers.append(500)
    Clock(acts, service).at("09:00")
    told = capfd.readouterr()
    assert "/hers" not in told.out + told.err
