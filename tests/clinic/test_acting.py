"""An act and its line of the audit are one: never the one without the other."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from levator.clinic.acting import Acts, RefusedError
from levator.errors import CallerError
from levator.records.access import ROLES, TABLE, Actor, may, relation_to_patient
from levator.records.audit import AuditLine, find_break
from levator.records.people import Patient, Role, User
from levator.records.repository import Repository
from levator.records.treatment import Note
from levator.records.work import ConflictError, NotThereError
from levator.storage import open_repository

NOW = "2026-11-29T10:00:00+01:00"
HERE, THERE = "a" * 32, "b" * 32
SHE, FOREIGN = "c" * 32, "d" * 32
THERAPIST, OFFICE = "1" * 32, "2" * 32


def an_actor(role: Role = "therapist", user_id: str = THERAPIST, tenant_id: str = HERE) -> Actor:
    patient_id = SHE if role == "patient" else None
    return Actor(
        user_id=user_id, tenant_id=tenant_id, role=role, patient_id=patient_id, login_id="l" * 8
    )


def a_patient(patient_id: str = SHE, tenant_id: str = HERE) -> Patient:
    return Patient(
        id=patient_id,
        tenant_id=tenant_id,
        given_name="Marijke",
        family_name="Canary-Jansen",
        treated_by=(THERAPIST,),
    )


def a_note(text: str = "walks with pain") -> Note:
    return Note(
        id=uuid.uuid4().hex,
        tenant_id=HERE,
        patient_id=SHE,
        on_day="2026-11-29",
        text=text,
        written_by=THERAPIST,
        written_at=NOW,
    )


def acts_over(url: str) -> Acts:
    repository = open_repository(url)
    with repository.work(writes=True) as work:
        work.put(a_patient())
        work.put(a_patient(FOREIGN, THERE))
        for user_id, role in ((THERAPIST, "therapist"), (OFFICE, "clinic_admin")):
            email = f"{user_id}@example.org"
            work.put(
                User(id=user_id, tenant_id=HERE, name="N", email=email, email_key=email, role=role)
            )
    return Acts(repository, lambda: NOW)


@pytest.fixture(params=["memory", "sqlite"])
def acts(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Acts]:
    memory, file = "memory://", f"sqlite:///{tmp_path}/levator.db"
    opened = acts_over(memory if request.param == "memory" else file)
    yield opened
    opened.repository.close()


def lines(repository: Repository, tenant_id: str = HERE) -> list[AuditLine]:
    with repository.work(writes=False) as work:
        found = work.audit_lines(tenant_id)
    assert find_break(found) is None
    return found


def notes(repository: Repository) -> list[Note]:
    with repository.work(writes=False) as work:
        return work.find(Note, HERE)


def test_an_act_is_stored_with_its_line(acts: Acts) -> None:
    note = a_note()
    with acts.on_patient(an_actor(), "note.write", SHE) as act:
        act.put(note)
    [line] = lines(acts.repository)
    assert notes(acts.repository) == [replace(note, version=1)]
    entry = line.entry
    assert (entry.action, entry.outcome, entry.patient_id) == ("note.write", "done", SHE)
    assert (entry.kind, entry.entity_id, entry.at) == ("note", note.id, NOW)
    assert (entry.user_id, entry.role, entry.login_id) == (THERAPIST, "therapist", "l" * 8)


def test_a_look_is_told_too(acts: Acts) -> None:
    with acts.on_patient(an_actor(), "treatment.read", SHE) as act:
        assert act.patient == replace(a_patient(), version=1)
    assert [line.entry.action for line in lines(acts.repository)] == ["treatment.read"]


def write_and_fail(acts: Acts, error: Exception) -> None:
    with acts.on_patient(an_actor(), "note.write", SHE) as act:
        act.put(a_note())
        raise error


@pytest.mark.parametrize("error", [RuntimeError("cut"), CallerError("No.")])
def test_an_act_that_fails_leaves_neither(acts: Acts, error: Exception) -> None:
    with pytest.raises(type(error)):
        write_and_fail(acts, error)
    assert notes(acts.repository) == []
    assert lines(acts.repository) == []


def test_an_act_whose_line_cannot_be_kept_is_not_done(acts: Acts) -> None:
    with (
        pytest.raises(CallerError, match="cannot be kept"),
        acts.on_patient(replace(an_actor(), address="\0"), "note.write", SHE) as act,
    ):
        act.put(a_note())
    assert notes(acts.repository) == []


def test_a_conflict_leaves_neither(acts: Acts) -> None:
    actor = an_actor()
    with acts.on_patient(actor, "patient.change", SHE) as act:
        act.put(replace(a_patient(), version=1, telephone="1"))
    with (
        pytest.raises(ConflictError) as raised,
        acts.on_patient(actor, "patient.change", SHE) as act,
    ):
        act.put(replace(a_patient(), version=1, telephone="2"))
    assert raised.value.differs == {"telephone": ("1", "2")}
    assert len(lines(acts.repository)) == 1


def outcome(acts: Acts, actor: Actor, action: str) -> str:
    try:
        with acts.on_patient(actor, action, SHE):
            return "done"
    except RefusedError as refused:
        return "refused" if refused.action == action else "another"


@pytest.mark.parametrize("role", ROLES)
def test_every_act_on_a_patient_is_done_or_refused_as_the_table_says(role: Role) -> None:
    """Whichever it is, it gives exactly one line."""
    acts = acts_over("memory://")
    known = {"therapist": THERAPIST, "clinic_admin": OFFICE}
    actor = an_actor(role, known.get(role, "9" * 32))
    expected = {
        action: "done" if may(actor, action, relation_to_patient(actor, a_patient())) else "refused"
        for action in TABLE
    }
    assert {action: outcome(acts, actor, action) for action in TABLE} == expected
    told = [line.entry for line in lines(acts.repository)]
    assert [(one.action, one.outcome) for one in told] == list(expected.items())
    assert {one.patient_id for one in told} == {SHE}


def test_nothing_of_a_refused_act_is_done(acts: Acts) -> None:
    with (
        pytest.raises(RefusedError),
        acts.on_patient(an_actor("clinic_admin", OFFICE), "note.write", SHE) as act,
    ):
        act.put(a_note())
    assert notes(acts.repository) == []


@pytest.mark.parametrize("patient_id", [FOREIGN, "e" * 32])
def test_not_there_and_not_yours_are_one_answer(acts: Acts, patient_id: str) -> None:
    with (
        pytest.raises(NotThereError, match="nothing here"),
        acts.on_patient(an_actor(), "patient.read", patient_id),
    ):
        raise AssertionError
    [line] = lines(acts.repository)
    assert (line.entry.outcome, line.entry.patient_id) == ("refused", patient_id)
    assert lines(acts.repository, THERE) == []


@pytest.mark.parametrize("typed", ["Canary-Jansen", "\0", "\ud800", "x" * 10_000, ""])
def test_what_somebody_types_for_an_id_is_not_in_the_audit(acts: Acts, typed: str) -> None:
    with (
        pytest.raises(NotThereError),
        acts.on_patient(an_actor(), "patient.read", typed),
    ):
        raise AssertionError
    [line] = lines(acts.repository)
    assert (line.entry.outcome, line.entry.patient_id) == ("refused", None)


def test_a_line_holds_nothing_that_is_hers(acts: Acts) -> None:
    with acts.on_patient(an_actor(), "note.write", SHE) as act:
        act.put(a_note("canary note"))
        act.put(replace(a_patient(), version=1, email="canary@example.org"))
    assert "canary" not in str(lines(acts.repository)).casefold()


def test_a_patient_reaches_herself_and_nobody_else(acts: Acts) -> None:
    with acts.on_patient(an_actor("patient", "9" * 32), "treatment.read", SHE):
        pass
    other = replace(an_actor("patient", "9" * 32), patient_id="e" * 32)
    with pytest.raises(NotThereError), acts.on_patient(other, "treatment.read", SHE):
        raise AssertionError
    assert [line.entry.outcome for line in lines(acts.repository)] == ["done", "refused"]


def test_an_account_is_reached_as_the_table_says(acts: Acts) -> None:
    office = an_actor("clinic_admin", OFFICE)
    with acts.on_user(office, "user.disable", THERAPIST) as act:
        assert act.user is not None
        act.put(replace(act.user, state="disabled"))
    with pytest.raises(RefusedError), acts.on_user(office, "user.disable", OFFICE):
        raise AssertionError
    outcomes = [(line.entry.outcome, line.entry.entity_id) for line in lines(acts.repository)]
    assert outcomes == [("done", THERAPIST), ("refused", "")]


def test_the_clinic_itself_is_reached_as_the_table_says(acts: Acts) -> None:
    with acts.in_tenant(an_actor(), "patient.list"):
        pass
    with pytest.raises(RefusedError), acts.in_tenant(an_actor(), "tenant.change"):
        raise AssertionError
    assert [line.entry.outcome for line in lines(acts.repository)] == ["done", "refused"]
