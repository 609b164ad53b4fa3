"""The strict shape of the file about training at home (pydantic; the schema is made from it)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from levator.course.exercise import Passage
from levator.course.home import HomeQuestion, QuestionCode
from levator.course.home_rules import AskedWhen, HabitRule, HomeRules, QuestionWording, QuietHours
from levator.course.protocol import Phase
from levator.library.kinds import Count, Positive
from levator.library.models import Header, Sourced, SourcedSeconds, Strict, Words
from levator.library.problems import EntryError
from levator.library.told_model import EveryText

Code = Annotated[str, Field(pattern=r"^[a-z0-9_-]+$")]
#: A time of the day.
Time = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class SourcedWhole(Sourced[Count]):
    """A whole number, one or more."""


class QuietHoursModel(Strict):
    """From when until when nothing reminds her."""

    begins: Time
    ends: Time
    source: Words
    note: Words | None = None


class BreathModel(Strict):
    """How long a calm breath goes in, and how long out."""

    in_s: Positive
    out_s: Positive
    source: Words
    note: Words | None = None


class ReminderTimesModel(Strict):
    """When she is reminded, where she turns it on."""

    times: Annotated[list[Time], Field(min_length=1)]
    source: Words
    note: Words | None = None


class ChoiceModel(Strict):
    """One answer, in words."""

    answer: Code
    texts: EveryText


class QuestionModel(Strict):
    """What is asked first. With `stops` the rule stands here; it then counts for so many days."""

    code: QuestionCode
    source: Words
    note: Words | None = None
    ask: EveryText
    stopped: EveryText
    choices: tuple[ChoiceModel, ...] = Field((), strict=False)
    latest_counts: bool = False
    when: Annotated[tuple[AskedWhen, ...], Field(strict=False, min_length=1)]
    phases: tuple[Phase, ...] = Field((), strict=False)
    stops: tuple[Code, ...] = Field((), strict=False)
    counts_days: Count | None = None

    @model_validator(mode="after")
    def _stops_by_its_choices(self) -> QuestionModel:
        known = [one.answer for one in self.choices]
        unknown = [one for one in self.stops if one not in known]
        if unknown:
            raise EntryError(
                "%(answers)s is no choice of this question; add the choice.", answers=unknown
            ).at("stops")
        if bool(self.stops) != (self.counts_days is not None):
            raise EntryError(
                "what stops also says for how many days; write stops and counts_days, or neither."
            )
        return self


class HabitModel(Strict):
    """Something of daily life to practise with."""

    code: Code
    source: Words
    moment: EveryText
    words: EveryText


class HomeFile(Header):
    """What holds at home whatever is prescribed, whole."""

    plan_days: SourcedWhole
    clock_tolerance_s: SourcedSeconds
    told_days: SourcedWhole
    diary_days: SourcedWhole
    diary_most_ml: SourcedWhole
    urge_most: SourcedWhole
    most_a_day: SourcedWhole
    most_in_all: SourcedWhole
    breath: BreathModel
    quiet_hours: QuietHoursModel
    reminder_times: ReminderTimesModel
    questions: Annotated[list[QuestionModel], Field(min_length=1)]
    habits: Annotated[list[HabitModel], Field(min_length=1)]


def home_of(file: HomeFile) -> HomeRules:
    """Return the rules that a checked file describes."""
    return HomeRules(
        plan_days=file.plan_days.value,
        clock_tolerance_s=file.clock_tolerance_s.value,
        told_days=file.told_days.value,
        diary_days=file.diary_days.value,
        diary_most_ml=file.diary_most_ml.value,
        urge_most=file.urge_most.value,
        most_a_day=file.most_a_day.value,
        most_in_all=file.most_in_all.value,
        breath_s=(file.breath.in_s, file.breath.out_s),
        quiet_hours=QuietHours(file.quiet_hours.begins, file.quiet_hours.ends),
        reminder_times=tuple(file.reminder_times.times),
        questions=tuple(
            HomeQuestion(one.code, one.stops, one.counts_days)
            for one in file.questions
            if one.counts_days is not None
        ),
        wordings={one.code: _wording(one) for one in file.questions},
        habits=tuple(_habit(one) for one in file.habits),
    )


def _wording(one: QuestionModel) -> QuestionWording:
    choices = {each.answer: _told(each.texts, one.source) for each in one.choices}
    ask, stopped = _told(one.ask, one.source), _told(one.stopped, one.source)
    return QuestionWording(ask, stopped, choices, one.when, one.phases, one.latest_counts)


def _habit(one: HabitModel) -> HabitRule:
    return HabitRule(one.code, _told(one.moment, one.source), _told(one.words, one.source))


def _told(texts: EveryText, source: str) -> Passage:
    return Passage(texts.model_dump(), source)
