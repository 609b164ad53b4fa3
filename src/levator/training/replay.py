"""The engine over inputs that are all there already: replay, report and cohort."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from levator.training import session
from levator.training.context import SessionContext
from levator.training.events import Event
from levator.training.inputs import Command, Input


def run(context: SessionContext, inputs: Iterable[Input]) -> Iterator[Event]:
    """Yield the events of a session from its context and its inputs in order."""
    state = session.begin(context)
    for given in inputs:
        state, events = session.step(state, given)
        yield from events


def run_foreign(
    context: SessionContext, samples: Iterable[Input], first_rise_s: float
) -> Iterator[Event]:
    """Yield the events of a recording that has no commands of its own.

    The set starts by itself, its first rise at `first_rise_s`, and ends with the recording.
    """
    state = session.begin(context)
    begun = Command("start", state.position, "room", first_rise_s=first_rise_s)
    state, events = session.step(state, begun)
    yield from events
    for given in samples:
        state, events = session.step(state, given)
        yield from events
    over = Command("stop", state.reached, "room", reason="end_of_recording")
    yield from session.step(state, over)[1]
