"""How much one woman may have kept of what her phones send: more than anybody does, and an end."""

from __future__ import annotations

from collections.abc import Mapping

from levator.clinic.acting import Act
from levator.clinic.charts import day_of, text_of
from levator.clinic.hers import patient_of
from levator.clinic.history import worst_last
from levator.errors import CallerError
from levator.library import load_home
from levator.records.entity import Entity
from levator.records.home import DiaryEntry, Habit, HabitMark, HomeSession, Phone
from levator.records.treatment import PainScore, RedFlag, RedFlagAnswer, SymptomScore
from levator.records.work import Term, where

#: Which of its fields says of what day a thing is. A lease is one for each day by its id.
_DAY: Mapping[type[Entity], str] = {
    HomeSession: "on_day",
    PainScore: "on_day",
    SymptomScore: "on_day",
    RedFlag: "on_day",
    RedFlagAnswer: "on_day",
    Habit: "from_on",
    HabitMark: "on_day",
    DiaryEntry: "on_day",
    Phone: "made_at",
}
#: What stops is counted by itself, so that it is there, and holds, before one more of it is
#: refused, whatever else was told. Of pain the last score counts: see `_is_worse`.
_COUNTED_APART: Mapping[type[Entity], tuple[str, ...]] = {
    HomeSession: ("ended_by", "leaked"),
    SymptomScore: ("code", "score"),
    RedFlag: ("code",),
}


def check_room(act: Act, entity: Entity) -> None:
    """Raise CallerError where as much is kept already of this on its day, or in all, as there may
    be. It is asked just before a new thing is kept, so that what is kept stays."""
    kind, rules, patient = type(entity), load_home(), patient_of(act)
    same = {name: getattr(entity, name) for name in _COUNTED_APART.get(kind, ())}
    hers = where(patient_id=patient.id, **same)
    day = getattr(entity, _DAY[kind])[:10]
    of_day = (*hers, Term(_DAY[kind], "from", day), Term(_DAY[kind], "below", f"{day}~"))
    is_day_full = act.work.count(kind, patient.tenant_id, of_day) >= rules.most_a_day
    if is_day_full and _is_worse(act, entity, day):
        return
    # What is of late has its room, whatever was sent for days long ago.
    is_old = day < text_of(day_of(act.at[:10]) - rules.plan_days) or kind is Phone
    is_full = is_old and act.work.count(kind, patient.tenant_id, hers) >= rules.most_in_all
    if kind is Phone and (is_day_full or is_full):
        raise CallerError(
            "You have used more phones and browsers than can be kept here; go on with one of those."
        )
    if is_day_full:
        raise CallerError(
            "For this day %(most)s of these are kept already. One more is not kept; nothing that "
            "was kept is lost.",
            most=rules.most_a_day,
        )
    if is_full:
        raise CallerError(
            "In your record %(most)s of these are kept already. One more is not kept; nothing that "
            "was kept is lost.",
            most=rules.most_in_all,
        )


def _is_worse(act: Act, entity: Entity, day: str) -> bool:
    """Return whether it tells of more pain than what counts for its day: that has always room.

    It has an end all the same: before another is worse, a lower score must have found room.
    """
    match entity:
        case HomeSession(pain=int(told)) | PainScore(score=int(told)):
            patient = patient_of(act)
            of_day = where(patient_id=patient.id, on_day=day)
            kept = act.work.find(PainScore, patient.tenant_id, of_day)
            return not kept or told > worst_last(kept)[-1].score
    return False
