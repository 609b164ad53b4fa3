"""What the scenarios leave out: commands at odd moments, and doors that refuse."""

from __future__ import annotations

from dataclasses import replace

import pytest

from levator.errors import CallerError
from levator.signals.reference import Reference
from levator.signals.samples import Channel, Samples
from levator.training import session
from levator.training.context import SessionContext
from levator.training.dose import Dose, RoundsRule
from levator.training.events import (
    CommandRefused,
    ContractionEnded,
    DoseAccepted,
    EffortAsked,
    EffortNoted,
    Event,
    FatigueEstablished,
    FatigueWarned,
    Marked,
    QualityFlagged,
    RepetitionScored,
    RestScored,
    SessionEnded,
    SetEnded,
    SetStarted,
    SignalReturned,
    StateChanged,
    Tared,
    TargetSet,
)
from levator.training.inputs import Command, Input, Tick
from levator.training.pattern import Pattern
from levator.training.state import SessionState, plan_under_way, set_under_way
from levator.training.summary import summarise
from tests import sitting

PATTERN = (1.0, 2.0, 1.0, 2.0)
DOSE = sitting.dose(40.0, PATTERN)


def sit(
    commands: list[Command], made: SessionContext | None = None, lasts_s: float = 30.0
) -> list[Event]:
    """Follow a dose of DOSE's pattern whose first rise is at 4 s."""
    starts = [4.0 + 6.0 * n for n in range(5)]
    levels = sitting.trapezoid(Pattern(*PATTERN), 40.0, starts, lasts_s, 100.0)
    given: list[Input] = [*commands, *sitting.blocks(levels, 20)]
    return sitting.run(made or sitting.context(DOSE), given)[1]


def at(kind: str, at_s: float, **more: object) -> Command:
    return Command(kind, round(at_s * 100), "therapist", **more)  # type: ignore[arg-type]


START = at("start", 0.0)


def refusals(events: list[Event]) -> list[tuple[str, str]]:
    return [(one.command, one.reason) for one in sitting.of(CommandRefused, events)]


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


def test_a_dose_given_between_sets_is_the_next_one() -> None:
    lighter = sitting.dose(30.0, PATTERN)
    events = sit([at("dose", 0.0, dose=lighter), at("start", 0.1)])
    assert sitting.of(DoseAccepted, events)[0].from_round == 1
    assert sitting.of(SetStarted, events)[0].dose == lighter


def test_no_preview_of_a_round_that_is_known_not_to_come() -> None:
    rule = RoundsRule("before_fatigue", 15, 240.0, last_known_fatigue_round=3)
    events = sit([START], replace(sitting.context(DOSE), dose=replace(DOSE, rounds=rule)))
    asked = [one for one in sitting.of(TargetSet, events) if one.breakpoints]
    assert [len(one.breakpoints) for one in asked] == [9, 5]
    assert sitting.of(SetEnded, events)[0].ended_by == "before_fatigue"


def test_a_changed_dose_holds_for_the_next_set() -> None:
    lighter = sitting.dose(30.0, PATTERN)
    events = sit([START, at("dose", 1.0, dose=lighter), at("start", 35.0)], lasts_s=50.0)
    assert [one.dose.force_percent_mvc for one in sitting.of(SetStarted, events)] == [40.0, 30.0]


def test_a_dose_in_the_last_round_is_for_the_next_set() -> None:
    lighter = sitting.dose(30.0, PATTERN)
    last_s = sitting.of(RepetitionScored, sit([START]))[-1].start_s
    commands = [START, at("dose", last_s + 1.0, dose=lighter), at("start", 40.0)]
    events = sit(commands, lasts_s=60.0)
    assert sitting.of(DoseAccepted, events)[0].from_round == 1
    assert [one.dose.force_percent_mvc for one in sitting.of(SetStarted, events)] == [40.0, 30.0]


def test_a_dose_after_the_verdict_waits_a_round() -> None:
    """The next round has been announced by then."""
    lighter = sitting.dose(30.0, PATTERN)
    events = sit([START, at("dose", 9.5, dose=lighter)])
    assert sitting.of(DoseAccepted, events)[0].from_round == 3
    forces = [one.force_percent_mvc for one in sitting.of(RepetitionScored, events)]
    assert forces == [40.0, 40.0, 30.0]


@pytest.mark.parametrize("pause_s", [8.5, 9.5])
def test_a_dose_in_a_pause_holds_from_the_next_round(pause_s: float) -> None:
    lighter = sitting.dose(30.0, PATTERN)
    commands = [START, at("pause", pause_s), at("dose", 11.0, dose=lighter), at("resume", 12.0)]
    events = sit(commands, lasts_s=40.0)
    assert sitting.of(DoseAccepted, events)[0].from_round == 2
    forces = [one.force_percent_mvc for one in sitting.of(RepetitionScored, events)]
    assert forces == [40.0, 30.0, 30.0]


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


