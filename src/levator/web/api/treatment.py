"""Routes about pregnancy, birth, clearance and red flags."""

from __future__ import annotations

from fastapi import APIRouter, Response

from levator.clinic import treatment
from levator.records.entity import Entity
from levator.records.people import Birth, Pregnancy
from levator.records.treatment import Clearance, RedFlag
from levator.web.api import asking
from levator.web.api.asking import Id, IfMatch
from levator.web.api.routes import Asking, Bounded, Doing, Here, route, tagged
from levator.web.api.shown_record import shown

router = APIRouter(route_class=Bounded, prefix="/patients/{patient_id}", tags=["treatment"])


@router.put(
    "/pregnancies/{entity_id}", **route("pregnancy.write", 404, 409, model=shown(Pregnancy))
)
def keep_pregnancy(
    acts: Doing,
    actor: Asking,
    patient_id: Id,
    entity_id: Id,
    asked: asking.PregnancyAsked,
    answer: Response,
    if_match: IfMatch = None,
) -> Entity:
    """Keep a pregnancy, or a better due date."""
    version = asking.version_of(if_match)
    kept = treatment.keep_pregnancy(
        acts, actor, patient_id, entity_id, version=version, **asked.model_dump()
    )
    return tagged(answer, kept)


@router.put("/births/{entity_id}", **route("birth.write", 404, 409, model=shown(Birth)))
def keep_birth(
    acts: Doing,
    actor: Asking,
    patient_id: Id,
    entity_id: Id,
    asked: asking.BirthAsked,
    answer: Response,
    if_match: IfMatch = None,
) -> Entity:
    """Keep a birth, which ends the pregnancy, or correct it."""
    version = asking.version_of(if_match)
    kept = treatment.keep_birth(
        acts, actor, patient_id, entity_id, version=version, **asked.model_dump()
    )
    return tagged(answer, kept)


@router.put("/clearances/{entity_id}", **route("clearance.sign", 404, 409, model=shown(Clearance)))
def sign_clearance(
    acts: Doing, actor: Asking, patient_id: Id, entity_id: Id, asked: asking.ClearanceAsked
) -> Entity:
    """Keep who agreed to training."""
    return treatment.sign_clearance(acts, actor, patient_id, entity_id, **asked.model_dump())


@router.post(
    "/clearances/{entity_id}/revoke", **route("clearance.revoke", 404, model=shown(Clearance))
)
def revoke_clearance(
    here: Here, actor: Asking, patient_id: Id, entity_id: Id, asked: asking.BecauseAsked
) -> Entity:
    """Let a clearance hold no longer; a sitting under way stops within a second."""
    return treatment.revoke_clearance(
        here.acts, actor, patient_id, entity_id, asked.because, here.stops(actor)
    )


@router.put("/red-flags/{entity_id}", **route("red_flag.report", 404, 409, model=shown(RedFlag)))
def report_red_flag(
    here: Here, actor: Asking, patient_id: Id, entity_id: Id, asked: asking.RedFlagAsked
) -> Entity:
    """Tell of a sign that asks for care first; no clearance holds from then on."""
    return treatment.report_red_flag(
        here.acts, actor, patient_id, entity_id, stop=here.stops(actor), **asked.model_dump()
    )
