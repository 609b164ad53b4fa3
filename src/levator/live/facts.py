"""What a viewer may know of a room, folded from events: facts, no words.

A viewer that comes late or fell behind is shown the facts as they are now, so nothing that
matters may live only in a message that has gone by.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal, TypeAlias

from levator.quantities import Seconds
from levator.training.dose import Dose
from levator.training.events import (
    CommandRefused,
    ContractionEnded,
    DoseAccepted,
    EffortAsked,
    EffortNoted,
    Event,
    FatigueEstablished,
    FatigueWarned,
    LimitsChanged,
    Marked,
    RepetitionScored,
    RestScored,
    SessionEnded,
    SetEnded,
    SetStarted,
    SignalLost,
    SignalReturned,
    StateChanged,
    TargetSet,
)
from levator.training.limits import Limits
from levator.training.states import State

PhaseName: TypeAlias = Literal["ready", "rise", "hold", "fall", "rest"]
#: Targets older than a screen shows are not sent again.
TARGETS_KEPT = 12
REFUSALS_KEPT = 3
LATEST_KEPT = 4
MARKS_KEPT = 40


@dataclass(frozen=True, slots=True)
class Phase:
    """One straight piece of a target, by name."""

    name: PhaseName
    from_s: Seconds
    to_s: Seconds


def phases_of(target: TargetSet) -> tuple[Phase, ...]:
    """Name the straight pieces of a target; what comes before its first rise is `ready`."""
    points = target.breakpoints
    if not points:
        return ()
    phases = [Phase("ready", target.at_s, points[0][0])] if target.at_s < points[0][0] else []
    for (from_s, low), (to_s, high) in pairwise(points):
        if to_s > from_s:
            phases.append(Phase(_name(low, high), from_s, to_s))
    return tuple(phases)


def _name(low: float, high: float) -> PhaseName:
    if high != low:
        return "rise" if high > low else "fall"
    return "hold" if high > 0 else "rest"


@dataclass(slots=True)
class Facts:
    """Where the session stands.

    dose : what the newest round asks. doses : (set, round) -> what that round asked.
    next_dose : accepted, and no round of it has begun; `from_round` 1 after a set has ended
        means the next set. latest : the newest events that may be worth a sentence.
    """

    limits: Limits
    dose: Dose | None
    doses: dict[tuple[int, int], Dose] = field(default_factory=dict)
    state: State = "ready"
    cause: str = ""
    targets: deque[TargetSet] = field(default_factory=lambda: deque(maxlen=TARGETS_KEPT))
    set_started: SetStarted | None = None
    set_ended: SetEnded | None = None
    scored: list[RepetitionScored] = field(default_factory=list)
    rested: dict[tuple[int, int], RestScored] = field(default_factory=dict)
    fatigue: FatigueWarned | FatigueEstablished | None = None
    latest: deque[Event] = field(default_factory=lambda: deque(maxlen=LATEST_KEPT))
    marks: deque[Marked] = field(default_factory=lambda: deque(maxlen=MARKS_KEPT))
    next_dose: DoseAccepted | None = None
    asks_effort: bool = False
    refusals: deque[CommandRefused] = field(default_factory=lambda: deque(maxlen=REFUSALS_KEPT))
    signal_lost: SignalLost | None = None
    signal_returned: SignalReturned | None = None
    ended: SessionEnded | None = None

    @property
    def round(self) -> int | None:
        """The round that the newest target asks for."""
        return self.targets[-1].round if self.targets else None

    @property
    def dose_to_come(self) -> Dose | None:
        """What is asked next: an accepted dose, or the one at hand."""
        return self.next_dose.dose if self.next_dose is not None else self.dose

    @property
    def is_between_sets(self) -> bool:
        """Whether no set is under way."""
        return self.set_started is None or self.set_ended is not None

    @property
    def scored_in_set(self) -> list[RepetitionScored]:
        """The rounds scored in the newest set."""
        number = self.set_started.set_number if self.set_started else 0
        return [one for one in self.scored if one.set_number == number]

    def take(self, event: Event) -> None:
        """Fold one event in."""
        match event:
            case StateChanged():
                self._change_state(event)
            case TargetSet():
                self._take_target(event)
            case RepetitionScored():
                self.scored.append(event)
                self.latest.append(event)
            case RestScored():
                self.rested[event.set_number, event.round] = event
            case FatigueWarned() | FatigueEstablished():
                self.fatigue = event
                self.latest.append(event)
            case ContractionEnded():
                if self.dose is None or self.dose.mode == "open":
                    self.latest.append(event)
            case CommandRefused():
                self.refusals.append(event)
                self.latest.extend([event] if event.by == "patient" else [])
            case SignalLost():
                self.signal_lost, self.signal_returned = event, None
            case SignalReturned():
                self.signal_returned = event
            case LimitsChanged():
                self.limits = event.limits
            case _:
                self._take_of_set(event)

    def _keep_refused_doses(self) -> None:
        """A refused dose stands in its field until another is asked."""
        doses = [one for one in self.refusals if one.command == "dose"]
        self.refusals = deque(doses, REFUSALS_KEPT)

    def _take_target(self, target: TargetSet) -> None:
        """A round asks what its own target says, whatever the set began with."""
        self.targets.append(target)
        if target.round is None or target.dose is None:
            return
        self.dose = self.doses[target.set_number, target.round] = target.dose
        coming = self.next_dose
        if coming is not None and coming.dose == target.dose and target.round >= coming.from_round:
            self.next_dose = None

    def _take_of_set(self, event: Event) -> None:
        match event:
            case SetStarted():
                self.set_started, self.set_ended = event, None
                self.dose, self.limits = event.dose, event.limits
                self.fatigue, self.next_dose = None, None
                self._keep_refused_doses()
                self.latest.append(event)
            case SetEnded():
                self.set_ended = event
                self.latest.append(event)
                if self.next_dose is not None:
                    # Its round did not come any more: it counts from the first of the next set.
                    self.next_dose = replace(self.next_dose, from_round=1)
            case DoseAccepted():
                self.next_dose = event
                self.refusals.clear()
            case Marked():
                self.marks.append(event)
            case EffortAsked():
                self.asks_effort = True
            case EffortNoted():
                self.asks_effort = False
                self.latest.append(event)
            case SessionEnded():
                self.ended = event
                self.asks_effort = False
                self.latest.append(event)
            case _:
                pass

    def _change_state(self, event: StateChanged) -> None:
        self.state = event.state
        self.cause = event.cause
        if event.state == "running":
            self.signal_lost, self.signal_returned = None, None
