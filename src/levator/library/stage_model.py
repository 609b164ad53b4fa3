"""The strict shape of one stage of a protocol file (pydantic).

What one table can say about itself is checked here; `library.kinds` has the numbers.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator, model_validator

from levator.course.chart import DAYS_A_WEEK, DAYS_TO_EXPECTED
from levator.course.protocol import JudgedCode, Parameter, Phase
from levator.library.kinds import (
    Count,
    Force,
    Positive,
    Score,
    Share,
    SourcedClearance,
    SourcedForce,
    SourcedMaxEffort,
    SourcedMaxRounds,
    SourcedPattern,
    SourcedPositive,
    SourcedRounds,
    SourcedTangent,
    SourcedWeek,
    SourcedYesNo,
    Week,
    check_judged,
    check_pattern,
    hard_limits_of,
    seconds_of,
)
from levator.library.models import Sourced, Strict, Words
from levator.library.problems import EntryError
from levator.library.range_model import (
    CountRangeModel,
    ForceRangeModel,
    RangeModel,
    check_inside,
    check_stretch,
)
from levator.training.dose import Mode, RoundsKind
from levator.training.pattern import PatternUnit


class Text(Strict):
    """One sentence in every language that the project ships; more may be added."""

    nl: Words
    en: Words
    fr: Words | None = None
    de: Words | None = None


class WordingModel(Strict):
    """What a person reads about a stage."""

    title: Words
    short: Words
    goal: Words
    instruction: Words
    cushion: Words | None = None


class WordingsModel(Strict):
    """A stage's texts in every language."""

    nl: WordingModel
    en: WordingModel
    fr: WordingModel | None = None
    de: WordingModel | None = None


class WindowModel(Strict):
    """Weeks in which a stage may be trained."""

    phase: Phase
    from_week: Week
    until_week: Week | None = None
    needs_weeks: bool
    source: Words

    @model_validator(mode="after")
    def _can_be_met(self) -> WindowModel:
        check_stretch("until_week", self.from_week, self.until_week)
        expected_week = DAYS_TO_EXPECTED / DAYS_A_WEEK
        if self.phase == "pregnancy" and self.from_week >= expected_week:
            raise EntryError(
                "from_week %(week)s begins after a pregnancy of %(weeks)s weeks; lower it.",
                week=self.from_week,
                weeks=expected_week,
            ).at("from_week")
        return self


