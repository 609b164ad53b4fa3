"""A treatment protocol as values: stages with windows, doses, ranges, rounds and texts.

`levator.library` fills these from a TOML file; nothing here knows a clinical number.
Weeks after birth are completed weeks: 0.0 on the day itself, 6.0 after 42 days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from levator.errors import CallerError
from levator.quantities import Percent, PercentMvc, Seconds
from levator.training.dose import Mode, RoundsKind
from levator.training.pattern import Pattern, PatternUnit

Phase = Literal["pregnancy", "after_birth"]
#: `always`: somebody who may has cleared her; `after_complications`: only where there were any.
ClearanceRule = Literal["always", "after_complications"]
#: What a therapist judges before a stage begins; nothing here measures it.
JudgedCode = Literal["holds_long", "releases_well", "pain_reduced", "force_reached"]
Weeks = float


@dataclass(frozen=True, slots=True)
class Wording:
    """What a person reads about a stage, in one language."""

    title: str
    short: str
    goal: str
    instruction: str
    cushion: str | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """When a stage may be trained. `needs_weeks`: not without knowing the week."""

    phase: Phase
    from_week: Weeks
    until_week: Weeks | None
    needs_weeks: bool
    source: str


@dataclass(frozen=True, slots=True)
class Range:
    """The values a setting may have and the step in which it goes up."""

    lowest: float
    highest: float
    step: float
    source: str


@dataclass(frozen=True, slots=True)
class Cap:
    """A bound that holds until a week after birth, while there is pain, or both."""

    name: str
    until_week_after_birth: Weeks | None
    while_pain: bool
    force_percent_mvc: PercentMvc | None
    hold_s: Seconds | None
    words: Mapping[str, str]
    source: str

    def words_in(self, language: str) -> str:
        """Return what people read about the cap, English where that language has none."""
        return self.words.get(language, self.words["en"])


@dataclass(frozen=True, slots=True)
class RoundsPlan:
    """When a set of this stage ends.

    `kind` is what is shipped, `seed_rounds` what the source document says. Where they
    differ, the source's holds from `seed_rounds_from_week_after_birth` on, without pain.
    """

    kind: RoundsKind
    count: int | None
    max_rounds: int
    max_effort_s: Seconds
    seed_rounds: RoundsKind
    seed_rounds_from_week_after_birth: Weeks | None
    source: str
    seed_source: str


@dataclass(frozen=True, slots=True)
class StageDose:
    """The dose as the source writes it, the ranges it may move in, and where it starts.

    `pattern_numbers` are the source's own, in `pattern_unit`; `pattern` is in seconds.
    `start_hold_s` and `start_tangent_percent` are below the written values where the
    source says to begin low. A range is None where the source gives one value only.
    """

    mode: Mode
    force_percent_mvc: PercentMvc
    pattern_numbers: tuple[float, float, float, float]
    pattern_unit: PatternUnit
    pattern: Pattern
    tangent_percent: Percent | None
    start_hold_s: Seconds
    start_tangent_percent: Percent | None
    force_range: Range | None
    hold_range_s: Range | None
    rest_range_s: Range | None
    tangent_range: Range | None
    rounds: RoundsPlan
    sources: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Judged:
    """Something the therapist judges on entry; `force_percent_mvc` for `force_reached`."""

    code: JudgedCode
    source: str
    force_percent_mvc: PercentMvc | None = None


@dataclass(frozen=True, slots=True)
class TimesADay:
    """How often a day, and how often until a week after birth where that is less."""

    times: int
    early_times: int | None
    early_until_week_after_birth: Weeks | None
    source: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the protocol. `dose` is None in open mode, which asks for nothing."""

    id: str
    window: Window
    clearance: ClearanceRule
    locked_by_pain: bool
    optional: bool
    mode: Mode
    dose: StageDose | None
    times_a_day: TimesADay | None
    caps: tuple[Cap, ...]
    judged: tuple[Judged, ...]
    words: Mapping[str, Wording]
    source: str

    def words_in(self, language: str) -> Wording:
        """Return the texts in a language, English where that language has none."""
        return self.words.get(language, self.words["en"])


@dataclass(frozen=True, slots=True)
class ReferenceRule:
    """Which reference contraction may be taken, before and after a week after birth."""

    mvc_from_week_after_birth: Weeks
    mvc_in_pregnancy: bool
    source: str


@dataclass(frozen=True, slots=True)
class Milestone:
    """What the source expects of a period after birth, in words."""

    from_week_after_birth: Weeks
    until_week_after_birth: Weeks | None
    words: Mapping[str, str]
    source: str


@dataclass(frozen=True, slots=True)
class Protocol:
    """A treatment protocol, whole. `caps` hold for every stage."""

    id: str
    version: str
    reviewed_by: str
    title: Mapping[str, str]
    about: Mapping[str, str]
    document: str
    reference: ReferenceRule
    caps: tuple[Cap, ...]
    milestones: tuple[Milestone, ...]
    stages: tuple[Stage, ...]

    def stage(self, stage_id: str) -> Stage:
        """Return a stage by its id; CallerError names the ids there are."""
        for stage in self.stages:
            if stage.id == stage_id:
                return stage
        known = ", ".join(stage.id for stage in self.stages)
        raise CallerError(
            "%(protocol)s has no stage %(stage)r; it has %(known)s.",
            protocol=self.id,
            stage=stage_id,
            known=known,
        )
