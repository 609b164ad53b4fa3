"""What the scenarios leave out: commands at odd moments, and doors that refuse."""

from __future__ import annotations

from dataclasses import replace

import pytest

from levator.errors import CallerError
from levator.signals.samples import Channel, Samples
from levator.training import session
from levator.training.dose import Dose, RoundsRule
from levator.training.events import (
    ContractionEnded,
    EffortAsked,
    EffortNoted,
    Event,
    FatigueEstablished,
    Marked,
    QualityFlagged,
    RepetitionScored,
    SetEnded,
    SetStarted,
    SignalReturned,
    StateChanged,
    Tared,
    TargetSet,
)
from levator.training.inputs import Command, Input
from levator.training.pattern import Pattern
from levator.training.state import SessionState, plan_under_way, set_under_way
from tests import sitting
from tests.training.followed import DOSE, PATTERN, START, at, refusals, sit


def test_a_session_needs_one_primary_channel_that_it_waits_for() -> None:
    made = sitting.context(DOSE)
    for wrong in (
        replace(made, uses=()),
        replace(made, uses=made.uses * 2),
        replace(made, required_streams=()),
    ):
        with pytest.raises(CallerError, match="exactly one primary channel"):
            session.begin(wrong)


def test_a_block_of_another_stream_or_shape_is_refused() -> None:
    state = session.begin(sitting.context(DOSE))
    with pytest.raises(CallerError, match="'belt' is not part of this session"):
        session.step(state, sitting.block([1.0], name="belt"))
    for values in (([1.0], [1.0]), ()):
        with pytest.raises(CallerError, match="one column per channel"):
            session.step(state, Samples("seat", 0, values))
    two = sitting.stream("seat", 100.0, (sitting.PERCENT, Channel("x", "other", "g")))
    state = session.begin(sitting.context(DOSE, (two,)))
    with pytest.raises(CallerError, match="one column per channel"):
        session.step(state, Samples("seat", 0, ([1.0], [1.0, 2.0])))


def test_nothing_to_train_is_not_started() -> None:
    assert refusals(sit([START], sitting.context(None))) == [("start", "not_now")]
    with_one = replace(START, dose=DOSE)
    assert sitting.of(SetStarted, sit([with_one], sitting.context(None)))[0].dose == DOSE


def test_without_a_valid_reference_only_open_mode_starts() -> None:
    made = replace(sitting.context(DOSE), reference_valid=False)
    assert refusals(sit([START], made)) == [("start", "reference_invalid")]
    events = sit([START], replace(made, dose=sitting.OPEN))
    assert sitting.of(SetStarted, events)[0].dose == sitting.OPEN
    assert all(target.breakpoints == () for target in sitting.of(TargetSet, events))


@pytest.mark.parametrize(("pause_s", "resume_s"), [(8.1, 8.5), (8.1, 11.0), (8.9, 12.0)])
def test_an_effort_finished_before_a_pause_is_judged_once(pause_s: float, resume_s: float) -> None:
    events = sit([START, at("pause", pause_s), at("resume", resume_s)])
    first = sitting.of(RepetitionScored, events)[0]
    assert (first.round, first.verdict) == (1, "good")
    assert first.at_s == min(9.0, resume_s)
    rounds = [one.round for one in sitting.of(RepetitionScored, events)]
    assert rounds == sorted(set(rounds))


def test_times_of_events_never_run_ahead_of_the_session() -> None:
    state = session.begin(sitting.context(DOSE))
    levels = sitting.trapezoid(Pattern(*PATTERN), 40.0, [4.0], 8.3, 100.0)
    inputs: list[Input] = [START, *sitting.blocks(levels, 30)]
    inputs += [at("pause", 8.2), at("resume", 8.25)]
    inputs.append(Command("stop", 830, "room", reason="end_of_recording"))
    for one in inputs:
        state, events = session.step(state, one)
        for event in events:
            assert event.at_s <= state.now_s


def test_a_pause_in_open_mode_goes_on_as_open() -> None:
    events = sit([START, at("pause", 5.0), at("resume", 6.0)], sitting.context(sitting.OPEN))
    assert [one.state for one in sitting.of(StateChanged, events)] == [
        "running", "paused", "running",
    ]  # fmt: skip
    assert sitting.of(SetEnded, events) == []


