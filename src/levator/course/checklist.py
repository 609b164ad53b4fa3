"""Checklists as values: complications, red flags, and what to heed after a caesarean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from levator.course.protocol import CautionRule


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One thing to ask or to tell, in words for people; `code` is kept in the record.

    act : what to do where it is there, in words, with their `source`; None where nothing is told.
    urgency : of several that are there the one with the lowest is told first.
    """

    code: str
    words: Mapping[str, str]
    source: str
    caution: CautionRule | None = None
    act: Mapping[str, str] | None = None
    urgency: int | None = None

    def words_in(self, language: str) -> str:
        """Return the words in a language, English where that language has none."""
        return self.words.get(language, self.words["en"])

    def act_in(self, language: str) -> str:
        """Return what to do, in a language; empty where nothing is told."""
        return self.act.get(language, self.act["en"]) if self.act else ""


@dataclass(frozen=True, slots=True)
class Checklist:
    """A list of the library."""

    id: str
    version: str
    reviewed_by: str
    title: Mapping[str, str]
    items: tuple[ChecklistItem, ...]

    @property
    def by_urgency(self) -> tuple[ChecklistItem, ...]:
        """The items that say what to do, the most urgent first."""
        told = [(one.urgency, place) for place, one in enumerate(self.items) if one.urgency]
        return tuple(self.items[place] for _, place in sorted(told))

    @property
    def cautions(self) -> tuple[CautionRule, ...]:
        """The items that hold for a while after a birth."""
        return tuple(one.caution for one in self.items if one.caution is not None)
