"""The strict shape of one stage of a protocol file (pydantic).

What one table can say about itself is checked here; `library.kinds` has the numbers.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator, model_validator

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
    check_pattern,
    hard_limits_of,
    seconds_of,
)
from levator.library.models import Sourced, Strict, Words
from levator.library.problems import EntryError
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


class RangeModel(Strict):
    """Lowest and highest value and the step between them, in the unit of its setting."""

    lowest: Annotated[float, Field(ge=0)]
    highest: Positive
    step: Positive
    source: Words

    @model_validator(mode="after")
    def _is_a_range(self) -> RangeModel:
        if self.lowest > self.highest:
            raise EntryError(
                "lowest %(lowest)s is above highest %(highest)s.",
                lowest=self.lowest,
                highest=self.highest,
            )
        return self


class CountRangeModel(RangeModel):
    """A range of whole numbers, from one up."""

    @model_validator(mode="after")
    def _is_whole(self) -> CountRangeModel:
        numbers = (self.lowest, self.highest, self.step)
        if self.lowest < 1 or any(one != int(one) for one in numbers):
            raise EntryError("this counts; write whole numbers from 1 up.")
        return self


class ForceRangeModel(RangeModel):
    """A range of force in %MVC, within the hard limit."""

    highest: Force


def _check_inside(name: str, value: float | None, allowed: RangeModel) -> None:
    if value is not None and not allowed.lowest <= value <= allowed.highest:
        raise EntryError(
            "%(name)s %(value)s is outside its own range; mend one of them.",
            name=name,
            value=value,
        )


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
            raise EntryError('a hold needs its unit; write pattern_unit = "0.1s" or "s".')
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
            raise EntryError('a count belongs to kind = "number", always and only.')
        if self.count_range is not None:
            _check_inside("count", self.count.value if self.count else None, self.count_range)
            if self.count_range.highest > self.max_rounds.value:
                raise EntryError("count_range goes over max_rounds; lower it.")
        if (self.kind == self.seed_rounds) != (self.seed_rounds_from_week_after_birth is None):
            raise EntryError(
                "seed_rounds_from_week_after_birth belongs where kind and seed_rounds differ."
            )
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
            check_pattern([seconds_of(one, unit) for one in pattern.value], hard_limits_of(info))
        return pattern

    @model_validator(mode="after")
    def _stays_in_its_ranges(self, info: ValidationInfo) -> StageDoseModel:
        hard, hold = hard_limits_of(info), self.hold_range
        if hard and hold and seconds_of(hold.highest, self.pattern_unit) > hard.hold_s:
            raise EntryError(
                "hold_range goes over the hard limit of %(allowed)s s; lower it.",
                allowed=hard.hold_s,
            )
        for name, value, allowed in self._settings():
            _check_inside(name, value, allowed)
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
            _check_inside("value", self.value, self.range)
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
            raise EntryError("mode open has no dose and no rounds; remove them.")
        if self.mode != "open" and not has_dose:
            raise EntryError("mode %(mode)s needs a dose and rounds.", mode=self.mode)
        if self.dose and (self.dose.tangent_percent is not None) != (self.mode == "advanced"):
            raise EntryError("a Tangent belongs to mode advanced, always and only.")
        return self

    @model_validator(mode="after")
    def _raises_what_has_a_range(self) -> StageModel:
        for name in self.progression.order if self.progression else ():
            if self._range_of(name) is None:
                raise EntryError(
                    "progression raises %(name)s, which has no range; add the range.", name=name
                )
        return self

    def _range_of(self, name: Parameter) -> RangeModel | None:
        if name == "times":
            return self.times_a_day.range if self.times_a_day else None
        if name == "rounds":
            return self.rounds.count_range if self.rounds else None
        return getattr(self.dose, f"{name}_range", None)
