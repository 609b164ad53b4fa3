"""The people of `levator demo`: a clinic of its own, whose links need no password."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from levator.clinic.accounts import Accounts, Browser
from levator.errors import CallerError
from levator.records.people import Patient, Role, Tenant, User, search_key
from levator.records.work import NotThereError, Work

_TENANT = "demonstration"
E = TypeVar("E", Tenant, User, Patient)


@dataclass(frozen=True, slots=True)
class People:
    """Who plays in a demonstration."""

    therapist: User
    patient: User


def people(accounts: Accounts, therapist: str, patient: str) -> People:
    """Make the demonstration's clinic, or find it again; raises CallerError in a real one."""
    with accounts.repository.work(writes=True) as work:
        if any(one.id != _TENANT for one in work.find(Tenant, None)):
            raise CallerError(
                "This folder holds the records of a clinic; choose another for a demonstration."
            )
        at = accounts.now().isoformat()
        _put(work, Tenant(id=_TENANT, tenant_id=_TENANT, name="levator demo", made_at=at))
        led_by = _put(work, _user("therapist", therapist, at))
        record = Patient(
            id=f"{_TENANT}-record",
            tenant_id=_TENANT,
            given_name=patient,
            family_name="",
            search_key=search_key(patient),
            treated_by=(led_by.id,),
            made_at=at,
        )
        kept = _put(work, record)
        trains = _put(work, replace(_user("patient", patient, at), patient_id=kept.id))
    return People(led_by, trains)


def let_in(accounts: Accounts, user: User, browser: Browser) -> str:
    """Return the token of a whole login, without a password: only where all is made up."""
    if user.tenant_id != _TENANT:
        raise AssertionError("only the demonstration's people come in without a password")
    with accounts.repository.work(writes=True) as work:
        _, token = accounts.logins.begin(
            work, user, is_strong=True, browser=browser.name, address=browser.address
        )
    return token


def _user(role: Role, name: str, at: str) -> User:
    address = f"{role}@{_TENANT}.example"
    return User(
        id=f"{_TENANT}-{role}",
        tenant_id=_TENANT,
        name=name,
        email=address,
        email_key=address,
        role=role,
        state="active",
        language="",
        made_at=at,
    )


def _put(work: Work, entity: E) -> E:
    try:
        return work.get(type(entity), entity.id, _TENANT)
    except NotThereError:
        return work.put(entity)
