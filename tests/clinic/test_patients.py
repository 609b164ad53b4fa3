"""Patients: found, made once, changed in turn, never two of one by accident."""

import unicodedata
from dataclasses import replace

import pytest

from levator.clinic import history, looking, patients
from levator.clinic.acting import Acts, RefusedError
from levator.clinic.patients import PatientDetails, TwinError
from levator.errors import CallerError
from levator.records.people import User, UserState
from levator.records.work import ConflictError, NotThereError
from tests.clinic.desk import (
    ADMIN,
    ANKE,
    BO,
    FAR,
    OTHER,
    TENANT,
    TODAY,
    actor,
    jansen,
    made,
    new_id,
)

CAS = "c" * 32


def names(acts: Acts, text: str = "", **asked: bool) -> list[str]:
    return [one.family_name for one in patients.find(acts, actor(), text, **asked).patients]


def test_a_patient_is_found_by_any_piece_of_her_name_or_number_without_accents(acts: Acts) -> None:
    made(acts, family_name="Müller-Ångström", number="A17")
    made(acts, family_name="De Vries", given_name="Ilse")
    assert names(acts, "muller") == names(acts, "MIA ångs") == names(acts, "a17")
    assert names(acts, "ilse vries") == ["De Vries"]
    assert names(acts, "nobody") == []
    assert names(acts) == ["De Vries", "Müller-Ångström"]


def test_a_page_of_patients_says_how_many_there_are(acts: Acts) -> None:
    for number in range(5):
        made(acts, family_name=f"Name {number}")
    page = patients.find(acts, actor(), limit=2, offset=2)
    assert ([one.family_name for one in page.patients], page.total) == (["Name 2", "Name 3"], 5)
    with pytest.raises(CallerError, match="from 1 to 200"):
        patients.find(acts, actor(), limit=10_000)


def test_her_own_patients_are_those_whom_a_therapist_treats(acts: Acts) -> None:
    made(acts)
    patients.make(acts, actor(BO), new_id(), jansen(family_name="Of Bo"))
    assert names(acts, is_mine=True) == ["Jansen"]
    assert names(acts) == ["Jansen", "Of Bo"]


def test_whom_nobody_treats_who_can_sign_in_is_found_as_such(acts: Acts) -> None:
    made(acts)
    admin = actor(ADMIN, "clinic_admin")
    patients.make(acts, admin, new_id(), jansen(family_name="Of Nobody"))
    for number in range(3):
        patients.make(acts, actor(BO), new_id(), jansen(family_name=f"Of Bo {number}"))
    assert names(acts, is_nobodys=True) == ["Of Nobody"]
    assert set(patients.treating(acts, admin)) == {ANKE, BO}
    with acts.repository.work(writes=True) as work:
        bo = work.get(User, BO, admin.tenant_id)
        bo = work.put(replace(bo, state="disabled"))
    page = patients.find(acts, admin, is_nobodys=True, limit=2, offset=1)
    assert [one.family_name for one in page.patients] == ["Of Bo 1", "Of Bo 2"]
    assert (page.total, page.offset) == (4, 1)
    assert names(acts, "bo 2", is_nobodys=True) == ["Of Bo 2"]
    with acts.repository.work(writes=True) as work:
        work.put(replace(bo, state="active", role="researcher"))
    assert patients.find(acts, admin, is_nobodys=True).total == 4
    assert set(patients.treating(acts, admin)) == {ANKE}
    with pytest.raises(RefusedError):
        patients.treating(acts, actor(BO, "researcher"))


def test_the_same_patient_sent_twice_is_made_once(acts: Acts) -> None:
    number = new_id()
    first = patients.make(acts, actor(), number, jansen())
    assert patients.make(acts, actor(), number, jansen()) == first
    assert patients.find(acts, actor()).total == 1
    with pytest.raises(ConflictError):
        patients.make(acts, actor(), number, jansen(given_name="Ria"))
    looks = looking.of_patient(acts, actor(ADMIN, "clinic_admin"), number).lines
    assert [one.action for one in looks] == ["patient.make", "patient.make"]


@pytest.mark.parametrize(
    "twin",
    [
        {},
        {"family_name": "JANSEN "},
        {"family_name": "\u202eJansen"},
        {"given_name": "M\u200eia"},
        {"family_name": "\uff2aansen"},
    ],
)
def test_a_twin_is_asked_about_and_made_only_when_it_is_somebody_else(
    acts: Acts, twin: dict[str, str]
) -> None:
    first = made(acts)
    with pytest.raises(TwinError) as refused:
        made(acts, **twin)
    assert [one.id for one in refused.value.twins] == [first.id]
    assert patients.find(acts, actor()).total == 1
    patients.make(acts, actor(), new_id(), jansen(**twin), is_somebody_else=True)
    assert patients.find(acts, actor()).total == 2


def test_composed_and_decomposed_names_are_twins_and_kept_in_one_form(acts: Acts) -> None:
    decomposed = unicodedata.normalize("NFD", "Zoë")
    first = made(acts, given_name=decomposed)
    assert first.given_name == "Zoë"
    with pytest.raises(TwinError):
        made(acts, given_name="Zoë")


