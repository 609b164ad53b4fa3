"""The strict shape of a checklist file (pydantic; the schema is made from it)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from levator.course.chart import BirthMode
from levator.course.checklist import Checklist, ChecklistItem
from levator.course.protocol import CautionRule
from levator.library.kinds import Week
from levator.library.models import Header, Strict, Words
from levator.library.problems import EntryError
from levator.library.stage_model import Text


class ActModel(Text):
    """What to do where it is there, with where that comes from.

    urgency : of several the one with the lowest is told first.
    """

    urgency: Annotated[int, Field(ge=1)]
    source: Words


class ItemModel(Strict):
    """One thing to ask or to tell. With `until_week_after_birth` it is a caution that ends."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9_-]+$")]
    source: Words
    note: Words | None = None
    birth: BirthMode | None = None
    until_week_after_birth: Week | None = None
    texts: Text
    act: ActModel | None = None


class ChecklistFile(Header):
    """A checklist, whole. `title` is for the library; `texts` is what people read."""

    texts: Text
    items: Annotated[list[ItemModel], Field(min_length=1)]

    @model_validator(mode="after")
    def _has_each_item_once(self) -> ChecklistFile:
        codes = [item.code for item in self.items]
        for place, own in enumerate(codes):
            if own in codes[:place]:
                raise EntryError(
                    "item %(twice)s is written twice; give each its own code.", twice=own
                ).at("items", place, "code")
        return self


def checklist_of(name: str, file: ChecklistFile) -> Checklist:
    """Return the checklist that a checked file describes; it is named after its file."""
    title = file.texts.model_dump(exclude_none=True)
    return Checklist(name, file.version, file.reviewed_by, title, tuple(map(_item, file.items)))


def _item(item: ItemModel) -> ChecklistItem:
    words, until = item.texts.model_dump(exclude_none=True), item.until_week_after_birth
    caution = None
    if until is not None:
        caution = CautionRule(item.code, item.birth, until, words, item.source)
    act, urgency = None, None
    if item.act is not None:
        act = item.act.model_dump(exclude_none=True, exclude={"urgency"})
        urgency = item.act.urgency
    return ChecklistItem(item.code, words, item.source, caution, act, urgency)
