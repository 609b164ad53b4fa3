"""How a sitting came out: passed, failed, or in doubt, and every reason with its number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from levator.course.chart import SittingResult
from levator.course.protocol import PainRule, ProgressionRule
from levator.course.reasons import OutcomeCode, Reason

OutcomeKind = Literal["passed", "failed", "doubtful"]
#: These say that the dose was too much; the others that nothing is known.
FAILING: frozenset[OutcomeCode] = frozenset(
    {"out_of_band", "not_let_go", "ended_by_pain", "pain_rose", "over_the_stop"}
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a sitting says about the dose, and every reason why it did not pass."""

    kind: OutcomeKind
    reasons: tuple[Reason, ...] = ()


def outcome(sitting: SittingResult, rule: ProgressionRule, limits: PainRule) -> Outcome:
    """Return how a sitting came out. What is not known never passes.

    Pain counts also where the signal was in doubt; a doubtful signal says nothing else.
    """
    hurt = _pain(sitting, limits)
    doubts = _doubts(sitting, rule)
    missed = [] if doubts else _missed(sitting, rule)
    told = (*hurt, *doubts, *missed)
    if any(one.code in FAILING for one in told):
        return Outcome("failed", told)
    return Outcome("doubtful" if told else "passed", told)


def _pain(sitting: SittingResult, rule: PainRule) -> list[Reason]:
    before, after, source = sitting.pain_before, sitting.pain_after, rule.sources
    found: list[Reason] = []
    if sitting.ended_by == "pain":
        found.append(Reason("ended_by_pain", None, after, source["stop_above"]))
    if after is not None and after > rule.stop_above:
        found.append(Reason("over_the_stop", rule.stop_above, after, source["stop_above"]))
    if before is None or after is None:
        found.append(Reason("pain_not_asked", None, None, ""))
    elif after - before >= rule.rise_at_least:
        found.append(
            Reason("pain_rose", rule.rise_at_least, after - before, source["rise_at_least"])
        )
    return found


def _doubts(sitting: SittingResult, rule: ProgressionRule) -> list[Reason]:
    found: list[Reason] = []
    flagged, source = sitting.flagged_percent, rule.sources
    if sitting.valid < rule.valid_rounds:
        found.append(
            Reason("too_few_rounds", rule.valid_rounds, sitting.valid, source["valid_rounds"])
        )
    if flagged is None or flagged > rule.flagged_at_most_percent:
        allowed = rule.flagged_at_most_percent
        found.append(Reason("signal_in_doubt", allowed, flagged, source["flagged_at_most_percent"]))
    if sitting.in_band_percent is None or sitting.released_percent is None:
        found.append(Reason("not_measured", None, None, ""))
    return found


def _missed(sitting: SittingResult, rule: ProgressionRule) -> list[Reason]:
    found: list[Reason] = []
    rows: tuple[tuple[OutcomeCode, float, float | None, str], ...] = (
        ("out_of_band", rule.in_band_percent, sitting.in_band_percent, "in_band_percent"),
        ("not_let_go", rule.released_percent, sitting.released_percent, "released_percent"),
    )
    for code, needed, given, name in rows:
        if given is not None and given < needed:
            found.append(Reason(code, needed, given, rule.sources[name]))
    return found
