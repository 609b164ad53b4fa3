"""Whose day it is at home: one phone's, until another takes it over."""

from dataclasses import replace

from levator.clinic import history
from levator.clinic.acting import Acts
from levator.clinic.home.leasing import give_back
from levator.records.home import HomeLease
from levator.records.home import Phone as KeptPhone
from levator.records.work import where
from tests.clinic.desk import TENANT, TODAY, actor
from tests.clinic.home.women import Phone, at, day, days_later, prescribed, session, woman


def test_a_phone_that_says_it_had_the_day_is_not_believed_where_another_had_it(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    one, two = Phone(acts, she, "mine"), Phone(acts, she, "tablet")
    one.sync()
    before, after = session(), session(started_at=acts.now())
    for _ in range(2):
        told = two.sync(before, after)
        assert (len(told.kept), told.refused) == (2, ())
    two.sync(take_over=True)
    assert two.sync(before, after).refused == ()
    kept = history.read(acts, actor(), patient.id).home_sessions
    assert {one.id: one.was_leased for one in kept} == {before.id: True, after.id: False}


def test_a_day_belongs_to_one_phone_until_another_takes_it_over(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    one, two = Phone(acts, she, "mine"), Phone(acts, she, "tablet")
    first = one.sync().lease
    assert (first.is_here, first.days[0], len(first.days), first.elsewhere) == (True, TODAY, 14, {})
    told = two.sync().lease
    assert (told.is_here, told.days, told.elsewhere[TODAY]) == (False, (), "mine")
    taken = two.sync(take_over=True).lease
    assert (taken.is_here, len(taken.days)) == (True, 14)
    assert one.sync().lease.elsewhere[day(13)] == "tablet"
    with acts.repository.work(writes=False) as work:
        leases = work.find(HomeLease, TENANT, where(patient_id=patient.id), order="leased_day")
    assert [one.leased_day for one in leases] == [day(n) for n in range(14)]
    assert {one.version for one in leases} == {2}


def test_where_she_signs_out_the_days_to_come_are_free_and_no_other_phone_loses_one(
    acts: Acts,
) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    gone, own, again = Phone(acts, she), Phone(acts, she, "tablet"), Phone(acts, she)
    gone.is_shared = True
    gone.sync()
    assert own.sync().lease.elsewhere == {TODAY: gone.name}
    give_back(acts, she, gone.id)
    told = again.sync().lease
    assert (told.is_here, told.days) == (True, (TODAY,))
    assert set(told.elsewhere.values()) == {"tablet"}
    give_back(acts, she, gone.id)  # said once more
    assert again.sync().lease == told


def test_a_day_that_was_stays_with_the_phone_that_had_it(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    phone = Phone(acts, she)
    phone.sync()
    give_back(at(acts, days_later(1)), she, phone.id)
    with acts.repository.work(writes=False) as work:
        leases = work.find(HomeLease, TENANT, where(patient_id=patient.id))
    assert [one.leased_day for one in leases] == [TODAY]


def test_a_shared_phone_takes_today_only(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    shared, own = Phone(acts, she, "library"), Phone(acts, she, "mine")
    shared.is_shared = True
    assert shared.sync().lease.days == (TODAY,)
    told = own.sync().lease
    assert (told.is_here, told.days[0], told.elsewhere) == (False, day(1), {TODAY: "library"})


def test_two_women_on_one_phone_have_their_own_days(acts: Acts) -> None:
    patient, she = woman(acts)
    other, sister = woman(acts, "De Vries")
    for one in (patient, other):
        prescribed(acts, one)
    hers, sisters = Phone(acts, she), Phone(acts, replace(sister, user_id="8" * 32))
    sisters.id = hers.id
    assert hers.sync().lease.is_here
    assert sisters.sync().lease.is_here
    with acts.repository.work(writes=False) as work:
        assert len(work.find(KeptPhone, TENANT)) == 2


def test_a_phone_under_a_new_name_is_the_same_phone(acts: Acts) -> None:
    patient, she = woman(acts)
    phone = Phone(acts, she, "one")
    phone.sync()
    phone.name = "another"
    phone.sync()
    with acts.repository.work(writes=False) as work:
        kept = work.find(KeptPhone, TENANT, where(patient_id=patient.id))
    assert [(one.name, one.version, one.seen_on) for one in kept] == [("another", 2, TODAY)]


def test_a_day_that_is_its_own_is_not_taken_over_again(acts: Acts) -> None:
    _, she = woman(acts)
    phone = Phone(acts, she)
    phone.sync()
    phone.sync(take_over=True)
    with acts.repository.work(writes=False) as work:
        assert {one.version for one in work.find(HomeLease, TENANT)} == {1}
