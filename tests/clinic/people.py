"""A clinic with somebody in every role, and logins without the way through the pages."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

from levator.clinic.accounts import Accounts
from levator.clinic.logins import Signed
from levator.clinic.passwords import Passwords
from levator.clinic.seal_key import SealKey
from levator.clinic.settings import new_clinic
from levator.records.people import Login, Patient, Role, User
from levator.records.repository import Repository

TENANT = "clinic-a"
ROLES: tuple[Role, ...] = get_args(Role)


def quick_passwords() -> Passwords:
    """Argon2id as always, only cheap: a test need not cost an attacker anything."""
    return Passwords(memory_kib=64, passes=1, lanes=1)


def user_of(role: Role, tenant: str = TENANT) -> User:
    email = f"{role}@{tenant}.example"
    return User(
        id=f"{tenant}-{role}",
        tenant_id=tenant,
        name=role.replace("_", " ").title(),
        email=email,
        email_key=email,
        role=role,
        state="active",
        language="",
        made_at="2026-11-01T09:00:00+00:00",
    )


def clinic_of_all_roles(accounts: Accounts, tenant: str = TENANT) -> None:
    """Make a tenant with one account for each role; the patient is the therapist's."""
    with accounts.repository.work(writes=True) as work:
        at = "2026-11-01T09:00:00+00:00"
        work.put(new_clinic(tenant, "Praktijk Bos", at))
        record = Patient(
            id=f"{tenant}-record",
            tenant_id=tenant,
            given_name="Mia",
            family_name="Jansen",
            treated_by=(f"{tenant}-therapist",),
            made_at=at,
        )
        work.put(record)
        for role in ROLES:
            user = user_of(role, tenant)
            work.put(replace(user, patient_id=record.id) if role == "patient" else user)


def signed_in(accounts: Accounts, role: Role, tenant: str = TENANT, user_id: str = "") -> str:
    """Return the token of a whole login."""
    user_id = user_id or f"{tenant}-{role}"
    with accounts.repository.work(writes=True) as work:
        user = work.get(User, user_id, tenant)
        return accounts.logins.begin(
            work, user, is_strong=True, browser="Firefox", address="127.0.0.1"
        )[1]


def confirmed(accounts: Accounts, signed: Signed) -> Signed:
    """Somebody who has just shown once more who she is."""
    with accounts.repository.work(writes=True) as work:
        accounts.logins.confirm(work, signed)
        return replace(signed, login=work.get(Login, signed.login.id, signed.user.tenant_id))


def confirm(accounts: Accounts, token: str) -> None:
    """Let a browser have shown once more who is signed in in it."""
    signed = accounts.logins.who(token)
    assert signed is not None
    confirmed(accounts, signed)


class Clock:
    """A time of day that goes on when it is told to."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 29, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def goes_on(self, **lasting: float) -> None:
        self.time += timedelta(**lasting)


def accounts_on(repository: Repository, clock: Clock | None = None) -> Accounts:
    """Accounts over a storage, with quick passwords and everybody in their place."""
    accounts = Accounts(repository, clock or Clock(), SealKey(), quick_passwords())
    clinic_of_all_roles(accounts)
    return accounts


def with_password(accounts: Accounts, role: Role, password: str) -> User:
    """Give an account a password; return it."""
    with ThreadPoolExecutor(1) as thread:  # where a browser is driven a loop runs already
        hashed = thread.submit(asyncio.run, accounts.passwords.hash(password)).result()
    with accounts.repository.work(writes=True) as work:
        user = work.get(User, f"{TENANT}-{role}", TENANT)
        return work.put(replace(user, password_hash=hashed))


def kept(accounts: Accounts, user: User) -> User:
    with accounts.repository.work(writes=False) as work:
        return work.get(User, user.id, user.tenant_id)


def told(accounts: Accounts, tenant: str = TENANT) -> list[str]:
    """The actions in the audit, in their order."""
    with accounts.repository.work(writes=False) as work:
        return [line.entry.action for line in work.audit_lines(tenant)]
