"""What still stands of an open room: may it be led, and what does her chart allow now.

A room is opened by one look into her chart. The same look is taken again after its sensor is
open, before each thing that asks effort of her, and after every act that writes in her record or
in the account of who leads; see `Sittings.look` and `Clinic.look_again`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from levator.clinic.acting import Acts
from levator.clinic.charts import chart_of
from levator.clinic.hers import patient_of
from levator.clinic.history import of
from levator.course.today import Permitted, allowed_today
from levator.library import load_hard_limits
from levator.live.allowing import hold_to
from levator.live.asking import Looked
from levator.live.room import Room
from levator.live.sitting import Sitting
from levator.records.access import Actor, may, relation_to_patient
from levator.records.people import Patient, User
from levator.records.work import Work, where
from levator.training.inputs import Command

#: May who opened the room lead it: yes; another treats her now; the account is none any more.
Lead = Literal["yes", "handed_over", "leader_gone"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a look found."""

    lead: Lead
    allowed: Permitted


def standing(
    acts: Acts, actor: Actor, sitting: Sitting, own: Sequence[str], course_id: str | None
) -> Standing:
    """Look into her record for a room; told to the audit as the program's own deed.

    own : ids of the sessions begun in the room, which do not count as done before it. course_id :
    the course that it belongs to; another that began since does not carry it on.
    """
    with acts.by_itself(
        "session.check", actor.tenant_id, sitting.patient_id, responsible_id=actor.user_id
    ) as act:
        kept = of(act)
        before = tuple(one for one in kept.sessions if one.id not in own)
        chart = chart_of(replace(kept, sessions=before), act.at)
        if any(one.id == course_id and one.ended_on for one in kept.courses):
            chart = replace(chart, has_ended=True)
        hard = load_hard_limits()
        return Standing(
            _lead(act.work, actor, patient_of(act)),
            allowed_today(sitting.protocol, sitting.stage, chart, hard),
        )


def _lead(work: Work, actor: Actor, patient: Patient) -> Lead:
    found = work.find(User, actor.tenant_id, where(id=actor.user_id, state="active"))
    if not found:
        return "leader_gone"
    as_now = replace(actor, role=found[0].role)
    is_hers = may(as_now, "session.lead", relation_to_patient(as_now, patient))
    return "yes" if is_hers else "handed_over"


def hold_room_to(room: Room, found: Standing) -> Looked:
    """Let a room go on within what was found, pause it or end it; return whether it may ask."""
    hold_to(room, found.allowed)
    if room.is_over:
        return "not_allowed"
    if found.lead == "handed_over":
        room.stop("room", "handed_over")
        return "not_allowed"
    if found.lead == "leader_gone":
        room.give(Command("pause", room.next_index, "room", reason="leader_gone"))
        return "nobody_leads"
    return "allowed"