class CapModel(Strict):
    """A bound until a week after birth, while there is pain, or both."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    until_week_after_birth: Week | None = None
    while_pain: bool = False
    force_percent_mvc: Force | None = None
    hold: Positive | None = None
    pattern_unit: PatternUnit | None = None
    source: Words
    texts: Text

    @model_validator(mode="after")
    def _has_unit(self) -> CapModel:
        if (self.hold is None) != (self.pattern_unit is None):
            raise EntryError('a hold needs its unit; write pattern_unit = "0.1s" or "s".').at(
                "hold"
            )
        if self.force_percent_mvc is None and self.hold is None:
            raise EntryError("this cap bounds nothing; give it force_percent_mvc or hold.")
        return self


class RoundsModel(Strict):
    """When a set ends: what is shipped, and what the source says."""

    kind: RoundsKind
    count: SourcedRounds | None = None
    count_range: CountRangeModel | None = None
    max_rounds: SourcedMaxRounds
    max_effort_s: SourcedMaxEffort
    source: Words
    seed_rounds: RoundsKind
    seed_source: Words
    seed_rounds_from_week_after_birth: SourcedWeek | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> RoundsModel:
        if (self.kind == "number") != (self.count is not None):
            raise EntryError('a count belongs to kind = "number", always and only.').at("kind")
        if self.count_range is not None:
            check_inside("count", self.count.value if self.count else None, self.count_range)
            if self.count_range.highest > self.max_rounds.value:
                raise EntryError("count_range goes over max_rounds; lower it.").at("count_range")
        if (self.kind == self.seed_rounds) != (self.seed_rounds_from_week_after_birth is None):
            raise EntryError(
                "seed_rounds_from_week_after_birth belongs where kind and seed_rounds differ."
            ).at("seed_rounds")
        return self


class StageDoseModel(Strict):
    """A dose as the source writes it. `hold`, `rest` and the pattern are in `pattern_unit`."""

    pattern_unit: PatternUnit
    pattern: SourcedPattern
    force_percent_mvc: SourcedForce
    tangent_percent: SourcedTangent | None = None
    start_hold: SourcedPositive | None = None
    start_tangent_percent: SourcedTangent | None = None
    force_range: ForceRangeModel | None = None
    hold_range: RangeModel | None = None
    rest_range: RangeModel | None = None
    tangent_range: RangeModel | None = None

    @field_validator("pattern")
    @classmethod
    def _is_trainable(cls, pattern: Sourced[Any], info: ValidationInfo) -> Sourced[Any]:
        unit = info.data.get("pattern_unit")
        if unit is not None:
            seconds = [seconds_of(one, unit) for one in pattern.value]
            check_pattern(seconds, hard_limits_of(info))
            check_judged(seconds, info)
        return pattern

    @model_validator(mode="after")
    def _starts_below_its_hold(self) -> StageDoseModel:
        hold = self.pattern.value[1]
        if self.start_hold is not None and self.start_hold.value > hold:
            raise EntryError(
                "start_hold %(start)s is above the hold of the pattern, %(hold)s; lower it.",
                start=self.start_hold.value,
                hold=hold,
            ).at("start_hold")
        return self

    def longest_effort_s(self) -> float:
        """Return the seconds of effort in one round with the longest hold it may come to."""
        rise, hold, fall, _ = self.pattern.value
        longest = max(hold, self.hold_range.highest if self.hold_range else hold)
        return seconds_of(rise + longest + fall, self.pattern_unit)

    @model_validator(mode="after")
    def _stays_in_its_ranges(self, info: ValidationInfo) -> StageDoseModel:
        hard, hold = hard_limits_of(info), self.hold_range
        if hard and hold and seconds_of(hold.highest, self.pattern_unit) > hard.hold_s:
            raise EntryError(
                "hold_range goes over the hard limit of %(allowed)s s; lower it.",
                allowed=hard.hold_s,
            ).at("hold_range", "highest")
        for name, value, allowed in self._settings():
            check_inside(name, value, allowed, "pattern" if name in ("hold", "rest") else "")
        return self

    def _settings(self) -> list[tuple[str, float | None, RangeModel]]:
        pattern = self.pattern.value
        rows = [
            ("force_percent_mvc", self.force_percent_mvc, self.force_range),
            ("tangent_percent", self.tangent_percent, self.tangent_range),
            ("start_tangent_percent", self.start_tangent_percent, self.tangent_range),
            ("start_hold", self.start_hold, self.hold_range),
        ]
        sourced = [(name, one.value if one else None, allowed) for name, one, allowed in rows]
        plain = [("hold", pattern[1], self.hold_range), ("rest", pattern[3], self.rest_range)]
        return [(name, value, allowed) for name, value, allowed in [*sourced, *plain] if allowed]


#: What each ability is measured by, beside the sittings of the stage in which it is shown.
_MEASURED_BY: dict[JudgedCode, frozenset[str]] = {
    "holds_long": frozenset({"hold", "pattern_unit", "in_band_percent"}),
    "releases_well": frozenset(),
    "lasts": frozenset({"rounds"}),
    "force_reached": frozenset({"force_percent_mvc", "in_band_percent"}),
    "pain_reduced": frozenset({"pain_at_most"}),
}


class JudgedModel(Strict):
    """An ability that a stage asks for on entry; without `shown_in` the therapist judges it."""

    code: JudgedCode
    source: Words
    shown_in: Words | None = None
    sittings: Count | None = None
    hold: Positive | None = None
    pattern_unit: PatternUnit | None = None
    in_band_percent: Share | None = None
    rounds: Count | None = None
    force_percent_mvc: Force | None = None
    pain_at_most: Score | None = None

    @model_validator(mode="after")
    def _says_what_shows_it(self) -> JudgedModel:
        needed = _MEASURED_BY[self.code]
        numbers = {name for names in _MEASURED_BY.values() for name in names}
        said = {name for name in numbers if getattr(self, name) is not None}
        is_measured = self.shown_in is not None or self.code == "pain_reduced"
        if is_measured and said != needed:
            raise EntryError(
                "%(code)s is shown by %(needed)s; write these and no others.",
                code=self.code,
                needed=sorted(needed) or ["shown_in"],
            )
        if (self.shown_in is None) != (self.sittings is None):
            raise EntryError("shown_in and sittings belong together; write both or neither.")
        return self


class TimesModel(Strict):
    """How often a day."""

    value: Count
    source: Words
    early: Count | None = None
    early_until_week_after_birth: Week | None = None
    range: CountRangeModel | None = None

    @model_validator(mode="after")
    def _stays_in_its_range(self) -> TimesModel:
        if self.range is not None:
            check_inside("value", self.value, self.range)
        if (self.early is None) != (self.early_until_week_after_birth is None):
            raise EntryError(
                "early and early_until_week_after_birth belong together; write both or neither."
            ).at("early" if self.early else "early_until_week_after_birth")
        if self.early is not None and self.early > self.value:
            raise EntryError(
                "early %(early)s is above value %(value)s; the first weeks ask less.",
                early=self.early,
                value=self.value,
            ).at("early")
        return self


class ProgressionOrderModel(Strict):
    """What is raised in a stage, first one first, each by the step of its range."""

    order: Annotated[tuple[Parameter, ...], Field(strict=False)]
    source: Words

    @field_validator("order")
    @classmethod
    def _names_each_once(cls, order: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
        if len(set(order)) < len(order):
            raise EntryError("each parameter stands in the order once; take out the second.")
        return order


class StageModel(Strict):
    """One stage of the protocol."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    mode: Mode
    source: Words
    clearance: SourcedClearance
    locked_by_pain: SourcedYesNo
    locked_by_tone: SourcedYesNo
    optional: bool = False
    window: WindowModel
    dose: StageDoseModel | None = None
    rounds: RoundsModel | None = None
    times_a_day: TimesModel | None = None
    caps: tuple[CapModel, ...] = Field((), strict=False)
    judged: tuple[JudgedModel, ...] = Field((), strict=False)
    progression: ProgressionOrderModel | None = None
    texts: WordingsModel

    @model_validator(mode="after")
    def _fits_its_mode(self) -> StageModel:
        has_dose = self.dose is not None and self.rounds is not None
        if self.mode == "open" and (self.dose or self.rounds):
            raise EntryError("mode open has no dose and no rounds; remove them.").at("mode")
        if self.mode != "open" and not has_dose:
            raise EntryError("mode %(mode)s needs a dose and rounds.", mode=self.mode).at("mode")
        if self.dose and (self.dose.tangent_percent is not None) != (self.mode == "advanced"):
            raise EntryError("a Tangent belongs to mode advanced, always and only.").at(
                "dose", "tangent_percent"
            )
        return self

    @model_validator(mode="after")
    def _has_time_for_a_round(self) -> StageModel:
        if self.dose and self.rounds:
            needed, allowed = self.dose.longest_effort_s(), self.rounds.max_effort_s.value
            if needed > allowed:
                raise EntryError(
                    "max_effort_s %(allowed)s is shorter than one round of %(needed)s s of "
                    "effort; raise it, or shorten the pattern.",
                    allowed=allowed,
                    needed=needed,
                ).at("rounds", "max_effort_s")
        return self

    @model_validator(mode="after")
    def _raises_what_has_a_range(self) -> StageModel:
        for name in self.progression.order if self.progression else ():
            if self._range_of(name) is None:
                raise EntryError(
                    "progression raises %(name)s, which has no range; add the range.", name=name
                ).at("progression", "order")
        return self

    def _range_of(self, name: Parameter) -> RangeModel | None:
        if name == "times":
            return self.times_a_day.range if self.times_a_day else None
        if name == "rounds":
            return self.rounds.count_range if self.rounds else None
        return getattr(self.dose, f"{name}_range", None)
