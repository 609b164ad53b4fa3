"""What another clinic says of a patient, as it is kept here: nobody here has put her name to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from levator.clinic.acting import Act
from levator.clinic.hers import place_of
from levator.records.entity import Entity
from levator.records.home import HomePrescription
from levator.records.people import Birth, Patient, Pregnancy, User, search_key
from levator.records.treatment import (
    Clearance,
    Course,
    Decision,
    PainScore,
    Prescription,
    RedFlagAnswer,
    Session,
)
from levator.records.work import where

#: Ids of accounts. A file may name one of here, who never wrote it.
_BY_WHOM = ("entered_by", "made_by", "written_by", "led_by")


def as_told(act: Act, entity: Entity, *, has_course: bool) -> Entity:
    """Return an entity as it is kept here, where nobody has put her name to it yet.

    has_course : whether she has one already; it goes on, or her therapist here has ended it.
    """
    if isinstance(entity, Patient):
        parts = (entity.family_name, entity.given_name, entity.number)
        here = tuple(one for one in entity.treated_by if _treats_here(act, one))
        return replace(entity, treated_by=here, search_key=search_key(*parts))
    nobody: dict[str, Any] = {name: "" for name in _BY_WHOM if hasattr(entity, name)}
    entity = replace(entity, **nobody)
    if isinstance(entity, PainScore):
        # The last score of a day counts: what is asked here from now on comes after it.
        return replace(entity, entered_at=min(entity.entered_at, act.at, key=place_of))
    if isinstance(entity, Clearance):
        return replace(entity, revoked_by=None)
    if isinstance(entity, (Birth, Pregnancy)) and not entity.complications:
        # Nobody here has asked whether there were any.
        return replace(entity, complications=None)
    if isinstance(entity, Session) and entity.state == "open":
        return replace(entity, state="interrupted")
    if isinstance(entity, Course):
        entity = replace(entity, ended_by=None)
        if has_course and entity.ended_on is None:
            return replace(entity, ended_on=act.at[:10], ended_at=act.at)
    return entity


def is_to_sign(entity: Entity) -> bool:
    """Return whether it opens nothing until somebody here puts her name to it."""
    if isinstance(entity, (Birth, Pregnancy)):
        return entity.complications is None
    return isinstance(entity, (Clearance, Decision, HomePrescription, Prescription, RedFlagAnswer))


def _treats_here(act: Act, user_id: str) -> bool:
    wanted = where(id=user_id, role="therapist", state="active")
    return bool(act.work.find(User, act.actor.tenant_id, wanted, limit=1))
