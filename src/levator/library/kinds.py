"""The kinds of numbers in a protocol file: their bounds, and the hard limits over them.

The hard limits are another file; they come in through pydantic's validation context, so
that all mistakes of a file are named at once.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo

from levator.course.protocol import ClearanceRule
from levator.errors import CallerError, Exact, Phrase
from levator.library.models import Sourced
from levator.library.problems import EntryError
from levator.training.limits import Limits
from levator.training.pattern import Pattern, PatternUnit

#: So far on that nobody counts to it, and still a day of the calendar.
MOST_WEEKS = 1000
Week = Annotated[float, Field(ge=0, le=MOST_WEEKS)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=100)]
Score = Annotated[int, Field(ge=0, le=10)]
Numbers = Annotated[tuple[float, float, float, float], Field(strict=False)]


def hard_limits_of(info: ValidationInfo) -> Limits | None:
    """Return the hard limits that the reader passed along."""
    return info.context.get("hard") if info.context else None


def _within_force(percent: float, info: ValidationInfo) -> float:
    hard = hard_limits_of(info)
    if hard and percent > hard.force_percent_mvc:
        raise EntryError(
            "a force of %(asked)s %% is over the hard limit of %(allowed)s %%; lower it.",
            asked=Exact(percent),
            allowed=hard.force_percent_mvc,
        )
    return percent


def _within_rounds(rounds: int, info: ValidationInfo) -> int:
    hard = hard_limits_of(info)
    if hard and rounds > hard.max_rounds:
        raise EntryError(
            "%(asked)s rounds are over the hard limit of %(allowed)s; lower it.",
            asked=rounds,
            allowed=hard.max_rounds,
        )
    return rounds


def _within_effort(effort_s: float, info: ValidationInfo) -> float:
    hard = hard_limits_of(info)
    if hard and effort_s > hard.max_effort_s:
        raise EntryError(
            "%(asked)s s of effort are over the hard limit of %(allowed)s s; lower it.",
            asked=Exact(effort_s),
            allowed=hard.max_effort_s,
        )
    return effort_s


MaxRounds = Annotated[Count, AfterValidator(_within_rounds)]
MaxEffort = Annotated[Positive, AfterValidator(_within_effort)]
Force = Annotated[Positive, AfterValidator(_within_force)]
Tangent = Annotated[float, Field(ge=0, lt=100)]


class SourcedWeek(Sourced[Week]):
    """Completed weeks after birth."""


class SourcedForce(Sourced[Force]):
    """A force in %MVC, within the hard limit."""


class SourcedTangent(Sourced[Tangent]):
    """A Tangent in percent, below 100."""


class SourcedPositive(Sourced[Positive]):
    """A number above zero."""


class SourcedRounds(Sourced[Count]):
    """A number of rounds."""


class SourcedMaxRounds(Sourced[MaxRounds]):
    """The most rounds of a set, within the hard limit."""


class SourcedMaxEffort(Sourced[MaxEffort]):
    """The most seconds of effort of a set, within the hard limit."""


class SourcedShare(Sourced[Share]):
    """A percentage, 0 to 100."""


class SourcedScore(Sourced[Score]):
    """A pain score, 0 to 10."""


class SourcedYesNo(Sourced[bool]):
    """True or false."""


class SourcedClearance(Sourced[ClearanceRule]):
    """Who needs a clearance."""


class SourcedPattern(Sourced[Numbers]):
    """Rise, hold, fall, rest, as the source writes them."""


def seconds_of(number: float, unit: PatternUnit) -> float:
    """Return seconds for a number in a pattern's unit; dividing gives 0.3 for 3."""
    return number / 10.0 if unit == "0.1s" else number


def check_judged(seconds: list[float], info: ValidationInfo) -> None:
    """Raise EntryError for a phase that is over before anything of it can be judged.

    Such a phase is mostly seconds that were said to be tenths.
    """
    shortest_s = info.context.get("shortest_s") if info.context else None
    for phase_s in seconds:
        if shortest_s is not None and 0 < phase_s < shortest_s:
            raise EntryError(
                "a phase of %(asked)s s is over before it is judged, which takes %(needed)s s; "
                "lengthen it, or check pattern_unit.",
                asked=phase_s,
                needed=shortest_s,
            )


def check_pattern(seconds: list[float], hard: Limits | None) -> None:
    """Raise EntryError for a pattern that cannot be trained or passes the hard limits."""
    try:
        pattern = Pattern(*seconds)
    except CallerError as error:
        raise EntryError("%(reason)s", reason=error) from None
    if hard is None:
        return
    for name, asked, allowed in (
        (Phrase("hold"), pattern.hold_s, hard.hold_s),
        (Phrase("cycle"), pattern.cycle_s, hard.cycle_s),
    ):
        if asked > allowed:
            raise EntryError(
                "a %(name)s of %(asked)s s is over the hard limit of %(allowed)s s; shorten "
                "it, or check pattern_unit.",
                name=name,
                asked=Exact(asked),
                allowed=allowed,
            )
