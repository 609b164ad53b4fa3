"""What came of a sitting, read from its stored events: those are the record."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from levator.errors import RecordingError
from levator.quantities import Percent
from levator.records.model import RecordingHeader
from levator.records.repository import Repository
from levator.records.treatment import Session, Trained
from levator.reports.stored import stored_event
from levator.signals.averages import median_known
from levator.training.dose import Dose
from levator.training.events import (
    Event,
    FatigueEstablished,
    RepetitionScored,
    RestScored,
    SetEnded,
    SetStarted,
    TargetSet,
)
from levator.training.plain import from_plain

#: What a recording ended with that does not say how the sitting did.
_UNSAID = ("interrupted", "fault")


def with_results(session: Session, repository: Repository) -> Session:
    """Return a session with what its recording says; raises RecordingError where it is gone."""
    recording = session.recording_id or ""
    header = repository.header(recording)
    stored = (stored_event(one.data).value for one in repository.events(recording))
    told = [one for one in stored if one is not None]
    sets = [one for one in told if isinstance(one, SetEnded)]
    ended_by = sets[-1].ended_by if sets else header.ended_by
    trained = tuple(_trained(told))
    return replace(
        _dosed(replace(session, **_numbers(told)), trained),
        trained=json.dumps([asdict(one) for one in trained]),
        state="interrupted" if header.state == "interrupted" else "ended",
        ended_by=ended_by,
        had_pain=session.had_pain or ended_by == "pain" or had_pain_in(header, repository),
    )


def had_pain_in(header: RecordingHeader, repository: Repository) -> bool:
    """Return whether pain ended what was recorded, as far as the recording knows.

    Where it was broken off or we failed, what was asked of the engine may be all that there is.
    """
    if header.ended_by not in _UNSAID:
        return header.ended_by == "pain"
    return any(one.data.get("kind") == "pain" for one in repository.inputs(header.id))


def trained_in(session: Session) -> tuple[Trained, ...]:
    """Return each dose of a session with its own rounds; raises LevatorError for what is none."""
    return trained_of(session.trained)


def trained_of(text: str) -> tuple[Trained, ...]:
    """Return what a session keeps as `trained`; see `trained_in`."""
    given = json.loads(text)
    if not isinstance(given, list):
        raise RecordingError(
            "A stored %(kind)s does not fit this version of levator; read it with the version "
            "that made it.",
            kind=Session.__name__,
        )
    return tuple(from_plain(Trained, one) for one in given)


def with_dose(session: Session, dose: Dose) -> Session:
    """Return a session with the dose that it asks."""
    return replace(session, **_settings(dose))


def _settings(dose: Dose) -> dict[str, Any]:
    pattern = dose.pattern
    return {
        "force_percent_mvc": dose.force_percent_mvc,
        "hold_s": None if pattern is None else pattern.hold_s,
        "rest_s": None if pattern is None else pattern.rest_s,
        "tangent_percent": dose.tangent_percent,
    }


def _dosed(session: Session, trained: Sequence[Trained]) -> Session:
    """Return it with the dose that was asked last; as it was opened where none was."""
    if not trained:
        return session
    last = trained[-1]
    return replace(
        session,
        force_percent_mvc=last.force_percent_mvc,
        hold_s=last.hold_s,
        rest_s=last.rest_s,
        tangent_percent=last.tangent_percent,
    )


@dataclass(slots=True)
class _Run:
    """Rounds running at one dose, and what was told of them."""

    first_set: int
    last_set: int
    dose: Dose
    told: list[Event] = field(default_factory=list)


def _trained(told: Iterable[Event]) -> Iterator[Trained]:
    """Yield each dose at which a round was done, with what came of its rounds."""
    for run in _runs(told):
        numbers = _numbers(run.told)
        if numbers["rounds"]:
            sets = {"first_set": run.first_set, "last_set": run.last_set}
            yield Trained(**sets, **_settings(run.dose), **numbers)


def _runs(told: Iterable[Event]) -> list[_Run]:
    """Return the runs; sets that follow each other at one dose are one."""
    runs: list[_Run] = []
    for one in told:
        if isinstance(one, (SetStarted, TargetSet)) and one.dose is not None:
            # A round asks what its own target says, whatever its set began with.
            _go_on(runs, one.set_number, one.dose)
        elif isinstance(one, (RepetitionScored, RestScored, FatigueEstablished)) and runs:
            runs[-1].told.append(one)
    return runs


def _go_on(runs: list[_Run], set_number: int, dose: Dose) -> None:
    if runs and _settings(runs[-1].dose) == _settings(dose):
        runs[-1].last_set = set_number
    else:
        runs.append(_Run(set_number, set_number, dose))


def _numbers(told: Sequence[Event]) -> dict[str, Any]:
    rounds = [one for one in told if isinstance(one, RepetitionScored)]
    valid = [one for one in rounds if one.valid]
    tired = [one.round for one in told if isinstance(one, FatigueEstablished)]
    return {
        "rounds": len(rounds),
        "valid_rounds": len(valid),
        "good_rounds": len([one for one in rounds if one.verdict == "good"]),
        "in_band_percent": median_known(one.time_in_band_percent for one in valid),
        "released_percent": _released(told),
        "fatigue_round": tired[-1] if tired else None,
        "hold_mean_percent_mvc": median_known(one.hold_mean_percent_mvc for one in valid),
    }


def _released(told: Iterable[Event]) -> Percent | None:
    """Return the share of rounds after which she let go, of those where it is known."""
    known = [
        one.released for one in told if isinstance(one, RestScored) and one.released is not None
    ]
    return 100.0 * sum(known) / len(known) if known else None
