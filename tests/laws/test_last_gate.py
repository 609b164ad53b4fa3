"""Law 6, last gate: no target passes the limits in force, whatever the input."""

from __future__ import annotations

from dataclasses import replace
from math import fsum, inf, nextafter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levator.training import session, target
from levator.training.context import SessionContext
from levator.training.dose import Dose, RoundsRule
from levator.training.events import (
    CommandRefused,
    DoseAccepted,
    Event,
    LimitsChanged,
    RepetitionScored,
    SetEnded,
    SetStarted,
    StateChanged,
    TargetSet,
)
from levator.training.inputs import Command, Input
from levator.training.limits import Limits, breaches, is_lower, strictest
from levator.training.pattern import Pattern
from tests import sitting

LIMITS = Limits(50.0, 6.0, 15.0, 15, 240.0, "a test")


def is_within(made: TargetSet, limits: Limits) -> bool:
    """Look at the curve alone, as a page would draw it."""
    points = made.breakpoints
    if not points:
        return True
    highest = max(level for _, level in points)
    rounds = [points[at : at + 5] for at in range(0, len(points) - 4, 4)]
    holds = [r[2][0] - r[1][0] for r in rounds]
    cycles = [r[4][0] - r[0][0] for r in rounds]
    return (
        highest <= limits.force_percent_mvc
        and max(holds) <= limits.hold_s + 1e-9
        and max(cycles) <= limits.cycle_s + 1e-9
    )


def a_dose(random: Random) -> Dose:
    """Often near a limit, often over one, now and then absurd."""
    pattern = (
        random.choice((0.0, 1.0, 3.0)),
        random.choice((1.0, 5.9, 6.0, 6.1, 90.0)),
        random.choice((0.5, 1.0)),
        random.choice((0.5, 4.0, 6.0, 200.0)),
    )
    mode = random.choice(("basic_strength", "endurance", "advanced", "open"))
    if mode == "open":
        return sitting.OPEN
    rule = random.choice(
        (
            RoundsRule("number", 16, 60.0, count=3),
            RoundsRule("number", 15, 240.0, count=20),
            RoundsRule("past_fatigue", 8, 20.0),
            RoundsRule("before_fatigue", 100, 9000.0),
        )
    )
    tangent = random.choice((0.0, 20.0, 80.0)) if mode == "advanced" else None
    force = random.choice((20.0, 49.9, 50.0, nextafter(50.0, 60.0), 51.0, 400.0))
    return sitting.dose(force, pattern, mode, rule, tangent)


def some_limits(random: Random) -> Limits:
    return replace(
        LIMITS,
        force_percent_mvc=random.choice((0.0, 19.0, 30.0, 50.0, 100.0)),
        hold_s=random.choice((2.0, 6.0, 8.0)),
        cycle_s=random.choice((7.0, 10.0, 15.0)),
        max_rounds=random.choice((1, 2, 15, 100)),
        max_effort_s=random.choice((1.0, 12.0, 240.0)),
    )


def programme(random: Random) -> list[Input]:
    """Sixty seconds in which everybody asks for anything, and she never lets go quite."""
    floor = random.choice((0.0, 12.0))
    out: list[Input] = []
    for second in range(60):
        level = random.choice((floor, 30.0, 45.0))
        at = second * 50
        for _ in range(random.choice((0, 0, 1, 2))):
            kind = random.choice(("start", "start", "dose", "limits", "pause", "resume", "tired"))
            out.append(
                Command(
                    kind,
                    at,
                    "therapist",
                    dose=a_dose(random) if kind in ("start", "dose") else None,
                    limits=some_limits(random),
                    first_rise_s=random.choice((None, second + 0.1)),
                )
            )
        out.append(sitting.block([level] * 50, at))
    return out


@settings(max_examples=settings().max_examples * 2)
@given(st.integers(0, 2**32))
def test_no_programme_gets_a_target_over_the_limits(seed: int) -> None:
    random = Random(seed)
    made = replace(
        sitting.context(a_dose(random), (sitting.stream(rate_hz=50.0),)),
        limits=LIMITS,
        adaptive_rest=random.random() < 0.5,
    )
    state, limits = session.begin(made), made.limits
    newest: TargetSet | None = None
    for one in programme(random):
        state, events = session.step(state, one)
        for event in events:
            if isinstance(event, LimitsChanged):
                limits = event.limits
            if isinstance(event, TargetSet):
                assert is_within(event, limits)
                newest = event
            if isinstance(event, SetEnded) and limits is made.limits:
                assert event.rounds <= limits.max_rounds
                assert event.effort_s <= limits.max_effort_s
        # Lowered limits take back at once what is drawn now.
        assert newest is None or is_within(newest, limits)
        assert state.limits == limits


