"""Streaming filters against SciPy, at their start, over hours, and through bad values."""

from __future__ import annotations

from math import fsum, isfinite, nan
from random import Random

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal

from levator.signals.conditioning import (
    AT_REST,
    UNFILTERED,
    Filter,
    FilterState,
    Scale,
    run,
    scale_of,
)
from levator.signals.design import filter_for
from levator.signals.reference import Reference
from levator.signals.samples import Channel
from levator.training import session
from tests import sitting

CONDITIONING = sitting.settings().conditioning
FORCE = filter_for("force", "N", 1000.0, CONDITIONING)
EMG = filter_for("emg", "uV", 2000.0, CONDITIONING)
AS_IT_IS = Scale(1.0, 0.0)


def noise(count: int, seed: int = 1) -> list[float]:
    random = Random(seed)
    return [random.gauss(0.0, 50.0) for _ in range(count)]


def scipys_low_pass(raw: list[float], rate_hz: float) -> npt.NDArray[np.float64]:
    sos = signal.butter(2, 10.0, fs=rate_hz, output="sos")
    out, _ = signal.sosfilt(sos, raw, zi=signal.sosfilt_zi(sos) * raw[0])
    return np.asarray(out)


def scipys_envelope(raw: list[float], rate_hz: float, width: int) -> npt.NDArray[np.float64]:
    sos = signal.butter(2, (20.0, min(450.0, 0.45 * rate_hz)), "bandpass", fs=rate_hz, output="sos")
    out, _ = signal.sosfilt(sos, raw, zi=signal.sosfilt_zi(sos) * raw[0])
    padded = np.concatenate([np.zeros(width), np.abs(out)])
    return np.convolve(padded, np.ones(width) / width)[width : width + len(raw)]


@pytest.mark.parametrize("rate_hz", [50.0, 128.0, 1000.0, 2048.0])
def test_force_is_what_scipy_makes_of_it(rate_hz: float) -> None:
    raw = [300.0 + value for value in noise(5000)]
    levels, _ = run(filter_for("force", "N", rate_hz, CONDITIONING), AS_IT_IS, AT_REST, raw)
    assert np.abs(np.array(levels) - scipys_low_pass(raw, rate_hz)).max() < 1e-9


@pytest.mark.parametrize("rate_hz", [200.0, 1000.0, 2048.0])
def test_emg_is_what_scipy_makes_of_it(rate_hz: float) -> None:
    raw = [10.0 + value for value in noise(5000)]
    chain = filter_for("emg", "uV", rate_hz, CONDITIONING)
    levels, _ = run(chain, AS_IT_IS, AT_REST, raw)
    theirs = scipys_envelope(raw, rate_hz, chain.rectify_mean_samples)
    assert np.abs(np.array(levels) - theirs).max() < 1e-9


@pytest.mark.parametrize("chain", [FORCE, EMG, UNFILTERED])
@given(st.lists(st.integers(1, 700), min_size=1, max_size=12))
def test_any_cutting_gives_the_same_bits(chain: Filter, sizes: list[int]) -> None:
    raw = noise(1500)
    whole, _ = run(chain, AS_IT_IS, AT_REST, raw)
    state, out, at = AT_REST, list[float](), 0
    for size in [*sizes, len(raw)]:
        levels, state = run(chain, AS_IT_IS, state, raw[at : at + size])
        out, at = out + levels, min(len(raw), at + size)
    assert out == whole


@pytest.mark.parametrize("chain", [FORCE, EMG])
def test_a_kept_state_goes_two_ways(chain: Filter) -> None:
    """What is appended behind a state by one way on is not seen by the other."""
    raw, other = noise(900), noise(900, seed=2)
    _, kept = run(chain, AS_IT_IS, AT_REST, raw)
    first, _ = run(chain, AS_IT_IS, kept, other)
    run(chain, AS_IT_IS, kept, raw)
    again, _ = run(chain, AS_IT_IS, kept, other)
    assert first == again


@pytest.mark.parametrize("value", [-32768.0, 0.0, 0.1, 12345.0])
def test_force_starts_settled_on_its_first_value(value: float) -> None:
    levels, _ = run(FORCE, AS_IT_IS, AT_REST, [value] * 2000)
    assert max(abs(level - value) for level in levels) <= 1e-9 * max(1.0, abs(value))


@pytest.mark.parametrize("value", [-32768.0, 0.0, 12345.0])
def test_emg_starts_at_nothing_whatever_its_offset(value: float) -> None:
    levels, _ = run(EMG, AS_IT_IS, AT_REST, [value] * 2000)
    assert max(abs(level) for level in levels) <= 1e-9 * max(1.0, abs(value))


