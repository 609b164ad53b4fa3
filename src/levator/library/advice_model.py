"""The strict shape of a page of advice (pydantic; the schema is made from it)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator, model_validator

from levator.course.advice import Advice, Paragraph, ParagraphKind, Topic, When
from levator.course.chart import BirthMode
from levator.course.protocol import Phase
from levator.library.kinds import Count, Week
from levator.library.models import Header, Strict, Words
from levator.library.problems import EntryError
from levator.library.told_model import DisagreementModel, ToldModel, disagreement_of, told_of

Name = Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]


class ParagraphModel(ToldModel):
    """A few sentences about one thing: a `text`, a `tip`, or a `call` for help."""

    kind: ParagraphKind = "text"


class PageWordingModel(Strict):
    """What the list of pages shows: a title, and one line."""

    title: Words
    short: Words


class PageWordingsModel(Strict):
    """Title and line in every language."""

    nl: PageWordingModel
    en: PageWordingModel
    fr: PageWordingModel
    de: PageWordingModel


class WhenModel(Strict):
    """For whom a page is; what is left out is no bound."""

    phases: tuple[Phase, ...] = Field((), strict=False)
    birth: BirthMode | None = None
    until_week_after_birth: Week | None = None
    source: Words

    @model_validator(mode="after")
    def _is_for_somebody(self) -> WhenModel:
        about_birth = (self.birth, self.until_week_after_birth) != (None, None)
        if about_birth and self.phases != ("after_birth",):
            raise EntryError(
                "birth and until_week_after_birth are for after the birth; write "
                'phases = ["after_birth"].'
            ).at("phases")
        return self


class AdviceFile(Header):
    """A page of advice, whole. `title` is for the library; `texts` is what people read."""

    topic: Topic
    order: Count
    picture: Name
    checklist: Name | None = None
    texts: PageWordingsModel
    when: WhenModel
    paragraphs: Annotated[list[ParagraphModel], Field(min_length=1)]
    disagreements: tuple[DisagreementModel, ...] = Field((), strict=False)

    @field_validator("checklist")
    @classmethod
    def _is_there(cls, own: str | None, info: ValidationInfo) -> str | None:
        known = info.context.get("checklists", ()) if info.context else ()
        if own is not None and own not in known:
            raise EntryError(
                "there is no checklist %(checklist)s; there is %(known)s.",
                checklist=own,
                known=", ".join(known),
            )
        return own


def advice_of(name: str, file: AdviceFile) -> Advice:
    """Return the page that a checked file describes; it is named after its file."""
    words = file.texts.model_dump()
    return Advice(
        id=name,
        version=file.version,
        reviewed_by=file.reviewed_by,
        topic=file.topic,
        order=file.order,
        picture=file.picture,
        title={language: one["title"] for language, one in words.items()},
        short={language: one["short"] for language, one in words.items()},
        when=When(**file.when.model_dump()),
        paragraphs=tuple(Paragraph(one.kind, told_of(one)) for one in file.paragraphs),
        disagreements=tuple(map(disagreement_of, file.disagreements)),
        checklist=file.checklist,
    )
