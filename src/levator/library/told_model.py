"""Words in every language with their source, and where two sources disagree (pydantic).

What a patient reads at home is there in all four languages or it is refused.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from levator.course.exercise import Disagreement, Passage
from levator.library.models import Strict, Words


class EveryText(Strict):
    """Some words in every language that the project ships."""

    nl: Words
    en: Words
    fr: Words
    de: Words


class ToldModel(Strict):
    """One thing that is told, with where it comes from."""

    source: Words
    texts: EveryText


class DisagreementModel(Strict):
    """What two sources say differently; `leads` is the safer one, and what levator does."""

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")]
    leads: ToldModel
    other: ToldModel
    because: ToldModel


def told_of(told: ToldModel) -> Passage:
    """Return the words of a checked table with their source."""
    return Passage(told.texts.model_dump(), told.source)


def disagreement_of(found: DisagreementModel) -> Disagreement:
    """Return what a checked table says of two sources."""
    told = map(told_of, (found.leads, found.other, found.because))
    return Disagreement(found.code, *told)
