"""How far a number of the record goes, and over how many days it is told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scales:
    """The ends of what is filled in (`library/scales.toml`); each begins at 0, a weight at 1.

    adherence_days : over so many days it is told how often she trained.
    """

    pain_most: int
    symptom_most: int
    child_most_grams: int
    adherence_days: int
