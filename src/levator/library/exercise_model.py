"""The strict shape of an exercise file (pydantic; the schema is made from it).

Its numbers stay within the hard limits: the longest hold, and a whole series of the most
repetitions with it.
"""

from __future__ import annotations

from math import fsum
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, model_validator

from levator.course.exercise import (
    Cue,
    Exercise,
    ExerciseKind,
    HomeEntry,
    HomeWording,
    Part,
    Posture,
)
from levator.course.protocol import Phase, Range
from levator.errors import Exact
from levator.library.kinds import (
    Count,
    SourcedClearance,
    SourcedPositive,
    SourcedWeek,
    SourcedYesNo,
    check_pattern,
    hard_limits_of,
)
from levator.library.models import Header, Sourced, Strict, Words
from levator.library.problems import EntryError
from levator.library.range_model import CountRangeModel, RangeModel, check_inside, check_stretch
from levator.library.told_model import DisagreementModel, ToldModel, disagreement_of, told_of
from levator.training.limits import Limits
from levator.training.pattern import Pattern

Id = Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
Phases = Annotated[tuple[Phase, ...], Field(strict=False, min_length=1)]


class HomeWordingModel(Strict):
    """What a patient reads about an exercise; `how_gently` for the first weeks after birth."""

    title: Words
    short: Words
    goal: Words
    how: Words
    how_gently: Words | None = None


class HomeWordingsModel(Strict):
    """The texts of an exercise in every language."""

    nl: HomeWordingModel
    en: HomeWordingModel
    fr: HomeWordingModel
    de: HomeWordingModel


class PostureModel(ToldModel):
    """A way to lie, sit or stand."""

    id: Id


class CueModel(ToldModel):
    """Something to mind in one part of a repetition."""

    part: Part


class HomePatternModel(Strict):
    """The parts of one repetition, in seconds."""

    rise_s: SourcedPositive
    hold_s: SourcedPositive
    fall_s: SourcedPositive
    rest_s: SourcedPositive

    @model_validator(mode="after")
    def _is_within_limits(self, info: ValidationInfo) -> HomePatternModel:
        check_pattern(list(self.seconds()), hard_limits_of(info))
        return self

    def seconds(self) -> tuple[float, float, float, float]:
        """Return rise, hold, fall and rest."""
        return self.rise_s.value, self.hold_s.value, self.fall_s.value, self.rest_s.value


class CountedModel(Strict):
    """How many, and how far a therapist may go from it."""

    value: Count
    source: Words
    range: CountRangeModel

    @model_validator(mode="after")
    def _stays_in_its_range(self) -> CountedModel:
        check_inside("value", self.value, self.range)
        return self


class SourcedPhases(Sourced[Phases]):
    """In pregnancy, after birth, or both."""


_PHASE_OF: dict[str, Phase] = {
    "from_week_after_birth": "after_birth",
    "until_week_after_birth": "after_birth",
    "clearance_in_pregnancy": "pregnancy",
}


class EntryModel(Strict):
    """Who may do it and from when; weeks are after birth."""

    phases: SourcedPhases
    from_week_after_birth: SourcedWeek | None = None
    until_week_after_birth: SourcedWeek | None = None
    gentle_until_week_after_birth: SourcedWeek | None = None
    clearance: SourcedClearance
    clearance_in_pregnancy: SourcedClearance | None = None
    asks_strength: SourcedYesNo

    @model_validator(mode="after")
    def _can_be_met(self) -> EntryModel:
        begins = 0.0 if self.from_week_after_birth is None else self.from_week_after_birth.value
        for name in ("until_week_after_birth", "gentle_until_week_after_birth"):
            week = getattr(self, name)
            check_stretch(name, begins, None if week is None else week.value)
        return self

    @model_validator(mode="after")
    def _speaks_of_its_phases(self) -> EntryModel:
        for name in type(self).model_fields:
            phase = _PHASE_OF.get(name.removeprefix("gentle_"))
            is_said = getattr(self, name) is not None
            if phase is not None and is_said and phase not in self.phases.value:
                raise EntryError(
                    "%(name)s needs the phase %(phase)s; add it to phases, or take this out.",
                    name=name,
                    phase=phase,
                ).at(name)
        return self


