"""Sittings for the tests of the engine: contexts, signals, blocks, and a way to run them.

Signals are made by plain arithmetic and a seeded generator, so that red is red everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from math import nan
from typing import Any, TypeVar

from levator.library.loader import load_hard_limits, load_settings
from levator.signals.design import filter_for
from levator.signals.reference import Reference, already_percent_mvc
from levator.signals.samples import Channel, Samples, Stream
from levator.training import session
from levator.training.context import ChannelUse, Role, SessionContext
from levator.training.dose import Dose, Mode, RoundsRule
from levator.training.events import Event, TargetSet
from levator.training.inputs import Input
from levator.training.limits import Limits
from levator.training.pattern import Pattern
from levator.training.plain import event_to_plain
from levator.training.settings import Settings
from levator.training.state import SessionState

E = TypeVar("E", bound=Event)

PERCENT = Channel("force", "force", "%MVC")
#: A seat in newtons: 3 N at rest, 43 N at the reference contraction, 0.01 N per step.
NEWTON = Channel("seat", "force", "N", scale=0.01, raw_minimum=-32768, raw_maximum=32767)
NEWTON_REFERENCE = Reference(
    "declared",
    3.0,
    43.0,
    "N",
    best_rise_rate_percent_mvc_per_s=180.0,
    best_release_rate_percent_mvc_per_s=120.0,
)


@cache
def settings() -> Settings:
    return load_settings()


@cache
def hard_limits() -> Limits:
    return load_hard_limits()


def rounds_rule(count: int = 3) -> RoundsRule:
    return RoundsRule("number", 15, 240.0, count=count)


def dose(
    force: float = 40.0,
    pattern: tuple[float, float, float, float] = (2.0, 3.0, 2.0, 4.0),
    mode: Mode = "basic_strength",
    rounds: RoundsRule | None = None,
    tangent: float | None = None,
) -> Dose:
    return Dose(mode, force, Pattern(*pattern), tangent, rounds or rounds_rule())


OPEN = Dose("open")


def stream(
    name: str = "seat",
    rate_hz: float = 100.0,
    channels: tuple[Channel, ...] = (PERCENT,),
    first_index: int = 0,
) -> Stream:
    return Stream(name, rate_hz, channels, "float64", first_index)


def use_of(
    source: Stream, place: int = 0, role: Role = "primary", reference: Reference | None = None
) -> ChannelUse:
    channel = source.channels[place]
    if reference is None and role == "primary" and channel.unit == "%MVC":
        reference = already_percent_mvc()
    chain = filter_for(
        channel.kind, channel.unit, source.sampling_frequency_hz, settings().conditioning
    )
    return ChannelUse(source.name, channel.name, role, chain, reference)


def context(
    given: Dose | None = None,
    streams: tuple[Stream, ...] | None = None,
    uses: tuple[ChannelUse, ...] | None = None,
    required: tuple[str, ...] | None = None,
    **changes: Any,
) -> SessionContext:
    """Return a context; without streams, one %MVC channel at 100 Hz."""
    streams = streams or (stream(),)
    uses = uses or (use_of(streams[0]),)
    made = SessionContext(
        streams=streams,
        uses=uses,
        required_streams=required or (streams[0].name,),
        dose=given,
        limits=hard_limits(),
        settings=settings(),
        adaptive_rest=False,
        reference_valid=True,
        protocol=None,
        protocol_version=None,
        stage=None,
        engine_version="test",
        library_version="test",
    )
    return replace(made, **changes)


def block(values: Sequence[float], first_index: int = 0, name: str = "seat") -> Samples:
    return Samples(name, first_index, (values,))


def blocks(
    values: Sequence[float], size: int, first_index: int = 0, name: str = "seat"
) -> Iterator[Samples]:
    for at in range(0, len(values), size):
        yield block(values[at : at + size], first_index + at, name)


def run(made: SessionContext, inputs: Iterable[Input]) -> tuple[SessionState, list[Event]]:
    """Return the last state and all events."""
    state, told = session.begin(made), list[Event]()
    for given in inputs:
        state, events = session.step(state, given)
        told += events
    return state, told


def of(kind: type[E], events: Iterable[Event]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


def lines(events: Iterable[Event]) -> str:
    """Return the events as stored, one line each: equal text is equal bits."""
    return "\n".join(json.dumps(event_to_plain(event)) for event in events)


def target_level(target: TargetSet | None, at_s: float) -> float:
    """Return what a page that draws this target asks for at a time."""
    if target is None or at_s >= target.valid_until_s:
        return 0.0
    points = target.breakpoints
    for (left_s, left), (right_s, right) in pairwise(points):
        if left_s <= at_s < right_s:
            return left + (right - left) * (at_s - left_s) / (right_s - left_s)
    return 0.0


def trapezoid(
    pattern: Pattern, force: float, starts_s: Sequence[float], lasts_s: float, rate_hz: float
) -> list[float]:
    """Return levels that follow rise, hold and fall exactly, beginning at each start."""
    out = [0.0] * round(lasts_s * rate_hz)
    for start_s in starts_s:
        for index in range(len(out)):
            at_s = index / rate_hz - start_s
            if 0.0 <= at_s < pattern.effort_s:
                out[index] = _share(pattern, at_s) * force
    return out


def _share(pattern: Pattern, at_s: float) -> float:
    if at_s < pattern.rise_s:
        return at_s / pattern.rise_s
    if at_s < pattern.rise_s + pattern.hold_s:
        return 1.0
    return (pattern.effort_s - at_s) / pattern.fall_s


def newton_raw(levels: Sequence[float]) -> list[float]:
    """Return %MVC levels as whole raw steps of NEWTON (nan stays nan)."""
    return [nan if level != level else float(round((3.0 + 0.4 * level) / 0.01)) for level in levels]
