"""Every kind of entity that is kept, and under which name. A kind that is not here is not kept.

Tables, the export of a patient, her erasure and the API follow from this list.
"""

from __future__ import annotations

from collections.abc import Mapping

from levator.records.entity import Entity, references
from levator.records.home import (
    DiaryEntry,
    Habit,
    HabitMark,
    HomeLease,
    HomePrescription,
    HomeSession,
    Phone,
)
from levator.records.people import (
    Birth,
    Guess,
    Invitation,
    Login,
    Passkey,
    Patient,
    Pregnancy,
    Tenant,
    User,
)
from levator.records.reminders import CalendarFeed, HomeReminders, PushSubscription
from levator.records.treatment import (
    Assessment,
    Clearance,
    Consent,
    Course,
    Decision,
    Note,
    PainScore,
    Prescription,
    RedFlag,
    RedFlagAnswer,
    Session,
    SymptomScore,
)

#: Name -> class; each refers to earlier ones only.
KINDS: Mapping[str, type[Entity]] = {
    "tenant": Tenant,
    "patient": Patient,
    "user": User,
    "passkey": Passkey,
    "login": Login,
    "guess": Guess,
    "invitation": Invitation,
    "pregnancy": Pregnancy,
    "birth": Birth,
    "clearance": Clearance,
    "red_flag": RedFlag,
    "red_flag_answer": RedFlagAnswer,
    "course": Course,
    "decision": Decision,
    "prescription": Prescription,
    "session": Session,
    "pain_score": PainScore,
    "symptom_score": SymptomScore,
    "assessment": Assessment,
    "note": Note,
    "consent": Consent,
    "home_prescription": HomePrescription,
    "phone": Phone,
    "home_lease": HomeLease,
    "home_session": HomeSession,
    "habit": Habit,
    "habit_mark": HabitMark,
    "diary_entry": DiaryEntry,
    "home_reminders": HomeReminders,
    "calendar_feed": CalendarFeed,
    "push_subscription": PushSubscription,
}
_NAMES = {kind.__name__: name for name, kind in KINDS.items()}


def name_of(kind: type[Entity]) -> str:
    """Return the name under which a kind is kept; KeyError for one that is not."""
    return _NAMES[kind.__name__]


def of_patient() -> Mapping[str, type[Entity]]:
    """Return the kinds whose entities belong to one patient, herself not among them."""
    return {
        name: kind
        for name, kind in KINDS.items()
        if ("patient_id", "patient") in set(references(kind))
    }
