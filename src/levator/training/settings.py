"""The numbers that judge a sitting; every value comes from `library/measures`."""

from __future__ import annotations

from dataclasses import dataclass

from levator.quantities import Percent, PercentMvc, Seconds
from levator.signals.settings import (
    CalibrationSettings,
    ConditioningSettings,
    ContractionSettings,
    QualitySettings,
)


@dataclass(frozen=True, slots=True)
class VerdictSettings:
    """Thresholds of a repetition (`library/measures/verdicts.toml`)."""

    band_percent_mvc: PercentMvc
    activity_mean_s: Seconds
    too_strong_lasts_s: Seconds
    too_strong_bands: float
    reached_lasts_s: Seconds
    slow_below_of_asked_percent: Percent
    short_below_of_hold_percent: Percent
    released_below_percent_mvc: PercentMvc
    released_over_s: Seconds
    judged_after_s: Seconds
    judged_after_of_rest_percent: Percent


@dataclass(frozen=True, slots=True)
class RestSettings:
    """Rest first (`library/measures/rest.toml`)."""

    longer_by_s: Seconds
    longer_at_most_s: Seconds
    unreleased_at_most: int
    session_released_percent: Percent


@dataclass(frozen=True, slots=True)
class FatigueSettings:
    """The five signs (`library/measures/fatigue.toml`; clinical.md section 2)."""

    own_rounds: int
    hold_mean_below_of_target_percent: Percent
    hold_in_band_below_percent: Percent
    hold_rounds_running: int
    cv_above_of_own_percent: Percent
    rise_below_of_own_percent: Percent
    rest_above_percent_mvc: PercentMvc
    effort_at_least: int
    warned_by: int
    established_by: int


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """The flow of a sitting (`library/measures/session.toml`)."""

    lead_in_s: Seconds
    max_rounds: int
    max_effort_s: Seconds
    presence_s: Seconds
    amber_after_s: Seconds
    grey_after_s: Seconds


@dataclass(frozen=True, slots=True)
class Settings:
    """All thresholds of one library version."""

    conditioning: ConditioningSettings
    calibration: CalibrationSettings
    contraction: ContractionSettings
    quality: QualitySettings
    verdicts: VerdictSettings
    rest: RestSettings
    fatigue: FatigueSettings
    session: SessionSettings
