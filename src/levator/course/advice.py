"""Advice as values: what to know and to do in daily life, for whom, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from levator.course.chart import BirthMode, Chart, Day, day_of_week
from levator.course.exercise import Disagreement, Passage
from levator.course.protocol import Phase, Weeks

#: `call`: what to call somebody for at once.
ParagraphKind = Literal["text", "tip", "call"]
#: What a page stands under, in the order of the list.
Topic = Literal["body", "birth", "daily_life", "toilet", "help"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few sentences about one thing."""

    kind: ParagraphKind
    told: Passage


@dataclass(frozen=True, slots=True)
class When:
    """For whom a page is, and until which week after birth; None and empty are no bound."""

    phases: tuple[Phase, ...]
    birth: BirthMode | None
    until_week_after_birth: Weeks | None
    source: str


@dataclass(frozen=True, slots=True)
class Advice:
    """One page of advice. order : its place among the pages; topic : what it stands under.

    checklist : the id of the list whose items the page shows, as they stand there.
    """

    id: str
    version: str
    reviewed_by: str
    topic: Topic
    order: int
    picture: str
    title: Mapping[str, str]
    short: Mapping[str, str]
    when: When
    paragraphs: tuple[Paragraph, ...]
    disagreements: tuple[Disagreement, ...]
    checklist: str | None


@dataclass(frozen=True, slots=True)
class Advised:
    """A page that is for her today; on `until_day` it no longer is."""

    advice: Advice
    until_day: Day | None


def advised(pages: Iterable[Advice], chart: Chart) -> tuple[Advised, ...]:
    """Return the pages that are for her today, in their order."""
    found = (Advised(one, _until(one, chart)) for one in pages if _is_for(one.when, chart))
    return tuple(sorted(_current(found, chart), key=lambda one: one.advice.order))


def _is_for(when: When, chart: Chart) -> bool:
    mode = None if chart.birth is None else chart.birth.mode
    return (not when.phases or chart.phase in when.phases) and when.birth in (None, mode)


def _until(advice: Advice, chart: Chart) -> Day | None:
    week = advice.when.until_week_after_birth
    return None if week is None or chart.birth is None else day_of_week(chart, week)


def _current(found: Iterable[Advised], chart: Chart) -> Iterable[Advised]:
    return (one for one in found if one.until_day is None or chart.today < one.until_day)
