"""All that is kept of one woman, read at once: what her page and her course are made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from levator.clinic.acting import Act, Acts
from levator.clinic.hers import all_of_hers, patient_of, place_of
from levator.clinic.kept_values import first_day
from levator.records.access import Actor
from levator.records.entity import Entity
from levator.records.home import (
    DiaryEntry,
    Habit,
    HabitMark,
    HomePrescription,
    HomeSession,
)
from levator.records.people import Birth, Patient, Pregnancy, User
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
from levator.records.work import Work, where

E = TypeVar("E", bound=Entity)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One woman's record. Whatever has happened more than once is in the order of its day."""

    patient: Patient
    pregnancies: tuple[Pregnancy, ...] = ()
    births: tuple[Birth, ...] = ()
    clearances: tuple[Clearance, ...] = ()
    red_flags: tuple[RedFlag, ...] = ()
    red_flag_answers: tuple[RedFlagAnswer, ...] = ()
    courses: tuple[Course, ...] = ()
    prescriptions: tuple[Prescription, ...] = ()
    decisions: tuple[Decision, ...] = ()
    sessions: tuple[Session, ...] = ()
    pains: tuple[PainScore, ...] = ()
    symptoms: tuple[SymptomScore, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    notes: tuple[Note, ...] = ()
    consents: tuple[Consent, ...] = ()
    home_prescriptions: tuple[HomePrescription, ...] = ()
    home_sessions: tuple[HomeSession, ...] = ()
    habits: tuple[Habit, ...] = ()
    habit_marks: tuple[HabitMark, ...] = ()
    diary: tuple[DiaryEntry, ...] = ()

    @property
    def course(self) -> Course | None:
        """The course that runs; None where none does."""
        return next((one for one in reversed(self.courses) if one.ended_on is None), None)

    @property
    def ended(self) -> Course | None:
        """The course that ended last, where none runs and she is not pregnant again since."""
        if not self.courses or self.course is not None:
            return None
        last = max(self.courses, key=lambda one: (one.ended_on or "", place_of(one.ended_at or "")))
        return None if self._is_pregnant_since(last) else last

    def _is_pregnant_since(self, ended: Course) -> bool:
        told = self.pregnancy.made_at if self.pregnancy is not None else ""
        if not told or not ended.ended_at:
            return False
        return datetime.fromisoformat(told) > datetime.fromisoformat(ended.ended_at)

    @property
    def pregnancy(self) -> Pregnancy | None:
        """The pregnancy that has not ended."""
        going_on = (one for one in reversed(self.pregnancies) if goes_on(one, self.births))
        return next(going_on, None)

    @property
    def birth(self) -> Birth | None:
        """The last birth, unless she is pregnant again."""
        return self.births[-1] if self.births and self.pregnancy is None else None


def goes_on(pregnancy: Pregnancy, births: Sequence[Birth]) -> bool:
    """Return whether it has not ended. A birth after its first day has ended it, whatever is kept
    of it: who has given birth is never taken for pregnant still."""
    last = max((one.born_on for one in births), default=None)
    began_after = last is None or first_day(pregnancy.expected_on) > last
    return pregnancy.ended_on is None and began_after


def read(acts: Acts, actor: Actor, patient_id: str, action: str = "treatment.read") -> History:
    """Return her record; the audit has it under the action it is read for."""
    with acts.on_patient(actor, action, patient_id) as act:
        return of(act)


def of(act: Act) -> History:
    """Return the record of the patient on whom somebody acts."""

    def all_of(kind: type[E], order: str) -> tuple[E, ...]:
        return tuple(all_of_hers(act, kind, order))

    return History(
        patient=patient_of(act),
        pregnancies=all_of(Pregnancy, "expected_on"),
        births=all_of(Birth, "born_on"),
        clearances=all_of(Clearance, "entered_at"),
        red_flags=all_of(RedFlag, "entered_at"),
        red_flag_answers=all_of(RedFlagAnswer, "entered_at"),
        courses=all_of(Course, "begun_on"),
        prescriptions=all_of(Prescription, "made_at"),
        decisions=all_of(Decision, "made_at"),
        sessions=all_of(Session, "started_at"),
        pains=worst_last(all_of(PainScore, "entered_at")),
        symptoms=all_of(SymptomScore, "entered_at"),
        assessments=all_of(Assessment, "entered_at"),
        notes=all_of(Note, "written_at"),
        consents=all_of(Consent, "entered_at"),
        home_prescriptions=all_of(HomePrescription, "made_at"),
        home_sessions=all_of(HomeSession, "started_at"),
        habits=all_of(Habit, "made_at"),
        habit_marks=all_of(HabitMark, "on_day"),
        diary=all_of(DiaryEntry, "on_day"),
    )


# Who did something in a record, and whether she can sign in, belong to the look at that record:
# it has its line in the audit, and only a no gets another.


def names(acts: Acts, actor: Actor, patient_id: str, user_ids: Iterable[str]) -> Mapping[str, str]:
    """Return id -> name of the clinic's users, for what they did in a record that was read."""
    acts.check(actor, "treatment.read", patient_id)
    with acts.repository.work(writes=False) as work:
        return names_in(work, actor.tenant_id, user_ids)


def names_in(work: Work, tenant_id: str, user_ids: Iterable[str]) -> Mapping[str, str]:
    """Return id -> name of a clinic's users, in the work of an act that is about what they did."""
    found = (work.find(User, tenant_id, where(id=one)) for one in sorted(set(user_ids)))
    return {user.id: user.name for users in found for user in users}


def has_account(acts: Acts, actor: Actor, patient_id: str, action: str = "treatment.read") -> bool:
    """Return whether a patient has an account of her own; action : for which it is asked."""
    acts.check(actor, action, patient_id)
    with acts.repository.work(writes=False) as work:
        return bool(work.find(User, actor.tenant_id, where(patient_id=patient_id), limit=1))


def therapists(acts: Acts, actor: Actor) -> list[tuple[str, str]]:
    """Return (id, name) of the clinic's other therapists who can sign in, by name."""
    with acts.in_tenant(actor, "user.list") as act:
        found = act.work.find(
            User, actor.tenant_id, where(role="therapist", state="active"), order="name"
        )
        return [(one.id, one.name) for one in found if one.id != actor.user_id]


def worst_last(pains: Iterable[PainScore]) -> tuple[PainScore, ...]:
    """Return the scores in their order; of those of one moment the highest counts as the last."""
    return tuple(sorted(pains, key=lambda one: (place_of(one.entered_at), one.score)))
