"""What holds for training at home whatever is prescribed: how far ahead, what is asked, habits.

`levator.library` fills these from `library/home.toml`; nothing here knows a clinical number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from levator.course.exercise import Passage
from levator.course.home import HomeQuestion, QuestionCode
from levator.course.protocol import Phase
from levator.quantities import Seconds

AskedWhen = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class QuestionWording:
    """A question as she reads it; `stopped` is what to do now, after an answer that stops.

    choices : what she may answer besides the items of a checklist and the scores of a scale.
    when : before anything is offered, after each exercise, or both. phases : empty for both.
    latest_counts : of several answers on a day only the last one does; else any that stops, stops.
    """

    ask: Passage
    stopped: Passage
    choices: Mapping[str, Passage]
    when: tuple[AskedWhen, ...]
    phases: tuple[Phase, ...]
    latest_counts: bool


@dataclass(frozen=True, slots=True)
class HabitRule:
    """Something of daily life to practise with: when, and what."""

    code: str
    moment: Passage
    words: Passage


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From when until when nothing reminds her, HH:MM."""

    begins: str
    ends: str

    def has(self, at: str) -> bool:
        """Return whether a time lies in them, also over midnight; the same twice is no time."""
        if self.begins <= self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends


@dataclass(frozen=True, slots=True)
class HomeRules:
    """The numbers and the words of `library/home.toml`.

    plan_days : for how many days a plan is made. clock_tolerance_s : how far apart two clocks may
    be. told_days : for how many days her therapist is told. most_a_day, most_in_all : how many of a
    kind are kept of one woman. breath_s : in and out. questions : that stop by a rule of this file.
    """

    plan_days: int
    clock_tolerance_s: Seconds
    told_days: int
    diary_days: int
    diary_most_ml: int
    urge_most: int
    most_a_day: int
    most_in_all: int
    breath_s: tuple[Seconds, Seconds]
    quiet_hours: QuietHours
    reminder_times: tuple[str, ...]
    questions: tuple[HomeQuestion, ...]
    wordings: Mapping[QuestionCode, QuestionWording]
    habits: tuple[HabitRule, ...]
