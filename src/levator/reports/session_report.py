"""The report of one stored session as a value: what is stored, and what a replay adds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from levator import __version__
from levator.errors import LevatorError, Phrase, RecordingError
from levator.quantities import Hertz, Seconds
from levator.records.model import Gap, PlainDict, RecordingHeader
from levator.records.replay import load_session
from levator.records.repository import Repository
from levator.reports.calibrated import measured_again
from levator.reports.comparison import Comparison, compare
from levator.reports.replaying import Progress, Replayed, Trace, replay
from levator.reports.stored import StoredEvent, context_in, inputs_in, stored_event
from levator.signals.phases import CalibrationEvent
from levator.signals.samples import Samples
from levator.training.context import ChannelUse, SessionContext
from levator.training.dose import Dose
from levator.training.events import (
    ContractionEnded,
    EffortNoted,
    Event,
    FatigueEstablished,
    FatigueWarned,
    RepetitionScored,
    RestScored,
    SessionEnded,
    SetEnded,
    SetStarted,
    TargetSet,
)
from levator.training.inputs import Command
from levator.training.plain import event_to_plain

#: How a session ends that goes on in the same sitting, on a seat that is measured again.
RECALIBRATE = "recalibrate"
#: What a recording was put in, as it is stored.
Given: TypeAlias = Samples | PlainDict
Replays: TypeAlias = Callable[[PlainDict, Iterator[Given], Progress | None], Replayed]


@dataclass(frozen=True, slots=True)
class Round:
    """One repetition as it was scored, the rest behind it, and what its target asked.

    Each of the two is None where it did not come to that.
    """

    scored: RepetitionScored
    rest: RestScored | None = None
    dose: Dose | None = None


@dataclass(frozen=True, slots=True)
class SetPart:
    """One set as the stored events tell it; `ended` is None where the recording broke off."""

    started: SetStarted
    rounds: tuple[Round, ...] = ()
    contractions: tuple[ContractionEnded, ...] = ()
    fatigue: tuple[FatigueWarned | FatigueEstablished, ...] = ()
    ended: SetEnded | None = None
    effort: EffortNoted | None = None


@dataclass(frozen=True, slots=True)
class SessionReport:
    """Everything that a report prints.

    context : None where this version cannot read the stored one; `trouble` says so.
    measured : what came of a calibration, where it is the recording of one.
    trace, comparison : None where the session could not be replayed; `trouble` says why.
    engine_version : of the engine that replayed.
    before, after : the sessions of the same sitting on the other side of a new calibration.
    """

    header: RecordingHeader
    events: tuple[StoredEvent, ...]
    sets: tuple[SetPart, ...]
    gaps: tuple[Gap, ...]
    engine_version: str
    context: SessionContext | None = None
    commands: tuple[Command, ...] = ()
    trace: Trace | None = None
    comparison: Comparison | None = None
    measured: tuple[CalibrationEvent, ...] = ()
    trouble: LevatorError | Phrase | None = None
    before: RecordingHeader | None = None
    after: RecordingHeader | None = None

    @property
    def ended(self) -> SessionEnded | None:
        """How the sitting ended, as it was told."""
        return next((one for one in self.told if isinstance(one, SessionEnded)), None)

    @property
    def told(self) -> list[Event]:
        """The stored events that this version knows."""
        return [one.value for one in self.events if one.value is not None]

    @property
    def primary(self) -> ChannelUse | None:
        """The trained channel."""
        uses = self.context.uses if self.context is not None else ()
        return next((use for use in uses if use.role == "primary"), None)

    @property
    def is_calibration(self) -> bool:
        """Whether it is the recording of a guided calibration: no reference yet, no session."""
        is_bare = self.primary is not None and self.primary.reference is None
        return is_bare and not self.sets and self.ended is None

    def sampling_frequency_hz(self, stream: str) -> Hertz | None:
        """Return the sampling frequency of a stream; None where it is not described."""
        streams = self.context.streams if self.context is not None else ()
        rates = {one.name: one.sampling_frequency_hz for one in streams}
        return rates.get(stream)

    def time_of(self, command: Command) -> Seconds:
        """Return the session time at which a command took effect."""
        rate = self.sampling_frequency_hz(self.primary.stream) if self.primary else None
        return command.at_index / rate if rate else 0.0


def replay_stored(
    context: PlainDict, inputs: Iterator[Given], progress: Progress | None = None
) -> Replayed:
    """Run the engine over a recording as it is stored; raises LevatorError."""
    return replay(context_in(context), inputs_in(inputs), progress)


def session_report(
    repository: Repository,
    recording_id: str,
    progress: Progress | None = None,
    replays: Replays = replay_stored,
) -> SessionReport:
    """Return the report of a stored recording; raises RecordingError for an unknown id.

    A recording that this version cannot replay still has its report: what is stored, and
    the reason. replays : where the engine runs over it.
    """
    stored = load_session(repository, recording_id)
    events = tuple(map(stored_event, stored.events))
    report = SessionReport(
        stored.header,
        events,
        sets_of([one.value for one in events if one.value is not None]),
        tuple(repository.gaps(recording_id)),
        __version__,
    )
    report = replace(
        report,
        before=_before(repository, stored.header),
        after=_after(repository, stored.header),
    )
    try:
        report = replace(report, context=context_in(stored.context))
        replayed = replays(stored.context, stored.inputs, progress)
    except LevatorError as error:
        return replace(report, trouble=error)
    except Exception as fault:  # noqa: BLE001, what is stored is printed whatever the engine does
        name = type(fault).__name__
        return replace(report, trouble=Phrase("The engine stops at it (%(fault)s).", fault=name))
    if report.is_calibration and report.context is not None:
        inputs = inputs_in(load_session(repository, recording_id).inputs)
        report = replace(report, measured=measured_again(stored.header, report.context, inputs))
    now = [event_to_plain(event) for event in replayed.events]
    is_whole = stored.header.state == "closed"
    return replace(
        report,
        commands=replayed.commands,
        trace=replayed.trace,
        comparison=compare(stored.events, now, is_whole=is_whole),
    )


def _before(repository: Repository, header: RecordingHeader) -> RecordingHeader | None:
    try:
        return None if header.follows is None else repository.header(header.follows)
    except RecordingError:  # it is gone
        return None


def _after(repository: Repository, header: RecordingHeader) -> RecordingHeader | None:
    """Return the recording that follows; only behind a new calibration there can be one."""
    if header.ended_by != RECALIBRATE:
        return None
    return next((one for one in _beside(repository, header) if one.follows == header.id), None)


def _beside(repository: Repository, header: RecordingHeader) -> list[RecordingHeader]:
    """Return the recordings of the same patient; all of them where it is nobody's."""
    if not header.patient_id:
        return repository.recordings()
    with repository.work(writes=False) as work:
        hers = work.recordings_of(header.tenant_id, header.patient_id)
    return [repository.header(name) for name in hers]


