"""Guided calibration: resting tone, polarity, reference contraction, own best rates.

`calibrate(state, samples) -> (state, events)` walks through the phases of
`levator.signals.phases`. The polarity phase asks for a lift and for a push: on a seat
the sign of a contraction is not given by nature, and the pair also shows whether she lifts
or strains (clinical.md section 0.1). Values are filtered physical values of one channel.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import nan

from levator.quantities import PercentMvc, Seconds
from levator.signals.averages import mean, median, spread
from levator.signals.conditioning import (
    AT_REST,
    Filter,
    FilterState,
    Scale,
    is_activity,
    run,
    scale_of,
)
from levator.signals.contraction import release_rate, rise_rate
from levator.signals.known import Known, known_range, without_unknown
from levator.signals.phases import (
    Calibrated,
    CalibratedKind,
    CalibrationEvent,
    CalibrationFailed,
    Failure,
    Phase,
    PhaseStarted,
    PolarityMeasured,
    RestMeasured,
    TrialMeasured,
    phases_of,
)
from levator.signals.reference import Reference, ReferenceContext
from levator.signals.samples import Channel, Samples, Stream
from levator.signals.settings import CalibrationSettings, QualitySettings
from levator.signals.tape import Tape, index_at


@dataclass(frozen=True, slots=True)
class CalibrationState:
    """Where the guided calibration stands."""

    stream: Stream
    channel: Channel
    chain: Filter
    settings: CalibrationSettings
    kind: CalibratedKind
    context: ReferenceContext
    known: Known
    phases: tuple[Phase, ...]
    tape: Tape
    filter_state: FilterState = AT_REST
    held: float | None = None
    place: int = 0
    phase_start: int | None = None
    rest: float = 0.0
    rest_sd: float = 0.0
    calm_sd: float | None = None
    lift: float = 0.0
    push: float = 0.0
    falling: bool = False
    heights: tuple[float, ...] = ()
    rise_rates: tuple[float, ...] = ()
    release_rates: tuple[float, ...] = ()
    failures: int = 0
    done: bool = False


def begin(
    stream: Stream,
    channel: Channel,
    chain: Filter,
    settings: CalibrationSettings,
    quality: QualitySettings,
    kind: CalibratedKind,
    context: ReferenceContext,
) -> CalibrationState:
    """Return the state before the first sample."""
    tape = Tape(stream.first_index, stream.first_index)
    phases = phases_of(settings, kind)
    if is_activity(channel, chain):
        # The size of muscle activity has no sign: lift and push cannot be told apart by it.
        phases = tuple(phase for phase in phases if phase.part != "polarity")
    known = known_range(channel, None, quality)
    return CalibrationState(stream, channel, chain, settings, kind, context, known, phases, tape)


def calibrate(
    state: CalibrationState, samples: Samples
) -> tuple[CalibrationState, list[CalibrationEvent]]:
    """Take one block of the stream that is calibrated."""
    events: list[CalibrationEvent] = []
    if state.done or samples.stream != state.stream.name or not len(samples):
        return state, events
    fs = state.stream.sampling_frequency_hz
    if state.phase_start is None:
        start = samples.first_index
        state = replace(state, tape=Tape(start, start))
        state = _enter(state, 0, start, events)
    elif samples.first_index != state.tape.end:
        start = samples.first_index
        events.append(CalibrationFailed(start / fs, "gap"))
        state = replace(state, tape=Tape(start, start), filter_state=AT_REST, held=None)
        state = _enter(state, _part_start(state), start, events)
    state = _append(state, samples)
    while not state.done and state.phase_start is not None:
        stop = state.phase_start + index_at(state.phases[state.place].lasts_s, fs)
        if state.tape.end < stop:
            break
        state = _leave(state, stop, events)
    return state, events


def _append(state: CalibrationState, samples: Samples) -> CalibrationState:
    column = [channel.name for channel in state.stream.channels].index(state.channel.name)
    raw = samples.values[column]
    values, unknown = without_unknown(raw, state.held, state.known)
    levels, after = run(state.chain, _physical(state), state.filter_state, values)
    levels = [nan] * (len(raw) - len(values)) + levels
    for place in unknown:
        levels[place] = nan
    held = values[-1] if values else state.held
    return replace(state, tape=state.tape.append(levels), filter_state=after, held=held)


def _physical(state: CalibrationState) -> Scale:
    return scale_of(state.channel, state.chain, None)


def _part_start(state: CalibrationState) -> int:
    part = state.phases[state.place].part
    return next(i for i, phase in enumerate(state.phases) if phase.part == part)


def _enter(
    state: CalibrationState, place: int, index: int, events: list[CalibrationEvent]
) -> CalibrationState:
    fs = state.stream.sampling_frequency_hz
    phase = state.phases[place]
    events.append(PhaseStarted(index / fs, phase, index / fs + phase.lasts_s))
    if phase.part == "reference" and phase.trial == 1 and phase.instruction != "let_go":
        state = replace(state, heights=())
    return replace(state, place=place, phase_start=index)


def _leave(state: CalibrationState, stop: int, events: list[CalibrationEvent]) -> CalibrationState:
    """Measure the phase that is over, then enter the next one or the failed part again."""
    phase = state.phases[state.place]
    at_s = stop / state.stream.sampling_frequency_hz
    failure: Failure | None = None
    if phase.instruction == "rest":
        state, failure = _measure_rest(state, stop, at_s, events)
    elif phase.instruction == "lift":
        settled_s = state.settings.polarity_settled_s
        state = replace(state, lift=_height(state, stop, settled_s, phase.lasts_s))
    elif phase.instruction == "push":
        settled_s = state.settings.polarity_settled_s
        state = replace(state, push=_height(state, stop, settled_s, phase.lasts_s))
        state, failure = _measure_polarity(state, at_s, events)
    elif phase.part == "reference" and phase.instruction != "let_go":
        state = _measure_trial(state, phase, stop, at_s, events)
    elif phase.part == "quick" and phase.instruction == "let_go":
        state = _measure_quick(state, stop)
    if phase.part == "reference" and state.place + 1 < len(state.phases):
        ends = state.phases[state.place + 1].part != "reference"
        clear = state.settings.polarity_clear_rest_sds * state.rest_sd
        if ends and max(state.heights) <= clear:
            failure = "no_reference"
    if failure is not None:
        return _fail(state, failure, stop, events)
    if state.place + 1 < len(state.phases):
        if state.phases[state.place + 1].part != phase.part:
            state = replace(state, failures=0)
        return _enter(state, state.place + 1, stop, events)
    events.append(Calibrated(at_s, _reference(state)))
    return replace(state, done=True)


def _fail(
    state: CalibrationState, failure: Failure, stop: int, events: list[CalibrationEvent]
) -> CalibrationState:
    """Begin the part again, or leave the calibration where it failed too often."""
    failures = state.failures + 1
    is_last = failures >= state.settings.failures_at_most
    at_s, is_pair = stop / state.stream.sampling_frequency_hz, failure.startswith("lift")
    lift, push = (state.lift, state.push) if is_pair else (None, None)
    best = max(state.heights) if failure == "no_reference" else None
    calm_sd = state.calm_sd if failure == "restless" else None
    told = CalibrationFailed(at_s, failure, is_last, state.rest_sd, lift, push, best, calm_sd)
    events.append(told)
    state = replace(state, failures=failures, done=is_last)
    return state if is_last else _enter(state, _part_start(state), stop, events)


def _measure_rest(
    state: CalibrationState, stop: int, at_s: Seconds, events: list[CalibrationEvent]
) -> tuple[CalibrationState, Failure | None]:
    fs = state.stream.sampling_frequency_hz
    levels = _known(state, stop - index_at(state.settings.rest_median_s, fs), stop)
    rest = median(levels)
    if rest is None:
        return state, "gap"
    sd, calm_sd = spread(levels), _calmest(state, stop)
    state = replace(state, rest=rest, rest_sd=sd, calm_sd=calm_sd)
    if calm_sd is not None and sd > state.settings.rest_restless_times * calm_sd:
        return state, "restless"
    events.append(RestMeasured(at_s, rest, sd))
    return state, None


def _calmest(state: CalibrationState, stop: int) -> float | None:
    """Return the least spread of stretches as long as the one that counts, back to her first.

    None where no stretch is known well enough. No spread is less than a step of the converter.
    """
    length = index_at(state.settings.rest_median_s, state.stream.sampling_frequency_hz)
    first = state.phase_start if state.phase_start is not None else stop
    starts = range(stop - length, first - 1, -length)
    known = [_known(state, start, start + length) for start in starts]
    spreads = [spread(levels) for levels in known if 2 * len(levels) > length]
    is_whole = state.stream.sample_format.startswith("int")
    step = abs(state.channel.scale) if is_whole else 0.0
    return max(step, min(spreads)) if spreads else None


def _known(state: CalibrationState, start: int, stop: int) -> list[float]:
    """Return the levels from start up to stop, without the moments that had no number."""
    return [level for level in state.tape.cut(start, stop) if level == level]


def _measure_polarity(
    state: CalibrationState, at_s: Seconds, events: list[CalibrationEvent]
) -> tuple[CalibrationState, Failure | None]:
    push, lift = state.push, state.lift
    clear = state.settings.polarity_clear_rest_sds * state.rest_sd
    if abs(lift) <= clear:
        return state, "lift_unclear"
    if abs(push) > clear and (push > 0) == (lift > 0):
        return state, "lift_and_push_alike"
    events.append(PolarityMeasured(at_s, lift < 0, lift, push))
    return replace(state, falling=lift < 0), None


def _measure_trial(
    state: CalibrationState, phase: Phase, stop: int, at_s: Seconds, events: list[CalibrationEvent]
) -> CalibrationState:
    s = state.settings
    height = _height(state, stop, s.reference_plateau_from_s, s.reference_plateau_to_s)
    height = -height if state.falling else height
    events.append(TrialMeasured(at_s, phase.trial, height))
    return replace(state, heights=(*state.heights, height))


def _measure_quick(state: CalibrationState, stop: int) -> CalibrationState:
    """Rates of one quick contraction between two shares of its own peak, in %MVC/s."""
    fs = state.stream.sampling_frequency_hz
    phase_start = state.phase_start if state.phase_start is not None else stop
    start = phase_start - index_at(state.settings.quick_on_s, fs)
    height = mean(_percent(state, state.tape.cut(start, phase_start)))
    clear = state.settings.polarity_clear_rest_sds * state.rest_sd
    if height is None or height <= clear * 100.0 / max(state.heights):
        # Not all known, or no contraction: noise has a steepest slope, too.
        return state
    percent = _percent(state, state.tape.cut(start, stop))
    peak = max(percent)
    low = peak * state.settings.quick_rate_from_percent / 100.0
    high = peak * state.settings.quick_rate_to_percent / 100.0
    rise, release = rise_rate(percent, fs, low, high), release_rate(percent, fs, low, high)
    return replace(
        state,
        rise_rates=state.rise_rates if rise is None else (*state.rise_rates, rise),
        release_rates=state.release_rates if release is None else (*state.release_rates, release),
    )


def _percent(state: CalibrationState, levels: list[float]) -> list[PercentMvc]:
    reference = _reference(state)
    per_unit = 100.0 / (reference.reference - reference.rest)
    return [(level - reference.rest) * per_unit for level in levels]


def _reference(state: CalibrationState) -> Reference:
    best = max(state.heights)
    return Reference(
        state.kind,
        state.rest,
        state.rest - best if state.falling else state.rest + best,
        state.channel.unit,
        state.rest_sd,
        max(state.rise_rates, default=None),
        max(state.release_rates, default=None),
        state.context,
    )


def _height(state: CalibrationState, stop: int, from_s: Seconds, to_s: Seconds) -> float:
    """Mean distance from rest between two times of the phase that ends at `stop`."""
    fs = state.stream.sampling_frequency_hz
    start = state.phase_start if state.phase_start is not None else stop
    levels = _known(state, start + index_at(from_s, fs), min(stop, start + index_at(to_s, fs)))
    average = mean(levels)
    return 0.0 if average is None else average - state.rest
