"""A ceiling that nobody told: a signal cut off where its amplifier or its file could go no higher.

Noise does not come back to one highest value again and again. Where it does, sample after sample,
with dips between that are deep against the steps of the channel, something was cut off there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from levator.quantities import Hertz
from levator.signals.quality import Doubt
from levator.signals.settings import QualitySettings
from levator.signals.tape import index_at


@dataclass(frozen=True, slots=True)
class CeilingLimits:
    """What is taken for a ceiling, in samples at one sampling frequency; no dips: never looked for.

    steps : a dip must be this many of the smallest steps between neighbours deep.
    """

    dips: int
    longest_dip: int
    steps: float
    share: float
    samples: int


@dataclass(frozen=True, slots=True)
class CeilingWatch:
    """The highest value so far, and the visits to it that are not far apart."""

    top: float = -inf
    first: int = 0
    last: float = -inf
    visits: int = 0
    dips: int = 0
    low: float = inf
    step: float = inf
    before: float = -inf


OPEN_SKY = CeilingWatch()


def ceiling_limits(settings: QualitySettings, sampling_frequency_hz: Hertz) -> CeilingLimits:
    """Return the limits at a sampling frequency."""
    return CeilingLimits(
        settings.ceiling_dips,
        index_at(settings.ceiling_dip_longest_s, sampling_frequency_hz),
        settings.ceiling_dip_steps,
        settings.ceiling_share_percent / 100.0,
        index_at(settings.clipping_s, sampling_frequency_hz),
    )


def watch_ceiling(
    state: CeilingWatch,
    values: Sequence[float],
    first_index: int,
    limits: CeilingLimits,
    is_falling: bool = False,
) -> tuple[CeilingWatch, list[Doubt]]:
    """Watch finite raw values on the side where she contracts.

    A value cut off at rest is no doubt: recordings are often cut at zero there. Each doubt goes
    from the first visit to the newest and is known only from that one on.
    """
    doubts: list[Doubt] = []
    if not values or not limits.dips:
        return state, doubts
    high = -min(values) if is_falling else max(values)
    if high < state.top and first_index - state.last > limits.longest_dip:
        return state, doubts
    top, first, last, visits = state.top, state.first, state.last, state.visits
    dips, low, step, before = state.dips, state.low, state.step, state.before
    for index, raw in enumerate(values, first_index):
        value = -raw if is_falling else raw
        if value > top or (value == top and index - last > limits.longest_dip):
            top, first, last, visits, dips, low, step = value, index, index, 1, 0, value, inf
        elif index - last > limits.longest_dip:
            continue
        else:
            apart = value - before if value > before else before - value
            step = apart if 0.0 < apart < step else step
            if value < top:
                low = value if value < low else low
            else:
                dips += last < index - 1 and top - low >= limits.steps * step
                visits, last, low = visits + 1, index, top
                if (
                    dips >= limits.dips
                    and visits >= limits.samples
                    and visits >= limits.share * (index - first + 1)
                ):
                    doubts.append(Doubt("clipping", first, index + 1, known_from=index + 1))
        before = value
    return CeilingWatch(top, first, last, visits, dips, low, step, before), doubts
