"""The trapezoid that the person of the openhdemg recording followed, fitted to what she did."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tests.real import openhdemg

Curve = npt.NDArray[np.float64]
RISE_S, HOLD_S, FALL_S = 5.0, 20.0, 5.0


@dataclass(frozen=True)
class Trapezoid:
    start_s: float
    force_percent_mvc: float
    rms_error_percent_mvc: float


def times_s() -> Curve:
    """Times of the samples, the recording's own: 7.0 s to 39.5 s."""
    _, force, rate_hz, start_s = openhdemg()
    return start_s + np.arange(force.size) / rate_hz


def shape(start_s: float) -> Curve:
    """The trapezoid of height 1 that begins to rise at `start_s`."""
    corners = np.cumsum([start_s, RISE_S, HOLD_S, FALL_S])
    return np.interp(times_s(), corners, [0.0, 1.0, 1.0, 0.0])


def fitted() -> Trapezoid:
    """Least squares over the start in steps of 0.05 s; the height follows from each start."""
    _, force, _, _ = openhdemg()
    tried = []
    for start_s in np.arange(7.0, 9.5, 0.05):
        unit = shape(start_s)
        height = float(unit @ force / (unit @ unit))
        error = float(np.sqrt(np.mean((force - height * unit) ** 2)))
        tried.append(Trapezoid(round(float(start_s), 2), height, error))
    return min(tried, key=lambda one: one.rms_error_percent_mvc)
