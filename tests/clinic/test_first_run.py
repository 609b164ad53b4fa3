"""The first run: a clinic, its admin and a second account; by the browser or a command."""

import asyncio
from pathlib import Path

import pytest

from levator.clinic.accounts import Accounts, Browser
from levator.clinic.invitations import Invitations
from levator.clinic.seal_key import SealKey
from levator.clinic.setup import NewClinic, NoSetupError, Setup
from levator.errors import CallerError
from levator.library import load_retention
from levator.records.people import Tenant
from levator.records.work import NotThereError
from tests.clinic import desk
from tests.clinic.people import (
    TENANT,
    Clock,
    kept,
    quick_passwords,
    told,
)

GOOD = "paarse fiets zonder bel"


HERE = Browser("Firefox", "127.0.0.1")


WISH = NewClinic("Praktijk Bos", "Anke Bos", "anke@bos.example", "nl", "anke.t@bos.example")


def empty(tmp_path: Path) -> Accounts:
    repository = desk.opened("memory", tmp_path)
    return Accounts(repository, Clock(), SealKey(), quick_passwords())


def test_the_first_run_makes_a_clinic_its_admin_and_a_second_account(tmp_path: Path) -> None:
    accounts = empty(tmp_path)
    setup = Setup(accounts)
    assert setup.is_open()
    setup.check_code(f" {setup.code.lower()} ")
    token, link = asyncio.run(setup.make(WISH, GOOD, HERE))
    signed = accounts.logins.who(token)
    assert signed is not None
    assert (signed.user.role, signed.is_whole) == ("clinic_admin", False)
    assert accounts.clinic_name(signed.user.tenant_id) == "Praktijk Bos"
    with accounts.repository.work(writes=False) as work:
        [clinic] = work.find(Tenant, signed.user.tenant_id)
    assert clinic.retention_years == load_retention().record_years
    assert link is not None
    assert Invitations(accounts).invited(link).role == "therapist"
    assert not setup.is_open()
    with pytest.raises(NoSetupError):
        asyncio.run(setup.make(WISH, GOOD, HERE))
    assert told(accounts, signed.user.tenant_id)[0] == "tenant.make"
    assert kept(accounts, signed.user).password_hash != GOOD


def test_a_code_is_guessed_five_times_at_most(tmp_path: Path) -> None:
    setup = Setup(empty(tmp_path))
    for _ in range(5):
        with pytest.raises(NoSetupError):
            setup.check_code("AAAAAAAAAA")
    with pytest.raises(NoSetupError):
        setup.check_code(setup.code)


@pytest.mark.parametrize(
    ("wish", "password", "reason"),
    [
        (NewClinic(" ", "Anke", "anke@bos.example"), GOOD, "name of the clinic"),
        (NewClinic("Bos", " ", "anke@bos.example"), GOOD, "Fill in a name"),
        (NewClinic("Bos", "Anke", "anke"), GOOD, "no e-mail address"),
        (NewClinic("Praktijk", "Anke", "anke@bos.example"), "onze praktijk 24", "without your"),
        (
            NewClinic("Bos", "Anke", "anke@bos.example", "nl", "Anke@bos.example"),
            GOOD,
            "Take another address for the account as therapist",
        ),
    ],
)
def test_a_first_run_that_fails_makes_nothing(
    tmp_path: Path, wish: NewClinic, password: str, reason: str
) -> None:
    setup = Setup(empty(tmp_path))
    with pytest.raises(CallerError, match=reason):
        asyncio.run(setup.make(wish, password, HERE))
    assert setup.is_open()


def test_the_command_line_makes_links_for_both_and_once(tmp_path: Path) -> None:
    accounts = empty(tmp_path)
    links = Setup(accounts).init(WISH)
    assert [email for email, _ in links] == ["anke@bos.example", "anke.t@bos.example"]
    roles = [Invitations(accounts).invited(link).role for _, link in links]
    assert roles == ["clinic_admin", "therapist"]
    with pytest.raises(CallerError, match="a clinic in this database already"):
        Setup(accounts).init(WISH)


def test_who_owns_the_computer_can_let_a_lost_admin_in_again(accounts: Accounts) -> None:
    user, link = Setup(accounts).invite(f"CLINIC_ADMIN@{TENANT}.example")
    assert Invitations(accounts).invited(link).id == user.id
    with pytest.raises(NotThereError):
        Setup(accounts).invite("nobody@x.example")
