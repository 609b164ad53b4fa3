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
#: What she must be able to do before a stage begins: measured where the protocol says by
#: what, judged by the therapist where it does not.
JudgedCode = Literal["holds_long", "releases_well", "lasts", "pain_reduced", "force_reached"]
#: What progression may change, one at a time.
Parameter = Literal["hold", "rounds", "force", "tangent", "times"]
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
    `count_range` is how far a `number` of rounds may go.
    """

    kind: RoundsKind
    count: int | None
    count_range: Range | None
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
    """An ability that a stage asks for on entry, and what shows it.

    shown_in : the stage whose last `sittings` are looked at; None where only the therapist
        judges. The other numbers belong to their code: hold_s and in_band_percent to
        `holds_long`, force_percent_mvc and in_band_percent to `force_reached`, rounds before
        fatigue to `lasts`, pain_at_most to `pain_reduced`.
    """

    code: JudgedCode
    source: str
    force_percent_mvc: PercentMvc | None = None
    shown_in: str | None = None
    sittings: int = 1
    hold_s: Seconds | None = None
    in_band_percent: Percent | None = None
    rounds: int | None = None
    pain_at_most: int | None = None


@dataclass(frozen=True, slots=True)
class TimesADay:
    """How often a day, and how often until a week after birth where that is less.

    `allowed` is how far a therapist may go from it.
    """

    times: int
    allowed: Range | None
    early_times: int | None
    early_until_week_after_birth: Weeks | None
    source: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the protocol. `dose` is None in open mode, which asks for nothing.

    locked_by_tone : strength waits until she has shown that she lets go. order : what
        progression raises, first one first. sources : of `clearance`, `locked_by_pain`,
        `locked_by_tone` and `progression`.
    """

    id: str
    window: Window
    clearance: ClearanceRule
    locked_by_pain: bool
    locked_by_tone: bool
    optional: bool
    mode: Mode
    dose: StageDose | None
    times_a_day: TimesADay | None
    caps: tuple[Cap, ...]
    judged: tuple[Judged, ...]
    order: tuple[Parameter, ...]
    words: Mapping[str, Wording]
    source: str
    sources: Mapping[str, str]

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
class PainRule:
    """What a pain score from 0 to 10 means for the course.

    safe_at_most : up to here the course goes on. stop_above : over it no effort is asked.
    rise_at_least : more by this in one sitting is too much. held_by : scores over the stop
        within held_within_days that hold the programme. rising_days : days running, each
        with more pain than the one before, that are a rising trend.
    """

    safe_at_most: int
    stop_above: int
    rise_at_least: int
    held_by: int
    held_within_days: int
    rising_days: int
    sources: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RedFlagRule:
    """For how many days the answer "none of these" counts, the day itself being the first.

    From `asking.toml`, the same for every protocol.
    """

    answer_counts_days: int


@dataclass(frozen=True, slots=True)
class ProgressionRule:
    """When a sitting is passed, and how many of them move the course.

    in_band_percent : of the hold, at least. released_percent : of the rounds, at least; from
        `measures/rest.toml`. flagged_at_most_percent : rounds in doubt. valid_rounds : fewer
        say nothing.
    """

    sittings_up: int
    sittings_down: int
    in_band_percent: Percent
    flagged_at_most_percent: Percent
    valid_rounds: int
    released_percent: Percent
    sources: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CautionRule:
    """Something to heed until a week after birth, for one way of giving birth or for all."""

    code: str
    birth: str | None
    until_week_after_birth: Weeks
    words: Mapping[str, str]
    source: str

    def words_in(self, language: str) -> str:
        """Return what people read, English where that language has none."""
        return self.words.get(language, self.words["en"])


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
    pain: PainRule
    red_flags: RedFlagRule
    progression: ProgressionRule
    caps: tuple[Cap, ...]
    cautions: tuple[CautionRule, ...]
    milestones: tuple[Milestone, ...]
    stages: tuple[Stage, ...]

    def stages_of(self, phase: Phase) -> tuple[Stage, ...]:
        """Return the stages before or after the birth, in the protocol's order."""
        return tuple(stage for stage in self.stages if stage.window.phase == phase)

    def after(self, stage: Stage) -> Stage | None:
        """Return the next stage of the same phase that is not optional."""
        later = self.stages[self.stages.index(stage) + 1 :]
        return self._first(later, stage.window.phase)

    def before(self, stage: Stage) -> Stage | None:
        """Return the stage with a dose before this one, of the same phase."""
        earlier = self.stages[: self.stages.index(stage)]
        with_dose = tuple(one for one in reversed(earlier) if one.dose is not None)
        return self._first(with_dose, stage.window.phase)

    @staticmethod
    def _first(stages: tuple[Stage, ...], phase: Phase) -> Stage | None:
        fitting = (one for one in stages if one.window.phase == phase and not one.optional)
        return next(fitting, None)

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
