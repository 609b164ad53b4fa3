"""Links, and what an admin does with accounts."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pyotp
import pytest

from levator.clinic import patients
from levator.clinic.accounts import Accounts, Browser, SignInError
from levator.clinic.acting import RefusedError
from levator.clinic.factors import new_totp_secret
from levator.clinic.invitations import INVITED, Invitations, Invitee, NoInvitationError
from levator.clinic.setup import Setup
from levator.clinic.users import Users
from levator.errors import CallerError
from levator.records.access import Actor
from levator.records.people import Login, Role, User
from levator.records.work import ConflictError, NotThereError
from tests.clinic.people import (
    ROLES,
    TENANT,
    Clock,
    clinic_of_all_roles,
    kept,
    signed_in,
    told,
    with_password,
)

GOOD = "paarse fiets zonder bel"


HERE = Browser("Firefox", "127.0.0.1")


BO = Invitee("Bo  de\u202e Vries", "bo@bos.example", "therapist", "nl")


def actor(role: Role = "clinic_admin", tenant: str = TENANT) -> Actor:
    return Actor(f"{tenant}-{role}", tenant, role)


def invited(accounts: Accounts, wanted: Invitee = BO) -> tuple[User, str]:
    return Invitations(accounts).invite(actor(), wanted)


def test_a_link_sets_the_password_once(accounts: Accounts) -> None:
    user, link = invited(accounts)
    assert (user.name, user.state) == ("Bo de Vries", "invited")
    with pytest.raises(SignInError):
        asyncio.run(accounts.sign_in(user.email, GOOD, HERE))
    token = asyncio.run(Invitations(accounts).accept(link, GOOD, HERE))
    signed = accounts.logins.who(token)
    assert signed is not None
    assert not signed.is_whole
    assert asyncio.run(accounts.sign_in(user.email, GOOD, HERE))
    with pytest.raises(NoInvitationError):
        asyncio.run(Invitations(accounts).accept(link, "groene trein zonder deur", HERE))
    assert told(accounts)[-4:] == ["login.fail", "invitation.take", "login.half", "login.half"]


def test_a_link_taken_twice_at_once_sets_one_password(accounts: Accounts) -> None:
    _, link = invited(accounts)

    async def both() -> list[BaseException | str]:
        asked = [Invitations(accounts).accept(link, GOOD + sign, HERE) for sign in "!?"]
        return await asyncio.gather(*asked, return_exceptions=True)

    found = asyncio.run(both())
    assert sorted(type(one).__name__ for one in found) == ["NoInvitationError", "str"]


def test_a_link_is_dead_after_a_week_a_newer_one_and_a_disabled_account(
    accounts: Accounts, clock: Clock
) -> None:
    user, first = invited(accounts)
    _, second = Invitations(accounts).again(actor(), user.id)
    for dead in (first, "", "x"):
        with pytest.raises(NoInvitationError):
            Invitations(accounts).invited(dead)
    clock.goes_on(days=6.9)
    assert Invitations(accounts).invited(second).id == user.id
    Users(accounts).disable(actor(), user.id)
    with pytest.raises(NoInvitationError):
        Invitations(accounts).invited(second)
    _, third = Invitations(accounts).again(actor(), user.id)
    clock.goes_on(days=7)
    with pytest.raises(NoInvitationError):
        Invitations(accounts).invited(third)


def test_an_unfit_password_leaves_the_link_alive(accounts: Accounts) -> None:
    _, link = invited(accounts)
    with pytest.raises(CallerError, match="without your name"):
        asyncio.run(Invitations(accounts).accept(link, "ik heet Vries!!", HERE))
    assert Invitations(accounts).invited(link)


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (Invitee("Bo", "bo@bos.example", "system_admin"), "Choose a role"),
        (Invitee("Bo", "bo@bos.example", "patient"), "Choose a role"),
        (Invitee("\u200b", "bo@bos.example", "therapist"), "Fill in a name"),
        (Invitee("Bo", "bo", "therapist"), "no e-mail address"),
        (Invitee("Bo", f"THERAPIST@{TENANT}.example", "therapist"), "has an account here already"),
    ],
)
def test_what_cannot_be_invited(accounts: Accounts, wanted: Invitee, reason: str) -> None:
    with pytest.raises(CallerError, match=reason):
        invited(accounts, wanted)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "clinic_admin"])
def test_only_an_admin_of_the_clinic_invites_changes_and_disables(
    accounts: Accounts, role: Role
) -> None:
    other, users = f"{TENANT}-researcher", Users(accounts)
    acts: list[Callable[[], object]] = [
        lambda: Invitations(accounts).invite(actor(role), BO),
        lambda: Invitations(accounts).again(actor(role), other),
        lambda: users.disable(actor(role), other),
        lambda: users.change(actor(role), other, "X", "therapist", "nl", 1),
    ]
    for act in acts:
        with pytest.raises(RefusedError):
            act()


def test_another_clinics_accounts_are_not_there(accounts: Accounts) -> None:
    clinic_of_all_roles(accounts, "clinic-b")
    foreign, users = "clinic-b-therapist", Users(accounts)
    acts: list[Callable[[], object]] = [
        lambda: Invitations(accounts).again(actor(), foreign),
        lambda: users.disable(actor(), foreign),
        lambda: users.one(actor(), foreign),
        lambda: users.change(actor(), foreign, "X", "therapist", "nl", 1),
        lambda: Invitations(accounts).invite_patient(
            actor("therapist"), "clinic-b-record", "m@x.example"
        ),
    ]
    for act in acts:
        with pytest.raises(NotThereError):
            act()
    assert {user.tenant_id for user in users.all(actor())} == {TENANT}


def test_a_new_link_ends_everything_one_could_sign_in_with(accounts: Accounts) -> None:
    token = signed_in(accounts, "therapist")
    user, _ = Invitations(accounts).again(actor(), f"{TENANT}-therapist")
    assert accounts.logins.who(token) is None
    assert (user.state, user.password_hash, user.totp_sealed) == ("invited", None, None)
    assert user.recovery_hashes == ()


def test_a_link_for_a_forgotten_password_leaves_the_second_factor_and_asks_for_it(
    accounts: Accounts, clock: Clock
) -> None:
    user, secret = with_password(accounts, "therapist", GOOD), new_totp_secret()
    with accounts.repository.work(writes=True) as work:
        work.put(replace(user, totp_sealed=accounts.key.seal(secret, user.id)))
    token = signed_in(accounts, "therapist")
    invitations = Invitations(accounts)
    changed, link = invitations.for_password(actor(), user.id)
    assert accounts.logins.who(token) is None
    assert (changed.state, changed.password_hash) == ("active", None)
    with pytest.raises(SignInError):
        asyncio.run(accounts.sign_in(user.email, GOOD, HERE))
    half = accounts.logins.who(
        asyncio.run(invitations.accept(link, "groene trein zonder deur", HERE))
    )
    assert half is not None
    assert not half.is_whole
    assert half.has_factor
    code = pyotp.TOTP(secret).at(int(clock().timestamp()))
    whole = accounts.logins.who(asyncio.run(accounts.show_code(half, code)))
    assert whole is not None
    assert whole.is_whole


def test_a_link_for_a_password_brings_no_disabled_account_back_without_it(
    accounts: Accounts,
) -> None:
    number = f"{TENANT}-therapist"
    Users(accounts).disable(actor(), number)
    changed, _ = Invitations(accounts).for_password(actor(), number)
    assert changed.state == "invited"
    for role in ("therapist", "researcher"):
        with pytest.raises((NotThereError, RefusedError)):
            Invitations(accounts).for_password(actor(role), f"{TENANT}-patient")


def test_a_new_link_for_a_password_ends_the_one_before(accounts: Accounts) -> None:
    invitations = Invitations(accounts)
    user, first = invitations.invite(actor(), Invitee("Bo", "bo@x.example", "therapist"))
    invitations.for_password(actor(), user.id)
    with pytest.raises(NoInvitationError):
        invitations.invited(first)


def test_once_a_password_is_chosen_no_other_link_chooses_another(accounts: Accounts) -> None:
    invitations = Invitations(accounts)
    user, link = invitations.invite(actor(), Invitee("Bo", "bo@x.example", "therapist"))
    with accounts.repository.work(writes=True) as work:
        other = invitations.link(work, user, "")
    asyncio.run(invitations.accept(link, GOOD, HERE))
    for one in (link, other):
        with pytest.raises(NoInvitationError):
            invitations.invited(one)


def test_a_patient_is_invited_by_who_treats_her_and_again_by_the_same_link(
    accounts: Accounts,
) -> None:
    record = f"{TENANT}-record"
    user, first = Invitations(accounts).invite_patient(actor("therapist"), record, "")
    assert user.patient_id == record
    _, second = Invitations(accounts).invite_patient(actor("therapist"), record, "")
    with pytest.raises(NoInvitationError):
        Invitations(accounts).invited(first)
    assert Invitations(accounts).invited(second).id == user.id
    with pytest.raises(RefusedError):
        Invitations(accounts).invite_patient(actor("researcher"), record, "")


@pytest.mark.parametrize("role", ["therapist", "clinic_admin"])
def test_closing_her_access_ends_all_with_which_she_comes_in(
    accounts: Accounts, role: Role
) -> None:
    record, invitations = f"{TENANT}-record", Invitations(accounts)
    user, link = invitations.invite_patient(actor("therapist"), record, "")
    token = asyncio.run(invitations.accept(link, GOOD, HERE))
    assert accounts.logins.who(token) is not None
    invitations.close(actor(role), record)
    assert accounts.logins.who(token) is None
    with pytest.raises(SignInError):
        asyncio.run(accounts.sign_in(user.email, GOOD, HERE))
    _, unused = invitations.invite_patient(actor("therapist"), record, "")
    invitations.close(actor(role), record)
    with pytest.raises(NoInvitationError):
        invitations.invited(unused)


def test_a_new_link_of_a_patient_ends_the_phone_on_which_she_was_signed_in(
    accounts: Accounts,
) -> None:
    stolen, invitations = signed_in(accounts, "patient"), Invitations(accounts)
    user, link = invitations.invite_patient(actor("therapist"), f"{TENANT}-record", "")
    assert accounts.logins.who(stolen) is None
    assert (user.state, user.password_hash) == ("invited", None)
    assert accounts.logins.who(asyncio.run(invitations.accept(link, GOOD, HERE))) is not None


def test_a_login_that_was_left_ends_where_a_link_is_taken(accounts: Accounts) -> None:
    user, link = invited(accounts)
    with accounts.repository.work(writes=True) as work:
        _, left = accounts.logins.begin(
            work, user, is_strong=True, browser="Firefox", address="127.0.0.1"
        )
    asyncio.run(Invitations(accounts).accept(link, GOOD, HERE))
    assert accounts.logins.who(left) is None


def test_a_disabled_account_is_signed_out_and_cannot_come_in(accounts: Accounts) -> None:
    token = signed_in(accounts, "therapist")
    user = Users(accounts).disable(actor(), f"{TENANT}-therapist")
    assert user.state == "disabled"
    assert accounts.logins.who(token) is None
    with accounts.repository.work(writes=False) as work:
        assert all(one.revoked_at for one in work.find(Login, TENANT))
    with pytest.raises(SignInError):
        asyncio.run(accounts.sign_in(user.email, GOOD, HERE))


def test_another_role_ends_every_login_and_another_name_none(accounts: Accounts) -> None:
    token, users = signed_in(accounts, "therapist"), Users(accounts)
    number = f"{TENANT}-therapist"
    users.change(actor(), number, "Anke Bos", "therapist", "nl", 1)
    assert accounts.logins.who(token) is not None
    with pytest.raises(ConflictError) as conflict:
        users.change(actor(), number, "Anke", "therapist", "en", 1)
    assert set(conflict.value.differs) == {"name", "language"}
    users.change(actor(), number, "Anke Bos", "researcher", "nl", 2)
    assert accounts.logins.who(token) is None
    with pytest.raises(CallerError, match="Fill in a name"):
        users.change(actor(), number, " ", "researcher", "nl", 3)


@pytest.mark.parametrize("role", ["patient", "system_admin"])
def test_nobody_becomes_what_is_not_invited(accounts: Accounts, role: Role) -> None:
    assert role not in INVITED
    with pytest.raises(CallerError, match="Choose a role"):
        Users(accounts).change(actor(), f"{TENANT}-therapist", "X", role, "nl", 1)


@pytest.mark.parametrize("role", ["clinic_admin", "researcher", "system_admin"])
def test_nobody_gets_a_patients_link_who_does_not_treat_her(accounts: Accounts, role: Role) -> None:
    with pytest.raises(RefusedError):
        Invitations(accounts).invite_patient(actor(role), f"{TENANT}-record", "mia@bos.example")


def test_for_an_admin_the_account_of_a_patient_is_not_there(accounts: Accounts) -> None:
    hers, users, alive = f"{TENANT}-patient", Users(accounts), signed_in(accounts, "patient")
    acts: list[Callable[[], object]] = [
        lambda: Invitations(accounts).again(actor(), hers),
        lambda: users.disable(actor(), hers),
        lambda: users.one(actor(), hers),
        lambda: users.change(actor(), hers, "X", "therapist", "nl", 1),
        lambda: Setup(accounts).invite(f"patient@{TENANT}.example"),
    ]
    for act in acts:
        with pytest.raises(NotThereError):
            act()
    assert accounts.logins.who(alive) is not None


def test_she_sees_who_made_her_link_and_that_it_was_taken(accounts: Accounts) -> None:
    record, invitations = f"{TENANT}-record", Invitations(accounts)
    user, link = invitations.invite_patient(actor("therapist"), record, "")
    asyncio.run(invitations.accept(link, GOOD, Browser("Firefox", "192.168.1.9")))
    with accounts.repository.work(writes=False) as work:
        lines = [one.entry for one in work.audit_lines(TENANT, patient_id=record)]
    assert [(one.action, one.user_id, one.address) for one in lines] == [
        ("patient.invite", f"{TENANT}-therapist", ""),
        ("invitation.take", user.id, "192.168.1.9"),
    ]


def test_of_two_admins_who_disable_each_other_at_once_one_stays(accounts: Accounts) -> None:
    user, _ = Invitations(accounts).invite(actor(), replace(BO, role="clinic_admin"))
    other = Actor(user.id, TENANT, "clinic_admin")
    Users(accounts).disable(other, f"{TENANT}-clinic_admin")
    with pytest.raises(RefusedError):
        Users(accounts).disable(actor(), user.id)
    assert kept(accounts, user).state == "invited"


def test_who_has_another_role_meanwhile_does_nothing_in_the_one_before(
    accounts: Accounts,
) -> None:
    Users(accounts).change(actor(), f"{TENANT}-therapist", "Anke", "researcher", "nl", 1)
    with pytest.raises(RefusedError):
        patients.read(Invitations(accounts)._acts, actor("therapist"), f"{TENANT}-record")


@pytest.mark.parametrize("role", ["researcher", "system_admin"])
def test_a_role_without_any_patients_is_told_the_same_of_an_id_that_exists(
    accounts: Accounts, role: Role
) -> None:
    acts = Invitations(accounts)._acts
    for number in (f"{TENANT}-record", "nobody"):
        with pytest.raises(RefusedError):
            patients.read(acts, actor(role), number)
        with pytest.raises(RefusedError):
            acts.check(actor(role), "patient.take_on", number)


def test_nobody_changes_or_disables_herself_so_an_admin_stays(accounts: Accounts) -> None:
    number, users = f"{TENANT}-clinic_admin", Users(accounts)
    acts: list[Callable[[], object]] = [
        lambda: users.disable(actor(), number),
        lambda: users.change(actor(), number, "X", "therapist", "nl", 1),
        lambda: Invitations(accounts).again(actor(), number),
    ]
    for act in acts:
        with pytest.raises(RefusedError):
            act()
