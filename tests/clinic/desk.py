"""A clinic with two therapists and a patient, over memory and over SQLite, on a known day."""

import uuid
from pathlib import Path
from typing import Any

from levator.clinic import courses, history, patients, treatment
from levator.clinic.acting import Acts
from levator.clinic.history import History
from levator.clinic.logins import Signed
from levator.clinic.patients import PatientDetails
from levator.clinic.settings import new_clinic
from levator.records.access import Actor
from levator.records.people import Birth, Login, Patient, Role, User
from levator.records.repository import Repository
from levator.records.treatment import Clearance
from levator.storage import open_repository
from tests.sqlite import opened_in

BACK_ENDS = ("memory", "sqlite")
TODAY = "2026-11-29"
NOW = f"{TODAY}T10:00:00+01:00"
TENANT, OTHER = "a" * 32, "b" * 32
ANKE, BO, ADMIN, FAR = "1" * 32, "2" * 32, "3" * 32, "4" * 32
#: What a session that passed came to.
PASSED: dict[str, Any] = {
    "state": "ended",
    "ended_by": "rounds",
    "rounds": 10,
    "valid_rounds": 10,
    "good_rounds": 10,
    "in_band_percent": 95.0,
    "released_percent": 100.0,
}


def new_id() -> str:
    return uuid.uuid4().hex


def opened(back_end: str, folder: Path) -> Repository:
    return open_repository("memory://") if back_end == "memory" else opened_in(folder)


def actor(user_id: str = ANKE, role: Role = "therapist", tenant_id: str = TENANT) -> Actor:
    return Actor(user_id, tenant_id, role)


def clinic(repository: Repository, now: str = NOW) -> Acts:
    """Return acts over a clinic with its users, and another clinic beside it."""
    with repository.work(writes=True) as work:
        for tenant_id in (TENANT, OTHER):
            work.put(new_clinic(tenant_id, "Clinic", now))
        rows: tuple[tuple[str, str, Role], ...] = (
            (ANKE, TENANT, "therapist"),
            (BO, TENANT, "therapist"),
            (ADMIN, TENANT, "clinic_admin"),
            (FAR, OTHER, "therapist"),
        )
        for user_id, tenant_id, role in rows:
            address = f"{user_id[0]}@example.org"
            work.put(
                User(
                    id=user_id,
                    tenant_id=tenant_id,
                    name=f"Therapist {user_id[0]}",
                    email=address,
                    email_key=address,
                    role=role,
                    state="active",
                )
            )
    return Acts(repository, lambda: now)


def jansen(**changes: str) -> PatientDetails:
    fields = {"given_name": "Mia", "family_name": "Jansen", "born_on": "1991-03-12"}
    return PatientDetails(**(fields | changes))


def made(acts: Acts, **changes: str) -> Patient:
    return patients.make(acts, actor(), new_id(), jansen(**changes))


def signed(who: Actor) -> Signed:
    """Return somebody as signed in, with all that her account asks for."""
    user = User(
        id=who.user_id,
        tenant_id=who.tenant_id,
        name="Somebody",
        email="",
        email_key="",
        role=who.role,
        state="active",
        patient_id=who.patient_id,
    )
    login = Login(
        id="7" * 32,
        tenant_id=who.tenant_id,
        user_id=who.user_id,
        token_digest="",
        made_at=NOW,
        seen_at=NOW,
        until=NOW,
        is_strong=True,
    )
    return Signed(login, user, has_factor=True)


def of(acts: Acts, patient_id: str) -> History:
    """Everything that is kept of her."""
    return history.read(acts, actor(), patient_id)


def born(acts: Acts, patient_id: str, **changes: object) -> Birth:
    """A birth with help, kept."""
    fields: dict[str, object] = {"born_on": "2026-10-04", "mode": "vacuum", "tear": "second"}
    return treatment.keep_birth(acts, actor(), patient_id, new_id(), **fields | changes)


def cleared(acts: Acts, patient_id: str, **changes: str) -> Clearance:
    """A clearance, signed."""
    fields = {"signed_by": "Dr. B. Smit", "profession": "gynaecologist", "from_on": "2026-11-10"}
    return treatment.sign_clearance(acts, actor(), patient_id, new_id(), **fields | changes)


def is_cleared(acts: Acts, patient_id: str) -> bool:
    """Whether a clearance of hers holds today."""
    now = courses.view(acts, actor(), patient_id)
    return any(courses.is_current(now.chart, one) for one in now.history.clearances)
