"""The strict shape of a protocol file (pydantic; the schema is made from it).

Its stages are in `library.stage_model`; what several of them say together is checked here.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator, model_validator

from levator.course.chart import BirthMode
from levator.library.kinds import SourcedRounds, SourcedScore, SourcedShare, SourcedWeek, Week
from levator.library.models import Header, Strict, Words
from levator.library.problems import EntryError
from levator.library.range_model import check_stretch
from levator.library.stage_model import CapModel, StageModel, Text


class ReferenceModel(Strict):
    """From when on a true maximum may be asked."""

    mvc_from_week_after_birth: SourcedWeek
    mvc_in_pregnancy: bool
    source: Words


class PainModel(Strict):
    """What pain scores from 0 to 10 mean for the course."""

    safe_at_most: SourcedScore
    stop_above: SourcedScore
    rise_at_least: SourcedRounds
    held_by: SourcedRounds
    held_within_days: SourcedRounds
    rising_days: SourcedRounds

    @model_validator(mode="after")
    def _stops_above_what_is_safe(self) -> PainModel:
        if self.safe_at_most.value > self.stop_above.value:
            raise EntryError("safe_at_most is above stop_above; mend one of them.").at(
                "safe_at_most"
            )
        if self.rising_days.value < 2:
            raise EntryError("a rise takes at least 2 days; raise rising_days.").at("rising_days")
        return self


class ProgressionModel(Strict):
    """When a sitting is passed, and how many move the course."""

    sittings_up: SourcedRounds
    sittings_down: SourcedRounds
    in_band_percent: SourcedShare
    flagged_at_most_percent: SourcedShare
    valid_rounds: SourcedRounds


class CautionModel(Strict):
    """Something to heed until a week after birth."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    birth: BirthMode | None = None
    until_week_after_birth: Week
    source: Words
    texts: Text


class MilestoneModel(Strict):
    """What the source expects of a period after birth."""

    from_week_after_birth: Week
    until_week_after_birth: Week | None = None
    source: Words
    texts: Text

    @model_validator(mode="after")
    def _can_be_met(self) -> MilestoneModel:
        name = "until_week_after_birth"
        check_stretch(name, self.from_week_after_birth, self.until_week_after_birth)
        return self


class DocumentModel(Strict):
    """The document that the protocol is read from."""

    name: Words
    publisher: Words
    year: Words
    pages: Words


class ProtocolFile(Header):
    """A protocol file, whole. `title` is for the library; `texts` is what people read."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    document: DocumentModel
    texts: Text
    about: Text
    reference: ReferenceModel
    pain: PainModel
    progression: ProgressionModel
    caps: tuple[CapModel, ...] = Field((), strict=False)
    cautions: tuple[CautionModel, ...] = Field((), strict=False)
    milestones: tuple[MilestoneModel, ...] = Field((), strict=False)
    stages: Annotated[list[StageModel], Field(min_length=1)]

    @field_validator("id")
    @classmethod
    def _is_named_after_its_file(cls, own: str, info: ValidationInfo) -> str:
        name = info.context.get("id") if info.context else own
        if own != name:
            raise EntryError("the file is named %(name)s.toml; give both the same name.", name=name)
        return own

    @model_validator(mode="after")
    def _has_each_stage_once(self) -> ProtocolFile:
        ids = [stage.id for stage in self.stages]
        for place, own in enumerate(ids):
            if own in ids[:place]:
                raise EntryError(
                    "stage %(twice)s is written twice; give each its own id.", twice=own
                ).at("stages", place, "id")
        return self

    @model_validator(mode="after")
    def _leads_somewhere(self) -> ProtocolFile:
        if all(stage.optional for stage in self.stages):
            raise EntryError(
                "every stage is optional, so no course can begin; leave optional out of one."
            ).at("stages", 0, "optional")
        return self

    @model_validator(mode="after")
    def _has_each_caution_once(self) -> ProtocolFile:
        for place, own in enumerate(self.cautions):
            same = [one for one in self.cautions[:place] if one.code == own.code]
            if any(None in (one.birth, own.birth) or one.birth == own.birth for one in same):
                raise EntryError(
                    "caution %(twice)s is written twice for the same births; take one out.",
                    twice=own.code,
                ).at("cautions", place, "code")
        return self

    @model_validator(mode="after")
    def _shows_abilities_in_earlier_stages(self) -> ProtocolFile:
        for place, stage in enumerate(self.stages):
            phase = stage.window.phase
            earlier = {one.id for one in self.stages[:place] if one.window.phase == phase}
            for which, judged in enumerate(stage.judged):
                if judged.shown_in is not None and judged.shown_in not in earlier:
                    raise EntryError(
                        "%(code)s is shown in %(shown_in)s, which is no earlier stage of the same "
                        "phase; name one.",
                        code=judged.code,
                        shown_in=judged.shown_in,
                    ).at("stages", place, "judged", which, "shown_in")
        return self
