"""May this stage be trained now? An answer with its reasons as data.

What is typed on the start page is all that is known here. Unknown never counts as yes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from levator.course.protocol import Judged, Phase, Protocol, Stage, Weeks
from levator.errors import CallerError

LockCode = Literal[
    "both_weeks",  # pregnant and after birth at once
    "weeks_needed",  # the week is not known
    "wrong_phase",  # this stage belongs to the other side of the birth
    "too_early",
    "too_late",
    "clearance_needed",
    "pain",
    "pain_unknown",  # nobody said whether there is pain today
]


#: A hundred years.
_LONGEST_WEEKS = 5200


@dataclass(frozen=True, slots=True)
class StartFacts:
    """What somebody typed before the sitting; None where nothing was said.

    weeks_since_birth : completed weeks. cleared_by : who agreed to training after this
        birth. complications : whether the birth had serious ones. pain_now : today.
    """

    weeks_pregnant: Weeks | None = None
    weeks_since_birth: Weeks | None = None
    cleared_by: str | None = None
    complications: bool | None = None
    pain_now: bool | None = None

    def __post_init__(self) -> None:
        """Refuse weeks that no calendar has."""
        for weeks in (self.weeks_pregnant, self.weeks_since_birth):
            if weeks is not None and not 0 <= weeks <= _LONGEST_WEEKS:
                raise CallerError(
                    "Weeks must be a number from 0 to %(most)s; correct the week.",
                    most=_LONGEST_WEEKS,
                )

    @property
    def is_cleared(self) -> bool:
        """Whether somebody is named who cleared her."""
        return bool(self.cleared_by and self.cleared_by.strip())

    def week_of(self, phase: Phase) -> Weeks | None:
        """Return the week of pregnancy or since birth, None where not said."""
        return self.weeks_pregnant if phase == "pregnancy" else self.weeks_since_birth


@dataclass(frozen=True, slots=True)
class LockReason:
    """One reason: the phase it is about, the week needed and the week given."""

    code: LockCode
    phase: Phase
    needed_week: Weeks | None = None
    given_week: Weeks | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """It may be trained, once the therapist finds that what is `judged` is so."""

    judged: tuple[Judged, ...] = ()


@dataclass(frozen=True, slots=True)
class Locked:
    """It may not be trained; every reason that stands."""

    reasons: tuple[LockReason, ...]


def entry(stage: Stage, facts: StartFacts) -> Open | Locked:
    """Return whether the stage may be trained with what is known now."""
    reasons = (*_window_reasons(stage, facts), *_person_reasons(stage, facts))
    return Locked(reasons) if reasons else Open(stage.judged)


def entries(protocol: Protocol, facts: StartFacts) -> dict[str, Open | Locked]:
    """Return the answer for every stage, by its id, in the protocol's order."""
    return {stage.id: entry(stage, facts) for stage in protocol.stages}


def _window_reasons(stage: Stage, facts: StartFacts) -> tuple[LockReason, ...]:
    window = stage.window
    week = facts.week_of(window.phase)
    other = facts.week_of("after_birth" if window.phase == "pregnancy" else "pregnancy")
    if week is not None and other is not None:
        return (LockReason("both_weeks", window.phase, given_week=week),)
    if other is not None:
        return (LockReason("wrong_phase", window.phase, given_week=other),)
    if week is None:
        needed = LockReason("weeks_needed", window.phase, needed_week=window.from_week)
        return (needed,) if window.needs_weeks else ()
    if week < window.from_week:
        return (LockReason("too_early", window.phase, window.from_week, week),)
    if window.until_week is not None and week >= window.until_week:
        return (LockReason("too_late", window.phase, window.until_week, week),)
    return ()


def _person_reasons(stage: Stage, facts: StartFacts) -> tuple[LockReason, ...]:
    phase = stage.window.phase
    reasons = []
    if not facts.is_cleared and (stage.clearance == "always" or facts.complications):
        reasons.append(LockReason("clearance_needed", phase))
    if stage.locked_by_pain and facts.pain_now is not False:
        reasons.append(LockReason("pain" if facts.pain_now else "pain_unknown", phase))
    return tuple(reasons)
