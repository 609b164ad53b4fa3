"""Signing in: one answer for every failure, a second factor for every role but the patient's."""

import asyncio
import sqlite3
from dataclasses import replace
from pathlib import Path

import pyotp
import pytest

from levator.clinic.accounts import Accounts, Browser, SignInError
from levator.clinic.addresses import check_email
from levator.clinic.factors import new_totp_secret
from levator.clinic.guesses import PER_ACCOUNT, Guesses, TooManyGuessesError
from levator.clinic.invitations import Invitations
from levator.clinic.logins import Signed
from levator.clinic.passwords import Passwords
from levator.clinic.seal_key import SealKey
from levator.clinic.terminal import INSTALLATION
from levator.errors import CallerError
from levator.records.people import Guess, Role, User
from levator.storage import open_repository
from levator.storage.memory import MemoryRepository
from tests.clinic import desk
from tests.clinic.people import (
    ROLES,
    TENANT,
    Clock,
    accounts_on,
    confirmed,
    kept,
    signed_in,
    told,
    with_password,
)

GOOD = "paarse fiets zonder bel"
HERE = Browser("Firefox", "10.0.0.7")


def sign_in(accounts: Accounts, email: str, password: str = GOOD) -> Signed:
    token = asyncio.run(accounts.sign_in(email, password, HERE))
    signed = accounts.logins.who(token, HERE.address)
    assert signed is not None
    return signed


def with_app(accounts: Accounts, user: User, clock: Clock) -> tuple[str, tuple[str, ...]]:
    """Give an account an app; return its secret and the recovery codes."""
    signed = confirmed(accounts, sign_in(accounts, user.email))
    secret = new_totp_secret()
    _, codes = asyncio.run(accounts.set_totp(signed, secret, app_code(secret, clock)))
    clock.goes_on(seconds=30)
    return secret, codes


def app_code(secret: str, clock: Clock) -> str:
    return pyotp.TOTP(secret).at(int(clock().timestamp()))


@pytest.mark.parametrize("role", ROLES)
def test_a_password_alone_is_enough_for_a_patient_only(accounts: Accounts, role: Role) -> None:
    user = with_password(accounts, role, GOOD)
    signed = sign_in(accounts, f" {user.email.upper()} ")
    assert signed.is_whole is (role == "patient")
    assert not signed.login.is_strong


def test_every_failure_has_the_same_answer_and_is_told(accounts: Accounts) -> None:
    user = with_password(accounts, "therapist", GOOD)
    answers = set()
    for email, password in [(user.email, "wrong"), ("nobody@x.example", GOOD), ("", "")]:
        with pytest.raises(SignInError) as refused:
            sign_in(accounts, email, password)
        answers.add(str(refused.value))
    invited = kept(accounts, user)
    assert len(answers) == 1
    assert told(accounts) == ["login.fail"]
    assert told(accounts, INSTALLATION) == ["login.fail", "login.fail"]
    assert kept(accounts, user) == invited


def test_nobody_is_hashed_for_as_somebody_is(accounts: Accounts) -> None:
    """What takes time is done for each: no wait tells whether an account is there."""
    asked: list[bool] = []
    passwords, verify = accounts.passwords, accounts.passwords._verify

    def counted(hashed: str, password: str) -> bool:
        asked.append(hashed == passwords._of_nobody)
        return verify(hashed, password)

    passwords._verify = counted
    user = with_password(accounts, "therapist", GOOD)
    for email in (user.email, "nobody@x.example", f"researcher@{TENANT}.example"):
        with pytest.raises(SignInError):
            sign_in(accounts, email, "wrong")
    assert asked == [False, True, True]


def test_ten_guesses_in_a_quarter_and_a_live_login_stays(accounts: Accounts) -> None:
    user, live = with_password(accounts, "therapist", GOOD), signed_in(accounts, "therapist")
    for _ in range(PER_ACCOUNT):
        with pytest.raises(SignInError):
            sign_in(accounts, user.email, "wrong")
    for password in ("wrong", GOOD):
        with pytest.raises(TooManyGuessesError, match="15 minutes"):
            sign_in(accounts, user.email, password)
    assert accounts.logins.who(live) is not None
    with pytest.raises(SignInError):
        sign_in(accounts, "another@x.example", "wrong")


def test_many_guesses_at_once_count_as_many(accounts: Accounts) -> None:
    user = with_password(accounts, "therapist", GOOD)

    async def all_at_once() -> list[BaseException | str]:
        asked = [accounts.sign_in(user.email, "wrong", HERE) for _ in range(40)]
        return await asyncio.gather(*asked, return_exceptions=True)

    found = asyncio.run(all_at_once())
    assert sum(isinstance(one, SignInError) for one in found) == PER_ACCOUNT
    assert sum(isinstance(one, TooManyGuessesError) for one in found) == 40 - PER_ACCOUNT


