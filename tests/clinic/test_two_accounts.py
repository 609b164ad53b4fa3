"""One person with an account in two clinics: neither clinic hears of the other."""

import asyncio
from dataclasses import replace

import pytest

from levator.clinic.accounts import Accounts, Browser, ChooseClinicError, SignInError
from levator.clinic.guesses import PER_ACCOUNT, TooManyGuessesError
from levator.clinic.invitations import Invitations, Invitee
from levator.clinic.setup import Setup
from levator.errors import CallerError
from levator.records.access import Actor
from levator.records.people import User
from tests.clinic.people import TENANT, clinic_of_all_roles, told, with_password

GOOD, OTHER = "paarse fiets zonder bel", "groene step met mandje"
THERE = "clinic-b"
HERE = Browser("Firefox", "10.0.0.7")


@pytest.fixture
def user(accounts: Accounts) -> User:
    """A therapist who has an account in another clinic too, with another password."""
    clinic_of_all_roles(accounts, THERE)
    here = with_password(accounts, "therapist", GOOD)
    with_other(accounts, here, OTHER)
    return here


def with_other(accounts: Accounts, user: User, password: str) -> None:
    hashed = asyncio.run(accounts.passwords.hash(password))
    with accounts.repository.work(writes=True) as work:
        there = work.get(User, f"{THERE}-therapist", THERE)
        work.put(replace(there, email=user.email, email_key=user.email_key, password_hash=hashed))


def clinic_of(accounts: Accounts, user: User, password: str, clinic_id: str = "") -> str:
    """Sign in; return of which clinic the login is."""
    token = asyncio.run(accounts.sign_in(user.email, password, HERE, clinic_id))
    signed = accounts.logins.who(token)
    assert signed is not None
    return signed.user.tenant_id


def hashed_for(accounts: Accounts, email: str) -> int:
    """How often something is hashed for a wrong password."""
    asked, passwords = [], accounts.passwords
    verify = passwords._verify

    def counted(kept: str, password: str) -> bool:
        asked.append(kept)
        return verify(kept, password)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_verify", counted)
        with pytest.raises(SignInError):
            asyncio.run(accounts.sign_in(email, "wrong", HERE))
    return len(asked)


def test_an_address_of_another_clinic_is_invited_like_an_unknown_one(accounts: Accounts) -> None:
    clinic_of_all_roles(accounts, THERE)
    invite = Invitations(accounts).invite
    actor = Actor(f"{TENANT}-clinic_admin", TENANT, "clinic_admin")
    for email in (f"therapist@{THERE}.example", "nobody@x.example"):
        made, token = invite(actor, Invitee("Bo", email, "therapist"))
        assert Invitations(accounts).invited(token) == made
    with pytest.raises(CallerError, match="already"):
        invite(actor, Invitee("Bo", f"researcher@{TENANT}.example", "therapist"))


def test_each_password_opens_its_own_clinic(accounts: Accounts, user: User) -> None:
    assert clinic_of(accounts, user, GOOD) == TENANT
    assert clinic_of(accounts, user, OTHER) == THERE
    assert clinic_of(accounts, user, OTHER, THERE) == THERE


def test_who_names_a_clinic_comes_into_no_other(accounts: Accounts, user: User) -> None:
    with pytest.raises(SignInError):
        clinic_of(accounts, user, OTHER, TENANT)


def test_who_has_one_password_for_both_chooses(accounts: Accounts, user: User) -> None:
    with_other(accounts, user, GOOD)
    for chosen in ("", "clinic-c"):
        with pytest.raises(ChooseClinicError) as asked:
            clinic_of(accounts, user, GOOD, chosen)
        assert {one for one, _ in asked.value.clinics} == {TENANT, THERE}
    assert [clinic_of(accounts, user, GOOD, one) for one in (TENANT, THERE)] == [TENANT, THERE]


def test_no_wait_tells_in_how_many_clinics_an_address_is(accounts: Accounts, user: User) -> None:
    addresses = (user.email, f"patient@{THERE}.example", "nobody@x.example")
    assert [hashed_for(accounts, one) for one in addresses] == [2, 2, 2]


def test_a_wrong_password_is_told_to_both_and_to_neither_of_the_other(
    accounts: Accounts, user: User
) -> None:
    with pytest.raises(SignInError):
        clinic_of(accounts, user, "wrong")
    assert told(accounts) == told(accounts, THERE) == ["login.fail"]


def test_an_own_account_here_clears_no_guesses_at_the_one_there(
    accounts: Accounts, user: User
) -> None:
    for _ in range(PER_ACCOUNT - 1):
        with pytest.raises(SignInError):
            clinic_of(accounts, user, "wrong")
    assert clinic_of(accounts, user, GOOD) == TENANT
    with pytest.raises(SignInError):
        clinic_of(accounts, user, "wrong")
    with pytest.raises(TooManyGuessesError):
        clinic_of(accounts, user, OTHER)


def test_at_the_terminal_the_clinic_is_named_where_there_are_two(
    accounts: Accounts, user: User
) -> None:
    setup = Setup(accounts)
    with pytest.raises(CallerError, match="--clinic"):
        setup.invite(user.email)
    assert setup.invite(user.email, THERE)[0].tenant_id == THERE
    assert setup.invite(f"researcher@{THERE}.example")[0].tenant_id == THERE
