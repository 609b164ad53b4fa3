"""Entities of every kind with values that are hard to keep, and what suites do with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import Thread
from typing import Any, TypeVar

from levator.records.audit import AuditEntry
from levator.records.entity import Entity, EntityField, Plain, fields_of
from levator.records.kinds import KINDS
from levator.records.people import Passkey, Patient, User
from levator.records.repository import Repository
from levator.records.treatment import Note, PainScore, Prescription
from levator.records.work import Term, Work

E = TypeVar("E", bound=Entity)
X = TypeVar("X", bound=BaseException)

HERE, THERE = "a" * 32, "b" * 32
#: Text, whole numbers and numbers that a careless table changes.
HARD: Mapping[type, Plain] = {
    str: "Zoë 'van 't Hof' \"%_\\\n\t\r 漢𝄞\uffff ",
    int: 2**63 - 1,
    float: 0.1 + 0.2,
    bool: True,
    tuple: ("a", "", "b\nc", '"', "a", "\\", "[é, 漢"),
}
EMPTY: Mapping[type, Plain] = {str: "", int: -(2**63), float: -5e-324, bool: False, tuple: ()}


def made(kind: type[Entity], entity_id: str, values: Mapping[type, Plain]) -> Entity:
    """Return an entity of a kind with the value for its type in every field."""
    given: dict[str, Any] = {field.name: _value(field, values) for field in fields_of(kind)}
    return kind(**given | {"id": entity_id, "tenant_id": HERE, "version": 0})


def _value(field: EntityField, values: Mapping[type, Plain]) -> Plain:
    if field.refers is not None:
        return id_of(field.refers)
    if field.marks & {"unique", "unique_here"}:
        return f"{values[str]}{len(str(values[int]))}"
    return None if field.is_optional and values is EMPTY else values[field.kind]


def id_of(name: str, number: int = 0) -> str:
    """Return an id that belongs to a name."""
    return f"{number:02x}{name.encode().hex():0>30.30}"


def put_every_kind(work: Work) -> list[Entity]:
    """Keep two entities of every kind, hard and empty; each refers to the hard ones."""
    return [
        work.put(made(kind, id_of(name, number), values))
        for name, kind in KINDS.items()
        for number, values in enumerate((HARD, EMPTY))
    ]


def a_patient(place: int = 0, tenant_id: str = HERE, /, **values: Any) -> Patient:
    """Return a patient that is not kept yet."""
    given: dict[str, Any] = {"given_name": f"Ann {place}", "family_name": "Jansen", **values}
    return Patient(id=id_of("patient", place), tenant_id=tenant_id, **given)


def a_user(number: int = 0, tenant_id: str = HERE, email_key: str = "ann") -> User:
    """Return a user that is not kept yet."""
    return User(
        id=id_of("user", number),
        tenant_id=tenant_id,
        name="Ann",
        email="Ann@example.org",
        email_key=email_key,
        role="therapist",
    )


def a_passkey(number: int = 0, tenant_id: str = HERE) -> Passkey:
    """Return a passkey, always the same one, of the user of that number."""
    return Passkey(
        id=id_of("passkey", number),
        tenant_id=tenant_id,
        user_id=id_of("user", number),
        credential_id="one",
        public_key="key",
    )


def a_note(number: int = 0, patient: int = 0, text: str = "well") -> Note:
    """Return a note about a patient."""
    return Note(
        id=id_of("note", number),
        tenant_id=HERE,
        patient_id=id_of("patient", patient),
        on_day="2026-11-29",
        text=text,
        written_by="u",
        written_at="2026-11-29T10:00:00+01:00",
    )


def a_pain(number: int, score: int, on_day: str = "2026-11-29") -> PainScore:
    """Return a pain score of the first patient."""
    return PainScore(
        id=id_of("pain_score", number),
        tenant_id=HERE,
        patient_id=id_of("patient"),
        on_day=on_day,
        score=score,
        moment="before",
        entered_by="u",
        entered_at="",
    )


def a_dose(hold_s: float) -> Prescription:
    """Return a dose with one number."""
    return Prescription(
        id=id_of("dose"),
        tenant_id=HERE,
        patient_id=id_of("patient"),
        course_id=id_of("course"),
        stage="s",
        from_on="",
        hold_s=hold_s,
        made_by="",
        made_at="",
    )


def an_entry(**values: Any) -> AuditEntry:
    """Return an entry of the audit."""
    given = {"at": "2026-11-29T10:00:00Z", "tenant_id": HERE, "user_id": "u", "role": "therapist"}
    return AuditEntry(**{"action": "patient.read", **given, **values})


def at_once(*tasks: Callable[[], None]) -> None:
    """Run tasks in threads of their own; raises the first error of theirs."""
    errors: list[Exception] = []

    def run(task: Callable[[], None]) -> None:
        try:
            task()
        except Exception as error:  # noqa: BLE001, told by the thread that waits
            errors.append(error)

    threads = [Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def error(kind: type[X], action: Callable[[], object]) -> X:
    """Return the error that `action` ends with; fails where it does not."""
    try:
        action()
    except kind as raised:
        return raised
    raise RuntimeError(f"expected {kind.__name__}")


def put(repository: Repository, *entities: E) -> list[E]:
    """Keep entities in one work."""
    with repository.work(writes=True) as work:
        return [work.put(entity) for entity in entities]


def found(
    repository: Repository, kind: type[Entity], *terms: Term, **listing: Any
) -> Sequence[Any]:
    """Find entities of the first tenant in a work of its own."""
    with repository.work(writes=False) as work:
        kept = work.find(kind, HERE, terms, **listing)
        if not listing:
            assert work.count(kind, HERE, terms) == len(kept)
        return kept
