"""Before something that matters everything is shown once more: not half of it, and not for long."""

import asyncio
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace

import pyotp
import pytest

from levator.clinic.accounts import Accounts, Browser, SignInError
from levator.clinic.confirming import Confirming
from levator.clinic.factors import new_totp_secret, recovery_hashes
from levator.clinic.guesses import PER_ACCOUNT, TooManyGuessesError
from levator.clinic.invitations import Invitations
from levator.clinic.logins import CONFIRMED_LASTS, NotConfirmedError, Signed
from levator.clinic.passkeys import PasskeyError, Passkeys
from levator.errors import CallerError
from levator.records.people import Role
from tests.clinic.people import Clock, kept, signed_in, told, user_of, with_password
from tests.clinic.soft_passkey import SoftPasskey

GOOD = "paarse fiets zonder bel"
PAPER = "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF"


def now(accounts: Accounts, token: str) -> Signed:
    signed = accounts.logins.who(token, "10.0.0.7")
    assert signed is not None
    return signed


def with_app(accounts: Accounts, role: Role = "therapist") -> tuple[str, str]:
    """An account with a password, an app and a code on paper; its token and the app's secret."""
    user, secret = with_password(accounts, role, GOOD), new_totp_secret()
    with accounts.repository.work(writes=True) as work:
        sealed = accounts.key.seal(secret, user.id)
        work.put(replace(user, totp_sealed=sealed, recovery_hashes=recovery_hashes([PAPER])))
    return signed_in(accounts, role), secret


def shows(accounts: Accounts, token: str, password: str = GOOD, code: str = "") -> None:
    shown = Confirming(Passkeys(accounts)).show(now(accounts, token), password, code)
    asyncio.run(shown)


def code_of(secret: str, clock: Clock) -> str:
    return pyotp.TOTP(secret).at(int(clock().timestamp()))


def test_signing_in_is_not_enough(accounts: Accounts, clock: Clock) -> None:
    user = with_password(accounts, "patient", GOOD)
    token = asyncio.run(accounts.sign_in(user.email, GOOD, Browser("Firefox", "10.0.0.7")))
    with pytest.raises(NotConfirmedError, match="5 minutes"):
        accounts.logins.must_be_confirmed(now(accounts, token))


def test_it_holds_for_five_minutes_in_this_browser_only(accounts: Accounts, clock: Clock) -> None:
    token, secret = with_app(accounts)
    other = signed_in(accounts, "therapist")
    shows(accounts, token, code=code_of(secret, clock))
    assert accounts.logins.is_confirmed(now(accounts, token))
    assert not accounts.logins.is_confirmed(now(accounts, other))
    clock.goes_on(seconds=CONFIRMED_LASTS.total_seconds() - 1)
    assert accounts.logins.is_confirmed(now(accounts, token))
    clock.goes_on(seconds=1)
    assert not accounts.logins.is_confirmed(now(accounts, token))
    assert CONFIRMED_LASTS.total_seconds() == 300
    assert told(accounts)[-1] == "login.confirm"


def test_the_login_stays_the_same_so_that_live_screens_stay_open(
    accounts: Accounts, clock: Clock
) -> None:
    token, secret = with_app(accounts)
    before = now(accounts, token).login.id
    shows(accounts, token, code=code_of(secret, clock))
    assert now(accounts, token).login.id == before


def test_a_change_keeps_what_was_shown_for_the_next_one(accounts: Accounts, clock: Clock) -> None:
    token, secret = with_app(accounts)
    shows(accounts, token, code=code_of(secret, clock))
    fresh, _ = asyncio.run(accounts.new_codes(now(accounts, token)))
    assert accounts.logins.is_confirmed(now(accounts, fresh))


@pytest.mark.parametrize(
    ("password", "code"), [("wrong", "right"), (GOOD, ""), (GOOD, "000000"), ("", "right")]
)
def test_half_of_it_is_nothing(accounts: Accounts, clock: Clock, password: str, code: str) -> None:
    token, secret = with_app(accounts)
    given = code_of(secret, clock) if code == "right" else code
    with pytest.raises(SignInError):
        shows(accounts, token, password, given)
    assert not accounts.logins.is_confirmed(now(accounts, token))
    assert told(accounts)[-1] == "login.fail"
    shows(accounts, token, code=code_of(secret, clock))


