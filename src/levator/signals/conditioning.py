"""Streaming filters with carried state: raw samples of one channel -> %MVC level.

Everything here is + - x /, comparison, `fsum` and one sample after the other, so any
cutting of the stream gives the same bits. Coefficients come from `signals.design`, once,
and travel in the session's context.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import fsum
from typing import TypeAlias

from levator.quantities import PercentMvc, Seconds
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
    """Carried state: two numbers per section, the ring of the moving mean and its sum.

    `ring` is written in place by the newest state only; see `run`.
    """

    delays: tuple[float, ...] | None = None
    ring: tuple[float, ...] = field(default=())
    position: int = 0
    total: float = 0.0