class ExerciseFile(Header):
    """An exercise file, whole. `title` is for the library; `texts` is what a patient reads."""

    kind: ExerciseKind
    picture: Id
    source: Words
    texts: HomeWordingsModel
    postures: Annotated[list[PostureModel], Field(min_length=1)]
    pattern: HomePatternModel
    hold_range_s: RangeModel | None = None
    repetitions: CountedModel
    times_a_day: CountedModel
    entry: EntryModel
    cues: Annotated[list[CueModel], Field(min_length=1)]
    disagreements: tuple[DisagreementModel, ...] = Field((), strict=False)

    @model_validator(mode="after")
    def _has_each_once(self) -> ExerciseFile:
        _check_once("postures", "id", [one.id for one in self.postures])
        _check_once("disagreements", "code", [one.code for one in self.disagreements])
        return self

    @model_validator(mode="after")
    def _says_how_gently(self) -> ExerciseFile:
        is_gentle = self.entry.gentle_until_week_after_birth is not None
        for language in type(self.texts).model_fields:
            if (getattr(self.texts, language).how_gently is not None) != is_gentle:
                raise EntryError(
                    "how_gently belongs to gentle_until_week_after_birth; write both or neither."
                ).at("texts", language, "how_gently")
        return self

    @model_validator(mode="after")
    def _stays_within_limits(self, info: ValidationInfo) -> ExerciseFile:
        if self.hold_range_s is not None:
            check_inside("hold_s", self.pattern.hold_s.value, self.hold_range_s, "hold_range_s")
        if (hard := hard_limits_of(info)) is not None:
            self._check_hold(hard)
            self._check_series(hard)
        return self

    def _longest_hold_s(self) -> float:
        hold_s = self.pattern.hold_s.value
        return hold_s if self.hold_range_s is None else self.hold_range_s.highest

    def _check_hold(self, hard: Limits) -> None:
        if self._longest_hold_s() > hard.hold_s:
            raise EntryError(
                "hold_range goes over the hard limit of %(allowed)s s; lower it.",
                allowed=hard.hold_s,
            ).at("hold_range_s", "highest")

    def _check_series(self, hard: Limits) -> None:
        """Refuse the most repetitions with the longest hold where they go over a limit."""
        most = int(self.repetitions.range.highest)
        rise_s, _, fall_s, _ = self.pattern.seconds()
        effort_s = most * fsum((rise_s, self._longest_hold_s(), fall_s))
        if most > hard.max_rounds:
            raise EntryError(
                "%(asked)s repetitions are over the hard limit of %(allowed)s; lower it.",
                asked=most,
                allowed=hard.max_rounds,
            ).at("repetitions", "range", "highest")
        if effort_s > hard.max_effort_s:
            raise EntryError(
                "%(most)s repetitions with the longest hold are %(asked)s s of effort, over the "
                "hard limit of %(allowed)s s; lower one of them.",
                most=most,
                asked=Exact(effort_s),
                allowed=hard.max_effort_s,
            ).at("repetitions", "range", "highest")


def _check_once(table: str, name: str, written: list[str]) -> None:
    for place, own in enumerate(written):
        if own in written[:place]:
            raise EntryError("%(twice)s is written twice; take one out.", twice=own).at(
                table, place, name
            )


def exercise_of(name: str, file: ExerciseFile) -> Exercise:
    """Return the exercise that a checked file describes; it is named after its file."""
    return Exercise(
        id=name,
        version=file.version,
        reviewed_by=file.reviewed_by,
        kind=file.kind,
        picture=file.picture,
        words={key: HomeWording(**one) for key, one in file.texts.model_dump().items()},
        postures=tuple(Posture(one.id, told_of(one)) for one in file.postures),
        pattern=Pattern(*file.pattern.seconds()),
        hold_range_s=None if file.hold_range_s is None else _range(file.hold_range_s),
        repetitions=file.repetitions.value,
        repetitions_range=_range(file.repetitions.range),
        times_a_day=file.times_a_day.value,
        times_range=_range(file.times_a_day.range),
        cues=tuple(Cue(one.part, told_of(one)) for one in file.cues),
        entry=_entry(file.entry),
        disagreements=tuple(map(disagreement_of, file.disagreements)),
        sources=_sources(file),
    )


def _range(allowed: RangeModel) -> Range:
    return Range(allowed.lowest, allowed.highest, allowed.step, allowed.source)


def _entry(entry: EntryModel) -> HomeEntry:
    parts = {name: getattr(entry, name) for name in type(entry).model_fields}
    values: dict[str, Any] = {n: None if one is None else one.value for n, one in parts.items()}
    sources = {name: one.source for name, one in parts.items() if one is not None}
    return HomeEntry(**values, sources=sources)


def _sources(file: ExerciseFile) -> dict[str, str]:
    parts = [(name, getattr(file.pattern, name)) for name in type(file.pattern).model_fields]
    parts += [("repetitions", file.repetitions), ("times_a_day", file.times_a_day)]
    return {"exercise": file.source} | {name: one.source for name, one in parts}