def test_a_set_that_is_done_during_a_pause_ends_at_its_resume() -> None:
    one = replace(
        sitting.context(DOSE), dose=sitting.dose(40.0, PATTERN, rounds=sitting.rounds_rule(1))
    )
    events = sit([START, at("pause", 8.5), at("resume", 12.0)], one)
    (ended,) = sitting.of(SetEnded, events)
    assert (ended.ended_by, ended.rounds, ended.at_s) == ("rounds", 1, 12.0)
    assert len(sitting.of(EffortAsked, events)) == 1


@pytest.mark.parametrize("effort", [None, -1, 11])
def test_an_effort_is_nought_to_ten(effort: int | None) -> None:
    assert refusals(sit([at("effort", 0.0, effort=effort)])) == [("effort", "not_now")]


def test_an_effort_may_be_told_at_any_time() -> None:
    events = sit([at("effort", 0.0, effort=0), at("effort", 1.0, effort=10)])
    assert [one.effort for one in sitting.of(EffortNoted, events)] == [0, 10]


def test_commands_without_what_they_bring_are_refused() -> None:
    commands = [
        at("mark", 0.0),
        at("dose", 0.0),
        at("limits", 0.0),
        at("dose", 0.0, dose=Dose("open")),
    ]
    expected = [(kind, "not_now") for kind in ("mark", "dose", "limits", "dose")]
    assert refusals(sit(commands)) == expected


def test_a_mark_in_open_mode_is_kept_and_ends_nothing() -> None:
    events = sit([START, at("mark", 1.0, mark="cushion")], sitting.context(sitting.OPEN))
    assert sitting.of(Marked, events)[0].mark == "cushion"
    assert sitting.of(SetEnded, events) == []


def newton_session(levels: list[float], commands: list[Command]) -> list[Event]:
    seat = sitting.stream("seat", 100.0, (sitting.NEWTON,))
    uses = (sitting.use_of(seat, 0, "primary", sitting.NEWTON_REFERENCE),)
    made = sitting.context(DOSE, (seat,), uses)
    given: list[Input] = [*commands, *sitting.blocks(sitting.newton_raw(levels), 25)]
    return sitting.run(made, given)[1]


def test_a_tare_moves_the_resting_tone_in_its_unit() -> None:
    """20 %MVC is 8 N on this seat; after two tares the rest is where she sits now."""
    following = sitting.trapezoid(Pattern(*PATTERN), 40.0, [24.0, 30.0, 36.0], 44.0, 100.0)
    levels = [20.0 if i < 1000 else 25.0 + following[i] for i in range(4400)]
    commands = [at("tare", 1.0), at("tare", 11.0), at("start", 20.0)]
    events = newton_session(levels, commands)
    assert [round(one.rest, 6) for one in sitting.of(Tared, events)] == [11.0, 13.0]
    verdicts = [one.verdict for one in sitting.of(RepetitionScored, events)]
    assert verdicts == ["good", "good", "good"]
    coughs = [one.quality for one in sitting.of(QualityFlagged, events)]
    assert coughs == []


def test_a_tare_without_a_reference_is_told_in_levels() -> None:
    seat = sitting.stream("seat", 100.0, (Channel("seat", "force", "N"),))
    made = sitting.context(sitting.OPEN, (seat,), (sitting.use_of(seat),))
    state, events = sitting.run(made, [at("tare", 0.0), sitting.block([7.0] * 600)])
    assert [one.rest for one in sitting.of(Tared, events)] == [pytest.approx(7.0)]
    assert state.name == "ready"


def test_without_a_reference_the_kind_cannot_be_told() -> None:
    seat = sitting.stream("seat", 100.0, (Channel("seat", "force", "N"),))
    made = sitting.context(sitting.OPEN, (seat,), (sitting.use_of(seat),))
    levels = [0.0] * 100 + [30.0] * 200 + [0.0] * 300
    _, events = sitting.run(made, [sitting.block(levels)])
    (ended,) = sitting.of(ContractionEnded, events)
    assert (ended.kind, ended.reasons[0]) == ("cannot_tell", "polarity: not known")
    state = session.begin(made)
    _, events_now = session.step(state, Command("start", 0, "room", dose=DOSE))
    assert refusals(list(events_now)) == [("start", "reference_invalid")]


