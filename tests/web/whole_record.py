"""A woman of whom a clinic keeps a thing of every kind, each text with the canary of the clinic."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta

from levator.records.entity import Entity
from levator.records.home import (
    DiaryEntry,
    Habit,
    HabitMark,
    HomeLease,
    HomePrescription,
    HomeSession,
    Phone,
)
from levator.records.people import Birth, Patient, Pregnancy, User, search_key
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

HERE, THERE = "a" * 32, "b" * 32
CANARIES = {HERE: "KanarieHier", THERE: "KanarieDaar"}
#: Keeps one thing of a record.
Keep = Callable[[Entity], object]
#: What her therapist overruled, so that the step is open to her.
OPENS = '{"stage": "step-6", "opens": ["holds_long", "releases_well", "lasts"]}'


def new_id() -> str:
    return secrets.token_hex(16)


def moment(ago: int = 0) -> str:
    """This moment, so many days ago: asked for when it is kept, as a run may pass midnight."""
    return (datetime.now().astimezone() - timedelta(days=ago)).isoformat(timespec="milliseconds")


def day(ago: int) -> str:
    return (datetime.now().astimezone().date() - timedelta(days=ago)).isoformat()


@dataclass(frozen=True, kw_only=True)
class Record:
    """The ids of one woman's record, and of the account that is named beside it."""

    patient: str
    pregnancy: str
    birth: str
    clearance: str
    red_flag: str
    red_flag_answer: str
    course: str
    prescription: str
    decision: str
    session: str
    pain: str
    symptom: str
    assessment: str
    note: str
    consent: str
    exercise: str
    phone: str
    lease: str
    home_session: str
    habit: str
    mark: str
    entry: str
    reminders: str
    feed: str
    push: str
    user: str
    #: Looks at her course as it stands.
    look: Callable[[], str] = field(default=new_id, compare=False, repr=False)

    @property
    def seen(self) -> str:
        """Of her course: on what is decided."""
        return self.look()


#: What a record has an id of.
OF_A_RECORD = [one.name for one in fields(Record) if one.type is str]


def nowhere() -> Record:
    """Ids of nothing at all."""
    return Record(**{name: new_id() for name in OF_A_RECORD})


def fill(
    keep: Keep, tenant: str, hers: Record, treated_by: tuple[str, ...], recording: str
) -> None:
    """Keep a thing of every kind: eight weeks after a birth, cleared, and at step 6."""
    text, by = f"{CANARIES[tenant]} {hers.patient[:6]}", treated_by[0] if treated_by else new_id()
    at = moment()
    told = {"tenant_id": tenant, "patient_id": hers.patient}
    entered = {**told, "entered_by": by, "entered_at": at}
    made = {"made_by": by, "made_at": at}
    keep(
        Patient(
            id=hers.patient,
            tenant_id=tenant,
            given_name=text,
            family_name=text,
            born_on="1991-03-12",
            number=hers.patient[:8],
            email=f"{hers.patient[:6]}@{CANARIES[tenant]}.example",
            search_key=search_key(text, text, hers.patient[:8]),
            treated_by=treated_by,
            made_at=at,
        )
    )
    keep(Pregnancy(id=hers.pregnancy, **told, expected_on=day(50), ended_on=day(56)))
    keep(Birth(id=hers.birth, **told, pregnancy_id=hers.pregnancy, born_on=day(56), mode="vaginal"))
    keep(Clearance(id=hers.clearance, **entered, signed_by=text, profession=text, from_on=day(40)))
    old = {**entered, "entered_at": moment(45)}
    keep(RedFlag(id=hers.red_flag, **old, on_day=day(45), code="fever", remark=text))
    none = {"on_day": day(5), "list_version": "1"}
    keep(RedFlagAnswer(id=hers.red_flag_answer, **entered, **none))
    course = {"protocol": "bekken-zwanger-fit", "protocol_version": "1", "stage": "step-6"}
    keep(Course(id=hers.course, **told, **course, begun_on=day(10)))
    keep(
        Prescription(
            id=hers.prescription,
            **told,
            course_id=hers.course,
            stage="step-6",
            from_on=day(10),
            because=text,
            **made,
        )
    )
    decision = {"on_day": day(10), "proposal": OPENS, "choice": "overruled", "because": text}
    keep(Decision(id=hers.decision, **told, course_id=hers.course, **decision, **made))
    keep(
        Session(
            id=hers.session,
            **told,
            course_id=hers.course,
            recording_id=recording or None,
            on_day=day(1),
            started_at=moment(1),
            stage="step-6",
            state="ended",
            device=text,
            led_by=by,
        )
    )
    pain = PainScore(id=hers.pain, **entered, on_day=day(0), score=0, moment="between")
    keep(pain)
    keep(SymptomScore(id=hers.symptom, **entered, on_day=day(1), code=text, score=2.0))
    keep(Assessment(id=hers.assessment, **entered, on_day=day(1), code="perfect", remark=text))
    note = {"on_day": day(1), "text": text, "written_by": by, "written_at": at}
    keep(Note(id=hers.note, **told, **note))
    keep(Consent(id=hers.consent, **entered, what=text, given_on=day(1)))
    _fill_home(keep, hers, told, made, text)
    keep(_named(tenant, hers.user, CANARIES[tenant]))


def _fill_home(
    keep: Keep, hers: Record, told: dict[str, str], made: dict[str, str], text: str
) -> None:
    at = made["made_at"]
    dose = {"exercise": "endurance", "from_on": day(10), "because": text}
    keep(HomePrescription(id=hers.exercise, **told, **dose, **made))
    seen = {"is_shared": False, "made_at": at, "seen_on": day(0)}
    keep(Phone(id=hers.phone, **told, name=text, **seen))
    keep(HomeLease(id=hers.lease, **told, phone_id=hers.phone, leased_day=day(0), taken_at=at))
    done = {"exercise": "endurance", "on_day": day(1), "started_at": at, "phone_time": at}
    keep(
        HomeSession(
            id=hers.home_session,
            **told,
            **done,
            phone_id=hers.phone,
            repetitions=10,
            lasted_s=270.0,
            ended_by="done",
            kept_at=at,
        )
    )
    keep(Habit(id=hers.habit, **told, words=text, from_on=day(5), made_at=at))
    kept = {"on_day": day(1), "kept_at": at}
    keep(HabitMark(id=hers.mark, **told, habit_id=hers.habit, **kept))
    keep(DiaryEntry(id=hers.entry, **told, at="10:00", kind="drink", remark=text, **kept))
    chosen = {"quiet_begins": "21:00", "quiet_ends": "08:00", "changed_at": at}
    keep(HomeReminders(id=hers.reminders, **told, is_on=True, times=("09:00",), **chosen))
    keep(CalendarFeed(id=hers.feed, **told, secret_digest=f"{hers.feed} {text}", made_at=at))
    push = {"endpoint": f"https://push.example/{text}", "service": "push.example"}
    keep(PushSubscription(id=hers.push, **told, **push, made_at=at))


def _named(tenant: str, number: str, text: str) -> User:
    address = f"{number}@{text}.example"
    return User(
        id=number,
        tenant_id=tenant,
        name=f"{text} somebody",
        email=address,
        email_key=address.lower(),
        role="therapist",
        state="active",
    )
