"""The five signs of fatigue (clinical.md section 2), and nothing else.

a  hold_not_reached    hold mean or hold in band too low, some rounds running
b  unsteady            CV in the hold above that of her own first rounds
c  slower_rise         rise rate below that of her own first rounds
d  rest_not_released   level at the end of the rest too high
e  effort_rated_high   her own rating 0-10

Invalid repetitions are rounds done, never signs. Signs b and c exist from the round after
her own first rounds. The signs that stand after a round are counted together.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from levator.quantities import Percent, PercentMvc, PercentMvcPerSecond
from levator.signals.averages import median_known
from levator.training.events import FatigueSign
from levator.training.settings import FatigueSettings


@dataclass(frozen=True, slots=True)
class RoundResult:
    """What fatigue, rounds rules and the summary need of a round that is done."""

    round: int
    valid: bool
    good: bool
    force_percent_mvc: PercentMvc
    hold_mean_percent_mvc: PercentMvc | None = None
    time_in_band_percent: Percent | None = None
    hold_cv_percent: Percent | None = None
    rise_rate_percent_mvc_per_s: PercentMvcPerSecond | None = None
    rest_percent_mvc: PercentMvc | None = None
    released: bool | None = None


def signs_after(
    rounds: tuple[RoundResult, ...], effort: int | None, settings: FatigueSettings
) -> tuple[FatigueSign, ...]:
    """Return the signs that stand after the last round."""
    found: list[FatigueSign] = []
    valid = [result for result in rounds if result.valid]
    if rounds and rounds[-1].valid:
        running = valid[-settings.hold_rounds_running :]
        if len(running) == settings.hold_rounds_running and all(
            _hold_not_reached(result, settings) for result in running
        ):
            found.append("hold_not_reached")
        own, last = valid[: settings.own_rounds], rounds[-1]
        if len(own) == settings.own_rounds and last not in own:
            found += _against_own(last, own, settings)
        if last.rest_percent_mvc is not None and (
            last.rest_percent_mvc > settings.rest_above_percent_mvc
        ):
            found.append("rest_not_released")
    if effort is not None and effort >= settings.effort_at_least:
        found.append("effort_rated_high")
    return tuple(found)


def _hold_not_reached(result: RoundResult, settings: FatigueSettings) -> bool:
    hold_mean, in_band = result.hold_mean_percent_mvc, result.time_in_band_percent
    least = result.force_percent_mvc * settings.hold_mean_below_of_target_percent / 100.0
    return (hold_mean is not None and hold_mean < least) or (
        in_band is not None and in_band < settings.hold_in_band_below_percent
    )


def _against_own(
    last: RoundResult, own: list[RoundResult], settings: FatigueSettings
) -> list[FatigueSign]:
    found: list[FatigueSign] = []
    own_cv = median_known([result.hold_cv_percent for result in own])
    cv, rate = last.hold_cv_percent, last.rise_rate_percent_mvc_per_s
    own_rate = median_known([result.rise_rate_percent_mvc_per_s for result in own])
    cv_share, rate_share = _share_percent(cv, own_cv), _share_percent(rate, own_rate)
    if cv_share is not None and cv_share > settings.cv_above_of_own_percent:
        found.append("unsteady")
    if rate_share is not None and rate_share < settings.rise_below_of_own_percent:
        found.append("slower_rise")
    return found


def _share_percent(value: float | None, own: float | None) -> Percent | None:
    """Return the value as a share of her own; None where there is nothing to compare with."""
    if value is None or own is None:
        return None
    # A perfectly steady beginning (only a machine has one) makes any trembling a sign.
    return 100.0 * value / own if own > 0.0 else (0.0 if value <= 0.0 else inf)