def ask(dose: Dose, limits: Limits = LIMITS, **changes: object) -> list[Event]:
    made = replace(sitting.context(dose), limits=limits, **changes)
    return sitting.run(made, [Command("start", 0, "patient")])[1]


def near(limit: float) -> list[tuple[float, bool]]:
    return [(nextafter(limit, 0.0), True), (limit, True), (nextafter(limit, inf), False)]


@pytest.mark.parametrize(("force", "allowed"), near(50.0))
def test_the_force_limit_is_exact(force: float, allowed: bool) -> None:
    _expect(ask(sitting.dose(force, (1.0, 2.0, 1.0, 4.0))), allowed, "force")


@pytest.mark.parametrize(("hold_s", "allowed"), near(6.0))
def test_the_hold_limit_is_exact(hold_s: float, allowed: bool) -> None:
    _expect(ask(sitting.dose(40.0, (1.0, hold_s, 1.0, 4.0))), allowed, "hold")


@pytest.mark.parametrize(("rest_s", "allowed"), near(8.0))
def test_the_cycle_limit_is_exact(rest_s: float, allowed: bool) -> None:
    pattern = (2.0, 4.0, 1.0, rest_s)
    assert (fsum(pattern) <= 15.0) is allowed
    _expect(ask(sitting.dose(40.0, pattern)), allowed, "cycle")


@pytest.mark.parametrize(("rounds", "allowed"), [(14, True), (15, True), (16, False)])
def test_the_rounds_limit_is_exact(rounds: int, allowed: bool) -> None:
    rule = RoundsRule("past_fatigue", rounds, 240.0)
    _expect(ask(sitting.dose(40.0, (1.0, 2.0, 1.0, 4.0), rounds=rule)), allowed, "rounds")


@pytest.mark.parametrize(("effort_s", "allowed"), near(240.0))
def test_the_effort_limit_is_exact(effort_s: float, allowed: bool) -> None:
    rule = RoundsRule("past_fatigue", 8, effort_s)
    _expect(ask(sitting.dose(40.0, (1.0, 2.0, 1.0, 4.0), rounds=rule)), allowed, "effort")


def _expect(events: list[Event], allowed: bool, limit: str) -> None:
    targets = [event for event in sitting.of(TargetSet, events) if event.breakpoints]
    refused = sitting.of(CommandRefused, events)
    assert bool(targets) is allowed
    if not allowed:
        assert [breach.limit for r in refused for breach in r.breaches] == [limit]
        assert sitting.of(StateChanged, events) == []


def test_a_tangent_lengthens_the_hold_and_counts() -> None:
    rule = sitting.rounds_rule(3)
    asked = Dose("advanced", 40.0, Pattern(4.0, 3.0, 1.0, 4.0), 80.0, rule)
    assert [b.limit for b in breaches(asked, LIMITS)] == ["hold"]


@pytest.mark.parametrize(("extra_s", "limit"), [(0.0, None), (0.5, "cycle")])
def test_the_gate_sees_the_lengthened_rest(extra_s: float, limit: str | None) -> None:
    """Whatever was checked before: the curve itself is measured."""
    dose = sitting.dose(40.0, (3.0, 4.0, 2.0, 6.0))
    plan = target.plan_of(dose, 1, 0.0, extra_s)
    made = target.announce((plan,), LIMITS, 10.0, 0.0, 1, 1)
    if limit is None:
        assert isinstance(made, TargetSet)
    else:
        assert isinstance(made, tuple)
        assert [breach.limit for breach in made] == [limit]


@pytest.mark.parametrize(
    ("changed", "limit"),
    [
        ({"force_percent_mvc": 51.0}, "force"),
        ({"pattern": Pattern(1.0, 6.5, 1.0, 2.0)}, "hold"),
    ],
)
def test_the_gate_sees_a_curve_that_left_its_dose(changed: dict[str, object], limit: str) -> None:
    plan = target.plan_of(sitting.dose(40.0, (3.0, 4.0, 2.0, 6.0)), 1, 0.0, 0.0)
    made = target.announce((replace(plan, **changed),), LIMITS, 10.0, 0.0, 1, 1)
    assert isinstance(made, tuple)
    assert [breach.limit for breach in made] == [limit]


