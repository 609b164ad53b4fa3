"""Streaming filters with carried state: raw samples of one channel -> %MVC level.

Everything here is + - x /, comparison and `fsum`, one sample after the other, so any
cutting of the stream gives the same bits. Coefficients come from `signals.design`, once,
and travel in the session's context.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum
from typing import TypeAlias

from levator.quantities import Seconds
from levator.signals.reference import Reference
from levator.signals.samples import Channel

#: b0, b1, b2, a1, a2 of one second-order section, a0 = 1.
Biquad: TypeAlias = tuple[float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Filter:
    """What happens to one channel before it is a level.

    sections : low-pass (force) or band-pass (EMG) in second-order sections; empty for an
        unfiltered channel.
    rectify_mean_samples : 0, or the length of the moving mean behind a rectifier.
    delay_s : group delay of the whole chain in its pass band; scores shift the level back
        by it, rounded to whole samples.
    """

    sections: tuple[Biquad, ...]
    rectify_mean_samples: int
    delay_s: Seconds


UNFILTERED = Filter((), 0, 0.0)


@dataclass(frozen=True, slots=True)
class FilterState:
    """What a filter carries from block to block.

    delays : two numbers per section; empty before the first sample.
    ring : the last rectified samples of the moving mean, the next to go at `position`.
    total : their sum.
    """

    delays: tuple[tuple[float, float], ...] = ()
    ring: tuple[float, ...] = ()
    position: int = 0
    total: float = 0.0


AT_REST = FilterState()


@dataclass(frozen=True, slots=True)
class Scale:
    """Level = filtered raw * gain + bias, less each shift of a later tare, in order."""

    gain: float
    bias: float
    shifts: tuple[float, ...] = ()


def scale_of(channel: Channel, chain: Filter, reference: Reference | None) -> Scale:
    """Return the scale from filtered raw values to %MVC above rest.

    Without a reference the level is the physical value. Behind a rectifier a channel has
    no sign and no offset left.
    """
    gain, offset = channel.scale, channel.offset
    if chain.rectify_mean_samples:
        gain, offset = abs(gain), 0.0
    if reference is None:
        return Scale(gain, offset)
    per_unit = 100.0 / (reference.reference - reference.rest)
    return Scale(gain * per_unit, (offset - reference.rest) * per_unit)


def run(
    chain: Filter, scale: Scale, state: FilterState, raw: Sequence[float]
) -> tuple[list[float], FilterState]:
    """Return the levels of a block of finite raw values, and the state after it.

    The first sample ever (or after a gap) finds the filter settled on its value, so the
    start does not depend on the length of the first block.
    """
    if not raw:
        return [], state
    values: Iterable[float] = raw
    delays = state.delays or settled(chain.sections, raw[0])
    after = []
    for section, carried in zip(chain.sections, delays, strict=True):
        values, carried = _section(section, carried, values)
        after.append(carried)
    ring, position, total = state.ring, state.position, state.total
    if chain.rectify_mean_samples:
        values, ring, position, total = _rectified_mean(
            values, ring or (0.0,) * chain.rectify_mean_samples, position, total
        )
    gain, bias = scale.gain, scale.bias
    levels = [value * gain + bias for value in values]
    for shift in scale.shifts:
        levels = [level - shift for level in levels]
    return levels, FilterState(tuple(after), ring, position, total)


def settled(sections: tuple[Biquad, ...], value: float) -> tuple[tuple[float, float], ...]:
    """Return the delays of a filter that has seen `value` forever."""
    delays = []
    for b0, b1, b2, a1, a2 in sections:
        out = value * (b0 + b1 + b2) / (1.0 + a1 + a2)
        delays.append(((b1 + b2) * value - (a1 + a2) * out, b2 * value - a2 * out))
        value = out
    return tuple(delays)


def _section(
    section: Biquad, delays: tuple[float, float], values: Iterable[float]
) -> tuple[list[float], tuple[float, float]]:
    """Transposed direct form II."""
    b0, b1, b2, a1, a2 = section
    z0, z1 = delays
    out: list[float] = []
    put = out.append
    for value in values:
        y = b0 * value + z0
        z0 = b1 * value - a1 * y + z1
        z1 = b2 * value - a2 * y
        put(y)
    return out, (z0, z1)


def _rectified_mean(
    values: Iterable[float], ring: tuple[float, ...], position: int, total: float
) -> tuple[list[float], tuple[float, ...], int, float]:
    slots, size = list(ring), len(ring)
    out: list[float] = []
    put = out.append
    for value in values:
        size_now = value if value >= 0.0 else -value
        total += size_now - slots[position]
        slots[position] = size_now
        position += 1
        if position == size:
            # Summing anew once a turn keeps rounding errors from piling up over hours.
            position, total = 0, fsum(slots)
        put(total / size)
    return out, tuple(slots), position, total
