"""The strict shape of what the sketch of the stretch at birth is calibrated to (pydantic)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from levator.course.stretch import Band, Sketch, SketchPart, StretchRule, rest_fits
from levator.library.kinds import Count, SourcedPositive
from levator.library.models import Header, Sourced, Strict, Words
from levator.library.problems import EntryError
from levator.library.range_model import RangeModel
from levator.library.told_model import EveryText, ToldModel, told_of

Id = Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]


class SourcedRatio(Sourced[Annotated[float, Field(ge=1)]]):
    """A length over that at rest."""


class SourcedId(Sourced[Id]):
    """The id of a part."""


class PartModel(Strict):
    """One part of the muscle: how deep it lies, how far it stretches.

    source : of its number in the drawing, and its name.
    """

    id: Id
    number: Count
    source: Words
    texts: EveryText
    level_mm: SourcedPositive
    ratio: SourcedRatio


class StretchFile(Header):
    """The sketch, whole. Lengths in mm; `texts` is its label."""

    document: Words
    texts: EveryText
    head_mm: SourcedPositive
    origins_mm: SourcedPositive
    heads_mm: RangeModel
    descents_mm: RangeModel
    marked: SourcedId
    parts: Annotated[list[PartModel], Field(min_length=1)]
    findings: tuple[ToldModel, ...] = Field((), strict=False)

    @model_validator(mode="after")
    def _marks_one_of_its_parts(self) -> StretchFile:
        known = [one.id for one in self.parts]
        if self.marked.value not in known:
            raise EntryError(
                "there is no part %(part)s; there is %(known)s.",
                part=self.marked.value,
                known=", ".join(known),
            ).at("marked", "value")
        return self

    @model_validator(mode="after")
    def _shows_what_was_published(self) -> StretchFile:
        if self.head_mm.value not in _steps(self.heads_mm):
            raise EntryError(
                "the head of %(head)s mm is not among those that are shown; change the lowest "
                "or the step.",
                head=self.head_mm.value,
            ).at("heads_mm")
        deepest = max(one.level_mm.value for one in self.parts)
        if _steps(self.descents_mm)[-1] < deepest:
            raise EntryError(
                "the head does not come down to the deepest part, at %(deepest)s mm; raise the "
                "highest.",
                deepest=deepest,
            ).at("descents_mm")
        return self

    @model_validator(mode="after")
    def _has_parts_that_reach_round(self) -> StretchFile:
        for place, band in enumerate(_bands(self)):
            if not rest_fits(band, self.head_mm.value):
                raise EntryError(
                    "at rest this part would be shorter than half a circle between its ends; "
                    "bring them nearer, or lower the ratio."
                ).at("parts", place, "ratio")
        return self


def sketch_of(file: StretchFile) -> Sketch:
    """Return the sketch that a checked file describes."""
    rule = StretchRule(
        head_mm=file.head_mm.value,
        bands=tuple(_bands(file)),
        heads_mm=_steps(file.heads_mm),
        descents_mm=_steps(file.descents_mm),
    )
    parts = (
        SketchPart(
            band,
            one.number,
            one.texts.model_dump(),
            is_marked=one.id == file.marked.value,
            source=one.ratio.source,
        )
        for band, one in zip(rule.bands, file.parts, strict=True)
    )
    return Sketch(
        reviewed_by=file.reviewed_by,
        label=file.texts.model_dump(),
        source=file.document,
        rule=rule,
        parts=tuple(sorted(parts, key=lambda one: one.number)),
        findings=tuple(map(told_of, file.findings)),
    )


def _bands(file: StretchFile) -> list[Band]:
    origins_mm = file.origins_mm.value
    return [Band(one.id, one.level_mm.value, origins_mm, one.ratio.value) for one in file.parts]


def _steps(given: RangeModel) -> tuple[float, ...]:
    """Return every value of a range."""
    many = round((given.highest - given.lowest) / given.step)
    return tuple(given.lowest + place * given.step for place in range(many + 1))
