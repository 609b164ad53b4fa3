"""Filter coefficients and delays against SciPy."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal

from levator.errors import CallerError
from levator.signals.conditioning import UNFILTERED, Biquad
from levator.signals.design import band_pass, filter_for, low_pass
from levator.signals.samples import ChannelKind
from tests import sitting

CONDITIONING = sitting.settings().conditioning
RATES_HZ = [50.0, 100.0, 128.0, 500.0, 1000.0, 2000.0, 2048.0, 10_000.0]
EMG_RATES_HZ = [200.0, 256.0, 1000.0, 2000.0, 2048.0, 10_000.0]


def rows(sections: tuple[Biquad, ...]) -> np.ndarray:
    return np.array([[b0, b1, b2, 1.0, a1, a2] for b0, b1, b2, a1, a2 in sections])


def emg_high_hz(rate_hz: float) -> float:
    return min(450.0, 0.45 * rate_hz)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_the_low_pass_is_scipys_butterworth(rate_hz: float) -> None:
    theirs = signal.butter(2, 10.0, fs=rate_hz, output="sos")
    assert rows((low_pass(10.0, rate_hz),)) == pytest.approx(theirs, rel=1e-11)


@given(st.floats(50.0, 20_000.0), st.floats(0.001, 0.49))
def test_any_low_pass_is_scipys_butterworth(rate_hz: float, share: float) -> None:
    theirs = signal.butter(2, share * rate_hz, fs=rate_hz, output="sos")
    assert rows((low_pass(share * rate_hz, rate_hz),)) == pytest.approx(theirs, rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("rate_hz", EMG_RATES_HZ)
def test_the_band_pass_is_scipys_butterworth(rate_hz: float) -> None:
    """The poles and the whole response; SciPy may share the gain out otherwise."""
    high_hz = emg_high_hz(rate_hz)
    theirs = signal.butter(2, (20.0, high_hz), "bandpass", fs=rate_hz, output="sos")
    ours = rows(band_pass(20.0, high_hz, rate_hz))
    at_hz = np.linspace(0.5, rate_hz / 2 - 0.5, 400)
    _, expected = signal.sosfreqz(theirs, at_hz, fs=rate_hz)
    _, found = signal.sosfreqz(ours, at_hz, fs=rate_hz)
    assert np.abs(found - expected).max() < 1e-9


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_the_delay_of_the_low_pass_is_its_group_delay_at_rest(rate_hz: float) -> None:
    made = filter_for("force", "N", rate_hz, CONDITIONING)
    b, a = signal.butter(2, 10.0, fs=rate_hz)
    _, delay = signal.group_delay((b, a), np.array([1e-6]), fs=rate_hz)
    assert made.delay_s == pytest.approx(delay[0] / rate_hz, rel=1e-6)
    # clinical.md section 5: 0.225 / fc, for rates well above the edge.
    if rate_hz >= 500.0:
        assert made.delay_s == pytest.approx(0.0225, rel=0.01)


@pytest.mark.parametrize("rate_hz", EMG_RATES_HZ)
def test_the_delay_of_the_emg_chain_is_that_of_its_parts(rate_hz: float) -> None:
    made = filter_for("emg", "uV", rate_hz, CONDITIONING)
    high_hz = emg_high_hz(rate_hz)
    b, a = signal.butter(2, (20.0, high_hz), "bandpass", fs=rate_hz)
    centre = 2 * np.arctan(np.sqrt(np.tan(pi * 20 / rate_hz) * np.tan(pi * high_hz / rate_hz)))
    _, delay = signal.group_delay((b, a), np.array([centre]))
    mean_samples = (made.rectify_mean_samples - 1) / 2
    assert made.delay_s == pytest.approx((delay[0] + mean_samples) / rate_hz, rel=1e-6)
    assert made.rectify_mean_samples == round(0.1 * rate_hz)


@pytest.mark.parametrize(
    ("kind", "unit", "rate_hz"),
    [
        ("force", "%MVC", 1000.0),
        ("emg", "%MVC", 1000.0),
        ("respiration", "a.u.", 1000.0),
        ("other", "g", 1000.0),
        ("force", "N", 49.9),
        ("pressure", "hPa", 10.0),
        ("emg", "uV", 10.0),
    ],
)
def test_what_is_kept_as_it_comes(kind: ChannelKind, unit: str, rate_hz: float) -> None:
    assert filter_for(kind, unit, rate_hz, CONDITIONING) is UNFILTERED


@pytest.mark.parametrize("kind", ["force", "pressure", "emg_envelope"])
def test_what_is_low_passed(kind: ChannelKind) -> None:
    made = filter_for(kind, "N", 50.0, CONDITIONING)
    assert (len(made.sections), made.rectify_mean_samples) == (1, 0)


@pytest.mark.parametrize("rate_hz", [50.0, 100.0, 199.9])
def test_emg_too_slow_to_filter_is_refused_with_the_remedy(rate_hz: float) -> None:
    with pytest.raises(CallerError, match="is too slow to filter; record it at 200 Hz or more"):
        filter_for("emg", "uV", rate_hz, CONDITIONING)
