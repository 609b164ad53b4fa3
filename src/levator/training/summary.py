"""The summary of a session, made from its events alone."""

from __future__ import annotations

from collections.abc import Iterable

from levator.training.context import SessionContext
from levator.training.events import (
    Event,
    FatigueEstablished,
    FatigueWarned,
    RepetitionScored,
    RestScored,
    SetEnded,
)
from levator.training.plain import Plain

_SCORES = (
    "onset_s",
    "time_in_band_percent",
    "rmse_percent_mvc",
    "rmse_lag_removed_percent_mvc",
    "lag_s",
    "hold_mean_percent_mvc",
    "hold_cv_percent",
    "rise_rate_percent_mvc_per_s",
    "release_rate_percent_mvc_per_s",
)


def summarise(context: SessionContext, events: Iterable[Event]) -> dict[str, Plain]:
    """Return the summary as plain values; unknown numbers are None.

    `fatigue` is that of the last set; `ended_by` is why it ended.
    """
    repetitions: list[dict[str, Plain]] = []
    warned = established = None
    signs: tuple[str, ...] = ()
    ended_by: str | None = None
    for event in events:
        if isinstance(event, RepetitionScored):
            repetitions.append(_repetition(event))
        elif isinstance(event, RestScored) and repetitions:
            _add_rest(repetitions[-1], event)
        elif isinstance(event, FatigueWarned):
            warned, signs = event.round, event.signs
        elif isinstance(event, FatigueEstablished):
            warned, established, signs = warned or event.round, event.round, event.signs
        elif isinstance(event, SetEnded):
            ended_by, warned, established = (
                event.ended_by,
                event.warned_round,
                event.established_round,
            )
            signs = event.fatigue_signs
    return {
        "type": "summary",
        "engine_version": context.engine_version,
        "stage": context.stage,
        "reference_kind": _reference_kind(context),
        "rounds": len(repetitions),
        "fatigue": {
            "warned_round": warned,
            "established_round": established,
            "signs": list(signs),
            "ended_by": ended_by,
        },
        "repetitions": list(repetitions),
    }


def _reference_kind(context: SessionContext) -> str | None:
    for use in context.uses:
        if use.role == "primary" and use.reference is not None:
            return use.reference.kind
    return None


def _repetition(event: RepetitionScored) -> dict[str, Plain]:
    return {
        "verdict": event.verdict,
        "reasons": list(event.reasons),
        "valid": event.valid,
        "start_s": event.start_s,
        "verdict_at_s": event.verdict_at_s,
        **{name: getattr(event, name) for name in _SCORES},
        "rest_percent_mvc": None,
    }


def _add_rest(repetition: dict[str, Plain], event: RestScored) -> None:
    repetition["rest_percent_mvc"] = event.rest_percent_mvc
    reasons = repetition["reasons"]
    if isinstance(reasons, list):
        reasons += [reason for reason in event.reasons if reason not in reasons]