def test_a_code_that_signed_in_does_not_confirm_as_well(accounts: Accounts, clock: Clock) -> None:
    token, secret = with_app(accounts)
    shows(accounts, token, code=code_of(secret, clock))
    with pytest.raises(SignInError):
        shows(accounts, token, code=code_of(secret, clock))


def test_a_code_on_paper_confirms_once(accounts: Accounts) -> None:
    token, _ = with_app(accounts)
    shows(accounts, token, code=PAPER)
    with pytest.raises(SignInError):
        shows(accounts, token, code=PAPER)


def test_a_patient_without_a_second_factor_shows_her_password(accounts: Accounts) -> None:
    with_password(accounts, "patient", GOOD)
    token = signed_in(accounts, "patient")
    shows(accounts, token)
    assert accounts.logins.is_confirmed(now(accounts, token))


def test_it_is_guessed_ten_times_at_most_and_the_login_stays(
    accounts: Accounts, clock: Clock
) -> None:
    token, secret = with_app(accounts)
    for _ in range(PER_ACCOUNT):
        with pytest.raises(SignInError):
            shows(accounts, token, "wrong")
    with pytest.raises(TooManyGuessesError):
        shows(accounts, token, code=code_of(secret, clock))
    assert now(accounts, token).is_whole


Change = Callable[[Accounts, Signed], object]
CHANGES: dict[str, Change] = {
    "password": lambda accounts, signed: asyncio.run(
        accounts.change_password(signed, "groene trein zonder deur")
    ),
    "codes": lambda accounts, signed: asyncio.run(accounts.new_codes(signed)),
    "app": lambda accounts, signed: asyncio.run(
        accounts.set_totp(signed, new_totp_secret(), "000000")
    ),
    "passkey": lambda accounts, signed: Passkeys(accounts).remove(signed, "unknown"),
    "others": lambda accounts, signed: asyncio.run(accounts.end_others(signed)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_no_change_is_made_without_it(accounts: Accounts, change: str) -> None:
    token, _ = with_app(accounts)
    signed, before = now(accounts, token), kept(accounts, now(accounts, token).user)
    with pytest.raises(NotConfirmedError):
        CHANGES[change](accounts, signed)
    assert kept(accounts, before) == before


def test_who_has_just_set_her_password_by_a_link_is_not_asked_for_it(
    accounts: Accounts,
) -> None:
    patient = kept(accounts, user_of("patient"))
    with accounts.repository.work(writes=True) as work:
        link = Invitations(accounts).link(work, patient, "")
    token = asyncio.run(Invitations(accounts).accept(link, GOOD, Browser("Firefox", "10.0.0.7")))
    assert accounts.logins.is_confirmed(now(accounts, token))


@pytest.mark.parametrize("whose", ["hers", "another's"])
def test_only_a_passkey_of_her_own_confirms(accounts: Accounts, whose: str) -> None:
    token, _ = with_app(accounts)
    signed, confirming = now(accounts, token), Confirming(Passkeys(accounts))
    owner = signed.user if whose == "hers" else kept(accounts, user_of("patient"))
    passkey = SoftPasskey(accounts, owner, "levator.test")
    answer = passkey.answer(confirming.question(signed, "https://levator.test"))
    with nullcontext() if whose == "hers" else pytest.raises(PasskeyError):
        confirming.show_passkey(signed, answer, "https://levator.test")
    assert accounts.logins.is_confirmed(now(accounts, token)) is (whose == "hers")


def test_a_passkey_that_was_asked_of_nobody_does_not_confirm(accounts: Accounts) -> None:
    token, _ = with_app(accounts)
    confirming = Confirming(Passkeys(accounts))
    with pytest.raises(PasskeyError):
        confirming.show_passkey(now(accounts, token), {"id": "unknown"}, "https://levator.test")
    with pytest.raises(CallerError, match="Show once more"):
        accounts.logins.must_be_confirmed(now(accounts, token))
