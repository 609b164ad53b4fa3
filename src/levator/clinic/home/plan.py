"""The plan of one woman as her phone keeps it: plain values with their words, nothing to work out.

Days are ISO days. The page looks up and counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from levator.course.exercise import Part
from levator.course.home import QuestionCode
from levator.course.home_dose import HomeBreakpoint
from levator.course.home_rules import AskedWhen
from levator.records.home import DiaryKind

Answer = int | str


@dataclass(frozen=True, slots=True)
class Choice:
    """What she may answer; `act` is what to do now where it is so, "" where nothing is told.

    urgency : of several acts the one with the lowest is told first.
    """

    answer: Answer
    words: str
    act: str = ""
    urgency: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked before or after. stopped : what to do after an answer of `stops`.

    latest_counts : of several answers only the last; else any that stops.
    """

    code: QuestionCode
    ask: str
    when: tuple[AskedWhen, ...]
    stops: tuple[Answer, ...]
    counts_days: int
    latest_counts: bool
    choices: tuple[Choice, ...]
    stopped: str


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that still counts."""

    code: QuestionCode
    answer: Answer
    on_day: str


@dataclass(frozen=True, slots=True)
class CueLine:
    """What to mind in a part of a repetition."""

    part: Part
    words: str


@dataclass(frozen=True, slots=True)
class Item:
    """An exercise of a day. breakpoints : seconds from the start, and the part that begins."""

    exercise: str
    title: str
    posture: str
    posture_words: str
    how: str
    cues: tuple[CueLine, ...]
    repetitions: int
    times_a_day: int
    breakpoints: tuple[HomeBreakpoint, ...]
    lasts_s: float
    is_gentle: bool
    lowered: str | None
    picture: str


@dataclass(frozen=True, slots=True)
class Shut:
    """An exercise that is prescribed and not offered on a day, and why."""

    exercise: str
    title: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """One day of the plan; items and shut are keys of the plan's own tables."""

    on_day: str
    items: tuple[str, ...]
    shut: tuple[str, ...]
    cautions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MarkedDay:
    """A day on which she kept to a habit; id is that of the mark."""

    id: str
    on_day: str


@dataclass(frozen=True, slots=True)
class PlannedHabit:
    """Something of daily life that she practises with. marked : days of late on which she did."""

    id: str
    code: str
    moment: str
    words: str
    marked: tuple[MarkedDay, ...]


@dataclass(frozen=True, slots=True)
class HabitChoice:
    """Something of daily life that the library has, to choose from."""

    code: str
    moment: str
    words: str


@dataclass(frozen=True, slots=True)
class DiaryLine:
    """A line of her bladder diary. at : HH:MM."""

    id: str
    on_day: str
    at: str
    kind: DiaryKind
    amount_ml: int | None
    urge: int | None
    remark: str


@dataclass(frozen=True, slots=True)
class Diary:
    """Her bladder diary of the last days. days : so many make one. urge_most : 0 is none."""

    days: int
    most_ml: int
    urge_most: int
    entries: tuple[DiaryLine, ...]


@dataclass(frozen=True, slots=True)
class AdviceLine:
    """A page of advice that is for her; until : the last day of it, None for no end."""

    id: str
    title: str
    short: str
    until: str | None


@dataclass(frozen=True, slots=True)
class Share:
    """What was done of what was asked, over `days` days."""

    done: int
    asked: int
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PhonePlan:
    """Everything that her phone has to know; what is the same on many days stands once.

    revision : a digest of all but `made_at`.

    closed : days on which nothing more is offered. stopped : why nothing is offered today.
    """

    made_at: str
    valid_until: str
    revision: str = ""
    questions: tuple[Question, ...]
    answered: tuple[Answered, ...]
    days: tuple[PlannedDay, ...]
    items: Mapping[str, Item]
    shut: Mapping[str, Shut]
    breath_s: tuple[float, float]
    done: Mapping[str, Mapping[str, int]]
    closed: tuple[str, ...]
    stopped: str | None
    habits: tuple[PlannedHabit, ...]
    habit_choices: tuple[HabitChoice, ...]
    diary: Diary
    adherence: Share | None
    advice: tuple[AdviceLine, ...]
