"""Filter coefficients, designed once per channel, outside the streaming path.

Butterworth, order 2, by the bilinear transform with pre-warped edges. Only + - x / and
`sqrt` are used, so that the coefficients have the same bits on every platform (`math.tan`
differs between C libraries). Checked against SciPy in tests.
"""

from __future__ import annotations

from math import sqrt

from levator.errors import CallerError
from levator.quantities import PERCENT_MVC, Hertz, Seconds
from levator.signals.conditioning import UNFILTERED, Biquad, Filter
from levator.signals.samples import ChannelKind
from levator.signals.settings import ConditioningSettings

_PI = 3.141592653589793
_SERIES_TERMS = 20


def filter_for(
    kind: ChannelKind, unit: str, sampling_frequency_hz: Hertz, settings: ConditioningSettings
) -> Filter:
    """Return the filter of a channel; raises CallerError for EMG sampled too slowly.

    A %MVC channel, a kind that is shown as it comes, and any stream under
    `unfiltered_below_hz` are not filtered.
    """
    fs = sampling_frequency_hz
    if unit == PERCENT_MVC or kind in ("respiration", "other") or fs < settings.unfiltered_below_hz:
        return UNFILTERED
    if kind == "emg":
        return _emg(fs, settings)
    section = low_pass(settings.force_low_pass_hz, fs)
    return Filter((section,), 0, _delay_samples(section, 1.0, 0.0) / fs)


def low_pass(edge_hz: Hertz, sampling_frequency_hz: Hertz) -> Biquad:
    """Butterworth low-pass of order 2: one section."""
    k = _tan(_PI * edge_hz / sampling_frequency_hz)
    scale = 1.0 + sqrt(2.0) * k + k * k
    b0 = k * k / scale
    return (b0, 2.0 * b0, b0, 2.0 * (k * k - 1.0) / scale, (1.0 - sqrt(2.0) * k + k * k) / scale)


def band_pass(low_hz: Hertz, high_hz: Hertz, sampling_frequency_hz: Hertz) -> tuple[Biquad, Biquad]:
    """Butterworth band-pass of order 2 (four poles): two sections.

    The low-pass prototype's pole p = (-1 + j)/sqrt(2) becomes the two roots of
    s^2 - p * width * s + low * high = 0; each root and its conjugate make one section.
    """
    low = _tan(_PI * low_hz / sampling_frequency_hz)
    high = _tan(_PI * high_hz / sampling_frequency_hz)
    width, centre = high - low, low * high
    half_re, half_im = -width / (2.0 * sqrt(2.0)), width / (2.0 * sqrt(2.0))
    root_re, root_im = _complex_sqrt(
        half_re * half_re - half_im * half_im - centre, 2.0 * half_re * half_im
    )
    first = _section(width, half_re + root_re, half_im + root_im)
    return first, _section(width, half_re - root_re, half_im - root_im)


def _section(width: float, pole_re: float, pole_im: float) -> Biquad:
    """Bilinear transform of width * s / (s^2 - 2 Re(p) s + |p|^2)."""
    a, b = -2.0 * pole_re, pole_re * pole_re + pole_im * pole_im
    scale = 1.0 + a + b
    return (width / scale, 0.0, -width / scale, (2.0 * b - 2.0) / scale, (1.0 - a + b) / scale)


def _emg(fs: Hertz, settings: ConditioningSettings) -> Filter:
    if fs < settings.emg_lowest_sampling_frequency_hz:
        raise CallerError(
            "EMG at %(rate)s Hz is too slow to filter; record it at %(lowest)s Hz or more, "
            "or as an envelope.",
            rate=fs,
            lowest=settings.emg_lowest_sampling_frequency_hz,
        )
    high = min(settings.emg_band_high_hz, settings.emg_band_high_of_nyquist_percent / 200.0 * fs)
    sections = band_pass(settings.emg_band_low_hz, high, fs)
    mean_samples = max(1, int(settings.emg_mean_s * fs + 0.5))
    cos, sin = _centre(settings.emg_band_low_hz, high, fs)
    band_samples = [_delay_samples(section, cos, sin) for section in sections]
    delay_s: Seconds = (band_samples[0] + band_samples[1] + (mean_samples - 1) / 2.0) / fs
    return Filter(sections, mean_samples, delay_s)


def _centre(low_hz: Hertz, high_hz: Hertz, fs: Hertz) -> tuple[float, float]:
    """Cosine and sine of the digital centre frequency, from its half-angle tangent."""
    squared = _tan(_PI * low_hz / fs) * _tan(_PI * high_hz / fs)
    return (1.0 - squared) / (1.0 + squared), 2.0 * sqrt(squared) / (1.0 + squared)


def _delay_samples(section: Biquad, cos: float, sin: float) -> float:
    """Group delay of a section, in samples, at the frequency with this cosine and sine."""
    b0, b1, b2, a1, a2 = section
    return _polynomial_delay(b0, b1, b2, cos, sin) - _polynomial_delay(1.0, a1, a2, cos, sin)


def _polynomial_delay(c0: float, c1: float, c2: float, cos: float, sin: float) -> float:
    """Re(sum k c_k z^-k / sum c_k z^-k) on the unit circle."""
    cos2, sin2 = cos * cos - sin * sin, 2.0 * sin * cos
    re, im = c0 + c1 * cos + c2 * cos2, -c1 * sin - c2 * sin2
    slope_re, slope_im = c1 * cos + 2.0 * c2 * cos2, -c1 * sin - 2.0 * c2 * sin2
    return (slope_re * re + slope_im * im) / (re * re + im * im)


def _complex_sqrt(re: float, im: float) -> tuple[float, float]:
    size = sqrt(re * re + im * im)
    root_re, root_im = sqrt((size + re) / 2.0), sqrt((size - re) / 2.0)
    return root_re, root_im if im >= 0.0 else -root_im


def _tan(angle: float) -> float:
    """Tangent by the series of sine and cosine, for angles in 0 to pi/2."""
    sine = term = angle
    cosine = even = 1.0
    for n in range(1, _SERIES_TERMS):
        even *= -angle * angle / ((2 * n - 1) * (2 * n))
        term *= -angle * angle / ((2 * n) * (2 * n + 1))
        cosine += even
        sine += term
    return sine / cosine
