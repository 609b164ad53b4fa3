"""What a session carries from input to input.

A `SessionState` is never changed after `step` has returned it: `step` works on a copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from levator.quantities import Hertz, Percent, PercentMvc, Seconds
from levator.signals.contraction import NOTHING_FOUND, Contraction, Detector, DetectorLimits
from levator.signals.quality import NO_EDGE, Doubt, EdgeLimits, EdgeWatch
from levator.signals.tape import index_at
from levator.training.context import SessionContext
from levator.training.dose import Dose, RoundsRule
from levator.training.events import Event, FatigueSign, StateChanged
from levator.training.fatigue import RoundResult
from levator.training.feeds import ChannelFeed, Feed
from levator.training.inputs import Command, Tick
from levator.training.limits import Limits
from levator.training.states import State, Trigger, after
from levator.training.target import Plan


@dataclass(frozen=True, slots=True)
class SetState:
    """The set under way.

    plan : the round under way; None between a pause and its resume, and in open mode.
    judge, rest : whether its verdict and its rest are still to come.
    next_doses : accepted for later rounds; (from round, dose), in their order.
    """

    number: int
    dose: Dose
    rule: RoundsRule | None
    plan: Plan | None = None
    judge: bool = False
    rest: bool = False
    rounds: int = 0
    effort_s: Seconds = 0.0
    rest_extra_s: Seconds = 0.0
    unreleased_at_cap: int = 0
    next_doses: tuple[tuple[int, Dose], ...] = ()
    results: tuple[RoundResult, ...] = ()
    signs: tuple[FatigueSign, ...] = ()
    warned_round: int | None = None
    established_round: int | None = None
    last_round: int | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts over the sets that are done."""

    sets: int = 0
    rounds: int = 0
    good_rounds: int = 0
    valid_rounds: int = 0
    effort_s: Seconds = 0.0


NO_TOTALS = Totals()


@dataclass(slots=True)
class SessionState:
    """One sitting. `position` is the primary index up to which everything is decided."""

    context: SessionContext
    feeds: dict[str, Feed]
    primary_stream: str
    position: int
    limits: Limits
    detector_limits: DetectorLimits
    cough_limits: EdgeLimits
    shift_limits: EdgeLimits
    name: State = "ready"
    detector: Detector = NOTHING_FOUND
    ended_contraction: tuple[Contraction, int] | None = None
    cough_edges: EdgeWatch = NO_EDGE
    shift_edges: EdgeWatch = NO_EDGE
    doubts: tuple[Doubt, ...] = ()
    marks: tuple[tuple[Seconds, str], ...] = ()
    moved_by: PercentMvc | None = None
    reference_valid: bool = True
    tare_from: int | None = None
    tared_at: int | None = None
    revision: int = 0
    sets: int = 0
    set_state: SetState | None = None
    next_dose: Dose | None = None
    effort: int | None = None
    totals: Totals = NO_TOTALS
    waiting: tuple[Command | Tick, ...] = ()
    alive_s: Seconds | None = None
    ticked_s: Seconds | None = None
    ticked_position: int | None = None
    lost_position: int | None = None
    events: list[Event] = field(default_factory=list)

    @property
    def fs(self) -> Hertz:
        """Sampling frequency of the primary stream, Hz."""
        return self.feeds[self.primary_stream].sampling_frequency_hz

    @property
    def now_s(self) -> Seconds:
        """Session time: everything before it has been seen."""
        return self.position / self.fs

    @property
    def primary(self) -> ChannelFeed:
        """The channel that is trained."""
        channels = self.feeds[self.primary_stream].channels
        return next(channel for channel in channels if channel.use.role == "primary")

    @property
    def reached(self) -> int:
        """Primary index up to which every required stream is known.

        The last index whose time they have all come to: a stream between two samples of the
        primary has not reached the later one.
        """
        reached_s = min(self.feeds[name].reached_s for name in self.context.required_streams)
        index = index_at(reached_s, self.fs)
        return index if index / self.fs <= reached_s else index - 1

    def index(self, time_s: Seconds) -> int:
        """Primary index of the first sample at or after a time."""
        return index_at(time_s, self.fs)

    def tell(self, event: Event) -> None:
        """Add an event to those of this step."""
        self.events.append(event)

    def go(self, trigger: Trigger, cause: str) -> bool:
        """Follow the table of states; returns whether the trigger leads anywhere from here."""
        target = after(self.name, trigger)
        if target is None:
            return False
        self.name = target
        self.tell(StateChanged(self.now_s, target, cause))
        return True

    def change_set(self, **changes: Any) -> SetState:
        """Replace fields of the set under way."""
        self.set_state = replace(set_under_way(self), **changes)
        return self.set_state


def share_percent(flags: Sequence[bool]) -> Percent | None:
    """Return how many of the flags are true, in percent; None without flags."""
    return 100.0 * len([flag for flag in flags if flag]) / len(flags) if flags else None


def set_under_way(state: SessionState) -> SetState:
    """Return the set; asking for it where there is none is a bug."""
    if state.set_state is None:
        raise AssertionError("no set is under way")
    return state.set_state


def plan_under_way(state: SessionState) -> Plan:
    """Return the round; asking for it where there is none is a bug."""
    plan = set_under_way(state).plan
    if plan is None:
        raise AssertionError("no round is under way")
    return plan
