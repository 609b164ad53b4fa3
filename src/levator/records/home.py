"""What is kept of training at home: what is prescribed, on which phone, and what was really done.

What was done is always kept, also where it was too much or the phone's clock was wrong; then it
says so itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from levator.records.entity import Entity, Indexed, Personal, Refers

HomeEnd = Literal["done", "stopped", "pain", "tapped"]
DiaryKind = Literal["drink", "void", "leak", "urge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePrescription(Entity):
    """An exercise for at home; it is never changed, a newer one of the exercise takes its place.

    exercise : id in `library/exercises`. Numbers are None where they are as the library says.
    is_withdrawn : from `from_on` on it is not done any more.
    """

    patient_id: Annotated[str, Refers("patient")]
    exercise: str
    from_on: Indexed[str]
    until_on: str | None = None
    posture: str | None = None
    hold_s: float | None = None
    repetitions: int | None = None
    times_a_day: int | None = None
    is_withdrawn: bool = False
    because: Personal[str] = ""
    made_by: str
    made_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone(Entity):
    """One browser in which she trains at home. Its id follows from hers and the page's own.

    is_shared : others use it too, so that it keeps nothing. seen_on : when it last was in touch.
    """

    patient_id: Annotated[str, Refers("patient")]
    name: Personal[str]
    is_shared: bool
    made_at: str
    seen_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeLease(Entity):
    """On which phone a day is done: no other offers it. Its id follows from patient and day, so
    that there is one for each day; taking it over is a change."""

    patient_id: Annotated[str, Refers("patient")]
    phone_id: Annotated[str, Refers("phone")]
    leased_day: Indexed[str]
    taken_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeSession(Entity):
    """An exercise as it was really done at home, once.

    on_day, started_at : by the clinic's clock. phone_time : as the phone's clock said.
    is_over_limit : more than was asked on that day. is_clock_unsure : the two clocks were too far
    apart. was_leased : whether the phone had the day. pain, leaked : None where nobody asked.
    """

    patient_id: Annotated[str, Refers("patient")]
    phone_id: Annotated[str | None, Refers("phone")] = None
    exercise: str
    on_day: Indexed[str]
    started_at: str
    phone_time: str
    repetitions: int
    lasted_s: float
    ended_by: HomeEnd
    pain: Personal[int | None] = None
    leaked: Personal[bool | None] = None
    is_over_limit: bool = False
    is_clock_unsure: bool = False
    was_leased: bool = True
    kept_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit(Entity):
    """Something of daily life that goes with an exercise, such as after each feeding.

    code : of `library/home.toml`, "" where `moment` and `words` are her own.
    """

    patient_id: Annotated[str, Refers("patient")]
    code: str = ""
    moment: Personal[str] = ""
    words: Personal[str] = ""
    from_on: str
    until_on: str | None = None
    made_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitMark(Entity):
    """A habit was kept to on a day. taken_back_at : when she said that it was not so."""

    patient_id: Annotated[str, Refers("patient")]
    habit_id: Annotated[str, Refers("habit")]
    on_day: Indexed[str]
    kept_at: str
    taken_back_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiaryEntry(Entity):
    """One line of a bladder diary. at : time of the day, HH:MM. urge : 0 is none.

    taken_back_at : when she said that it was not so.
    """

    patient_id: Annotated[str, Refers("patient")]
    on_day: Indexed[str]
    at: Personal[str]
    kind: Personal[DiaryKind]
    amount_ml: Personal[int | None] = None
    urge: Personal[int | None] = None
    remark: Personal[str] = ""
    kept_at: str
    taken_back_at: str | None = None
