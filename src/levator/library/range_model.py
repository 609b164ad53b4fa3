"""Ranges of a setting and stretches of weeks in a protocol file (pydantic)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from levator.library.kinds import Force, Positive
from levator.library.models import Strict, Words
from levator.library.problems import EntryError


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
            ).at("lowest")
        if self.lowest < self.highest and self.step > self.highest - self.lowest:
            raise EntryError(
                "a step of %(step)s is larger than its whole range; lower it.", step=self.step
            ).at("step")
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


def check_inside(name: str, value: float | None, allowed: RangeModel, place: str = "") -> None:
    """Raise EntryError for a value outside its range; `place` is where it stands, if not `name`."""
    if value is not None and not allowed.lowest <= value <= allowed.highest:
        raise EntryError(
            "%(name)s %(value)s is outside its own range; mend one of them.",
            name=name,
            value=value,
        ).at(place or name)


def check_stretch(name: str, begins: float, ends: float | None) -> None:
    """Raise EntryError for weeks that end before they begin; `name` is what ends them."""
    if ends is not None and ends <= begins:
        raise EntryError(
            "%(name)s %(ends)s is not after week %(begins)s, with which it begins; mend one of "
            "them.",
            name=name,
            ends=ends,
            begins=begins,
        ).at(name)
