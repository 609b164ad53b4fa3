"""What a therapist has to do today: her own patients, gravest first, and the audit tells of it."""

from levator.clinic import looking, patients, telling, todo, treatment
from levator.clinic.acting import Acts
from tests.clinic.desk import ADMIN, BO, TENANT, actor, jansen, made, new_id
from tests.clinic.test_courses import Wanted, cleared, decide, on, pregnant, trained, view


def codes(acts: Acts) -> list[list[str]]:
    return [[task.code for task in one.tasks] for one in todo.of_today(acts, actor()).todos]


def test_what_is_to_do_is_that_of_ones_own_patients(acts: Acts) -> None:
    pregnant(acts)
    patients.make(acts, actor(BO), new_id(), jansen(given_name="Ria"))
    found = todo.of_today(acts, actor())
    assert (found.patients, codes(acts)) == (1, [["course_to_begin"]])
    (hers,) = todo.of_today(acts, actor(BO)).todos
    assert hers.patient.given_name == "Ria"


def test_the_gravest_comes_first(acts: Acts) -> None:
    pregnant(acts)
    flagged = made(acts, given_name="Zoë")
    treatment.report_red_flag(
        acts,
        actor(),
        flagged.id,
        new_id(),
        on_day="2026-11-29",
        code="fever",
        stop=lambda _: None,
    )
    assert codes(acts)[0][0] == "red_flag"


def test_a_clearance_is_asked_for_and_told_of_before_it_ends(acts: Acts) -> None:
    patient = made(acts)
    treatment.keep_birth(
        acts,
        actor(),
        patient.id,
        new_id(),
        born_on="2026-11-01",
        mode="vacuum",
        complications=["operative_delivery"],
    )
    telling.report_pain(acts, actor(), patient.id, new_id(), score=0)
    assert codes(acts) == [["clearance_needed"]]
    treatment.sign_clearance(
        acts,
        actor(),
        patient.id,
        new_id(),
        signed_by="dr. Bos",
        profession="doctor",
        from_on="2026-11-10",
        until_on="2026-12-13",
    )
    assert codes(acts) == [["clearance_ends", "course_to_begin"]]


def test_a_due_date_that_has_passed_is_asked_about(acts: Acts) -> None:
    pregnant(acts)
    assert "birth_due" in codes(on(acts, "2027-03-22"))[0]


def test_pain_after_a_sitting_is_asked_for_until_it_is_told(acts: Acts) -> None:
    patient_id = pregnant(acts)
    telling.report_pain(acts, actor(), patient_id, new_id(), score=0)
    decide(acts, patient_id, Wanted(kind="overrule", seen="", stage="step-3", because="long hold"))
    trained(acts, patient_id)
    assert codes(acts) == []
    later = on(acts, "2026-11-30")
    trained(later, patient_id, state="interrupted")
    assert "interrupted" in codes(later)[0]


def test_every_woman_on_the_list_is_told_of_in_the_audit(acts: Acts) -> None:
    patient_id = pregnant(acts)
    todo.of_today(acts, actor())
    found = looking.of_patient(acts, actor(ADMIN, "clinic_admin"), patient_id)
    assert found.lines[0].action == "todo.read"


def test_the_newest_lines_of_the_clinic_are_found_without_reading_all(acts: Acts) -> None:
    admin = actor(ADMIN, "clinic_admin")
    assert looking.of_clinic(acts, admin).total == 0
    patient_id = pregnant(acts)
    cleared(acts, patient_id, "2026-11-29")
    view(acts, patient_id)
    with acts.repository.work(writes=False) as work:
        numbers = [line.number for line in work.audit_lines(TENANT)]
    for offset in range(len(numbers) + 1):
        page = looking.of_clinic(acts, admin, limit=2, offset=offset)
        lines = [*range(1, page.total + 1)][::-1]
        assert [one.number for one in page.lines] == lines[offset : offset + 2]
