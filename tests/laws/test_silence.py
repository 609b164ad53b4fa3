"""Law 5, silence: no samples for 500 ms, and the session pauses and asks for nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levator.signals.samples import Channel
from levator.training import session
from levator.training.context import ChannelUse, SessionContext
from levator.training.events import (
    CommandRefused,
    Event,
    RepetitionScored,
    SignalLost,
    SignalReturned,
    TargetSet,
)
from levator.training.inputs import Command, Input, Tick
from levator.training.pattern import Pattern
from tests import sitting

PATTERN = Pattern(1.0, 2.0, 1.0, 2.0)
SILENCE_S = sitting.settings().quality.silence_s


def made() -> SessionContext:
    return sitting.context(sitting.dose(40.0, (1.0, 2.0, 1.0, 2.0)))


def live(silent_from: int, silent_s: float, resumes: bool) -> list[Input]:
    """Blocks of 10 samples every 0.1 s with a tick behind each; then ticks alone."""
    levels = sitting.trapezoid(PATTERN, 40.0, [4.0, 10.0, 16.0], 24.0, 100.0)
    given: list[Input] = [Command("start", 0, "room", first_rise_s=4.0)]
    clock_s, at = 0.0, 0
    while at < len(levels):
        if at == silent_from:
            for tick in range(1, round(silent_s / 0.1) + 1):
                given.append(Tick(clock_s + 0.1 * tick, at))
            clock_s += silent_s
            if not resumes:
                return given
        given.append(sitting.block(levels[at : at + 10], at))
        at, clock_s = at + 10, clock_s + 0.1
        given.append(Tick(clock_s, at))
    return given


def asks_effort(events: list[Event]) -> bool:
    targets = sitting.of(TargetSet, events)
    return bool(targets) and bool(targets[-1].breakpoints)


@given(st.integers(1, 230).map(lambda tenth: tenth * 10), st.sampled_from((0.6, 1.0, 5.0)))
def test_silence_pauses_and_takes_the_target_back(silent_from: int, silent_s: float) -> None:
    state, events = sitting.run(made(), live(silent_from, silent_s, resumes=False))
    assert state.name == "no_signal"
    (lost,) = sitting.of(SignalLost, events)
    assert (lost.cause, lost.at_s) == ("silence", silent_from / 100.0)
    assert not asks_effort(events)


@pytest.mark.parametrize("silent_s", [0.1, 0.3, SILENCE_S - 0.1])
def test_a_shorter_silence_is_a_late_block(silent_s: float) -> None:
    _, events = sitting.run(made(), live(600, silent_s, resumes=True))
    assert sitting.of(SignalLost, events) == []
    assert [r.verdict for r in sitting.of(RepetitionScored, events)] == ["good"] * 3


@pytest.mark.parametrize("silent_s", [0.6, 1.0, 1.9, 2.3, 30.0])
def test_samples_that_come_back_wait_for_a_person(silent_s: float) -> None:
    """No burst of cues to catch up: the set is paused until somebody resumes it."""
    state, events = sitting.run(made(), live(600, silent_s, resumes=True))
    tare_needed = silent_s > sitting.settings().quality.tare_after_s
    assert state.name == ("tare_needed" if tare_needed else "paused")
    (back,) = sitting.of(SignalReturned, events)
    assert back.tare_needed is tare_needed
    assert back.silent_s == pytest.approx(silent_s, abs=0.11)
    assert not asks_effort(events)


def test_an_effort_cut_by_silence_counts_and_is_no_signal() -> None:
    _, events = sitting.run(made(), live(600, 1.0, resumes=False))
    (repetition,) = sitting.of(RepetitionScored, events)
    assert (repetition.verdict, repetition.valid) == ("no_signal", False)
    assert "interrupted" in repetition.reasons


def test_nothing_is_asked_before_the_resting_tone_is_taken() -> None:
    given = live(600, 3.0, resumes=True)
    end = 2400
    given += [Command(kind, end, "therapist") for kind in ("resume", "start", "pause")]
    _, events = sitting.run(made(), given)
    refused = sitting.of(CommandRefused, events)
    assert [(r.command, r.reason) for r in refused] == [
        ("resume", "tare_first"),
        ("start", "tare_first"),
        ("pause", "tare_first"),
    ]


def test_silence_counts_while_nothing_is_asked_too() -> None:
    state, _ = sitting.run(
        made(), [sitting.block([0.0] * 10), Tick(0.1, 10), Tick(0.4, 10), Tick(0.7, 10)]
    )
    assert state.name == "no_signal"
    state, _ = session.step(state, sitting.block([0.0] * 10, 10))
    assert state.name == "ready"


def with_breath(required: bool) -> SessionContext:
    seat = sitting.stream()
    belt = sitting.stream("belt", 25.0, (Channel("belt", "respiration", "a.u."),))
    uses: tuple[ChannelUse, ...] = (sitting.use_of(seat), sitting.use_of(belt, 0, "respiration"))
    names = ("seat", "belt") if required else ("seat",)
    return replace(made(), streams=(seat, belt), uses=uses, required_streams=names)


def test_one_required_stream_that_falls_silent_is_silence() -> None:
    """The seat goes on, the belt does not: the session stands still and says so."""
    state = session.begin(with_breath(required=True))
    told: list[Event] = []
    for tenth in range(20):
        given: list[Input] = [sitting.block([0.0] * 10, tenth * 10)]
        if tenth in (1, 3, 5, 7):
            given.append(sitting.block([0.0] * 5, (tenth // 2) * 5, "belt"))
        for one in given:
            state, events = session.step(state, one)
            told += events
        state, events = session.step(state, Tick(tenth * 0.1, state.reached))
        told += events
    assert state.name == "no_signal"
    (lost,) = sitting.of(SignalLost, told)
    assert (lost.cause, lost.at_s) == ("silence", 0.8)


@pytest.mark.parametrize("ticks_s", [0.1, 0.04])
def test_a_stream_nobody_waits_for_makes_no_silence(ticks_s: float) -> None:
    """A belt that never came holds a verdict for half a second; that is not silence."""
    levels = sitting.trapezoid(PATTERN, 40.0, [4.0, 10.0, 16.0], 24.0, 100.0)
    state = session.begin(with_breath(required=False))
    state, _ = session.step(state, Command("start", 0, "room", first_rise_s=4.0))
    told: list[Event] = []
    size = round(ticks_s * 100)
    for block in sitting.blocks(levels, size):
        state, events = session.step(state, block)
        told += events
        at = state.reached
        state, events = session.step(state, Tick(at / 100.0, at))
        told += events
    assert sitting.of(SignalLost, told) == []
    scored = sitting.of(RepetitionScored, told)
    assert [r.verdict for r in scored] == ["good"] * 3
    assert all("breath_held: not known" in r.reasons for r in scored)


def test_silence_is_noticed_while_a_verdict_waits_for_a_late_stream() -> None:
    levels = sitting.trapezoid(PATTERN, 40.0, [4.0], 9.2, 100.0)
    state = session.begin(with_breath(required=False))
    state, _ = session.step(state, Command("start", 0, "room", first_rise_s=4.0))
    for block in sitting.blocks(levels, 10):
        state, _ = session.step(state, block)
        state, _ = session.step(state, Tick(state.reached / 100.0, state.reached))
    told: list[Event] = []
    for tenth in range(1, 8):
        state, events = session.step(state, Tick(9.2 + 0.1 * tenth, state.reached))
        told += events
    assert state.name == "no_signal"
    assert sitting.of(SignalLost, told)[0].at_s == 9.2
    assert [r.verdict for r in sitting.of(RepetitionScored, told)] == ["good"]
