"""Who acts from a terminal of the computer itself, as the audit tells it.

Whoever may read the database file acts with the right of an administrator; the audit names no
user, but the account of the operating system and that it was a terminal.
"""

from __future__ import annotations

import getpass

from levator.errors import CallerError
from levator.records.access import Actor
from levator.records.people import Patient, Role, Tenant
from levator.records.repository import Repository
from levator.records.work import where

#: The chain of what concerns all clinics of an installation, such as a backup.
INSTALLATION = "installation"


def at_terminal(tenant_id: str = INSTALLATION) -> Actor:
    """Return who acts on a clinic, or on the installation as a whole."""
    role: Role = "system_admin" if tenant_id == INSTALLATION else "clinic_admin"
    return Actor(user_id="", tenant_id=tenant_id, role=role, address=f"terminal:{_account()}")


def _account() -> str:
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        return "not known"


def the_tenant(repository: Repository, name: str | None = None) -> Tenant:
    """Return the clinic that is meant, by its name or id; the only one where none is named."""
    with repository.work(writes=False) as work:
        tenants = work.find(Tenant, None, order="name")
    found = [one for one in tenants if name in (None, one.name, one.id)]
    if len(found) == 1:
        return found[0]
    if not tenants:
        raise CallerError("There is no clinic in this database yet; set one up first.")
    if name is not None and not found:
        raise CallerError(
            "There is no clinic %(name)r here; there is %(names)s.",
            name=name,
            names=[one.name for one in tenants],
        )
    raise CallerError(
        "Say which clinic with --clinic: %(names)s.", names=[one.name for one in tenants]
    )


def the_patient(
    repository: Repository, tenant: Tenant, words: str, *, may_be_erased: bool = False
) -> str:
    """Return the id of the patient with this id or number, in this clinic.

    may_be_erased : an id of which only the audit knows is taken as well.
    """
    with repository.work(writes=False) as work:
        found = work.find(Patient, tenant.id, where(number=words))
        found += work.find(Patient, tenant.id, where(id=words))
        if not found and may_be_erased and work.audit_lines(tenant.id, patient_id=words, limit=1):
            return words
    if len(found) != 1:
        raise CallerError(
            "No patient or more than one has %(words)r as number or id; look in the list of "
            "patients.",
            words=words,
        )
    return found[0].id
