"""A second stream that is late, or says nothing."""

from __future__ import annotations

from dataclasses import replace

from levator.signals.samples import Channel
from levator.training import session
from levator.training.events import (
    EffortNoted,
    Event,
    RepetitionScored,
    SessionEnded,
)
from levator.training.inputs import Input, Tick
from levator.training.pattern import Pattern
from tests import sitting
from tests.training.followed import DOSE, PATTERN, START, at


def with_belt(values: list[float], until: int) -> list[Event]:
    """A breathing belt that nobody waits for, at 10 Hz, up to an index."""
    seat, belt = sitting.stream(), sitting.stream("belt", 10.0, (BELT,))
    uses = (sitting.use_of(seat), sitting.use_of(belt, 0, "respiration"))
    given: list[Input] = [START, sitting.block(values[:until], 0, "belt")]
    levels = sitting.trapezoid(Pattern(*PATTERN), 40.0, [4.0, 10.0], 14.0, 100.0)
    made = sitting.context(sitting.dose(40.0, PATTERN, rounds=sitting.rounds_rule(1)))
    made = replace(made, streams=(seat, belt), uses=uses)
    return sitting.run(made, [*given, *sitting.blocks(levels, 10)])[1]


BELT = Channel("belt", "respiration", "a.u.")


def test_a_belt_that_lies_on_the_table_says_nothing_of_breath() -> None:
    (scored,) = sitting.of(RepetitionScored, with_belt([0.0] * 140, 140))
    assert "breath_held: not known" in scored.reasons
    (scored,) = sitting.of(RepetitionScored, with_belt([float(i % 9) for i in range(140)], 140))
    assert scored.reasons == ("good", "co_contraction: not known")


def test_only_what_takes_effort_back_cuts_the_wait_for_a_late_stream() -> None:
    """A rating waits with the verdict; a stop does not, and happens at its own index."""
    seat, belt = sitting.stream(), sitting.stream("belt", 10.0, (BELT,))
    uses = (sitting.use_of(seat), sitting.use_of(belt, 0, "respiration"))
    made = replace(sitting.context(DOSE), streams=(seat, belt), uses=uses)
    levels = sitting.trapezoid(Pattern(*PATTERN), 40.0, [4.0], 9.4, 100.0)
    state, _ = sitting.run(made, [START, *sitting.blocks(levels, 10)])
    assert state.now_s == 9.0
    state, events = session.step(state, at("effort", 9.1, effort=3))
    state, later = session.step(state, at("stop", 9.5))
    assert (events, later) == ((), ())
    state, events = session.step(state, sitting.block([0.0] * 10, 940))
    told = list(events)
    assert sitting.of(RepetitionScored, told)[0].at_s == 9.0
    assert sitting.of(EffortNoted, told)[0].at_s == 9.1
    assert sitting.of(SessionEnded, told)[0].at_s == 9.5


def test_ticks_cut_the_wait_for_a_late_stream_only_once_the_trained_one_is_silent() -> None:
    seat, belt = sitting.stream(), sitting.stream("belt", 10.0, (BELT,))
    uses = (sitting.use_of(seat), sitting.use_of(belt, 0, "respiration"))
    made = replace(sitting.context(DOSE), streams=(seat, belt), uses=uses)
    levels = sitting.trapezoid(Pattern(*PATTERN), 40.0, [4.0], 9.4, 100.0)
    state, _ = sitting.run(made, [START, *sitting.blocks(levels, 10)])
    state, events = session.step(state, Tick(9.4, 940))
    assert sitting.of(RepetitionScored, events) == []
    state, events = session.step(state, Tick(9.8, 940))
    assert sitting.of(RepetitionScored, events) == []
    state, events = session.step(state, Tick(9.9, 940))
    (scored,) = sitting.of(RepetitionScored, events)
    assert "breath_held: not known" in scored.reasons
    assert state.name == "no_signal"


def test_a_stop_does_not_wait_for_a_late_stream() -> None:
    seat, belt = sitting.stream(), sitting.stream("belt", 10.0, (BELT,))
    uses = (sitting.use_of(seat), sitting.use_of(belt, 0, "respiration"))
    made = replace(sitting.context(DOSE), streams=(seat, belt), uses=uses)
    levels = sitting.trapezoid(Pattern(*PATTERN), 40.0, [4.0], 9.4, 100.0)
    state, _ = sitting.run(made, [START, *sitting.blocks(levels, 10)])
    state, _ = session.step(state, at("effort", 9.1, effort=3))
    state, events = session.step(state, at("stop", 9.3))
    assert [type(one) for one in events if isinstance(one, RepetitionScored | EffortNoted)] == [
        RepetitionScored,
        EffortNoted,
    ]
    assert sitting.of(SessionEnded, events)[0].at_s == 9.3
    # A block that has been seen already changes nothing.
    assert session.step(state, sitting.block([9.0] * 10, 0))[1] == ()