def test_a_contraction_right_behind_another_leaves_the_first_without_its_rest() -> None:
    levels = [0.0] * 100 + [40.0] * 100 + [0.0] * 35 + [40.0] * 100 + [0.0] * 300
    _, events = sitting.run(sitting.context(sitting.OPEN), [sitting.block(levels)])
    first, second = sitting.of(ContractionEnded, events)
    assert (first.released, first.level_after_percent_mvc) == (None, None)
    assert (second.released, second.level_after_percent_mvc) == (True, 0.0)


def test_a_tone_that_stays_is_told_as_not_let_go() -> None:
    levels = [0.0] * 100 + [80.0] * 100 + [15.0] * 400
    _, events = sitting.run(sitting.context(sitting.OPEN), [sitting.block(levels)])
    (ended,) = sitting.of(ContractionEnded, events)
    assert (ended.released, ended.level_after_percent_mvc) == (False, 15.0)


def test_the_driver_loses_the_sensor_only_once() -> None:
    commands = [START, at("signal_lost", 6.0), at("signal_lost", 6.0)]
    events = sit(commands)
    assert len([e for e in sitting.of(StateChanged, events) if e.state == "no_signal"]) == 1
    assert sitting.of(SignalReturned, events)[0].silent_s == 0.0


def test_asking_for_a_set_where_there_is_none_is_a_bug() -> None:
    state = session.begin(sitting.context(DOSE))
    for asks in (set_under_way, plan_under_way, SessionState.change_set):
        with pytest.raises(AssertionError, match="no set is under way"):
            asks(state)
    state, _ = session.step(state, replace(START, dose=sitting.OPEN))
    with pytest.raises(AssertionError, match="no round is under way"):
        plan_under_way(state)


def test_tired_before_and_between() -> None:
    past = replace(
        sitting.context(DOSE), dose=replace(DOSE, rounds=RoundsRule("past_fatigue", 9, 90.0))
    )
    assert refusals(sit([at("tired", 0.0)], past)) == [("tired", "not_now")]
    before = sit([START, at("tired", 1.0)], past)
    assert sitting.of(FatigueEstablished, before)[0].round == 1
    twice = sit([START, at("tired", 6.0), at("tired", 7.0)], past)
    assert len(sitting.of(FatigueEstablished, twice)) == 1
    assert sitting.of(SetEnded, twice)[0].rounds == 2


def test_tired_ends_a_set_that_stops_before_fatigue() -> None:
    before = replace(DOSE, rounds=RoundsRule("before_fatigue", 9, 90.0))
    events = sit([START, at("tired", 6.0)], sitting.context(before))
    (ended,) = sitting.of(SetEnded, events)
    assert (ended.ended_by, ended.rounds, ended.established_round) == ("before_fatigue", 1, 1)


def test_a_recording_that_ends_with_the_effort_is_still_judged() -> None:
    levels = sitting.trapezoid(Pattern(*PATTERN), 40.0, [4.0], 8.0, 100.0)
    over = Command("stop", 800, "room", reason="end_of_recording")
    _, events = sitting.run(sitting.context(DOSE), [START, *sitting.blocks(levels, 10), over])
    (scored,) = sitting.of(RepetitionScored, events)
    assert (scored.verdict, scored.at_s) == ("good", 8.0)
    cut = Command("stop", 790, "room", reason="end_of_recording")
    _, events = sitting.run(sitting.context(DOSE), [START, *sitting.blocks(levels[:790], 10), cut])
    assert sitting.of(RepetitionScored, events) == []


@pytest.mark.parametrize("first_rise_s", [4.0, 4.1, 4.3, 4.7, 5.1])
def test_a_recording_that_ends_with_the_effort_to_the_sample_is_judged(first_rise_s: float) -> None:
    """A sum of times may be a hair off the time of its sample."""
    pattern = (0.7, 1.1, 0.6, 2.0)
    end = round((first_rise_s + 2.4) * 100)
    levels = sitting.trapezoid(Pattern(*pattern), 40.0, [first_rise_s], end / 100, 100.0)
    begun = replace(START, first_rise_s=first_rise_s)
    over = Command("stop", end, "room", reason="end_of_recording")
    made = sitting.context(sitting.dose(40.0, pattern))
    _, events = sitting.run(made, [begun, *sitting.blocks(levels, 10), over])
    assert [one.verdict for one in sitting.of(RepetitionScored, events)] == ["good"]
