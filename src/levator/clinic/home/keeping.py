"""One thing that a phone tells, kept once: a session, an answer, a mark, a line of the diary.

The same id again is passed over; with other content what was kept first stays, and that is said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from levator.clinic import checking
from levator.clinic.acting import Act
from levator.clinic.charts import day_of, text_of
from levator.clinic.hers import all_of_hers, one_of_hers, patient_of, refuse_anothers
from levator.clinic.home.ahead import FLAGS
from levator.clinic.home.bounds import check_room
from levator.clinic.home.clock import Clocks, moment
from levator.clinic.home.doses import YES_OR_NO, asked_on, done_of, doses_of, times_on
from levator.clinic.treatment import keep_red_flag
from levator.course.home import QuestionCode
from levator.course.home_dose import is_over_limit
from levator.errors import CallerError, mark
from levator.library import load_checklist, load_scales
from levator.records.entity import Entity
from levator.records.home import (
    DiaryEntry,
    DiaryKind,
    Habit,
    HabitMark,
    HomeEnd,
    HomeLease,
    HomePrescription,
    HomeSession,
    Phone,
)
from levator.records.treatment import PainScore, RedFlag, RedFlagAnswer, SymptomScore
from levator.records.work import where

#: More than anybody practises with; a plan that a phone reads on a bad network stays small.
MOST_HABITS = 50
#: What the clinic itself says of a thing; it may differ when it comes again.
_OWN = ("version", "kept_at", "taken_back_at", "entered_at", "entered_by", "list_version")
_OF_SESSION = (
    "on_day",
    "started_at",
    "phone_id",
    "is_over_limit",
    "is_clock_unsure",
    "was_leased",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldSession:
    """An exercise as it was done; times by the phone's clock. leaked : more than usual."""

    id: str
    exercise: str
    on_day: str
    started_at: str
    repetitions: int
    lasted_s: float
    ended_by: HomeEnd
    pain: int | None = None
    leaked: bool | None = None
    was_leased: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldAnswer:
    """The answer to a question of the plan."""

    id: str
    on_day: str
    at: str
    code: QuestionCode
    answer: int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldHabit:
    """Something to practise with, of the library by its code or in her own words; on or off."""

    id: str
    on_day: str
    code: str = ""
    moment: str = ""
    words: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldMark:
    """A habit was kept to."""

    id: str
    habit: str
    on_day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldEntry:
    """A line of the bladder diary."""

    id: str
    on_day: str
    at: str
    kind: DiaryKind
    amount_ml: int | None = None
    urge: int | None = None
    remark: str = ""


