"""Which raw values are known: numbers, and of a size that a sensor on a muscle can give.

Every level is made of known values, in a session and in a calibration. So nothing behind this
door meets a number that its sums and squares cannot hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite
from typing import TypeAlias

from levator.quantities import PercentMvc
from levator.signals.conditioning import Scale
from levator.signals.quality import Doubt
from levator.signals.samples import Channel
from levator.signals.settings import QualitySettings

#: Lowest and highest raw value that is known.
Known: TypeAlias = tuple[float, float]


def known_range(channel: Channel, scale: Scale | None, settings: QualitySettings) -> Known:
    """Return the raw values that are believed to be measured.

    scale : from raw values to %MVC; None where a single raw value is no level (no reference yet,
        or the size of muscle activity, which a constant far from zero does not change).
    """
    low, high = _within(settings.known_within_any_unit, channel.scale, channel.offset)
    if scale is None:
        return low, high
    lowest, highest = _within(settings.known_within_percent_mvc, scale.gain, scale.bias)
    return max(low, lowest), min(high, highest)


def _within(size: float, gain: float, bias: float) -> Known:
    """Return between which values ``value * gain + bias`` is at most `size` from zero."""
    if gain == 0.0:
        return -inf, inf
    ends = ((-size - bias) / gain, (size - bias) / gain)
    return min(ends), max(ends)


def without_unknown(
    raw: Sequence[float], held: float | None, known: Known
) -> tuple[list[float], list[int]]:
    """Return the values with every unknown one replaced by the last known one, and where.

    held : the last known value before this block. Without one the values begin at the first
        known one: a filter must not settle on a number that never was.
    """
    out, unknown = [], []
    low, high = known
    for place, value in enumerate(raw):
        if low <= value <= high:
            held = value
        else:
            unknown.append(place)
        if held is not None:
            out.append(held)
    return out, unknown


def too_far(levels: Sequence[float], within: PercentMvc) -> list[int]:
    """Return the places of levels further from rest than any muscle."""
    if max(levels, default=0.0) <= within and min(levels, default=0.0) >= -within:
        return []
    return [place for place, level in enumerate(levels) if not -within <= level <= within]


def doubts_of(raw: Sequence[float], unknown: Sequence[int], first_index: int) -> list[Doubt]:
    """Return what is said of unknown values: no number, or one that no muscle has."""
    return [
        Doubt(
            "out_of_range" if isfinite(raw[place]) else "not_a_number",
            first_index + place,
            first_index + place + 1,
        )
        for place in unknown
    ]
