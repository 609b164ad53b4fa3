"""Routes about what she and her therapist tell: pain, symptoms, tests, notes, consent."""

from __future__ import annotations

from fastapi import APIRouter

from levator.clinic import telling
from levator.records.entity import Entity
from levator.records.treatment import Assessment, Consent, Note, PainScore, SymptomScore
from levator.web.api import asking
from levator.web.api.asking import Id
from levator.web.api.routes import Asking, Bounded, Doing, route
from levator.web.api.shown_record import shown

router = APIRouter(route_class=Bounded, prefix="/patients/{patient_id}", tags=["telling"])


@router.put("/pains/{entity_id}", **route("pain.report", 404, 409, model=shown(PainScore)))
def report_pain(
    acts: Doing, actor: Asking, patient_id: Id, entity_id: Id, asked: asking.PainAsked
) -> Entity:
    """Keep a pain score."""
    return telling.report_pain(acts, actor, patient_id, entity_id, **asked.model_dump())


@router.put("/symptoms/{entity_id}", **route("symptom.report", 404, 409, model=shown(SymptomScore)))
def report_symptom(
    acts: Doing, actor: Asking, patient_id: Id, entity_id: Id, asked: asking.SymptomAsked
) -> Entity:
    """Keep a symptom of a day."""
    return telling.report_symptom(acts, actor, patient_id, entity_id, **asked.model_dump())


@router.put(
    "/assessments/{entity_id}", **route("assessment.write", 404, 409, model=shown(Assessment))
)
def write_assessment(
    acts: Doing, actor: Asking, patient_id: Id, entity_id: Id, asked: asking.AssessmentAsked
) -> Entity:
    """Keep a test or questionnaire."""
    return telling.write_assessment(acts, actor, patient_id, entity_id, **asked.model_dump())


@router.put("/notes/{entity_id}", **route("note.write", 404, 409, model=shown(Note)))
def write_note(
    acts: Doing, actor: Asking, patient_id: Id, entity_id: Id, asked: asking.NoteAsked
) -> Entity:
    """Keep a note."""
    return telling.write_note(acts, actor, patient_id, entity_id, **asked.model_dump())


@router.put("/consents/{entity_id}", **route("consent.write", 404, 409, model=shown(Consent)))
def give_consent(
    acts: Doing, actor: Asking, patient_id: Id, entity_id: Id, asked: asking.ConsentAsked
) -> Entity:
    """Keep what she agreed to."""
    return telling.give_consent(acts, actor, patient_id, entity_id, **asked.model_dump())


@router.post(
    "/consents/{entity_id}/withdraw", **route("consent.write", 404, 409, model=shown(Consent))
)
def withdraw_consent(acts: Doing, actor: Asking, patient_id: Id, entity_id: Id) -> Entity:
    """Let a consent hold no longer."""
    return telling.withdraw_consent(acts, actor, patient_id, entity_id)
