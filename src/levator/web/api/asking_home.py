"""What may be sent about training at home: strict forms, see `levator.web.api.asking`."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from levator.clinic.home.reminding import MOST_TIMES
from levator.clinic.push_key import LONGEST_ENDPOINT
from levator.course.home import QuestionCode
from levator.errors import CallerError
from levator.library import load_home
from levator.records.home import DiaryKind, HomeEnd
from levator.web.api.asking import (
    DAY_SIGNS,
    MANY,
    MOST_ITEMS,
    Day,
    FilledLine,
    FilledText,
    IdField,
    IdOrEmpty,
    Line,
    PainScored,
    Sent,
)

#: No day of the calendar is asked for here: one that is none is refused for itself, and what a
#: phone sends beside it is kept.
PhoneDay = Annotated[str, Field(pattern=DAY_SIGNS)]
Moment = Annotated[
    str,
    Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?$"),
]
Time = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Seconds = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]
Number = Annotated[int, Field(ge=0, le=1000)]


class HomeSessionSent(Sent):
    """An exercise as it was done; times by the phone's clock."""

    id: IdField
    exercise: FilledLine
    on_day: PhoneDay
    started_at: Moment
    repetitions: Number
    lasted_s: Seconds
    ended_by: HomeEnd
    pain: PainScored | None = None
    leaked: bool | None = None
    was_leased: bool = True


class HomeAnswerSent(Sent):
    """The answer to a question of the plan: one of its choices."""

    id: IdField
    on_day: PhoneDay
    at: Moment
    code: QuestionCode
    answer: PainScored | FilledLine


class HabitSent(Sent):
    """Something to practise with from a day on, of the library or in own words; or no more."""

    id: IdField
    on_day: PhoneDay
    code: Line = ""
    moment: Line = ""
    words: Line = ""
    is_active: bool = True


class HabitMarkSent(Sent):
    """A habit was kept to."""

    id: IdField
    habit: IdField
    on_day: PhoneDay


class DiaryEntrySent(Sent):
    """A line of the bladder diary."""

    id: IdField
    on_day: PhoneDay
    at: Time
    kind: DiaryKind
    amount_ml: Annotated[int | None, Field(ge=0, le=load_home().diary_most_ml)] = None
    urge: Annotated[int | None, Field(ge=0, le=load_home().urge_most)] = None
    remark: Line = ""


class TakenBackSent(Sent):
    """A mark or a line of the diary was a mistake."""

    id: IdField
    of: IdField


class HomeSyncAsked(Sent):
    """What a phone has to send, 50 things at most, and which one it is; one with more sends again.
    now : by its clock. take_over : the days that another phone has become this one's."""

    phone: IdField
    phone_name: Line = ""
    is_shared: bool = False
    now: Moment
    take_over: bool = False
    sessions: Annotated[tuple[HomeSessionSent, ...], MANY] = ()
    answers: Annotated[tuple[HomeAnswerSent, ...], MANY] = ()
    habits: Annotated[tuple[HabitSent, ...], MANY] = ()
    marks: Annotated[tuple[HabitMarkSent, ...], MANY] = ()
    entries: Annotated[tuple[DiaryEntrySent, ...], MANY] = ()
    taken_back: Annotated[tuple[TakenBackSent, ...], MANY] = ()

    @model_validator(mode="after")
    def _is_one_piece(self) -> Self:
        """Refuse more than a phone sends at once: nobody else writes while it is kept."""
        lists = (self.sessions, self.answers, self.habits, self.marks, self.entries)
        if sum(map(len, (*lists, self.taken_back))) > MOST_ITEMS:
            raise CallerError(
                "A phone sends %(most)s things at once at most; send the others after them.",
                most=MOST_ITEMS,
            )
        return self


class HomeRemindersAsked(Sent):
    """When she wants to be reminded; the same quiet hour twice is never quiet."""

    is_on: bool
    times: Annotated[tuple[Time, ...], Field(max_length=MOST_TIMES, strict=False)] = ()
    quiet_begins: Time
    quiet_ends: Time


class PushAsked(Sent):
    """A browser to remind."""

    endpoint: Annotated[str, Field(max_length=LONGEST_ENDPOINT)]


class HomePrescriptionAsked(Sent):
    """An exercise for at home; what is left out is as the library says, from today on. With `last`
    it is refused where another was prescribed since."""

    exercise: FilledLine
    because: FilledText
    from_on: Day | None = None
    until_on: Day | None = None
    posture: FilledLine | None = None
    hold_s: Annotated[float | None, Field(ge=0, le=600)] = None
    repetitions: Annotated[int | None, Field(ge=1, le=1000)] = None
    times_a_day: Annotated[int | None, Field(ge=1, le=100)] = None
    is_withdrawn: bool = False
    last: IdOrEmpty | None = None