class KeptBeforeError(CallerError):
    """Something else is kept under the id; it stays."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(mark("This was sent before with other content; what came first is kept."))


def keep_session(act: Act, told: ToldSession, phone: Phone, clocks: Clocks) -> None:
    """Keep what was done. More than was asked is kept too, and marked."""
    patient, when = patient_of(act), clocks.placed(told.started_at)
    on_day, is_unsure = clocks.day_at(told.on_day, told.started_at)
    given = HomeSession(
        id=checking.checked_id(told.id),
        tenant_id=patient.tenant_id,
        patient_id=patient.id,
        phone_id=phone.id,
        exercise=checking.line("exercise", told.exercise, is_needed=True),
        on_day=on_day,
        started_at=when.isoformat(),
        phone_time=moment(told.started_at, clocks.now.tzinfo).isoformat(),
        repetitions=told.repetitions,
        lasted_s=told.lasted_s,
        ended_by=told.ended_by,
        pain=told.pain,
        leaked=told.leaked,
        is_clock_unsure=is_unsure,
        was_leased=told.was_leased and not _was_elsewhere(act, phone, on_day, when),
        kept_at=act.at,
    )
    done = replace(given, is_over_limit=_is_over(act, given))
    if _is_kept(act, done, _OF_SESSION):
        return
    # Looked at before anything is kept: what is refused is refused whole.
    told_after = [one for one in _told_after(act, given, clocks.now) if not _is_kept(act, one)]
    check_room(act, done)
    for one in (done, *told_after):  # of each exercise at most one, so that its bound is theirs
        act.put(one)


def _was_elsewhere(act: Act, phone: Phone, on_day: str, when: datetime) -> bool:
    """Return whether another phone had the day by then, whatever this one says."""
    of_day = where(patient_id=phone.patient_id, leased_day=on_day)
    return any(
        one.phone_id != phone.id and datetime.fromisoformat(one.taken_at) <= when
        for one in act.work.find(HomeLease, phone.tenant_id, of_day)
    )


def _is_over(act: Act, given: HomeSession) -> bool:
    """Return whether as much was done on that day as was asked, on all phones."""
    day = day_of(given.on_day)
    doses = doses_of(all_of_hers(act, HomePrescription, "made_at"))
    of_day = where(patient_id=given.patient_id, on_day=given.on_day)
    kept = act.work.find(HomeSession, given.tenant_id, of_day)
    asked, done = asked_on(doses, day), times_on(doses, done_of(kept), day)
    return is_over_limit(asked.get(given.exercise, 0), 1 + done.get(given.exercise, 0))


def _told_after(act: Act, done: HomeSession, now: datetime) -> list[Entity]:
    """Return pain and leaking after an exercise as everything else of her reads them.

    It was told by now, however long the exercise is said to have lasted: what she tells later is
    later.
    """
    told: list[Entity] = []
    if done.pain is not None:
        ended_at = datetime.fromisoformat(done.started_at) + timedelta(seconds=done.lasted_s)
        told.append(_pain(act, done.id, done.on_day, done.pain, min(ended_at, now).isoformat()))
    if done.leaked is not None:
        told.append(_yes_or_no(act, done.id, done.on_day, "leak", is_so=done.leaked))
    return told


def keep_answer(act: Act, told: ToldAnswer, clocks: Clocks) -> None:
    """Keep an answer as what it is in the record: a red flag or that there is none, pain, a
    symptom. It holds there as one that was told in the clinic."""
    number = checking.checked_id(told.id)
    on_day, is_unsure = clocks.day_at(told.on_day, told.at)
    loose = ("on_day",) if is_unsure else ()
    match told.code, told.answer:
        case "red_flags", "none":
            _once(act, _no_flag(act, number, on_day), loose)
        case "red_flags", str(code):
            _keep_flag(act, number, on_day, code, loose)
        case "pain", int(score):
            when = clocks.placed(told.at).isoformat()
            _once(act, _pain(act, number, on_day, score, when), loose)
        case code, ("yes" | "no") as word if code in YES_OR_NO:
            _once(act, _yes_or_no(act, number, on_day, code, is_so=word == "yes"), loose)
        case _:
            raise CallerError("This is no answer to a question of the plan.")


def _keep_flag(act: Act, number: str, on_day: str, code: str, loose: tuple[str, ...]) -> None:
    patient = patient_of(act)
    flag = RedFlag(
        id=number,
        tenant_id=patient.tenant_id,
        patient_id=patient.id,
        on_day=on_day,
        code=checking.listed("flag", code, FLAGS),
        entered_by=act.actor.user_id,
        entered_at=act.at,
    )
    if not _is_kept(act, flag, loose):
        check_room(act, flag)
        keep_red_flag(act, flag)


def _no_flag(act: Act, number: str, on_day: str) -> RedFlagAnswer:
    patient = patient_of(act)
    return RedFlagAnswer(
        id=number,
        tenant_id=patient.tenant_id,
        patient_id=patient.id,
        on_day=on_day,
        list_version=load_checklist(FLAGS).version,
        entered_by=act.actor.user_id,
        entered_at=act.at,
    )


def _pain(act: Act, number: str, on_day: str, score: int, told_at: str) -> PainScore:
    """Return a score; of several of a day the one that was told last counts."""
    patient = patient_of(act)
    return PainScore(
        id=number,
        tenant_id=patient.tenant_id,
        patient_id=patient.id,
        on_day=on_day,
        score=checking.score("pain", score, 0, load_scales().pain_most),
        moment="between",
        entered_by=act.actor.user_id,
        entered_at=told_at,
    )


def _yes_or_no(
    act: Act, number: str, on_day: str, code: QuestionCode, *, is_so: bool
) -> SymptomScore:
    patient = patient_of(act)
    return SymptomScore(
        id=number,
        tenant_id=patient.tenant_id,
        patient_id=patient.id,
        on_day=on_day,
        code=code,
        score=1.0 if is_so else 0.0,
        entered_by=act.actor.user_id,
        entered_at=act.at,
    )


def keep_habit(act: Act, told: ToldHabit, clocks: Clocks) -> None:
    """Keep what she practises with from a day on, or that it ended the day before."""
    patient, (on_day, _) = patient_of(act), clocks.day(told.on_day)
    number, habits = checking.checked_id(told.id), all_of_hers(act, Habit)
    known = next((one for one in habits if one.id == number), None)
    if known is None:
        if len([one for one in habits if one.until_on is None]) >= MOST_HABITS:
            raise CallerError("You have %(most)s habits already; end one first.", most=MOST_HABITS)
        known = Habit(
            id=number,
            tenant_id=patient.tenant_id,
            patient_id=patient.id,
            code=told.code,
            moment=checking.line("moment", told.moment),
            words=checking.line("habit", told.words),
            from_on=on_day,
            made_at=act.at,
        )
        _once(act, known)
    if not told.is_active and known.until_on is None:
        act.put(replace(one_of_hers(act, Habit, number), until_on=text_of(day_of(on_day) - 1)))


def keep_mark(act: Act, told: ToldMark, clocks: Clocks) -> None:
    """Keep that she kept to a habit on a day; raises NotThereError for one that is not hers."""
    patient, (on_day, is_unsure) = patient_of(act), clocks.day(told.on_day)
    made = HabitMark(
        id=checking.checked_id(told.id),
        tenant_id=patient.tenant_id,
        patient_id=patient.id,
        habit_id=one_of_hers(act, Habit, told.habit).id,
        on_day=on_day,
        kept_at=act.at,
    )
    _once(act, made, ("on_day",) if is_unsure else ())


def keep_entry(act: Act, told: ToldEntry, clocks: Clocks) -> None:
    """Keep a line of her diary, of what has been."""
    patient, (on_day, at, is_unsure) = patient_of(act), clocks.line_at(told.on_day, told.at)
    entry = DiaryEntry(
        id=checking.checked_id(told.id),
        tenant_id=patient.tenant_id,
        patient_id=patient.id,
        on_day=on_day,
        at=at,
        kind=told.kind,
        amount_ml=told.amount_ml,
        urge=told.urge,
        remark=checking.line("remark", told.remark),
        kept_at=act.at,
    )
    if _is_kept(act, entry, ("on_day", "at") if is_unsure else ()):
        return
    if clocks.is_to_come(f"{told.on_day}T{told.at}"):
        raise CallerError(
            "The line of your diary at %(time)s is of a time to come, so it was not kept. Write it "
            "down once it has been.",
            time=told.at,
        )
    check_room(act, entry)
    act.put(entry)


def _once(act: Act, entity: Entity, loose: tuple[str, ...] = ()) -> bool:
    """Keep a thing that is not here yet; return whether it was not. loose : what may differ.

    Raises KeptBeforeError for other content, NotThereError where the id is another woman's, and
    CallerError where there is more of it than anybody does.
    """
    if _is_kept(act, entity, loose):
        return False
    check_room(act, entity)
    act.put(entity)
    return True


def _is_kept(act: Act, entity: Entity, loose: tuple[str, ...] = ()) -> bool:
    found = act.work.find(type(entity), entity.tenant_id, where(id=entity.id))
    if not found:
        return False
    refuse_anothers(entity, found[0])
    same = {n: getattr(found[0], n) for n in (*_OWN, *loose) if hasattr(entity, n)}
    if replace(entity, **same) != found[0]:
        raise KeptBeforeError
    return True
