"""What came of a sitting, read from its stored events: those are the record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from statistics import median

from levator.quantities import Percent
from levator.records.repository import Repository
from levator.records.treatment import Session
from levator.reports.stored import stored_event
from levator.training.dose import Dose
from levator.training.events import (
    Event,
    FatigueEstablished,
    RepetitionScored,
    RestScored,
    SetEnded,
    SetStarted,
)


def with_results(session: Session, repository: Repository) -> Session:
    """Return a session with what its recording says; raises RecordingError where it is gone.

    The dose is that of its last set, the numbers are those of all its sets.
    """
    recording = session.recording_id or ""
    header = repository.header(recording)
    stored = (stored_event(one.data).value for one in repository.events(recording))
    told = [one for one in stored if one is not None]
    sets = [one for one in told if isinstance(one, SetEnded)]
    ended_by = sets[-1].ended_by if sets else header.ended_by
    return replace(
        _scored(_dosed(session, told), told),
        state="interrupted" if header.state == "interrupted" else "ended",
        ended_by=ended_by,
        had_pain=session.had_pain or "pain" in (header.ended_by, ended_by),
    )


def with_dose(session: Session, dose: Dose) -> Session:
    """Return a session with the dose that it asks."""
    pattern = dose.pattern
    return replace(
        session,
        force_percent_mvc=dose.force_percent_mvc,
        hold_s=None if pattern is None else pattern.hold_s,
        rest_s=None if pattern is None else pattern.rest_s,
        tangent_percent=dose.tangent_percent,
    )


def _dosed(session: Session, told: Iterable[Event]) -> Session:
    doses = [one.dose for one in told if isinstance(one, SetStarted)]
    return with_dose(session, doses[-1]) if doses else session


def _scored(session: Session, told: Sequence[Event]) -> Session:
    rounds = [one for one in told if isinstance(one, RepetitionScored)]
    valid = [one for one in rounds if one.valid]
    tired = [one.round for one in told if isinstance(one, FatigueEstablished)]
    return replace(
        session,
        rounds=len(rounds),
        valid_rounds=len(valid),
        good_rounds=len([one for one in rounds if one.verdict == "good"]),
        in_band_percent=_middle(one.time_in_band_percent for one in valid),
        released_percent=_released(told),
        fatigue_round=tired[-1] if tired else None,
        hold_mean_percent_mvc=_middle(one.hold_mean_percent_mvc for one in valid),
    )


def _middle(values: Iterable[float | None]) -> float | None:
    known = [one for one in values if one is not None]
    return median(known) if known else None


def _released(told: Iterable[Event]) -> Percent | None:
    """Return the share of rounds after which she let go, of those where it is known."""
    known = [
        one.released for one in told if isinstance(one, RestScored) and one.released is not None
    ]
    return 100.0 * sum(known) / len(known) if known else None