def test_the_moving_mean_does_not_drift_over_an_hour() -> None:
    """Bursts of a hundred thousand, then rest: the sum that is carried must come down again."""
    chain = filter_for("emg", "uV", 200.0, CONDITIONING)
    loud, state = [1e5 * value for value in noise(720_000)], AT_REST
    for at in range(0, len(loud), 20_000):
        _, state = run(chain, AS_IT_IS, state, loud[at : at + 20_000])
    _, state = run(chain, AS_IT_IS, state, [0.0] * 2000)
    quiet, state = run(chain, AS_IT_IS, state, [0.0] * 2000)
    assert max(abs(level) for level in quiet) < 1e-9
    wave = [10.0 * (-1.0) ** (i // 2) for i in range(2000)]
    after, _ = run(chain, AS_IT_IS, state, wave)
    fresh, _ = run(chain, AS_IT_IS, AT_REST, [0.0] * 2000 + wave)
    assert after[-1] == pytest.approx(fresh[-1], abs=1e-9)


def test_what_a_state_carries_does_not_grow() -> None:
    """A state that runs for hours may not hold hours."""
    chain, state = filter_for("emg", "uV", 200.0, CONDITIONING), AT_REST
    for _ in range(300):
        _, state = run(chain, AS_IT_IS, state, [1.0, -1.0] * 500)
    assert state.sizes is not None
    assert len(state.sizes) < 100_000


def test_no_samples_change_nothing() -> None:
    kept = FilterState((1.0, 2.0))
    assert run(FORCE, AS_IT_IS, kept, []) == ([], kept)


NEWTONS = Channel("seat", "force", "N", scale=0.5, offset=2.0)


@pytest.mark.parametrize(
    ("reference", "raw", "level"),
    [
        (None, 10.0, 7.0),
        (Reference("mvc", 3.0, 43.0, "N"), 82.0, 100.0),
        (Reference("mvc", 3.0, 43.0, "N"), 2.0, 0.0),
        (Reference("mvc", 43.0, 3.0, "N"), 2.0, 100.0),
        (Reference("mvc", 43.0, 3.0, "N"), 82.0, 0.0),
    ],
)
def test_raw_values_become_percent(reference: Reference | None, raw: float, level: float) -> None:
    scale = scale_of(NEWTONS, UNFILTERED, reference)
    levels, _ = run(UNFILTERED, scale, AT_REST, [raw])
    assert levels == pytest.approx([level])


def test_behind_a_rectifier_there_is_no_sign_and_no_offset() -> None:
    turned = Channel("emg", "emg", "uV", scale=-0.5, offset=70.0)
    assert scale_of(turned, EMG, None) == Scale(0.5, 0.0)
    raw = noise(3000)
    levels, _ = run(EMG, scale_of(turned, EMG, None), AT_REST, raw)
    straight, _ = run(EMG, AS_IT_IS, AT_REST, raw)
    assert levels == pytest.approx([level * 0.5 for level in straight])


def test_a_tare_is_taken_off_in_order() -> None:
    scale = Scale(1.0, 0.0, (0.1, 0.2))
    levels, _ = run(UNFILTERED, scale, AT_REST, [0.3])
    assert levels == [0.3 - 0.1 - 0.2]


def filtered_state(values: list[float], first: int = 0) -> list[float]:
    """Levels of a newton seat at 100 Hz through the whole session."""
    seat = sitting.stream("seat", 100.0, (sitting.NEWTON,))
    uses = (sitting.use_of(seat, 0, "primary", sitting.NEWTON_REFERENCE),)
    state = session.begin(sitting.context(None, (seat,), uses))
    for block in sitting.blocks(values, 40, first):
        state, _ = session.step(state, block)
    tape = state.primary.tape
    return tape.cut(tape.first, tape.end)


@given(st.lists(st.integers(0, 399), max_size=40), st.sampled_from((nan, float("inf"))))
def test_no_number_ever_reaches_the_filter(places: list[int], bad: float) -> None:
    """Where a value is none the level is unknown; the rest is as if it had stood still."""
    raw = [1000.0 + value for value in noise(400)]
    held = list(raw)
    first = next(place for place in range(400) if place not in places)
    for place in sorted(places):
        raw[place], held[place] = bad, held[place - 1] if place > first else held[first]
    levels, still = filtered_state(raw), filtered_state(held)
    for place, level in enumerate(levels):
        assert isfinite(level) is (place not in places)
        if isfinite(level):
            assert level == still[place]


def test_a_gap_starts_the_filter_anew() -> None:
    seat = sitting.stream("seat", 100.0, (sitting.NEWTON,))
    uses = (sitting.use_of(seat, 0, "primary", sitting.NEWTON_REFERENCE),)
    state = session.begin(sitting.context(None, (seat,), uses))
    for block in (sitting.block([300.0] * 100), sitting.block([4300.0] * 100, 150)):
        state, _ = session.step(state, block)
    levels = state.primary.tape.cut(0, 250)
    assert levels[:100] == pytest.approx([0.0] * 100)
    assert all(level != level for level in levels[100:150])
    assert levels[150:] == pytest.approx([100.0] * 100)


def test_the_mean_of_a_rectified_wave_is_known() -> None:
    """A sine of amplitude A in the middle of the band comes out as 2A/pi."""
    rate_hz, amplitude = 2000.0, 100.0
    raw = [amplitude * np.sin(2 * np.pi * 95.0 * i / rate_hz) for i in range(8000)]
    levels, _ = run(EMG, AS_IT_IS, AT_REST, [float(value) for value in raw])
    settled = levels[4000:]
    assert fsum(settled) / len(settled) == pytest.approx(2 * amplitude / np.pi, rel=0.01)
