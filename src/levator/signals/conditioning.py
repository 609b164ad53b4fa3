"""Streaming filters with carried state: raw samples of one channel -> %MVC level.

Everything here is + - x /, comparison and `fsum`, one sample after the other, so any
cutting of the stream gives the same bits. Coefficients come from `signals.design`, once,
and travel in the session's context.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from typing import NamedTuple, TypeAlias

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
    rectify_mean_samples : 0, or the length of the moving mean behind a rectifier; then
        `sections` are the two of a band-pass, each with numerator b * (1 - z^-2).
    delay_s : group delay of the whole chain in its pass band; scores shift the level back
        by it, rounded to whole samples.
    """

    sections: tuple[Biquad, ...]
    rectify_mean_samples: int
    delay_s: Seconds


UNFILTERED = Filter((), 0, 0.0)


class FilterState(NamedTuple):
    """What a filter carries from block to block (a tuple: one is made per block).

    delays : two numbers per section; empty before the first sample.
    sizes : rectified samples so far, shared between states and only ever appended to by
        the newest one; `width` zeros, then those this state has `seen`.
    total : sum of the last `width` of them.
    """

    delays: tuple[float, ...] = ()
    sizes: list[float] | None = None
    seen: int = 0
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


def is_activity(channel: Channel, chain: Filter) -> bool:
    """Return whether the level is the size of muscle activity: without sign, never steady."""
    return chain.rectify_mean_samples > 0 or channel.kind == "emg_envelope"


def run(
    chain: Filter, scale: Scale, state: FilterState, raw: Sequence[float]
) -> tuple[list[float], FilterState]:
    """Return the levels of a block of finite raw values, and the state after it.

    The first sample ever (or after a gap) finds the filter settled on its value, so the
    start does not depend on the length of the first block.
    """
    if not raw:
        return [], state
    if chain.rectify_mean_samples:
        levels, state = _rectified_mean(chain, scale, state, raw)
    else:
        delays = state.delays or settled(chain.sections, raw[0])
        values: Sequence[float] = raw
        for place, section in enumerate(chain.sections):
            values, delays = _section(section, delays, 2 * place, values)
        gain, bias = scale.gain, scale.bias
        levels = [value * gain + bias for value in values]
        state = FilterState(delays)
    for shift in scale.shifts:
        levels = [level - shift for level in levels]
    return levels, state


def settled(sections: tuple[Biquad, ...], value: float) -> tuple[float, ...]:
    """Return the delays of a filter that has seen `value` forever."""
    delays: list[float] = []
    for b0, b1, b2, a1, a2 in sections:
        out = value * (b0 + b1 + b2) / (1.0 + a1 + a2)
        delays += ((b1 + b2) * value - (a1 + a2) * out, b2 * value - a2 * out)
        value = out
    return tuple(delays)


def _section(
    section: Biquad, delays: tuple[float, ...], place: int, values: Sequence[float]
) -> tuple[list[float], tuple[float, ...]]:
    """One section in transposed direct form II; its delays stand at `place`."""
    b0, b1, b2, a1, a2 = section
    z0, z1 = delays[place], delays[place + 1]
    out: list[float] = []
    put = out.append
    for value in values:
        y = b0 * value + z0
        z0 = b1 * value - a1 * y + z1
        z1 = b2 * value - a2 * y
        put(y)
    return out, (*delays[:place], z0, z1, *delays[place + 2 :])


def _rectified_mean(
    chain: Filter,
    scale: Scale,
    state: FilterState,
    raw: Sequence[float],
) -> tuple[list[float], FilterState]:
    """Both sections of a band-pass, rectifier, moving mean and scale in one pass.

    One loop instead of five: this is the hot path of EMG. The numerators of a band-pass
    are b * (1 - z^-2); both b go into the gain, which saves every product with them.
    """
    (b, _, _, a1, a2), (c, _, _, d1, d2) = chain.sections
    # Settled on the first value: nothing comes through a band-pass from a constant.
    z0, z1, z2, z3 = state.delays or (-raw[0], -raw[0], 0.0, 0.0)
    width, total, bias = chain.rectify_mean_samples, state.total, scale.bias
    gain = scale.gain * b * c / width
    sizes, seen = _grown(state, width)
    a2, d2 = -a2, -d2
    levels: list[float] = []
    values, stop = iter(raw), seen + len(raw)
    while seen < stop:
        into = seen % width
        if into == 0:
            # At each turn of the window the sum is taken anew, which keeps rounding errors
            # from piling up over hours.
            total = fsum(sizes[seen : seen + width])
        until = min(stop, seen + width - into)
        # `oldest` first: zip then takes no value more than it gives.
        for oldest, value in zip(sizes[seen:until], values):  # noqa: B905
            y = value + z0
            z0 = z1 - a1 * y
            z1 = a2 * y - value
            w = y + z2
            z2 = z3 - d1 * w
            z3 = d2 * w - y
            if w < 0.0:
                w = -w
            sizes.append(w)
            total += w - oldest
            levels.append(total * gain + bias)
        seen = until
    return levels, FilterState((z0, z1, z2, z3), sizes, seen, total)


def _grown(state: FilterState, width: int) -> tuple[list[float], int]:
    """Return a list that may be appended to, `width` zeros before the first sample.

    It is the shared one if this is the newest state and it is not too long, else a copy of
    the window alone. `seen` is kept as a place in the list, whole windows cut off.
    """
    sizes, seen = state.sizes, state.seen
    if sizes is None:
        return [0.0] * width, 0
    if len(sizes) == seen + width and seen < 64 * width:
        return sizes, seen
    cut = seen - seen % width
    return sizes[cut : seen + width], seen - cut
