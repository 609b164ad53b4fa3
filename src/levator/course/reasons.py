"""Why something is proposed, held or refused: a code with its numbers and their source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from levator.course.gates import Gate, GateCode

#: How a sitting falls short.
OutcomeCode = Literal[
    "out_of_band",
    "not_let_go",
    "ended_by_pain",
    "pain_rose",
    "over_the_stop",
    "pain_not_asked",
    "too_few_rounds",
    "signal_in_doubt",
    "not_measured",
]
ReasonCode: TypeAlias = (
    GateCode
    | OutcomeCode
    | Literal[
        "course_begins",
        "begins_anew",  # the course before has ended
        "other_phase",  # she has given birth since; the course goes on after it
        "next_stage_open",
        "passed",
        "failed",
        "passed_so_far",
        "no_sittings",
        "letting_go_is_hard",
        "worse_next_morning",
        "pain_rising",
        "pain_not_safe",
        "pain_unknown",
        "force_capped",  # the source is the name of the cap
        "hold_capped",
        "highest_reached",
        "lowest_reached",
        "last_stage",
        "last_before_birth",
        # Why a decision is not taken over.
        "name_needed",
        "reason_needed",
        "not_today",
        "nothing_proposed",
        "nothing_held",
        "unknown_stage",
        "outside_range",
        "over_limits",
        "other_rounds_rule",
    ]
)
#: The reasons of which the source is a cap of the protocol.
CAPPED: frozenset[ReasonCode] = frozenset({"force_capped", "hold_capped"})


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a code with the number that is needed, the number that is there, and its source."""

    code: ReasonCode
    needed: float | str | None = None
    given: float | str | None = None
    source: str = ""


def reasons_of(gates: Iterable[Gate]) -> tuple[Reason, ...]:
    """Return gates as reasons."""
    return tuple(Reason(one.code, one.needed, one.given, one.source) for one in gates)
