"""Two at once, on PostgreSQL itself: what works once works once, and nobody's change is lost.

What was asked before a login or a password ended is not done after it.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pyotp
import pytest

from levator.clinic import courses, patients, telling
from levator.clinic.accounts import Accounts, Browser, SignInError
from levator.clinic.acting import Acts
from levator.clinic.courses import ChangedMeanwhileError, Wanted
from levator.clinic.factors import new_recovery_codes, recovery_hashes
from levator.clinic.guesses import Guesses, TooManyGuessesError
from levator.clinic.invitations import Invitations, NoInvitationError
from levator.clinic.logins import LoginEndedError, Signed
from levator.clinic.seal_key import SealKey
from levator.clinic.setup import NewClinic, NoSetupError, Setup
from levator.errors import LevatorError
from levator.records.people import Login, Tenant, User
from levator.records.repository import Repository
from levator.records.work import ConflictError, where
from levator.storage import open_repository
from tests.clinic import desk
from tests.clinic.people import (
    TENANT,
    Clock,
    accounts_on,
    kept,
    quick_passwords,
    signed_in,
    with_password,
)
from tests.clinic.test_courses import born, cleared, on, pain
from tests.postgresql import Cluster

HERE = Browser("Firefox", "10.0.0.7")
GOOD, BETTER = "a long word for the door", "another long word for it"
AT_ONCE = 6


@pytest.fixture
def storage(postgresql: Cluster, request: pytest.FixtureRequest) -> Iterator[Repository]:
    name = f"at_once_{abs(hash(request.node.nodeid))}"
    with open_repository(postgresql.database(name)) as repository:
        yield repository
    postgresql.ask(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def many(storage: Repository) -> Accounts:
    return accounts_on(storage)


def at_once(act: Callable[[int], object], count: int = AT_ONCE) -> list[object]:
    """Do it so many times in the same moment; what each gave, or its refusal."""
    ready = threading.Barrier(count)

    def one(number: int) -> object:
        ready.wait(10)
        try:
            return act(number)
        except LevatorError as error:
            return error

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))


def refused(found: list[object], kind: type[LevatorError]) -> int:
    """How many were refused so; all others have succeeded."""
    wrong = [one for one in found if isinstance(one, LevatorError) and not isinstance(one, kind)]
    assert not wrong
    return sum(isinstance(one, kind) for one in found)


def half(accounts: Accounts, **has: object) -> Signed:
    """Somebody who has shown her password, and has to show a factor."""
    user = with_password(accounts, "therapist", GOOD)
    accounts.within(lambda work: work.put(replace(user, **has)))
    found = accounts.logins.who(asyncio.run(accounts.sign_in(user.email, GOOD, HERE)))
    assert found is not None
    return found


def test_one_code_of_an_app_lets_one_in(many: Accounts) -> None:
    secret = pyotp.random_base32()
    signed = half(many, totp_sealed=many.key.seal(secret, f"{TENANT}-therapist"))
    code = pyotp.TOTP(secret).at(many.now())
    found = at_once(lambda _: asyncio.run(many.show_code(signed, code)))
    assert refused(found, SignInError) == AT_ONCE - 1


def test_one_recovery_code_lets_one_in(many: Accounts) -> None:
    codes = new_recovery_codes()
    sealed = many.key.seal(pyotp.random_base32(), f"{TENANT}-therapist")
    signed = half(many, totp_sealed=sealed, recovery_hashes=recovery_hashes(codes))
    found = at_once(lambda _: asyncio.run(many.show_code(signed, codes[0])))
    assert refused(found, SignInError) == AT_ONCE - 1
    assert len(kept(many, signed.user).recovery_hashes) == len(codes) - 1


def test_one_link_lets_one_in(many: Accounts) -> None:
    user = with_password(many, "therapist", GOOD)
    token = many.within(lambda work: Invitations(many).link(work, user, ""))
    found = at_once(lambda _: asyncio.run(Invitations(many).accept(token, BETTER, HERE)))
    assert refused(found, NoInvitationError) == AT_ONCE - 1
    assert len(many.logins.of(user)) == 1


def test_guesses_at_once_count_as_many(storage: Repository, many: Accounts) -> None:
    guesses = Guesses(storage, many.now, per_account=2)
    found = at_once(lambda _: guesses.take("anke", "10.0.0.7"))
    assert refused(found, TooManyGuessesError) == AT_ONCE - 2


def test_the_first_run_makes_one_clinic(storage: Repository) -> None:
    setup = Setup(Accounts(storage, Clock(), SealKey(), quick_passwords()))
    wish = NewClinic(clinic="Bos", name="Anke", email="a@bos.nl")
    found = at_once(lambda _: asyncio.run(setup.make(wish, GOOD, HERE)))
    assert refused(found, NoSetupError) == AT_ONCE - 1
    with storage.work(writes=False) as work:
        assert (work.count(Tenant, None), work.count(User, None)) == (1, 1)


def test_of_two_who_change_one_version_the_second_sees_the_difference(storage: Repository) -> None:
    acts = desk.clinic(storage)
    hers = desk.made(acts)

    def change(number: int) -> object:
        details = desk.jansen(telephone=f"06-{number}")
        return patients.change(acts, desk.actor(), hers.id, hers.version, details)

    assert refused(at_once(change), ConflictError) == AT_ONCE - 1


def test_what_is_sent_twice_at_once_is_kept_once(storage: Repository) -> None:
    acts, number = desk.clinic(storage), desk.new_id()
    hers = desk.made(acts).id

    def tell(_: int) -> object:
        return telling.write_note(acts, desk.actor(), hers, number, text="A long day")

    assert refused(at_once(tell), LevatorError) == 0
    assert len(courses.view(acts, desk.actor(), hers).history.notes) == 1


def test_of_two_therapists_who_decide_at_once_the_second_looks_again(storage: Repository) -> None:
    acts: Acts = desk.clinic(storage)
    hers = desk.made(acts).id
    born(on(acts, "2026-09-01"), hers, "2026-09-01")
    cleared(acts, hers, "2026-10-01")
    pain(acts, hers)
    patients.take_on(acts, desk.actor(desk.BO), hers, desk.new_id(), "together")
    seen = courses.view(acts, desk.actor(), hers).seen

    def decide(number: int) -> object:
        who = desk.actor(desk.ANKE if number % 2 else desk.BO)
        wanted = Wanted(kind="overrule", stage="step-6", because=f"{number}", seen=seen)
        return courses.decided(acts, who, hers, desk.new_id(), wanted)

    assert refused(at_once(decide), ChangedMeanwhileError) == AT_ONCE - 1
    assert len(courses.view(acts, desk.actor(), hers).history.decisions) == 1


# --- What was asked before something ended


def test_a_login_that_was_ended_meanwhile_comes_back_by_nothing(accounts: Accounts) -> None:
    """Somebody else's, who was about to change the password when she was signed out."""
    signed = accounts.logins.who(signed_in(accounts, "therapist"))
    assert signed is not None
    accounts.within(lambda work: accounts.logins.end_all(work, signed.user))
    change = accounts.change_own(
        signed, "account.password", lambda user: replace(user, password_hash="mine")
    )
    with pytest.raises(LoginEndedError):
        asyncio.run(change)
    assert accounts.logins.of(signed.user) == []
    assert kept(accounts, signed.user).password_hash != "mine"