def test_one_address_cannot_try_all_accounts(clock: Clock) -> None:
    guesses = Guesses(MemoryRepository(), clock, per_account=10, per_address=5)
    for number in range(5):
        guesses.take(f"account {number}", "10.0.0.7")
    with pytest.raises(TooManyGuessesError):
        guesses.take("another account", "10.0.0.7")
    guesses.take("another account", "10.0.0.8")


def test_one_network_of_ipv6_cannot_try_all_accounts(clock: Clock) -> None:
    """Whoever has one address of it has all of them."""
    guesses = Guesses(MemoryRepository(), clock, per_account=10, per_address=5)
    for number in range(5):
        guesses.take(f"account {number}", f"2001:db8::{number}")
    with pytest.raises(TooManyGuessesError):
        guesses.take("another account", "2001:db8::5:1")
    guesses.take("another account", "2001:db8:0:1::")


def test_who_has_shown_who_she_is_begins_anew(clock: Clock) -> None:
    guesses = Guesses(MemoryRepository(), clock, per_account=1)
    guesses.take("anke", "10.0.0.7")
    guesses.forgive("anke")
    guesses.take("anke", "10.0.0.7")
    with pytest.raises(TooManyGuessesError):
        guesses.take("anke", "10.0.0.7")


def test_guesses_are_over_one_by_one_and_leave_nothing(clock: Clock) -> None:
    repository = MemoryRepository()
    guesses = Guesses(repository, clock, per_account=2)
    for _ in range(2):
        guesses.take("anke", "10.0.0.7")
        clock.goes_on(minutes=10)
    guesses.take("anke", "10.0.0.7")
    with pytest.raises(TooManyGuessesError):
        guesses.take("anke", "10.0.0.7")
    with repository.work(writes=False) as work:
        assert all("anke" not in repr(one) for one in work.find(Guess, None))
    clock.goes_on(minutes=16)
    guesses.take("bo", "10.0.0.8")
    with repository.work(writes=False) as work:
        assert work.count(Guess, None) == 2


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_restart_forgets_no_guess(
    kind: str, tmp_path: Path, clock: Clock, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/levator.db"
    if kind == "postgresql":
        url = request.getfixturevalue("postgresql").database("guessed")
    with open_repository(url) as repository:
        accounts = accounts_on(repository, clock)
        user, live = with_password(accounts, "therapist", GOOD), signed_in(accounts, "therapist")
        for _ in range(PER_ACCOUNT):
            with pytest.raises(SignInError):
                sign_in(accounts, user.email, "wrong")
    with open_repository(url) as repository:
        again = Accounts(repository, clock, SealKey(), accounts.passwords)
        with pytest.raises(TooManyGuessesError):
            sign_in(again, user.email)
        assert again.logins.who(live) is not None
        clock.goes_on(minutes=15)
        assert sign_in(again, user.email)


def test_a_code_of_the_app_makes_a_login_whole_once(accounts: Accounts, clock: Clock) -> None:
    user = with_password(accounts, "therapist", GOOD)
    secret, _ = with_app(accounts, user, clock)
    half = sign_in(accounts, user.email)
    assert half.has_factor
    assert not half.is_whole
    code = app_code(secret, clock)
    token = asyncio.run(accounts.show_code(half, code))
    whole = accounts.logins.who(token)
    assert whole is not None
    assert whole.is_whole
    assert accounts.logins.alive([half.login.id]) == set()
    again = sign_in(accounts, user.email)
    with pytest.raises(SignInError):
        asyncio.run(accounts.show_code(again, code))
    assert told(accounts)[-1] == "login.fail"


def test_a_recovery_code_does_as_well_once(accounts: Accounts, clock: Clock) -> None:
    user = with_password(accounts, "clinic_admin", GOOD)
    _, codes = with_app(accounts, user, clock)
    token = asyncio.run(accounts.show_code(sign_in(accounts, user.email), codes[0]))
    assert accounts.logins.who(token) is not None
    with pytest.raises(SignInError):
        asyncio.run(accounts.show_code(sign_in(accounts, user.email), codes[0]))
    assert len(kept(accounts, user).recovery_hashes) == len(codes) - 1


def test_half_a_login_cannot_put_another_factor_in_place(accounts: Accounts, clock: Clock) -> None:
    """Who has only the password gets no further than the question for the code."""
    user = with_password(accounts, "therapist", GOOD)
    with_app(accounts, user, clock)
    half, secret = sign_in(accounts, user.email), new_totp_secret()
    with pytest.raises(SignInError):
        asyncio.run(accounts.set_totp(half, secret, app_code(secret, clock)))
    with pytest.raises(SignInError):
        asyncio.run(accounts.new_codes(confirmed(accounts, half)))


def test_half_a_login_lasts_a_quarter_of_an_hour(accounts: Accounts, clock: Clock) -> None:
    half = sign_in(accounts, with_password(accounts, "therapist", GOOD).email)
    clock.goes_on(minutes=14)
    assert accounts.logins.alive([half.login.id])
    clock.goes_on(minutes=2)
    assert not accounts.logins.alive([half.login.id])


def test_codes_are_guessed_ten_times_at_most(accounts: Accounts, clock: Clock) -> None:
    user = with_password(accounts, "therapist", GOOD)
    with_app(accounts, user, clock)
    half = sign_in(accounts, user.email)
    for _ in range(PER_ACCOUNT):
        with pytest.raises(SignInError):
            asyncio.run(accounts.show_code(half, "000000"))
    with pytest.raises(TooManyGuessesError):
        asyncio.run(accounts.show_code(half, "000000"))
    # The password, shown again, gives no new guesses at the code.
    with pytest.raises(TooManyGuessesError):
        sign_in(accounts, user.email)


def test_another_key_file_opens_no_app_but_paper_still_does(
    accounts: Accounts, clock: Clock
) -> None:
    user = with_password(accounts, "therapist", GOOD)
    secret, codes = with_app(accounts, user, clock)
    other = Accounts(accounts.repository, clock, SealKey(), accounts.passwords)
    half = sign_in(other, user.email)
    with pytest.raises(SignInError):
        asyncio.run(other.show_code(half, app_code(secret, clock)))
    assert asyncio.run(other.show_code(half, codes[0]))


def test_a_patient_who_took_an_app_is_asked_for_it(accounts: Accounts, clock: Clock) -> None:
    user = with_password(accounts, "patient", GOOD)
    before = sign_in(accounts, user.email)
    with_app(accounts, user, clock)
    assert not sign_in(accounts, user.email).is_whole
    signed = accounts.logins.alive([before.login.id])
    assert signed == {before.login.id}


def test_a_wrong_code_takes_no_app(accounts: Accounts) -> None:
    signed = sign_in(accounts, with_password(accounts, "therapist", GOOD).email)
    with pytest.raises(CallerError, match="check the clock"):
        asyncio.run(accounts.set_totp(signed, new_totp_secret(), "000000"))


def test_a_new_password_ends_every_other_browser(accounts: Accounts) -> None:
    user = with_password(accounts, "patient", GOOD)
    here, there = sign_in(accounts, user.email), sign_in(accounts, user.email)
    new = "groene trein zonder deur"
    token = asyncio.run(accounts.change_password(confirmed(accounts, here), new))
    assert accounts.logins.who(token) is not None
    assert accounts.logins.alive([here.login.id, there.login.id]) == set()
    with pytest.raises(SignInError):
        sign_in(accounts, user.email)
    assert sign_in(accounts, user.email, new).is_whole


def test_a_new_password_has_to_be_fit(accounts: Accounts) -> None:
    user = with_password(accounts, "patient", GOOD)
    signed = confirmed(accounts, sign_in(accounts, user.email))
    with pytest.raises(CallerError, match="clinic's name"):
        asyncio.run(accounts.change_password(signed, "bij Praktijk Bos"))


def test_an_address_is_trimmed() -> None:
    assert check_email(" a@b.nl\n") == "a@b.nl"


@pytest.mark.parametrize("email", ["", "x", "@x.nl", "a b@x.nl", "a@x", "a@.", "\u202ea@b.nl"])
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(CallerError, match="no e-mail address"):
        check_email(email)


def test_a_password_of_other_costs_is_hashed_anew_at_the_next_sign_in(accounts: Accounts) -> None:
    user = with_password(accounts, "patient", GOOD)
    dearer = replace(accounts, passwords=Passwords(memory_kib=128, passes=1, lanes=1))
    with pytest.raises(SignInError):
        sign_in(dearer, user.email, "wrong")
    assert kept(accounts, user).password_hash == user.password_hash
    sign_in(dearer, user.email)
    changed = kept(accounts, user).password_hash
    assert changed is not None
    assert "m=128," in changed
    sign_in(dearer, user.email)
    assert kept(accounts, user).password_hash == changed


def test_a_password_that_was_changed_meanwhile_is_not_put_back(accounts: Accounts) -> None:
    seen = with_password(accounts, "patient", GOOD)
    changed = with_password(accounts, "patient", "groene trein zonder deur")
    accounts._hashed_anew(seen, "x")
    assert kept(accounts, seen).password_hash == changed.password_hash


def test_a_stolen_database_lets_nobody_in(tmp_path: Path, clock: Clock) -> None:
    with desk.opened("sqlite", tmp_path) as repository:
        accounts = accounts_on(repository, clock)
        user = with_password(accounts, "therapist", GOOD)
        secret, codes = with_app(accounts, user, clock)
        half = sign_in(accounts, user.email)
        token = asyncio.run(accounts.show_code(half, app_code(secret, clock)))
        with repository.work(writes=True) as work:
            link = Invitations(accounts).link(work, kept(accounts, user), "")
    database = sqlite3.connect(tmp_path / "levator.db")
    stolen = "\n".join(database.iterdump())
    database.close()
    assert user.email in stolen
    written = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    for worth in (GOOD, secret, *codes, *(one.replace("-", "") for one in codes), token, link):
        assert worth not in stolen
        assert worth.encode() not in written
