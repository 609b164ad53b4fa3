"""A home exercise as values: what to do without a sensor, how often, and when not.

`levator.library` fills these from TOML files (`library/exercises`); nothing here knows a clinical
number. Where two sources disagree, both are there and the safer one leads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from levator.course.protocol import ClearanceRule, Phase, Range, Weeks
from levator.training.pattern import Pattern

ExerciseKind = Literal["strength", "endurance", "coordination", "stabilisation", "relaxation"]
#: The parts of a repetition, in their order; `fall` is letting go.
Part = Literal["rise", "hold", "fall", "rest"]


@dataclass(frozen=True, slots=True)
class Passage:
    """One thing that is told, in every language, with where it comes from."""

    words: Mapping[str, str]
    source: str

    def words_in(self, language: str) -> str:
        """Return the words in a language, English where that language has none."""
        return self.words.get(language, self.words["en"])


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two sources that say different things; `leads` is the safer one, and the default.

    code : as in the table of ambiguities of the documentation, such as A12.
    """

    code: str
    leads: Passage
    other: Passage
    because: Passage


@dataclass(frozen=True, slots=True)
class Posture:
    """A way to lie, sit or stand while exercising."""

    id: str
    told: Passage


@dataclass(frozen=True, slots=True)
class Cue:
    """Something to mind in one part of a repetition."""

    part: Part
    told: Passage


@dataclass(frozen=True, slots=True)
class HomeWording:
    """What a patient reads about an exercise, in one language.

    how_gently : how it is done until the week of `HomeEntry.gentle_until_week_after_birth`; None
    where there is no such week.
    """

    title: str
    short: str
    goal: str
    how: str
    how_gently: str | None = None

    def how_to(self, *, is_gentle: bool) -> str:
        """Return how it is done today."""
        return self.how_gently if is_gentle and self.how_gently is not None else self.how


@dataclass(frozen=True, slots=True)
class HomeEntry:
    """Who may do it and from when.

    phases : in pregnancy, after birth, or both. Weeks are after birth; None is no bound.
    asks_strength : it waits while she has yet to show that she lets go. gentle_until_week : until
    then it is asked gently, whoever prescribes it otherwise. clearance_in_pregnancy : None where
    `clearance` holds for both phases.
    """

    phases: tuple[Phase, ...]
    from_week_after_birth: Weeks | None
    until_week_after_birth: Weeks | None
    gentle_until_week_after_birth: Weeks | None
    clearance: ClearanceRule
    asks_strength: bool
    sources: Mapping[str, str]
    clearance_in_pregnancy: ClearanceRule | None = None

    def clearance_in(self, phase: Phase) -> ClearanceRule:
        """Return who needs a clearance before or after the birth."""
        rule = self.clearance_in_pregnancy if phase == "pregnancy" else None
        return self.clearance if rule is None else rule


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise of the library. The first posture is where she begins.

    pattern : of one repetition, in seconds. A range is None where the source gives one value.
    sources : of the `exercise` as a whole, of each part of the pattern (`rise_s`, ...), of
    `repetitions` and of `times_a_day`.
    """

    id: str
    version: str
    reviewed_by: str
    kind: ExerciseKind
    picture: str
    words: Mapping[str, HomeWording]
    postures: tuple[Posture, ...]
    pattern: Pattern
    hold_range_s: Range | None
    repetitions: int
    repetitions_range: Range
    times_a_day: int
    times_range: Range
    cues: tuple[Cue, ...]
    entry: HomeEntry
    disagreements: tuple[Disagreement, ...]
    sources: Mapping[str, str]

    def words_in(self, language: str) -> HomeWording:
        """Return the texts in a language, English where that language has none."""
        return self.words.get(language, self.words["en"])
