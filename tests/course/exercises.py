"""Home exercises for tests: one that asks strength, with its ranges, and hard limits around it."""

from dataclasses import replace
from typing import Any

from levator.course.exercise import Exercise, HomeEntry, HomeWording, Passage, Posture
from levator.course.home_dose import HomeDose
from levator.course.protocol import Range
from levator.course.scales import Scales
from levator.training.pattern import Pattern

SAID = Passage({"en": "Lie on your back."}, "a test")
SCALES = Scales(10, 10_000, 10_000, 7)


def entry(**more: Any) -> HomeEntry:
    """Everybody, gently until week 3, cleared after complications, waiting for letting go."""
    sources = {"clearance": "who agrees", "asks_strength": "rest first", "phases": "both"}
    made = HomeEntry(
        ("pregnancy", "after_birth"), None, None, 3.0, "after_complications", True, sources
    )
    return replace(made, **more)


def exercise(name: str = "endurance", **more: Any) -> Exercise:
    """Rise 1, hold 3 to 10, fall 1 and rest 20 s, 8 to 12 times, 2 to 6 times a day."""
    made = Exercise(
        name,
        "1",
        "nobody yet",
        "endurance",
        "lying",
        {"en": HomeWording("Hold", "hold", "to hold", "Close and lift.")},
        (Posture("lying", SAID), Posture("sitting", SAID)),
        Pattern(1.0, 5.0, 1.0, 20.0),
        Range(3.0, 10.0, 1.0, "a test"),
        10,
        Range(8, 12, 1, "a test"),
        3,
        Range(2, 6, 1, "a test"),
        (),
        entry(),
        (),
        {},
    )
    return replace(made, **more)


def dose(name: str = "endurance", **more: Any) -> HomeDose:
    """As the library says, where nothing else is said."""
    return HomeDose(name, **more)
