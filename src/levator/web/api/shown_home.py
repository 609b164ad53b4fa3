"""What is sent back about training at home: the plan that a phone keeps, and what was done."""

from __future__ import annotations

from pydantic import create_model

from levator.course.exercise import Part
from levator.course.home import QuestionCode
from levator.course.home_rules import AskedWhen
from levator.records.home import DiaryKind, HomePrescription, HomeSession
from levator.web.api.shown_record import Given, listed, shown


class ChoiceShown(Given):
    """What she may answer."""

    answer: int | str
    words: str
    act: str
    urgency: int | None


class QuestionShown(Given):
    """What is asked before anything is offered."""

    code: QuestionCode
    ask: str
    when: list[AskedWhen]
    stops: list[int | str]
    counts_days: int
    latest_counts: bool
    choices: list[ChoiceShown]
    stopped: str


class AnsweredShown(Given):
    """An answer that still counts."""

    code: QuestionCode
    answer: int | str
    on_day: str


class CueShown(Given):
    """What to mind in a part of a repetition."""

    part: Part
    words: str


class HomeItemShown(Given):
    """An exercise of a day."""

    exercise: str
    title: str
    posture: str
    posture_words: str
    how: str
    cues: list[CueShown]
    repetitions: int
    times_a_day: int
    breakpoints: list[tuple[float, Part]]
    lasts_s: float
    is_gentle: bool
    lowered: str | None
    picture: str


class ShutShown(Given):
    """An exercise that is prescribed and not offered on a day."""

    exercise: str
    title: str
    why: list[str]


class HomeDayShown(Given):
    """One day of the plan."""

    on_day: str
    items: list[str]
    shut: list[str]
    cautions: list[str]


class MarkedDayShown(Given):
    """A day on which she kept to a habit."""

    id: str
    on_day: str


class HabitShown(Given):
    """Something of daily life that she practises with."""

    id: str
    code: str
    moment: str
    words: str
    marked: list[MarkedDayShown]


class HabitChoiceShown(Given):
    """Something of daily life that the library has."""

    code: str
    moment: str
    words: str


class DiaryLineShown(Given):
    """A line of her bladder diary."""

    id: str
    on_day: str
    at: str
    kind: DiaryKind
    amount_ml: int | None
    urge: int | None
    remark: str


class DiaryShown(Given):
    """Her bladder diary of the last days."""

    days: int
    most_ml: int
    urge_most: int
    entries: list[DiaryLineShown]


class HomeShareShown(Given):
    """What was done of what was asked."""

    done: int
    asked: int
    days: int


class AdviceLineShown(Given):
    """A page of advice that is for her."""

    id: str
    title: str
    short: str
    until: str | None


class PlanShown(Given):
    """Everything that a phone has to know for the days to come; nothing is worked out there."""

    made_at: str
    valid_until: str
    revision: str
    questions: list[QuestionShown]
    answered: list[AnsweredShown]
    days: list[HomeDayShown]
    items: dict[str, HomeItemShown]
    shut: dict[str, ShutShown]
    breath_s: tuple[float, float]
    done: dict[str, dict[str, int]]
    closed: list[str]
    stopped: str | None
    habits: list[HabitShown]
    habit_choices: list[HabitChoiceShown]
    diary: DiaryShown
    adherence: HomeShareShown | None
    advice: list[AdviceLineShown]


class LeaseShown(Given):
    """Whose the days are: this phone's, or that of another."""

    is_here: bool
    days: list[str]
    elsewhere: dict[str, str]


class NotKeptShown(Given):
    """What was not kept as it was sent."""

    id: str
    why: str


class SyncedShown(Given):
    """What became of what a phone sent, and the plan of now."""

    kept: list[str]
    refused: list[NotKeptShown]
    now: str
    clock: str | None
    lease: LeaseShown
    plan: PlanShown


class HomeRemindersShown(Given):
    """When she is reminded, and by what."""

    is_on: bool
    times: list[str]
    quiet_begins: str
    quiet_ends: str
    feed_made_at: str | None
    push_key: str | None


class FeedShown(Given):
    """The link of her calendar."""

    link: str


HomeShown = create_model(
    "Home",
    __base__=Given,
    __doc__="Her plan at home, everything that was prescribed for it, and what was done.",
    plan=(PlanShown, ...),
    prescriptions=(listed(shown(HomePrescription)), ...),
    sessions=(listed(shown(HomeSession)), ...),
)