@dataclass(slots=True)
class _Folding:
    sets: list[SetPart] = field(default_factory=list)
    doses: dict[tuple[int, int], Dose] = field(default_factory=dict)

    def change(self, **changes: Any) -> None:
        if self.sets:
            self.sets[-1] = replace(self.sets[-1], **changes)


def sets_of(events: list[Event]) -> tuple[SetPart, ...]:
    """Return the sets with everything that was told within and right after each."""
    folding = _Folding()
    for event in events:
        _fold(folding, event)
    return tuple(folding.sets)


def _fold(folding: _Folding, event: Event) -> None:
    if isinstance(event, SetStarted):
        folding.sets.append(SetPart(event))
        return
    if not folding.sets:
        return
    last = folding.sets[-1]
    match event:
        case RepetitionScored():
            asked = folding.doses.get((event.set_number, event.round))
            folding.change(rounds=(*last.rounds, Round(event, dose=asked)))
        case TargetSet() if event.round is not None and event.dose is not None:
            folding.doses[event.set_number, event.round] = event.dose
        case RestScored() if last.rounds and last.rounds[-1].scored.round == event.round:
            rested = replace(last.rounds[-1], rest=event)
            folding.change(rounds=(*last.rounds[:-1], rested))
        case ContractionEnded() if last.ended is None:
            folding.change(contractions=(*last.contractions, event))
        case FatigueWarned() | FatigueEstablished():
            folding.change(fatigue=(*last.fatigue, event))
        case SetEnded():
            folding.change(ended=event)
        case EffortNoted():
            folding.change(effort=event)
        case _:
            pass