def run_with(commands: list[Command], dose: Dose, **changes: object) -> list[Event]:
    """A set that she follows, with commands at their indices."""
    pattern = dose.asked_pattern
    assert pattern is not None
    starts = [4.0 + n * pattern.cycle_s for n in range(6)]
    levels = sitting.trapezoid(pattern, 40.0, starts, 60.0, 50.0)
    made: SessionContext = replace(
        sitting.context(dose, (sitting.stream(rate_hz=50.0),)), limits=LIMITS, **changes
    )
    start: list[Input] = [Command("start", 0, "patient"), *commands]
    return sitting.run(made, start + list(sitting.blocks(levels, 25)))[1]


DOSE = sitting.dose(40.0, (1.0, 2.0, 1.0, 4.0))


@pytest.mark.parametrize("at_s", [4.5, 6.0, 8.5, 11.0])
def test_lowered_limits_end_the_set_at_once(at_s: float) -> None:
    low = replace(LIMITS, force_percent_mvc=30.0)
    events = run_with([Command("limits", round(at_s * 50), "therapist", limits=low)], DOSE)
    (ended,) = sitting.of(SetEnded, events)
    assert (ended.ended_by, ended.at_s) == ("limits", at_s)
    assert sitting.of(TargetSet, events)[-1].breakpoints == ()
    # An effort that had begun counts, scored or not.
    assert (ended.rounds, ended.effort_s) == (1, 4.0)
    (repetition,) = sitting.of(RepetitionScored, events)
    assert repetition.verdict == ("unsure" if at_s < 8.0 else "good")
    assert repetition.at_s <= at_s


def test_limits_that_still_allow_it_leave_the_set_alone() -> None:
    wide = replace(LIMITS, force_percent_mvc=40.0, label="lower, and enough")
    events = run_with([Command("limits", 300, "therapist", limits=wide)], DOSE)
    assert sitting.of(SetEnded, events)[0].ended_by == "rounds"
    assert sitting.of(TargetSet, events)[-2].limits_label == "lower, and enough"


def test_a_waiting_dose_over_lowered_limits_ends_the_set_and_the_effort_counts() -> None:
    stronger = sitting.dose(50.0, (1.0, 2.0, 1.0, 4.0))
    low = replace(LIMITS, force_percent_mvc=45.0)
    commands = [
        Command("dose", 210, "therapist", dose=stronger),
        Command("limits", 300, "therapist", limits=low),
    ]
    events = run_with(commands, DOSE)
    assert sitting.of(DoseAccepted, events)[0].from_round == 2
    (ended,) = sitting.of(SetEnded, events)
    assert (ended.ended_by, ended.rounds, ended.effort_s) == ("limits", 1, 4.0)


def test_a_set_stops_before_its_effort_passes_the_limit() -> None:
    dose = sitting.dose(40.0, (1.0, 2.0, 1.0, 4.0), rounds=RoundsRule("past_fatigue", 8, 11.0))
    events = run_with([], dose)
    (ended,) = sitting.of(SetEnded, events)
    assert (ended.ended_by, ended.rounds, ended.effort_s) == ("round_limit", 2, 8.0)
    assert sitting.of(SetStarted, events)[0].limits == LIMITS
    # The last round is announced without one behind it.
    assert len(sitting.of(TargetSet, events)[-2].breakpoints) == 5


def test_one_bound_that_is_lower_makes_limits_lower() -> None:
    assert not is_lower(LIMITS, LIMITS)
    assert not is_lower(replace(LIMITS, hold_s=LIMITS.hold_s + 1, label="another"), LIMITS)
    assert is_lower(replace(LIMITS, hold_s=LIMITS.hold_s - 1, force_percent_mvc=99.0), LIMITS)


def test_the_strictest_of_two_limits_names_both() -> None:
    other = Limits(30.0, 9.0, 9.0, 20, 10.0, "another")
    assert strictest(LIMITS, other) == Limits(30.0, 6.0, 9.0, 15, 10.0, "a test; another")


@pytest.mark.parametrize("state", ["paused", "no_signal"])
def test_limits_lowered_while_nothing_is_asked_end_the_set_too(state: str) -> None:
    stops = Command("pause" if state == "paused" else "signal_lost", 425, "therapist")
    low = Command("limits", 425, "therapist", limits=replace(LIMITS, force_percent_mvc=30.0))
    (ended,) = sitting.of(SetEnded, run_with([stops, low], DOSE))
    assert (ended.ended_by, ended.at_s, ended.rounds) == ("limits", 8.5, 1)