def test_totals_are_over_all_sets() -> None:
    two = sitting.dose(40.0, PATTERN, rounds=sitting.rounds_rule(2))
    events = sit(
        [START, at("start", 17.0, first_rise_s=16.0), at("stop", 29.9)], sitting.context(two)
    )
    (ended,) = sitting.of(SessionEnded, events)
    assert (ended.sets, ended.rounds, ended.effort_s) == (2, 4, 16.0)
    assert ended.ended_by == "stop"


def test_the_summary_is_made_from_the_events() -> None:
    past = replace(DOSE, rounds=RoundsRule("past_fatigue", 9, 90.0))
    made = replace(sitting.context(past), stage="step-3")
    events = sit([START, at("tired", 6.0), at("mark", 9.5, mark="moved")], made)
    summary = summarise(made, events)
    assert summary["fatigue"] == {
        "warned_round": 1,
        "established_round": 1,
        "signs": ["tired"],
        "ended_by": "past_fatigue",
    }
    assert (summary["rounds"], summary["stage"]) == (2, "step-3")
    repetitions = summary["repetitions"]
    assert isinstance(repetitions, list)
    first = repetitions[0]
    assert isinstance(first, dict)
    assert list(first) == [
        "verdict", "reasons", "valid", "start_s", "verdict_at_s", "onset_s", "time_in_band_percent",
        "rmse_percent_mvc", "rmse_lag_removed_percent_mvc", "lag_s", "hold_mean_percent_mvc",
        "hold_cv_percent", "rise_rate_percent_mvc_per_s", "release_rate_percent_mvc_per_s",
        "rest_percent_mvc",
    ]  # fmt: skip
    assert first["verdict"] == "good"
    assert first["reasons"] == [
        "good", "breath_held: not known", "co_contraction: not known", "moved",
    ]  # fmt: skip


def test_the_summary_of_an_unfinished_set_says_what_stands() -> None:
    past = replace(DOSE, rounds=RoundsRule("past_fatigue", 9, 90.0))
    made = sitting.context(past)
    events = sit([START, at("tired", 6.0)], made, lasts_s=9.5)
    summary = summarise(made, events)
    assert summary["fatigue"] == {
        "warned_round": 1, "established_round": 1, "signs": ["tired"], "ended_by": None,
    }  # fmt: skip
    silent = summarise(replace(made, uses=()), [])
    assert (silent["reference_kind"], silent["rounds"]) == (None, 0)


def test_the_reference_is_named_in_the_summary() -> None:
    own = Reference("comfortable_max", 0.0, 100.0, "%MVC")
    seat = sitting.stream()
    made = sitting.context(DOSE, (seat,), (sitting.use_of(seat, 0, "primary", own),))
    assert summarise(made, [])["reference_kind"] == "comfortable_max"


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


def test_a_recording_that_ends_with_the_effort_is_still_judged() -> None:
    levels = sitting.trapezoid(Pattern(*PATTERN), 40.0, [4.0], 8.0, 100.0)
    over = Command("stop", 800, "room", reason="end_of_recording")
    _, events = sitting.run(sitting.context(DOSE), [START, *sitting.blocks(levels, 10), over])
    (scored,) = sitting.of(RepetitionScored, events)
    assert (scored.verdict, scored.at_s) == ("good", 8.0)
    cut = Command("stop", 790, "room", reason="end_of_recording")
    _, events = sitting.run(sitting.context(DOSE), [START, *sitting.blocks(levels[:790], 10), cut])
    assert sitting.of(RepetitionScored, events) == []


def test_a_warning_stands_in_the_summary_before_the_set_has_ended() -> None:
    made = sitting.context(DOSE)
    warned = summarise(made, [FatigueWarned(30.0, 4, ("unsteady", "slower_rise"))])
    assert warned["fatigue"] == {
        "warned_round": 4, "established_round": None, "signs": ["unsteady", "slower_rise"],
        "ended_by": None,
    }  # fmt: skip
    rest = RestScored(15.0, 1, 1, 0.0, True, (), 4.0)
    assert summarise(made, [rest])["repetitions"] == []


def test_asking_for_a_set_where_there_is_none_is_a_bug() -> None:
    state = session.begin(sitting.context(DOSE))
    for asks in (set_under_way, plan_under_way, SessionState.change_set):
        with pytest.raises(AssertionError, match="no set is under way"):
            asks(state)
    state, _ = session.step(state, replace(START, dose=sitting.OPEN))
    with pytest.raises(AssertionError, match="no round is under way"):
        plan_under_way(state)


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