def test_another_birthday_or_name_is_no_twin_but_the_same_number_is(acts: Acts) -> None:
    made(acts, number="17")
    made(acts, born_on="1992-03-12")
    made(acts, given_name="Ria")
    with pytest.raises(TwinError):
        made(acts, given_name="Eva", family_name="Bos", number="17")


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("family_name", "", "empty"),
        ("family_name", "\u200b \u202e", "empty"),
        ("family_name", "x" * 10_000, "at most 200 signs"),
        ("given_name", "x" * 10_000, "at most 200 signs"),
        ("born_on", "2026-02-31", "no day of the calendar"),
        ("born_on", "yesterday", "no day of the calendar"),
        ("born_on", "2026-11-30", "after today"),
        ("born_on", "0001-01-01", "too long ago"),
        ("language", "xx", "from the list"),
    ],
)
def test_bad_input_is_one_sentence_and_keeps_nothing(
    acts: Acts, field: str, value: str, sentence: str
) -> None:
    with pytest.raises(CallerError, match=sentence):
        made(acts, **{field: value})
    assert patients.find(acts, actor()).total == 0


def test_a_patient_without_a_date_of_birth_can_be_made(acts: Acts) -> None:
    details = PatientDetails(given_name="", family_name="Jansen")
    assert patients.make(acts, actor(), new_id(), details).born_on is None
    with pytest.raises(TwinError):
        patients.make(acts, actor(), new_id(), details)


def test_two_who_change_her_at_once_are_told_of_the_difference(acts: Acts) -> None:
    patient = made(acts)
    patients.change(acts, actor(), patient.id, patient.version, jansen(telephone="1"))
    with pytest.raises(ConflictError) as conflict:
        patients.change(acts, actor(), patient.id, patient.version, jansen(telephone="2"))
    assert conflict.value.differs == {"telephone": ("1", "2")}


def test_another_therapist_reads_her_only_after_taking_her_on_with_a_reason(acts: Acts) -> None:
    patient = made(acts)
    with pytest.raises(RefusedError):
        patients.read(acts, actor(BO), patient.id)
    with pytest.raises(CallerError, match="empty"):
        patients.take_on(acts, actor(BO), patient.id, new_id(), " ")
    number = new_id()
    for _ in range(2):  # a second click is no second taking on
        patients.take_on(acts, actor(BO), patient.id, number, "Anke is ill")
    kept = history.read(acts, actor(BO), patient.id)
    assert kept.patient.treated_by == (ANKE, BO)
    assert [note.text for note in kept.notes] == ["Anke is ill"]


def test_she_is_handed_over_to_a_therapist_of_the_clinic_only(acts: Acts) -> None:
    patient = made(acts)
    assert patients.hand_over(acts, actor(), patient.id, BO).treated_by == (BO,)
    for nobody in (ADMIN, FAR, new_id()):
        with pytest.raises(CallerError):
            patients.hand_over(acts, actor(BO), patient.id, nobody)


def another_therapist(acts: Acts, number: str, state: UserState = "active") -> None:
    with acts.repository.work(writes=True) as work:
        bo = work.get(User, BO, TENANT)
        work.put(replace(bo, id=number, email="c", email_key="c", state=state, version=0))


def test_an_admin_hands_her_over_in_the_place_of_who_alone_treats_her(acts: Acts) -> None:
    patient, admin = made(acts), actor(ADMIN, "clinic_admin")
    assert patients.hand_over(acts, admin, patient.id, BO).treated_by == (BO,)
    with pytest.raises(RefusedError):
        patients.read(acts, actor(ANKE), patient.id)
    assert patients.hand_over(acts, admin, patient.id, BO, in_place_of=BO).treated_by == (BO,)


def test_of_several_an_admin_takes_out_only_whom_she_names(acts: Acts) -> None:
    another_therapist(acts, CAS)
    patient, admin = made(acts), actor(ADMIN, "clinic_admin")
    patients.take_on(acts, actor(BO), patient.id, new_id(), "Anke is ill")
    assert patients.hand_over(acts, admin, patient.id, CAS).treated_by == (ANKE, BO, CAS)
    handed = patients.hand_over(acts, admin, patient.id, CAS, in_place_of=ANKE)
    assert handed.treated_by == (BO, CAS)
    # On a page that is older, Anke treats her still; nobody else gives way for her.
    patients.hand_over(acts, admin, patient.id, BO, in_place_of=CAS)
    with pytest.raises(CallerError, match="does not treat her any more"):
        patients.hand_over(acts, admin, patient.id, CAS, in_place_of=ANKE)
    assert patients.read(acts, actor(BO), patient.id).treated_by == (BO,)


def test_nobody_who_cannot_sign_in_keeps_her(acts: Acts) -> None:
    another_therapist(acts, CAS, "disabled")
    patient, admin = made(acts), actor(ADMIN, "clinic_admin")
    with acts.repository.work(writes=True) as work:
        work.put(replace(patient, treated_by=(CAS, ANKE)))
    assert patients.hand_over(acts, admin, patient.id, BO).treated_by == (BO,)


def test_a_therapist_hands_over_her_own_part_and_others_go_on(acts: Acts) -> None:
    patient = made(acts)
    patients.take_on(acts, actor(BO), patient.id, new_id(), "Anke is ill")
    assert patients.hand_over(acts, actor(), patient.id, BO).treated_by == (BO,)
    patients.take_on(acts, actor(), patient.id, new_id(), "back again")
    another_therapist(acts, CAS)
    assert patients.hand_over(acts, actor(), patient.id, CAS).treated_by == (BO, CAS)


def test_a_patient_of_another_clinic_is_not_there_and_the_audit_has_the_try(acts: Acts) -> None:
    patient = made(acts)
    with pytest.raises(NotThereError):
        patients.read(acts, actor(FAR, tenant_id=OTHER), patient.id)
    assert patients.find(acts, actor(FAR, tenant_id=OTHER)).total == 0
    with acts.repository.work(writes=False) as work:
        tried = work.audit_lines(OTHER)[0].entry
    assert (tried.action, tried.outcome, tried.at[:10]) == ("patient.read", "refused", TODAY)
