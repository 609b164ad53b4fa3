"""Pain, symptoms, tests, notes and consent: kept once, each number in its range."""

from math import nan

import pytest

from levator.clinic import history, looking, telling
from levator.clinic.acting import Acts, RefusedError
from levator.errors import CallerError
from levator.records.access import Actor
from levator.records.work import NotThereError
from tests.clinic.desk import BO, TENANT, TODAY, actor, made, new_id


def test_pain_is_kept_once_with_its_day_and_moment(acts: Acts) -> None:
    patient, number = made(acts), new_id()
    for _ in range(2):
        telling.report_pain(acts, actor(), patient.id, number, score=3, moment="before")
    kept = history.read(acts, actor(), patient.id).pains
    assert [(one.on_day, one.score, one.moment) for one in kept] == [(TODAY, 3, "before")]


@pytest.mark.parametrize("score", [-1, 11])
def test_pain_goes_from_0_to_10(acts: Acts, score: int) -> None:
    with pytest.raises(CallerError, match="from 0 to 10"):
        telling.report_pain(acts, actor(), made(acts).id, new_id(), score=score)


def test_pain_of_tomorrow_or_at_no_moment_is_refused(acts: Acts) -> None:
    patient = made(acts)
    with pytest.raises(CallerError, match="after today"):
        telling.report_pain(acts, actor(), patient.id, new_id(), score=1, on_day="2026-11-30")
    with pytest.raises(CallerError, match="from the list"):
        telling.report_pain(acts, actor(), patient.id, new_id(), score=1, moment="now and then")


def test_pain_in_a_session_that_is_not_hers_is_not_there(acts: Acts) -> None:
    with pytest.raises(NotThereError):
        telling.report_pain(acts, actor(), made(acts).id, new_id(), score=1, session_id=new_id())


def test_what_is_no_number_is_refused(acts: Acts) -> None:
    patient = made(acts)
    with pytest.raises(CallerError, match="number"):
        telling.report_symptom(acts, actor(), patient.id, new_id(), code="leaks", score=nan)
    with pytest.raises(CallerError, match="number"):
        telling.write_assessment(acts, actor(), patient.id, new_id(), code="perfect", score=nan)
    with pytest.raises(CallerError, match="JSON"):
        telling.write_assessment(acts, actor(), patient.id, new_id(), code="p", answers="{")


def test_everything_told_is_in_her_record(acts: Acts) -> None:
    patient = made(acts)
    she = Actor("9" * 32, TENANT, "patient", patient_id=patient.id)
    telling.report_symptom(acts, she, patient.id, new_id(), code="leaks", score=2, unit="a day")
    telling.write_assessment(acts, actor(), patient.id, new_id(), code="perfect", score=3.0)
    telling.write_note(acts, actor(), patient.id, new_id(), "one\r\n\0two")
    consent = telling.give_consent(acts, she, patient.id, new_id(), "research", TODAY)
    telling.withdraw_consent(acts, she, patient.id, consent.id)
    telling.withdraw_consent(acts, she, patient.id, consent.id)
    kept = history.read(acts, actor(), patient.id)
    assert [one.score for one in kept.symptoms] == [2]
    assert [one.code for one in kept.assessments] == ["perfect"]
    assert [one.text for one in kept.notes] == ["one\ntwo"]
    assert [(one.withdrawn_on, one.version) for one in kept.consents] == [(TODAY, 2)]


def test_every_read_of_her_record_is_in_the_audit(acts: Acts) -> None:
    patient = made(acts)
    history.read(acts, actor(), patient.id)
    with acts.repository.work(writes=False) as work:
        lines = work.audit_lines(TENANT, patient_id=patient.id)
    assert [line.entry.action for line in lines] == ["patient.make", "treatment.read"]
    found = history.names(acts, actor(), patient.id, [actor().user_id, "nobody"])
    assert found == {actor().user_id: "Therapist 1"}
    assert not history.has_account(acts, actor(), patient.id)
    with acts.repository.work(writes=False) as work:
        assert len(work.audit_lines(TENANT, patient_id=patient.id)) == len(lines)


def test_who_may_not_read_her_record_hears_neither_who_wrote_in_it_nor_of_an_account(
    acts: Acts,
) -> None:
    hers, other = made(acts).id, actor(BO)
    for asked in (
        lambda: history.names(acts, other, hers, [actor().user_id]),
        lambda: history.has_account(acts, other, hers),
        lambda: history.has_account(acts, other, hers, "patient.close_access"),
        lambda: looking.people(acts, other),
    ):
        with pytest.raises(RefusedError):
            asked()
    with acts.repository.work(writes=False) as work:
        told = [line.entry for line in work.audit_lines(TENANT)][-4:]
    reads = ["treatment.read", "treatment.read", "patient.close_access", "audit.read"]
    assert [(one.action, one.outcome) for one in told] == [(one, "refused") for one in reads]
