"""What the sensors make of her: a seat with drift and a polarity, electrodes, a belt.

Pure, and raw: every sensor gives the integers of its converter. Channels say the unit.
"""

from __future__ import annotations

from collections import deque
from math import sqrt
from random import Random
from typing import Literal

from levator.devices.simulator.parameters import (
    EmgParameters,
    Parameters,
    RespirationParameters,
    SeatParameters,
)
from levator.devices.simulator.patient import Body
from levator.quantities import Seconds
from levator.signals.samples import Channel, ChannelKind

Polarity = Literal["rising", "falling"]
LOWEST, HIGHEST = -32768, 32767


def _counts(value: float) -> int:
    return min(HIGHEST, max(LOWEST, round(value)))


def _channel(name: str, kind: ChannelKind, unit: str, scale: float) -> Channel:
    return Channel(name, kind, unit, scale, 0.0, LOWEST, HIGHEST)


class Seat:
    """A force sensor under a cushion; a contraction adds load or takes it away."""

    def __init__(
        self, parameters: Parameters, rng: Random, polarity: Polarity, dt_s: Seconds
    ) -> None:
        self._p: SeatParameters = parameters.seat
        self._on_seat = parameters.breathing.on_seat
        self._rng = rng
        self._sign = 1 if polarity == "rising" else -1
        self._drift = 0.0
        self._drift_step = self._p.drift_per_root_minute * sqrt(dt_s / 60)
        delay = max(1, round(self._p.delay_s / dt_s) + 1)
        self._late: deque[float] = deque([0.0] * delay, maxlen=delay)

    def channels(self) -> tuple[Channel, ...]:
        """Return the one channel of the seat."""
        return (_channel("force", "force", "N", self._p.newton_per_count),)

    def read(self, body: Body) -> int:
        """Return one count of the converter."""
        self._drift += self._rng.gauss(0, self._drift_step)
        self._late.append(self._sign * (body.lift - body.push))
        share = (
            self._late[0]
            + body.glutes
            + body.cough
            + body.posture
            + self._on_seat * body.breath
            + self._drift
        )
        load = self._p.resting_load_newton + self._p.full_scale_newton * share
        return _counts((load + self._rng.gauss(0, self._p.noise_newton)) / self._p.newton_per_count)


class Electrodes:
    """Surface EMG of the pelvic floor and, if asked for, of the abdomen."""

    def __init__(self, parameters: Parameters, rng: Random, abdomen: bool) -> None:
        self._p: EmgParameters = parameters.emg
        self._rng, self._abdomen = rng, abdomen

    def channels(self) -> tuple[Channel, ...]:
        """Return one channel per muscle."""
        names = ("emg", "emg_abdomen") if self._abdomen else ("emg",)
        return tuple(_channel(name, "emg", "uV", self._p.microvolt_per_count) for name in names)

    def read(self, body: Body) -> tuple[int, ...]:
        """Return one count per channel."""
        p = self._p
        floor = self._noise(p.rest_microvolt, p.full_microvolt * body.effort)
        if not self._abdomen:
            return (floor,)
        strength = max(body.abdomen, abs(body.cough))
        return floor, self._noise(p.abdomen_rest_microvolt, p.abdomen_full_microvolt * strength)

    def _noise(self, rest: float, active: float) -> int:
        spread = sqrt(rest * rest + active * active)
        return _counts(self._rng.gauss(0, spread) / self._p.microvolt_per_count)


class Belt:
    """A breathing belt in arbitrary units."""

    def __init__(self, parameters: Parameters, rng: Random) -> None:
        self._p: RespirationParameters = parameters.respiration
        self._rng = rng

    def channels(self) -> tuple[Channel, ...]:
        """Return the one channel of the belt."""
        return (_channel("respiration", "respiration", "a.u.", self._p.units_per_count),)

    def read(self, body: Body) -> int:
        """Return one count of the converter."""
        return _counts((body.breath + self._rng.gauss(0, self._p.noise)) / self._p.units_per_count)
