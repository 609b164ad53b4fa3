"""What a woman is advised today: the pages of the library that are for her."""

from __future__ import annotations

from levator.clinic import courses
from levator.clinic.acting import Act, Acts
from levator.course.advice import Advised, advised
from levator.library import advice_ids, load_advice
from levator.records.access import Actor


def advised_today(acts: Acts, actor: Actor, patient_id: str) -> tuple[Advised, ...]:
    """Return the pages that are for her today, in their order."""
    with acts.on_patient(actor, "home.read", patient_id) as act:
        return advised_in(act)


def advised_in(act: Act) -> tuple[Advised, ...]:
    """Return the pages of the patient on whom somebody acts."""
    return advised(map(load_advice, advice_ids()), courses.view_of(act).chart)
