"""Who may look at a live session of the record, and who leads it: as the table of access says."""

from __future__ import annotations

from levator.clinic.acting import Acts
from levator.live.room import Room
from levator.records.access import Actor, may, relation_to_patient


def begun(acts: Acts, actor: Actor, room: Room) -> bool:
    """Note that somebody begins to watch a session; return whether she may lead it too.

    Raises NotThereError for a patient of another clinic and RefusedError where the table says
    no.
    """
    with acts.on_patient(actor, "session.watch", room.sitting.patient_id) as act:
        act.detail = room.recording or ""
        if act.patient is None:
            return False
        return may(actor, "session.lead", relation_to_patient(actor, act.patient))


def may_come(acts: Acts, actor: Actor, room: Room, *, trains: bool) -> None:
    """Raise where somebody who is signed in may not come in with a code.

    trains : on the screen of her who trains; there anybody of the clinic may have signed in on
    the tablet, but no other patient.
    """
    is_patient = actor.role == "patient"
    if is_patient or not trains:
        action = "session.train" if is_patient and trains else "session.watch"
        acts.check(actor, action, room.sitting.patient_id)
