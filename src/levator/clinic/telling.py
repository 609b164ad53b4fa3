"""What she and her therapist tell: pain, symptoms, tests, notes, consent.

Plain functions over `Acts`, called in threads.
"""

from __future__ import annotations

import json
from dataclasses import replace
from math import isfinite
from typing import get_args

from levator.clinic import checking
from levator.clinic.acting import Act, Acts
from levator.clinic.hers import one_of_hers, put_once
from levator.errors import CallerError
from levator.library import load_scales
from levator.records.access import Actor
from levator.records.treatment import (
    Assessment,
    Consent,
    Note,
    PainMoment,
    PainScore,
    Session,
    SymptomScore,
)

PAIN_MOMENTS: tuple[PainMoment, ...] = get_args(PainMoment)


def report_pain(
    acts: Acts,
    actor: Actor,
    patient_id: str,
    pain_id: str,
    *,
    score: int,
    moment: str = "between",
    on_day: str | None = None,
    session_id: str | None = None,
) -> PainScore:
    """Keep a pain score of today, or of an earlier day."""
    with acts.on_patient(actor, "pain.report", patient_id) as act:
        today = act.at[:10]
        return put_once(
            act,
            PainScore(
                id=checking.checked_id(pain_id),
                tenant_id=actor.tenant_id,
                patient_id=patient_id,
                session_id=_of_hers(act, session_id),
                on_day=checking.past_day("on_day", on_day or today, today),
                score=checking.score("pain", score, 0, load_scales().pain_most),
                moment=checking.one_of("moment", moment, PAIN_MOMENTS),
                entered_by=actor.user_id,
                entered_at=act.at,
            ),
        )


def report_symptom(
    acts: Acts,
    actor: Actor,
    patient_id: str,
    symptom_id: str,
    *,
    code: str,
    score: float,
    unit: str = "",
    on_day: str | None = None,
) -> SymptomScore:
    """Keep a symptom of a day, such as leaks counted."""
    with acts.on_patient(actor, "symptom.report", patient_id) as act:
        if not 0 <= score <= load_scales().symptom_most:
            raise CallerError(
                "A symptom is told as a number from 0 to %(most)s; write for example 2.",
                most=load_scales().symptom_most,
            )
        today = act.at[:10]
        return put_once(
            act,
            SymptomScore(
                id=checking.checked_id(symptom_id),
                tenant_id=actor.tenant_id,
                patient_id=patient_id,
                on_day=checking.past_day("on_day", on_day or today, today),
                code=checking.line("symptom", code, is_needed=True),
                score=score,
                unit=checking.line("unit", unit),
                entered_by=actor.user_id,
                entered_at=act.at,
            ),
        )


def write_assessment(
    acts: Acts,
    actor: Actor,
    patient_id: str,
    assessment_id: str,
    *,
    code: str,
    answers: str = "{}",
    score: float | None = None,
    remark: str = "",
    on_day: str | None = None,
    session_id: str | None = None,
) -> Assessment:
    """Keep a test or questionnaire with its result; `answers` is JSON."""
    with acts.on_patient(actor, "assessment.write", patient_id) as act:
        today = act.at[:10]
        if score is not None and not isfinite(score):
            raise CallerError("A score is a number; leave it empty where there is none.")
        return put_once(
            act,
            Assessment(
                id=checking.checked_id(assessment_id),
                tenant_id=actor.tenant_id,
                patient_id=patient_id,
                session_id=_of_hers(act, session_id),
                on_day=checking.past_day("on_day", on_day or today, today),
                code=checking.line("test", code, is_needed=True),
                answers=_json(answers),
                score=score,
                remark=checking.longer("remark", remark),
                entered_by=actor.user_id,
                entered_at=act.at,
            ),
        )


def write_note(
    acts: Acts,
    actor: Actor,
    patient_id: str,
    note_id: str,
    text: str,
    on_day: str | None = None,
    session_id: str | None = None,
) -> Note:
    """Keep what a therapist writes about her, or about a session of hers."""
    with acts.on_patient(actor, "note.write", patient_id) as act:
        today = act.at[:10]
        return put_once(
            act,
            Note(
                id=checking.checked_id(note_id),
                tenant_id=actor.tenant_id,
                patient_id=patient_id,
                session_id=_of_hers(act, session_id),
                on_day=checking.past_day("on_day", on_day or today, today),
                text=checking.longer("note", text, is_needed=True),
                written_by=actor.user_id,
                written_at=act.at,
            ),
        )


def give_consent(
    acts: Acts, actor: Actor, patient_id: str, consent_id: str, what: str, given_on: str
) -> Consent:
    """Keep what she agreed to."""
    with acts.on_patient(actor, "consent.write", patient_id) as act:
        return put_once(
            act,
            Consent(
                id=checking.checked_id(consent_id),
                tenant_id=actor.tenant_id,
                patient_id=patient_id,
                what=checking.line("what", what, is_needed=True),
                given_on=checking.past_day("on_day", given_on, act.at[:10]),
                entered_by=actor.user_id,
                entered_at=act.at,
            ),
        )


def withdraw_consent(acts: Acts, actor: Actor, patient_id: str, consent_id: str) -> Consent:
    """Let a consent hold no longer from today on."""
    with acts.on_patient(actor, "consent.write", patient_id) as act:
        kept = one_of_hers(act, Consent, consent_id)
        return kept if kept.withdrawn_on else act.put(replace(kept, withdrawn_on=act.at[:10]))


def _of_hers(act: Act, session_id: str | None) -> str | None:
    """Return the id of a session that is hers; raises NotThereError for another's."""
    return None if session_id is None else one_of_hers(act, Session, session_id).id


def _json(text: str) -> str:
    try:
        json.loads(text)
    except (RecursionError, ValueError):
        raise CallerError("The answers of a test are JSON; write at least {}.") from None
    return checking.longer("answers", text, is_needed=True)
