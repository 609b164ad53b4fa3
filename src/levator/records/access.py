"""Who may do what: one table, action x role x relation, and nothing that is not in it.

The relation is that of the person who asks to the patient (or the user, the tenant) in
question. What no row allows is refused, an unknown action too. Every route and every message
of a socket names an action; the table in docs/explanations/access.md is drawn from this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from levator.records.people import Patient, Role, User

#: self: she herself, or one's own account. treating: her therapist. clinic: of the same
#: tenant. other: of another tenant.
Relation = Literal["self", "treating", "clinic", "other"]
ROLES: tuple[Role, ...] = get_args(Role)
RELATIONS: tuple[Relation, ...] = get_args(Relation)

_SELF: tuple[Relation, ...] = ("self",)
_TREATING: tuple[Relation, ...] = ("treating",)
_CLINIC: tuple[Relation, ...] = ("clinic",)
_WITHIN: tuple[Relation, ...] = ("treating", "clinic")
_ANY: tuple[Relation, ...] = ("self", "treating", "clinic", "other")

#: Action -> role -> relations for which it is allowed.
TABLE: Mapping[str, Mapping[Role, tuple[Relation, ...]]] = {
    # --- Who she is
    "patient.list": {"therapist": _WITHIN, "clinic_admin": _CLINIC},
    "patient.make": {"therapist": _CLINIC, "clinic_admin": _CLINIC},
    "patient.read": {"patient": _SELF, "therapist": _TREATING, "clinic_admin": _CLINIC},
    "patient.change": {"therapist": _TREATING, "clinic_admin": _CLINIC},
    # Access in need: with a reason, told to her, in the audit under its own name.
    "patient.take_on": {"therapist": _WITHIN},
    "patient.hand_over": {"therapist": _TREATING, "clinic_admin": _CLINIC},
    "patient.export": {"patient": _SELF, "therapist": _TREATING, "clinic_admin": _CLINIC},
    "patient.import": {"clinic_admin": _CLINIC},
    "patient.erase": {"clinic_admin": _CLINIC},
    "retention.read": {"clinic_admin": _CLINIC},
    # --- Her treatment
    "treatment.read": {"patient": _SELF, "therapist": _TREATING},
    "pregnancy.write": {"therapist": _TREATING},
    "birth.write": {"therapist": _TREATING},
    "clearance.sign": {"therapist": _TREATING},
    "clearance.revoke": {"therapist": _TREATING},
    "red_flag.report": {"patient": _SELF, "therapist": _TREATING},
    "course.end": {"therapist": _TREATING},
    "course.decide": {"therapist": _TREATING},
    "pain.report": {"patient": _SELF, "therapist": _TREATING},
    "symptom.report": {"patient": _SELF, "therapist": _TREATING},
    "assessment.write": {"therapist": _TREATING},
    "note.write": {"therapist": _TREATING},
    "consent.write": {"patient": _SELF, "therapist": _TREATING},
    # --- Sittings
    "session.open": {"therapist": _TREATING},
    "session.lead": {"therapist": _TREATING},
    "session.train": {"patient": _SELF},
    "session.stop": {"patient": _SELF, "therapist": _WITHIN},
    "session.watch": {"therapist": _WITHIN},
    "session.read": {"patient": _SELF, "therapist": _TREATING},
    "session.report": {"patient": _SELF, "therapist": _TREATING},
    "board.read": {"therapist": _CLINIC},
    "todo.read": {"therapist": _CLINIC},
    # --- At home
    "home.prescribe": {"therapist": _TREATING},
    "home.read": {"patient": _SELF, "therapist": _TREATING},
    "home.keep": {"patient": _SELF},
    # --- Research: consented and pseudonymised, never a name
    "research.read": {"researcher": _CLINIC},
    # --- Who looked
    "audit.own": {"patient": _SELF},
    "audit.read": {"clinic_admin": _CLINIC},
    # --- One's own account
    "account.own": dict.fromkeys(ROLES, _SELF),
    # --- The clinic
    "user.list": {"clinic_admin": _CLINIC, "therapist": _CLINIC},
    "user.invite": {"clinic_admin": _CLINIC},
    "user.change": {"clinic_admin": _CLINIC},
    "user.disable": {"clinic_admin": _CLINIC},
    # Who holds her link could be her: nobody gets one who may not read what she may.
    "patient.invite": {"therapist": _TREATING},
    "patient.close_access": {"therapist": _TREATING, "clinic_admin": _CLINIC},
    "tenant.read": {role: _CLINIC for role in ROLES if role != "system_admin"},
    "tenant.change": {"clinic_admin": _CLINIC},
    # --- The installation
    "tenant.make": {"system_admin": _ANY},
    # Where they lie was chosen at the computer; no page and no route gives one out.
    "backup.read": {"clinic_admin": _CLINIC, "system_admin": _ANY},
    "backup.make": {"clinic_admin": _CLINIC, "system_admin": _ANY},
    "backup.check": {"clinic_admin": _CLINIC, "system_admin": _ANY},
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. `patient_id`: the record of a user who is a patient."""

    user_id: str
    tenant_id: str
    role: Role
    patient_id: str | None = None
    login_id: str = ""
    address: str = ""
    name: str = ""


def may(actor: Actor, action: str, relation: Relation) -> bool:
    """Return whether the table allows it; what it does not know is refused."""
    return relation in TABLE.get(action, {}).get(actor.role, ())


def relation_to_patient(actor: Actor, patient: Patient) -> Relation:
    """Return how somebody stands to a patient."""
    if patient.tenant_id != actor.tenant_id:
        return "other"
    if actor.role == "patient":
        return "self" if actor.patient_id == patient.id else "other"
    is_treating = actor.role == "therapist" and actor.user_id in patient.treated_by
    return "treating" if is_treating else "clinic"


def relation_to_user(actor: Actor, user: User) -> Relation:
    """Return how somebody stands to an account."""
    if actor.user_id == user.id:
        return "self"
    return relation_to_tenant(actor, user.tenant_id)


def relation_to_tenant(actor: Actor, tenant_id: str) -> Relation:
    """Return how somebody stands to a clinic."""
    return "clinic" if actor.tenant_id == tenant_id else "other"
