"""The verdict of one repetition: the first reason that applies, and all that apply.

Doubt comes first: a repetition with doubtful data is not scored at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from levator.training.events import VerdictCode
from levator.training.score import Scores
from levator.training.settings import VerdictSettings
from levator.training.target import Plan

#: The first that applies is the verdict.
ORDER: tuple[VerdictCode, ...] = get_args(VerdictCode)
#: A repetition judged by one of these is not valid: its numbers say nothing of the muscle.
DOUBTS = frozenset(ORDER[: ORDER.index("too_strong")])
BREATH_NOT_KNOWN = "breath_held: not known"
CO_CONTRACTION_NOT_KNOWN = "co_contraction: not known"
INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said of a repetition."""

    verdict: VerdictCode
    reasons: tuple[str, ...]

    @property
    def valid(self) -> bool:
        """Whether the numbers of the repetition may be used."""
        return self.verdict not in DOUBTS


def judge(
    doubts: frozenset[VerdictCode],
    unknown: tuple[str, ...],
    scores: Scores | None,
    plan: Plan,
    settings: VerdictSettings,
) -> Judgement:
    """Return the verdict; `scores` are read only where there is no doubt.

    unknown : what could not be looked at ("breath_held: not known").
    """
    found: set[VerdictCode] = set(doubts)
    if not doubts and scores is None:
        found = {"unsure"}
    elif not doubts and scores is not None:
        found = performance(scores, plan, settings) or {"good"}
    ordered = tuple(code for code in ORDER if code in found)
    return Judgement(ordered[0], ordered + unknown)


def performance(scores: Scores, plan: Plan, settings: VerdictSettings) -> set[VerdictCode]:
    """Return what can be said against a repetition with sound data."""
    found: set[VerdictCode] = set()
    force, band = plan.force_percent_mvc, settings.band_percent_mvc
    hold_mean, level = scores.hold_mean_percent_mvc, scores.judged_level_percent_mvc
    if scores.overshot or (hold_mean is not None and hold_mean > force + band):
        found.add("too_strong")
    if level is not None and level > settings.released_below_percent_mvc:
        found.add("not_released")
    if not scores.reached:
        found.add("weak")
    elif _is_short(scores, settings):
        found.add("short")
    if _is_slow(scores, plan, settings):
        found.add("slow")
    return found


def _is_short(scores: Scores, settings: VerdictSettings) -> bool:
    held = scores.time_in_band_percent
    return held is not None and held < settings.short_below_of_hold_percent


def _is_slow(scores: Scores, plan: Plan, settings: VerdictSettings) -> bool:
    rate, asked = scores.rise_rate_percent_mvc_per_s, rise_rate_asked(plan)
    if plan.dose.mode != "advanced" or rate is None or asked is None:
        return False
    return rate < asked * settings.slow_below_of_asked_percent / 100.0


def rise_rate_asked(plan: Plan) -> float | None:
    """Slope of the target's rise, %MVC/s; None for a rise of no length."""
    rise_s = plan.pattern.rise_s
    return plan.force_percent_mvc / rise_s if rise_s > 0.0 else None
