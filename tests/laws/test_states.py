"""States: what happens is in the table, and effort is asked in one state only."""

from __future__ import annotations

from dataclasses import fields
from random import Random
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levator.training import session
from levator.training.events import CommandRefused, Event, SessionEnded, StateChanged, TargetSet
from levator.training.inputs import Command, CommandKind, Input, Tick
from levator.training.state import SessionState
from levator.training.states import TRANSITIONS, State, Trigger
from tests import sitting
from tests.laws.test_partition import cut_up, sitting_of

#: Commands, and samples in seconds, that lead from `ready` to each state.
WAY: dict[State, tuple[str, ...]] = {
    "ready": (),
    "running": ("start",),
    "paused": ("start", "1", "pause"),
    "no_signal": ("signal_lost",),
    "tare_needed": ("signal_lost", "gap", "1"),
    "taring": ("tare",),
    "set_ended": ("start", "40"),
    "ended": ("stop",),
}
#: Ways to pull each trigger.
PULL: dict[Trigger, tuple[str, ...]] = {
    "start": ("start",),
    "pause": ("pause",),
    "resume": ("resume",),
    "signal_lost": ("signal_lost",),
    "signal_back": ("1",),
    "signal_back_idle": ("1",),
    "signal_back_late": ("gap", "1"),
    "tare": ("tare",),
    "tared": ("6",),
    "tared_idle": ("6",),
    "set_over": ("40",),
    "session_over": ("stop",),
}
#: Where a set must be under way for the trigger: another way to the state.
WITH_SET: dict[tuple[State, Trigger], tuple[str, ...]] = {
    ("no_signal", "signal_back"): ("start", "signal_lost"),
    ("taring", "tared"): ("start", "1", "pause", "tare"),
    ("paused", "set_over"): ("start", "1", "pause"),
}
INSTEAD: dict[tuple[State, Trigger], tuple[str, ...]] = {
    ("paused", "set_over"): ("cushion",),
}
DOSE = sitting.dose(40.0, (1.0, 2.0, 1.0, 4.0))


def drive(state: SessionState, words: tuple[str, ...]) -> tuple[SessionState, list[Event]]:
    told: list[Event] = []
    for word in words:
        at = state.feeds["seat"].next_index
        given: list[Input] = []
        if word == "gap":
            given = [sitting.block([0.0], at + 500)]
        elif word.isdigit():
            given = list(sitting.blocks([0.0] * (int(word) * 100), 50, at))
        elif word == "cushion":
            given = [Command("mark", at, "therapist", mark="cushion")]
        else:
            given = [Command(word, at, "therapist")]
        for one in given:
            state, events = session.step(state, one)
            told += events
    return state, told


def fresh() -> SessionState:
    return session.begin(sitting.context(DOSE))


@pytest.mark.parametrize("name", get_args(State))
def test_every_state_can_be_reached(name: State) -> None:
    assert drive(fresh(), WAY[name])[0].name == name


@pytest.mark.parametrize(("name", "trigger"), TRANSITIONS)
def test_every_way_of_the_table_is_gone(name: State, trigger: Trigger) -> None:
    state, _ = drive(fresh(), WITH_SET.get((name, trigger), WAY[name]))
    assert state.name == name
    _, events = drive(state, INSTEAD.get((name, trigger), PULL[trigger]))
    assert sitting.of(StateChanged, events)[0].state == TRANSITIONS[name, trigger]


ASKS: tuple[CommandKind, ...] = ("start", "pause", "resume", "tare")


@pytest.mark.parametrize("name", get_args(State))
@pytest.mark.parametrize("kind", ASKS)
def test_what_is_not_in_the_table_is_refused(name: State, kind: CommandKind) -> None:
    state, _ = drive(fresh(), WAY[name])
    after, events = drive(state, (kind,))
    if (name, kind) in TRANSITIONS:
        assert after.name == TRANSITIONS[name, kind]
        return
    assert after.name == name
    (refused,) = sitting.of(CommandRefused, events)
    expected = {
        "ended": "session_ended",
        "no_signal": "no_signal",
        "tare_needed": "tare_first",
        "taring": "tare_first",
    }
    assert refused.reason == expected.get(name, "not_now")
    assert sitting.of(TargetSet, events) == []


@pytest.mark.parametrize("name", [name for name in get_args(State) if name != "ended"])
@pytest.mark.parametrize("kind", ["stop", "pain", "clearance_revoked"])
def test_stop_ends_the_sitting_from_everywhere(name: State, kind: CommandKind) -> None:
    state, _ = drive(fresh(), WAY[name])
    state, events = drive(state, (kind,))
    assert state.name == "ended"
    assert sitting.of(TargetSet, events)[-1].breakpoints == ()
    assert isinstance(events[-1], SessionEnded)
    assert events[-1].ended_by == kind
    assert drive(state, ("start", "10", "pain"))[0].name == "ended"


@settings(max_examples=max(40, settings().max_examples // 2))
@given(st.integers(0, 2**32))
def test_effort_is_asked_in_one_state_only(seed: int) -> None:
    """Whatever comes: every change is in the table, and outside `running` the target is rest."""
    whole = sitting_of(seed)
    state, name = session.begin(whole.context), "ready"
    newest: TargetSet | None = None
    revision, at_s = 0, 0.0
    for one in cut_up(whole, Random(seed), 30):
        state, events = session.step(state, one)
        for event in events:
            if isinstance(event, StateChanged):
                ways = [to for (start, _), to in TRANSITIONS.items() if start == name]
                assert event.state in ways
                name = event.state
            if isinstance(event, TargetSet):
                assert event.revision == revision + 1
                newest, revision = event, event.revision
                assert not event.breakpoints or name == "running"
            if isinstance(event, StateChanged | TargetSet):
                assert event.at_s >= at_s
                at_s = event.at_s
        assert state.name == name
        if name != "running":
            assert newest is None or newest.breakpoints == ()


def face(state: SessionState) -> list[object]:
    """What a state says, tapes by what they hold."""
    out: list[object] = []
    for part in fields(state):
        value = getattr(state, part.name)
        if part.name != "feeds":
            out.append(repr(value))
            continue
        for feed in value.values():
            out.append(repr((feed.next_index, feed.notices)))
            for channel in feed.channels:
                tape = channel.tape
                out.append(repr((tape.first, tape.end, tape.cut(tape.first, tape.end))))
                out.append(repr((channel.scale, channel.filter_state, channel.watch)))
                out.append(repr((channel.held, channel.doubts)))
    return out


@settings(max_examples=max(20, settings().max_examples // 5))
@given(st.integers(0, 2**32))
def test_a_step_leaves_its_state_as_it_was(seed: int) -> None:
    """A kept state, stepped again however much later, gives the same again."""
    whole = sitting_of(seed)
    inputs = list(cut_up(whole, Random(seed), 60))
    state, kept = session.begin(whole.context), []
    for place, one in enumerate(inputs):
        before, old = face(state) if place % 37 == 0 else None, state
        state, events = session.step(state, one)
        if before is not None:
            kept.append((place, old, before, sitting.lines(events), face(state)))
    for place, old, before, told, result in kept:
        assert face(old) == before
        again, events = session.step(old, inputs[place])
        assert (sitting.lines(events), face(again)) == (told, result)
        # Another way on from the same state leaves the first one alone, too.
        session.step(old, Command("stop", 0, "patient"))
        session.step(old, Tick(9.9, 0))
        assert face(old) == before
