"""The numbers of one repetition: how she followed the target, and what the muscle did.

All windows are in true time: the level is shifted back by the filter's delay. Nothing
behind `bound` (the position of the session) is looked at, however far the stream was fed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, sqrt
from operator import mul

from levator.quantities import Hertz, Percent, PercentMvc, PercentMvcPerSecond, Seconds
from levator.signals.averages import mean
from levator.signals.contraction import (
    detector_limits,
    longest_run,
    moving_mean,
    onset_in,
    release_rate,
    rise_rate,
    steadiness,
)
from levator.signals.settings import ContractionSettings
from levator.signals.tape import Tape, index_at
from levator.training.settings import VerdictSettings
from levator.training.target import Plan

#: The lag is searched on about this many samples and this many steps a pass; finer steps
#: would cost time on the live path and change nothing a person can see.
_LAG_SAMPLES, _LAG_STEPS = 400, 24


@dataclass(frozen=True, slots=True)
class Track:
    """The level of the primary channel, as the scores see it.

    judged_over : samples that are averaged around each moment before it is held against the
        target; 1 for force and pressure, more for muscle activity, which swings by itself.
    """

    tape: Tape
    sampling_frequency_hz: Hertz
    delay_samples: int
    bound: int
    judged_over: int = 1

    def between(self, from_s: Seconds, to_s: Seconds) -> list[PercentMvc]:
        """Levels whose true time is in [from, to), as far as the session has come."""
        fs, delay = self.sampling_frequency_hz, self.delay_samples
        stop = min(index_at(to_s, fs) + delay, self.bound)
        return self.tape.cut(index_at(from_s, fs) + delay, stop)

    def judged(self, values: Sequence[PercentMvc]) -> list[PercentMvc]:
        """Return values of neighbouring samples as they are held against the target."""
        return moving_mean(values, self.judged_over)

    def count(self, lasts_s: Seconds) -> int:
        """Samples in a duration, at least one."""
        return max(1, index_at(lasts_s, self.sampling_frequency_hz))


@dataclass(frozen=True, slots=True)
class Scores:
    """Numbers of one repetition; None where the data does not give one."""

    onset_s: Seconds | None = None
    held_s: Seconds | None = None
    time_in_band_percent: Percent | None = None
    rmse_percent_mvc: PercentMvc | None = None
    rmse_lag_removed_percent_mvc: PercentMvc | None = None
    lag_s: Seconds | None = None
    hold_mean_percent_mvc: PercentMvc | None = None
    hold_cv_percent: Percent | None = None
    rise_rate_percent_mvc_per_s: PercentMvcPerSecond | None = None
    release_rate_percent_mvc_per_s: PercentMvcPerSecond | None = None
    judged_level_percent_mvc: PercentMvc | None = None
    reached: bool = False
    overshot: bool = False


def score(
    track: Track,
    plan: Plan,
    judged_at_s: Seconds,
    contraction: ContractionSettings,
    verdicts: VerdictSettings,
) -> Scores:
    """Return the scores of a round whose samples are all known."""
    fs, force, band = track.sampling_frequency_hz, plan.force_percent_mvc, verdicts.band_percent_mvc
    effort = track.between(plan.start_s, plan.effort_end_s)
    hold = track.between(plan.reach_s, plan.let_go_s)
    onset_s = _onset_s(track, plan, contraction)
    in_band = [level for level in track.judged(hold) if -band <= level - force <= band]
    # Of rest, steadiness and lag would be numbers about noise.
    worked = any(level >= contraction.found_above_percent_mvc for level in effort)
    lag = lag_samples(track, plan, contraction.lag_within_s) if worked else None
    judged = track.judged(effort)
    reached = [level >= force - band for level in judged]
    over = [level > force + verdicts.too_strong_bands * band for level in judged]
    rise, release = _rates(track, plan, onset_s, judged_at_s, contraction)
    released_s = min(verdicts.released_over_s, judged_at_s - plan.effort_end_s)
    return Scores(
        onset_s=onset_s,
        held_s=len(in_band) / fs,
        time_in_band_percent=100.0 * len(in_band) / len(hold) if hold else None,
        rmse_percent_mvc=rmse(track, plan, 0),
        rmse_lag_removed_percent_mvc=None if lag is None else rmse(track, plan, lag),
        lag_s=None if lag is None else lag / fs,
        hold_mean_percent_mvc=mean(hold),
        hold_cv_percent=steadiness(hold) if worked else None,
        rise_rate_percent_mvc_per_s=rise,
        release_rate_percent_mvc_per_s=release,
        judged_level_percent_mvc=level_before(track, judged_at_s, released_s),
        reached=longest_run(reached) >= track.count(verdicts.reached_lasts_s),
        overshot=longest_run(over) >= track.count(verdicts.too_strong_lasts_s),
    )


def _rates(
    track: Track,
    plan: Plan,
    onset_s: Seconds | None,
    judged_at_s: Seconds,
    contraction: ContractionSettings,
) -> tuple[PercentMvcPerSecond | None, PercentMvcPerSecond | None]:
    """Slope of the rise and speed of letting go, between two shares of the target."""
    fs, force = track.sampling_frequency_hz, plan.force_percent_mvc
    # A jump before her own onset is not her rise; without an onset there may still be one.
    from_s = plan.start_s - contraction.lag_within_s if onset_s is None else onset_s - 1.0 / fs
    low = force * contraction.rate_from_percent / 100.0
    high = force * contraction.rate_to_percent / 100.0
    rise = rise_rate(track.between(from_s, plan.let_go_s), fs, low, high)
    return rise, release_rate(track.between(plan.start_s, judged_at_s), fs, low, high)


def level_before(track: Track, at_s: Seconds, over_s: Seconds) -> PercentMvc | None:
    """Return the mean level over the last moments the session has seen before a time."""
    stop = min(index_at(at_s, track.sampling_frequency_hz), track.bound)
    return mean(track.tape.cut(stop - track.count(over_s), stop))


def _onset_s(track: Track, plan: Plan, contraction: ContractionSettings) -> Seconds | None:
    fs = track.sampling_frequency_hz
    from_s = plan.start_s - contraction.lag_within_s
    place = onset_in(track.between(from_s, plan.effort_end_s), detector_limits(contraction, fs))
    return None if place is None else (index_at(from_s, fs) + place) / fs


def rmse(track: Track, plan: Plan, shift: int) -> PercentMvc | None:
    """Return the root mean square error over rise, hold and fall.

    shift : samples by which the level is taken later (a lag that is removed).
    """
    fs = track.sampling_frequency_hz
    start, stop = index_at(plan.start_s, fs), index_at(plan.effort_end_s, fs)
    first = start + track.delay_samples + shift
    levels = track.tape.cut(first, min(first + stop - start, track.bound))
    if not levels:
        return None
    target = plan.curve(fs).levels(start, start + len(levels))
    apart = track.judged([level - asked for level, asked in zip(levels, target, strict=True)])
    total = fsum(a * a for a in apart)
    return sqrt(total / len(apart)) if total == total else None


def lag_samples(track: Track, plan: Plan, within_s: Seconds) -> int | None:
    """Return the shift with the highest correlation between level and target.

    Coarse to fine: the correlation of two trapezoids has one summit. None where target or
    level has no shape (a flat level follows nothing).
    """
    fs = track.sampling_frequency_hz
    start, stop = index_at(plan.start_s, fs), index_at(plan.effort_end_s, fs)
    within = index_at(within_s, fs)
    first = start + track.delay_samples
    low = max(-within, track.tape.first - first)
    high = min(within, track.bound - (first + stop - start))
    if high < low:
        return None
    levels = track.tape.cut(first + low, first + high + stop - start)
    stride = max(1, (stop - start) // _LAG_SAMPLES)
    asked = _centred(plan.curve(fs).levels(start, stop)[::stride])
    if asked is None:
        return None
    best: tuple[float, int] | None = None
    step = max(1, (high - low) // _LAG_STEPS)
    middle, reach = 0, max(-low, high)
    while True:
        for shift in _around(middle, reach, step, low, high):
            likeness = _likeness(levels[shift - low : shift - low + stop - start : stride], asked)
            if likeness is not None and (best is None or _is_better(likeness, shift, best)):
                best = (likeness, shift)
        if best is None or step == 1:
            return None if best is None else best[1]
        middle, reach, step = best[1], step, max(1, step // 8)


def _around(middle: int, reach: int, step: int, low: int, high: int) -> list[int]:
    """Shifts on a grid through `middle`, so that zero lag is always tried."""
    steps = range(-(reach // step), reach // step + 1)
    return [middle + n * step for n in steps if low <= middle + n * step <= high]


def _is_better(likeness: float, shift: int, best: tuple[float, int]) -> bool:
    """Higher correlation wins; of equals the smaller lag."""
    return likeness > best[0] or (likeness == best[0] and abs(shift) < abs(best[1]))


def _centred(values: Sequence[float]) -> tuple[list[float], float] | None:
    """The values around their mean, and the root of their squares; None if they are flat."""
    average = mean(values)
    if average is None:
        return None
    apart = [value - average for value in values]
    size = sqrt(fsum(map(mul, apart, apart)))
    return (apart, size) if size > 0.0 else None


def _likeness(levels: Sequence[float], asked: tuple[list[float], float]) -> float | None:
    """Correlation coefficient of levels and target."""
    total = fsum(levels)
    if total != total:
        return None
    average = total / len(levels)
    squares = fsum(map(mul, levels, levels)) - total * average
    if squares <= 1e-9 * len(levels):
        return None
    # The target is centred, so the mean of the levels drops out of the product.
    return fsum(map(mul, levels, asked[0])) / (asked[1] * sqrt(squares))
