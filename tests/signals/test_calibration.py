"""Guided calibration on seats whose sign nobody knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from math import inf, nan, sqrt
from random import Random
from typing import TypeVar

import pytest

from levator.signals.calibration import CalibrationState, begin, calibrate
from levator.signals.design import filter_for
from levator.signals.phases import (
    Calibrated,
    CalibratedKind,
    CalibrationEvent,
    CalibrationFailed,
    Phase,
    PhaseStarted,
    PolarityMeasured,
    RestMeasured,
    TrialMeasured,
    phases_of,
)
from levator.signals.reference import Reference, ReferenceContext
from levator.signals.samples import Channel, Samples, Stream
from tests import sitting

SETTINGS, QUALITY = sitting.settings().calibration, sitting.settings().quality
SEAT = ReferenceContext("seat 3", "firm", "upright", "2026-11-20T09:00:00+01:00")
RATE_HZ = 100.0
C = TypeVar("C", bound=CalibrationEvent)

#: What she does in a phase: newtons above rest at a time since its beginning.
Body = Callable[[Phase, float], float]


def woman(
    lift: float = 10.0,
    push: float = -8.0,
    hold: tuple[float, float, float] = (36.0, 40.0, 38.0),
    rate: float = 70.0,
) -> Body:
    """Return a body; `rate` is newtons per second of her quick contractions."""

    def level(phase: Phase, at_s: float) -> float:
        if phase.instruction == "lift":
            return lift * min(1.0, at_s / 0.5)
        if phase.instruction == "push":
            return push * min(1.0, at_s / 0.5)
        if phase.instruction in ("hold_hard", "hold_comfortably"):
            return hold[phase.trial - 1] * min(1.0, at_s / 0.8)
        if phase.instruction == "quick":
            top = 0.9 * max(hold)
            return max(0.0, min(top, rate * (at_s - 0.2), rate * (1.6 - at_s)))
        return 0.0

    return level


def channel_of(kind: str = "force") -> Channel:
    return Channel("seat", kind, "uV" if kind.startswith("emg") else "N", scale=0.01)


def start(
    kind: CalibratedKind = "mvc", channel: Channel | None = None, rate_hz: float = RATE_HZ
) -> CalibrationState:
    used = channel or channel_of()
    stream = Stream("seat", rate_hz, (Channel("noise", "other", "g"), used), "float64")
    chain = filter_for(used.kind, used.unit, rate_hz, sitting.settings().conditioning)
    return begin(stream, used, chain, SETTINGS, QUALITY, kind, SEAT)


def sit(
    state: CalibrationState,
    body: Body,
    sign: int = 1,
    rest: float = 5.0,
    noise: float = 0.05,
    until_failures: int = 1,
    size: int = 50,
) -> tuple[CalibrationState, list[CalibrationEvent]]:
    """Follow the instructions as they come, until it is done or has failed."""
    random, events = Random(7), list[CalibrationEvent]()
    at, rate_hz = state.stream.first_index, state.stream.sampling_frequency_hz
    for _ in range(int(400 * rate_hz / size)):
        columns: tuple[list[float], list[float]] = ([], [])
        for index in range(at, at + size):
            columns[0].append(random.random())
            columns[1].append(_raw(state, body, index, sign, rest, noise, random))
        state, told = calibrate(state, Samples("seat", at, columns))
        events += told
        at += size
        failures = [event for event in events if isinstance(event, CalibrationFailed)]
        if state.done or len(failures) >= until_failures:
            break
    return state, events


def _raw(
    state: CalibrationState,
    body: Body,
    index: int,
    sign: int,
    rest: float,
    noise: float,
    random: Random,
) -> float:
    rate_hz = state.stream.sampling_frequency_hz
    phase = state.phases[state.place]
    begun = index if state.phase_start is None else state.phase_start
    is_emg = state.channel.kind == "emg"
    level = body(phase, (index - begun) / rate_hz)
    if is_emg:
        return (3.0 + abs(level)) * random.choice((-1.0, 1.0)) * random.uniform(0.5, 1.5) / 0.01
    return float(round((rest + sign * level + random.gauss(0.0, noise)) / 0.01))


def of(kind: type[C], events: list[CalibrationEvent]) -> list[C]:
    return [event for event in events if isinstance(event, kind)]


def references(events: list[CalibrationEvent]) -> Iterator[Reference]:
    yield from (event.reference for event in of(Calibrated, events))


@pytest.mark.parametrize("sign", [1, -1])
def test_a_seat_that_rises_and_one_that_falls_give_the_same(sign: int) -> None:
    state, events = sit(start(), woman(), sign)
    assert state.done
    (reference,) = references(events)
    assert reference.kind == "mvc"
    assert reference.unit == "N"
    assert reference.context == SEAT
    assert reference.rest == pytest.approx(5.0, abs=0.05)
    assert reference.reference == pytest.approx(5.0 + sign * 40.0, abs=0.2)
    assert reference.is_falling is (sign < 0)
    assert reference.rest_sd == pytest.approx(0.03, abs=0.03)
    (polarity,) = of(PolarityMeasured, events)
    assert polarity.falling is (sign < 0)
    assert polarity.lift == pytest.approx(sign * 10.0, abs=0.3)
    assert polarity.push == pytest.approx(sign * -8.0, abs=0.3)
    assert [trial.height for trial in of(TrialMeasured, events)] == pytest.approx(
        [36.0, 40.0, 38.0], abs=0.2
    )


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("rate", [40.0, 70.0, 150.0])
def test_the_best_rates_are_those_of_the_quick_contractions(sign: int, rate: float) -> None:
    """In %MVC per second; the low-pass at 10 Hz takes a little off the fastest."""
    _, events = sit(start(), woman(rate=rate), sign, noise=0.0)
    (reference,) = references(events)
    asked = rate * 100.0 / 40.0
    assert reference.best_rise_rate_percent_mvc_per_s == pytest.approx(asked, rel=0.1)
    assert reference.best_release_rate_percent_mvc_per_s == pytest.approx(asked, rel=0.1)


def test_without_quick_contractions_there_are_no_rates() -> None:
    _, events = sit(start(), woman(rate=0.0))
    (reference,) = references(events)
    assert reference.best_rise_rate_percent_mvc_per_s is None
    assert reference.best_release_rate_percent_mvc_per_s is None


def test_the_resting_tone_is_the_last_five_seconds_of_a_minute() -> None:
    def settling(phase: Phase, at_s: float) -> float:
        return max(0.0, 20.0 - at_s) if phase.instruction == "rest" else woman()(phase, at_s)

    _, events = sit(start(), settling)
    (measured,) = of(RestMeasured, events)
    assert measured.at_s == 60.0
    assert measured.rest == pytest.approx(5.0, abs=0.05)


def restless_until(seconds: float, swing: float) -> Body:
    """Contracts by herself for 4 s of every 12, also at the end of the minute; then she is calm."""

    def level(phase: Phase, at_s: float) -> float:
        if phase.instruction == "rest" and at_s < seconds:
            return swing if (at_s + 1.0) % 12.0 >= 8.0 else 0.0
        return woman()(phase, at_s)

    return level


@pytest.mark.parametrize(("times", "failures"), [(2.5, []), (3.5, ["restless"])])
def test_a_restless_rest_is_asked_again_before_a_lift(times: float, failures: list[str]) -> None:
    """Just below and just above three times the spread of her calmest seconds."""
    _, events = sit(start(), woman(), noise=0.1)
    calm = of(RestMeasured, events)[0].rest_sd
    # Four of the last five seconds are up, one is down: a spread of 0.4 times the swing.
    swing = calm * sqrt(times * times - 1.0) / 0.4
    state, events = sit(start(), restless_until(SETTINGS.rest_s, swing), noise=0.1)
    assert [one.failure for one in of(CalibrationFailed, events)][:1] == failures
    if not failures:
        return
    (failed,) = of(CalibrationFailed, events)
    assert failed.rest_sd is not None
    assert failed.calm_sd is not None
    assert failed.rest_sd > 3.0 * failed.calm_sd
    assert of(RestMeasured, events) == []
    assert state.phases[state.place].instruction == "rest"
    state, events = go_on(state, woman(), state.tape.end, 200)
    assert [one.rest for one in of(RestMeasured, events)] == [pytest.approx(5.0, abs=0.05)]


@pytest.mark.parametrize("noise", [0.0, 0.004, 0.05, 3.0])
def test_a_calm_seat_is_calm_however_noisy_or_coarse_it_is(noise: float) -> None:
    _, events = sit(start(), woman(lift=60.0, push=-60.0), noise=noise)
    assert of(CalibrationFailed, events) == []
    assert len(of(RestMeasured, events)) == 1


def test_who_never_comes_to_rest_is_not_asked_for_a_lift() -> None:
    state, events = sit(start(), restless_until(SETTINGS.rest_s, 8.0), until_failures=9)
    assert [one.is_last for one in of(CalibrationFailed, events)] == [False, False, True]
    assert {one.phase.instruction for one in of(PhaseStarted, events)} == {"rest"}
    assert state.done


def test_the_whole_course_is_told_before_it_is_asked() -> None:
    _, events = sit(start("comfortable_max"), woman())
    told = of(PhaseStarted, events)
    assert tuple(event.phase for event in told) == phases_of(SETTINGS, "comfortable_max")
    assert told[0].at_s == 0.0
    for event, following in pairwise(told):
        assert event.until_s == pytest.approx(following.at_s)
        assert event.until_s - event.at_s == pytest.approx(event.phase.lasts_s)
    asked = {event.phase.instruction for event in told}
    assert "hold_hard" not in asked
    assert next(references(events)).kind == "comfortable_max"


def test_a_lift_that_moves_nothing_is_asked_again() -> None:
    state, events = sit(start(), woman(lift=0.05), noise=0.3)
    assert [event.failure for event in of(CalibrationFailed, events)] == ["lift_unclear"]
    assert state.phases[state.place].instruction == "lift"
    # The second time she finds it; the resting tone is not taken again.
    found, events = sit(state, woman())
    assert events == [] or not found.done


def go_on(
    state: CalibrationState, body: Body, at: int, seconds: int
) -> tuple[CalibrationState, list[CalibrationEvent]]:
    random, events = Random(9), list[CalibrationEvent]()
    for _ in range(seconds):
        column = [_raw(state, body, index, 1, 5.0, 0.05, random) for index in range(at, at + 100)]
        state, told = calibrate(state, Samples("seat", at, (column, column)))
        events, at = events + told, at + 100
    return state, events


def test_after_a_failure_only_its_part_is_repeated() -> None:
    state, _ = sit(start(), woman(lift=0.05), noise=0.3)
    state, events = go_on(state, woman(), state.tape.end, 200)
    assert state.done
    assert of(RestMeasured, events) == []
    (reference,) = references(events)
    assert reference.reference == pytest.approx(45.0, abs=0.3)


def test_lift_and_push_alike_is_a_strain_or_a_push_that_lifts() -> None:
    _, events = sit(start(), woman(lift=10.0, push=9.0))
    assert [event.failure for event in of(CalibrationFailed, events)] == ["lift_and_push_alike"]
    (failed,) = of(CalibrationFailed, events)
    assert (failed.lift, failed.push) == (pytest.approx(10.0, abs=0.2), pytest.approx(9.0, abs=0.2))
    assert failed.rest_sd == of(RestMeasured, events)[0].rest_sd
    assert failed.best is None


def test_a_part_that_fails_again_and_again_is_left() -> None:
    """She is not asked to push for ever: the third failure is the last."""
    state, events = sit(start(), woman(lift=10.0, push=9.0), until_failures=9)
    failed = of(CalibrationFailed, events)
    assert [one.is_last for one in failed] == [False, False, True]
    assert state.done
    assert isinstance(events[-1], CalibrationFailed)
    assert of(Calibrated, events) == []


def test_contractions_no_higher_than_her_resting_noise_give_no_reference() -> None:
    """At three standard deviations of rest the line lies between no reference and one."""
    _, events = sit(start(), woman())
    sd = of(RestMeasured, events)[0].rest_sd
    for factor, failures in ((2.0, ["no_reference"]), (4.0, [])):
        height = factor * sd
        _, events = sit(start(), woman(hold=(height, height, height)))
        assert [one.failure for one in of(CalibrationFailed, events)] == failures


def test_a_push_that_does_nothing_is_no_obstacle() -> None:
    state, events = sit(start(), woman(push=0.0))
    assert state.done
    assert of(CalibrationFailed, events) == []


@pytest.mark.parametrize("hold", [(0.0, 0.0, 0.0), (-20.0, -20.0, -20.0)])
def test_no_contraction_at_all_gives_no_reference(hold: tuple[float, float, float]) -> None:
    state, events = sit(start(), woman(hold=hold))
    assert [event.failure for event in of(CalibrationFailed, events)] == ["no_reference"]
    (failed,) = of(CalibrationFailed, events)
    assert failed.best == max(trial.height for trial in of(TrialMeasured, events))
    assert (failed.lift, failed.push) == (None, None)
    assert (state.phases[state.place].part, state.phases[state.place].trial) == ("reference", 1)
    state, events = go_on(state, woman(), state.tape.end, 120)
    assert [trial.trial for trial in of(TrialMeasured, events)] == [1, 2, 3]
    assert next(references(events)).reference == pytest.approx(45.0, abs=0.3)


def test_the_best_of_three_counts_not_the_last() -> None:
    _, events = sit(start(), woman(hold=(30.0, 25.0, 20.0)))
    assert next(references(events)).reference == pytest.approx(35.0, abs=0.2)


@pytest.mark.parametrize("gap", [1, 500])
def test_a_gap_begins_the_part_again(gap: int) -> None:
    state, _ = go_on(start(), woman(), 0, 70)
    assert state.phases[state.place].part == "polarity"
    at = state.tape.end + gap
    state, events = go_on(state, woman(), at, 200)
    (failed,) = of(CalibrationFailed, events)
    assert (failed.failure, failed.at_s) == ("gap", at / RATE_HZ)
    assert events[1] == PhaseStarted(at / RATE_HZ, Phase("lift", 3.0, "polarity", 1), at / 100 + 3)
    assert state.done


def test_a_value_that_is_no_number_is_never_measured() -> None:
    """It stands still for as long as it lasts, in the filter and in the means."""
    state, random = start(), Random(3)
    events: list[CalibrationEvent] = []
    for at in range(0, 20_000, 100):
        column = [_raw(state, woman(), i, 1, 5.0, 0.05, random) for i in range(at, at + 100)]
        column[0], column[37], column[99] = nan, inf, nan
        state, told = calibrate(state, Samples("seat", at, (column, column)))
        events += told
    (reference,) = references(events)
    assert reference.rest == pytest.approx(5.0, abs=0.05)
    assert reference.reference == pytest.approx(45.0, abs=0.3)
    assert reference.best_rise_rate_percent_mvc_per_s is None


def test_a_minute_without_a_number_is_no_rest() -> None:
    state, _ = calibrate(start(), Samples("seat", 0, ([nan] * 6000, [nan] * 6000)))
    assert state.phases[state.place].instruction == "rest"
    assert state.phase_start == 6000
    state, events = go_on(state, woman(), 6000, 200)
    assert state.done
    assert next(references(events)).rest == pytest.approx(5.0, abs=0.05)


@pytest.mark.parametrize("kind", ["emg", "emg_envelope"])
def test_the_size_of_muscle_activity_has_no_sign_to_ask_for(kind: str) -> None:
    state = start(channel=channel_of(kind), rate_hz=1000.0)
    assert {phase.part for phase in state.phases} == {"rest", "reference", "quick"}
    state, events = sit(state, woman(), noise=0.05, size=500)
    assert state.done
    (reference,) = references(events)
    assert not reference.is_falling
    assert reference.best_rise_rate_percent_mvc_per_s is not None


def test_any_cutting_gives_the_same_calibration() -> None:
    random, body = Random(5), woman()
    column: list[float] = []
    for phase in phases_of(SETTINGS, "mvc"):
        for index in range(round(phase.lasts_s * RATE_HZ)):
            value = 5.0 + body(phase, index / RATE_HZ) + random.gauss(0.0, 0.05)
            column.append(float(round(value / 0.01)))
    for place in range(0, len(column), 97):
        column[place] = nan
    told = []
    for size in (1, 33, 100_000):
        state, events = start(), list[CalibrationEvent]()
        for at in range(0, len(column), size):
            part = column[at : at + size]
            state, new = calibrate(state, Samples("seat", at, (part, part)))
            events += new
        told.append(events)
    assert told[0] == told[1] == told[2]
    assert isinstance(told[0][-1], Calibrated)


def test_other_streams_and_later_samples_change_nothing() -> None:
    state, _ = sit(start(), woman())
    assert calibrate(state, Samples("seat", 0, ([1.0], [1.0]))) == (state, [])
    fresh = start()
    assert calibrate(fresh, Samples("belt", 0, ([1.0], [1.0]))) == (fresh, [])
    assert calibrate(fresh, Samples("seat", 0, ([], []))) == (fresh, [])


def test_lift_and_push_are_measured_once_they_have_settled() -> None:
    """What she does within the first second is her reaction; a value there changes nothing."""
    calm, jumpy = woman(), woman()

    def startled(phase: Phase, at_s: float) -> float:
        is_early = phase.instruction in ("lift", "push") and at_s < 0.99
        return -40.0 if is_early else jumpy(phase, at_s)

    (told,) = of(PolarityMeasured, sit(start(), calm)[1])
    (same,) = of(PolarityMeasured, sit(start(), startled)[1])
    assert (same.lift, same.push) == (
        pytest.approx(told.lift, abs=1.0),
        pytest.approx(told.push, abs=1.0),
    )