def test_a_code_lets_nobody_in_whose_half_login_was_ended(accounts: Accounts) -> None:
    codes = new_recovery_codes()
    sealed = accounts.key.seal(pyotp.random_base32(), f"{TENANT}-therapist")
    signed = half(accounts, totp_sealed=sealed, recovery_hashes=recovery_hashes(codes))
    accounts.within(lambda work: accounts.logins.end_all(work, signed.user))
    with pytest.raises(LoginEndedError):
        asyncio.run(accounts.show_code(signed, codes[0]))
    assert accounts.logins.of(signed.user) == []


def test_half_a_login_sets_no_factor_beside_one_that_came_meanwhile(accounts: Accounts) -> None:
    signed = half(accounts)
    sealed = accounts.key.seal(pyotp.random_base32(), signed.user.id)
    user = kept(accounts, signed.user)
    accounts.within(lambda work: work.put(replace(user, totp_sealed=sealed)))
    secret = pyotp.random_base32()
    with pytest.raises(SignInError):
        asyncio.run(accounts.set_totp(signed, secret, pyotp.TOTP(secret).at(accounts.now())))
    assert kept(accounts, signed.user).totp_sealed == sealed


def test_an_old_password_lets_nobody_in_who_sent_it_before_the_change(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = with_password(accounts, "patient", GOOD)
    is_right = accounts.passwords.is_right

    async def while_she_changes_it(one: str | None, password: str) -> bool:
        found = await is_right(one, password)
        new = await accounts.passwords.hash(BETTER)
        accounts.within(lambda work: work.put(replace(user, password_hash=new)))
        return found

    monkeypatch.setattr(
        type(accounts.passwords), "is_right", lambda _, *given: while_she_changes_it(*given)
    )
    with pytest.raises(SignInError):
        asyncio.run(accounts.sign_in(user.email, GOOD, HERE))
    with accounts.repository.work(writes=False) as work:
        assert work.count(Login, TENANT, where(user_id=user.id)) == 0
