"""Logins: kept as digests, ended by time, by their owner, and by whoever disables the account."""

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest

from levator.clinic.accounts import Accounts, Browser
from levator.clinic.demonstration import let_in
from levator.clinic.logins import NotConfirmedError, Signed
from levator.records.people import Login, Role, User
from levator.records.work import NotThereError
from tests.clinic.people import TENANT, Clock, confirmed, signed_in, told, user_of


def who(accounts: Accounts, token: str) -> Signed:
    signed = accounts.logins.who(token, "10.0.0.7")
    assert signed is not None
    return signed


def test_the_token_is_nowhere_but_in_the_browser(accounts: Accounts) -> None:
    token = signed_in(accounts, "therapist")
    with accounts.repository.work(writes=False) as work:
        [login] = work.find(Login, TENANT)
    assert token not in repr(login)
    assert len(token) >= 43
    signed = who(accounts, token)
    assert signed.login == login
    assert (signed.actor.role, signed.actor.login_id) == ("therapist", login.id)
    assert signed.actor.address == "10.0.0.7"
    for other in ("", token[:-1], token + "x", login.token_digest, login.id):
        assert accounts.logins.who(other) is None


@pytest.mark.parametrize(
    ("role", "idle", "longest"),
    [("therapist", {"hours": 1}, {"hours": 12}), ("patient", {"days": 7}, {"days": 30})],
)
def test_a_login_ends_when_it_is_not_used_and_in_any_case(
    accounts: Accounts, clock: Clock, role: Role, idle: dict[str, float], longest: dict[str, float]
) -> None:
    token, unused = signed_in(accounts, role), signed_in(accounts, role)
    begun = clock.time
    step = {unit: value * 0.9 for unit, value in idle.items()}
    clock.goes_on(**step)
    assert accounts.logins.who(token) is not None
    clock.goes_on(**step)
    assert accounts.logins.who(unused) is None
    while accounts.logins.who(token) is not None:
        clock.goes_on(**step)
    lasted = clock.time - begun
    clock.time = begun
    clock.goes_on(**longest)
    assert lasted >= clock.time - begun


def test_an_open_socket_keeps_a_login_in_use(accounts: Accounts, clock: Clock) -> None:
    token = signed_in(accounts, "therapist")
    number = who(accounts, token).login.id
    for _ in range(3):
        clock.goes_on(minutes=50)
        assert accounts.logins.alive([number, "unknown"]) == {number}
    assert accounts.logins.who(token) is not None


def test_seeing_a_login_writes_at_most_once_a_minute(accounts: Accounts, clock: Clock) -> None:
    token = signed_in(accounts, "therapist")
    assert who(accounts, token).login.version == 1
    clock.goes_on(seconds=59)
    assert who(accounts, token).login.version == 1
    clock.goes_on(seconds=2)
    accounts.logins.who(token)
    assert who(accounts, token).login.version == 2


def test_one_may_end_ones_own_logins_and_nobody_elses(accounts: Accounts) -> None:
    here, there = signed_in(accounts, "therapist"), signed_in(accounts, "therapist")
    foreign = who(accounts, signed_in(accounts, "researcher"))
    with pytest.raises(NotConfirmedError):
        accounts.logins.end(who(accounts, here), who(accounts, there).login.id)
    signed = confirmed(accounts, who(accounts, here))
    assert {one.id for one in accounts.logins.of(signed.user)} == {
        signed.login.id,
        who(accounts, there).login.id,
    }
    for number in (foreign.login.id, "unknown"):
        with pytest.raises(NotThereError):
            accounts.logins.end(signed, number)
    accounts.logins.end(signed, who(accounts, there).login.id)
    assert accounts.logins.who(there) is None
    accounts.logins.end(signed)
    assert accounts.logins.who(here) is None
    accounts.logins.end(signed)
    assert told(accounts).count("login.end") == 3


def test_the_newest_login_stands_first_in_the_hour_that_clocks_show_twice(
    accounts: Accounts, clock: Clock
) -> None:
    made = []
    for moment in ("2026-10-25T02:30:00+02:00", "2026-10-25T02:10:00+01:00"):
        clock.time = datetime.fromisoformat(moment)
        made.append(who(accounts, signed_in(accounts, "therapist")))
    found = accounts.logins.of(made[0].user)
    assert [one.id for one in found] == [one.login.id for one in reversed(made)]


@pytest.mark.parametrize(("role", "hours"), [("therapist", 12), ("patient", 720)])
def test_no_change_of_an_account_makes_a_login_last_longer(
    accounts: Accounts, clock: Clock, role: Role, hours: int
) -> None:
    token, times = signed_in(accounts, role), 0
    while (signed := accounts.logins.who(token)) is not None and times < 1000:
        language = ("nl", "en")[times % 2]
        asyncio.run(accounts.set_language(signed, language))
        times += 1
        clock.goes_on(minutes=50 if role == "therapist" else 5000)
    assert times == -(-hours * 60 // (50 if role == "therapist" else 5000))


@pytest.mark.parametrize("change", [{"state": "disabled"}, {"state": "invited"}])
def test_an_account_that_is_not_active_has_no_login(
    accounts: Accounts, change: dict[str, str]
) -> None:
    token = signed_in(accounts, "therapist")
    with accounts.repository.work(writes=True) as work:
        user = work.get(User, f"{TENANT}-therapist", TENANT)
        work.put(replace(user, **change))
    assert accounts.logins.who(token) is None


def test_a_new_token_comes_with_more_rights_and_the_old_one_ends(accounts: Accounts) -> None:
    token = signed_in(accounts, "therapist")
    signed = who(accounts, token)
    with accounts.repository.work(writes=True) as work:
        fresh = accounts.logins.renew(work, signed, is_strong=True)
    assert accounts.logins.who(token) is None
    assert who(accounts, fresh).login.browser == "Firefox"


def test_without_a_password_nobody_comes_in_but_who_is_made_up(accounts: Accounts) -> None:
    with pytest.raises(AssertionError, match="demonstration"):
        let_in(accounts, user_of("therapist"), Browser("Firefox", "127.0.0.1"))
    with accounts.repository.work(writes=False) as work:
        assert work.find(Login, TENANT) == []
