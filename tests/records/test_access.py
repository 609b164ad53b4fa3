"""The table of access, cell by cell: what is allowed is written out here once more, by hand.

A change of the table is a change of this list too, so that somebody has looked at it.
"""

from itertools import product

import pytest

from levator.records.access import (
    RELATIONS,
    ROLES,
    TABLE,
    Actor,
    Relation,
    may,
    relation_to_patient,
    relation_to_tenant,
    relation_to_user,
)
from levator.records.people import Patient, Role, User

OF_ALL = "tenant.make backup.read backup.make backup.check"
#: Role -> relation -> what is allowed; everything else is refused.
ALLOWED: dict[tuple[Role, Relation], str] = {
    ("patient", "self"): """
        patient.read patient.export treatment.read red_flag.report pain.report symptom.report
        consent.write session.train session.stop session.read session.report audit.own
        account.own home.read home.keep
    """,
    ("patient", "treating"): "",
    ("patient", "clinic"): "tenant.read",
    ("patient", "other"): "",
    ("therapist", "self"): "account.own",
    ("therapist", "treating"): """
        patient.list patient.read patient.change patient.hand_over patient.export patient.invite
        patient.close_access patient.take_on
        treatment.read pregnancy.write birth.write clearance.sign clearance.revoke
        red_flag.report course.end course.decide pain.report
        symptom.report assessment.write note.write consent.write session.open session.lead
        session.stop session.watch session.read session.report home.prescribe home.read
    """,
    ("therapist", "clinic"): """
        patient.list patient.make patient.take_on session.stop session.watch board.read todo.read
        user.list tenant.read
    """,
    ("therapist", "other"): "",
    ("researcher", "self"): "account.own",
    ("researcher", "treating"): "",
    ("researcher", "clinic"): "research.read tenant.read",
    ("researcher", "other"): "",
    ("clinic_admin", "self"): "account.own",
    ("clinic_admin", "treating"): "",
    ("clinic_admin", "clinic"): """
        patient.list patient.make patient.read patient.change patient.hand_over patient.export
        patient.import patient.erase patient.close_access audit.read user.list user.invite
        user.change user.disable tenant.read tenant.change retention.read backup.read backup.make
        backup.check
    """,
    ("clinic_admin", "other"): "",
    (
        "system_admin",
        "self",
    ): f"account.own {OF_ALL}",
    (
        "system_admin",
        "treating",
    ): OF_ALL,
    (
        "system_admin",
        "clinic",
    ): OF_ALL,
    (
        "system_admin",
        "other",
    ): OF_ALL,
}


def an_actor(role: Role, **values: str) -> Actor:
    return Actor(**{"user_id": "me", "tenant_id": "here", **values}, role=role)


def a_user(user_id: str, tenant_id: str) -> User:
    return User(
        id=user_id, tenant_id=tenant_id, name="", email="", email_key=user_id, role="therapist"
    )


def a_patient(tenant_id: str = "here", *treated_by: str) -> Patient:
    return Patient(
        id="she", tenant_id=tenant_id, given_name="A", family_name="B", treated_by=treated_by
    )


@pytest.mark.parametrize(("role", "relation"), list(product(ROLES, RELATIONS)))
def test_every_cell_is_as_written_out(role: Role, relation: Relation) -> None:
    allowed = {action for action in TABLE if may(an_actor(role), action, relation)}
    assert allowed == set(ALLOWED[role, relation].split())


def test_every_cell_is_written_out() -> None:
    assert ALLOWED.keys() == set(product(ROLES, RELATIONS))


@pytest.mark.parametrize("relation", RELATIONS)
@pytest.mark.parametrize("action", ["", "patient", "patient.", "PATIENT.READ", "patient.read "])
def test_what_is_not_in_the_table_is_refused(action: str, relation: Relation) -> None:
    assert not any(may(an_actor(role), action, relation) for role in ROLES)


def test_an_unknown_role_may_do_nothing() -> None:
    nobody = Actor(user_id="me", tenant_id="here", role="owner")
    assert not any(may(nobody, action, relation) for action in TABLE for relation in RELATIONS)


def test_no_record_is_reached_from_another_clinic() -> None:
    across = {a for a in TABLE for role in ROLES if may(an_actor(role), a, "other")}
    assert across == set(OF_ALL.split())


@pytest.mark.parametrize(
    ("actor", "relation"),
    [
        (an_actor("patient", patient_id="she"), "self"),
        (an_actor("patient", patient_id="another"), "other"),
        (an_actor("patient"), "other"),
        (an_actor("therapist"), "treating"),
        (an_actor("therapist", user_id="colleague"), "clinic"),
        (an_actor("clinic_admin", user_id="office"), "clinic"),
        (an_actor("therapist", tenant_id="there"), "other"),
        (an_actor("patient", tenant_id="there", patient_id="she"), "other"),
        # An id in the wrong field is no way in.
        (an_actor("therapist", user_id="colleague", patient_id="she"), "clinic"),
    ],
)
def test_how_somebody_stands_to_a_patient(actor: Actor, relation: Relation) -> None:
    assert relation_to_patient(actor, a_patient("here", "me")) == relation


def test_how_somebody_stands_to_an_account_and_a_clinic() -> None:
    admin = an_actor("clinic_admin")
    assert relation_to_user(admin, a_user("me", "here")) == "self"
    assert relation_to_user(admin, a_user("other", "here")) == "clinic"
    assert relation_to_user(admin, a_user("other", "there")) == "other"
    assert relation_to_tenant(admin, "here") == "clinic"
    assert relation_to_tenant(admin, "there") == "other"
