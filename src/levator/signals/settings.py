"""The numbers that the signal code needs; every value comes from `library/measures`."""

from __future__ import annotations

from dataclasses import dataclass

from levator.quantities import Hertz, Percent, PercentMvc, PercentMvcPerSecond, Seconds


@dataclass(frozen=True, slots=True)
class ConditioningSettings:
    """Filters per kind of channel (`library/measures/conditioning.toml`)."""

    unfiltered_below_hz: Hertz
    force_low_pass_hz: Hertz
    emg_band_low_hz: Hertz
    emg_band_high_hz: Hertz
    emg_band_high_of_nyquist_percent: Percent
    emg_lowest_sampling_frequency_hz: Hertz
    emg_mean_s: Seconds


@dataclass(frozen=True, slots=True)
class CalibrationSettings:
    """Guided calibration (`library/measures/calibration.toml`)."""

    rest_s: Seconds
    rest_median_s: Seconds
    rest_restless_times: float
    polarity_lift_s: Seconds
    polarity_push_s: Seconds
    polarity_settled_s: Seconds
    polarity_between_s: Seconds
    polarity_clear_rest_sds: float
    reference_trials: int
    reference_hold_s: Seconds
    reference_rest_s: Seconds
    reference_plateau_from_s: Seconds
    reference_plateau_to_s: Seconds
    quick_trials: int
    quick_on_s: Seconds
    quick_rest_s: Seconds
    quick_rate_from_percent: Percent
    quick_rate_to_percent: Percent
    failures_at_most: int
    valid_days: int
    tare_s: Seconds


@dataclass(frozen=True, slots=True)
class ContractionSettings:
    """Finding and measuring a contraction (`library/measures/contraction.toml`)."""

    found_above_percent_mvc: PercentMvc
    onset_above_percent_mvc: PercentMvc
    ended_below_percent_mvc: PercentMvc
    ended_below_of_peak_percent: Percent
    shortest_s: Seconds
    end_lasts_s: Seconds
    rate_from_percent: Percent
    rate_to_percent: Percent
    strain_below_percent_mvc: PercentMvc
    strain_lasts_s: Seconds
    level_after_from_s: Seconds
    level_after_to_s: Seconds
    lag_within_s: Seconds


@dataclass(frozen=True, slots=True)
class QualitySettings:
    """Doubt about a signal (`library/measures/quality.toml`)."""

    silence_s: Seconds
    late_optional_s: Seconds
    tare_after_s: Seconds
    flat_line_s: Seconds
    flat_line_needs_reversals: int
    clipping_s: Seconds
    ceiling_dips: int
    ceiling_dip_longest_s: Seconds
    ceiling_dip_steps: float
    ceiling_share_percent: Percent
    known_within_percent_mvc: PercentMvc
    known_within_any_unit: float
    highest_percent_mvc: PercentMvc
    lowest_percent_mvc: PercentMvc
    slope_over_s: Seconds
    cough_times_own_best_rate: float
    cough_rate_percent_mvc_per_s: PercentMvcPerSecond
    cough_longest_s: Seconds
    cough_height_percent_mvc: PercentMvc
    activity_cough_of_level_percent: Percent
    shift_percent_mvc: PercentMvc
    shift_times_own_best_rate: float
    shift_rate_percent_mvc_per_s: PercentMvcPerSecond
    shift_kept_within_percent: Percent
    shift_in_rest_after_s: Seconds
    noise_percent_mvc: PercentMvc
    breath_held_of_usual_percent: Percent
    breath_shortest_s: Seconds
    breath_usual_s: Seconds
    co_contraction_percent: Percent
    co_contraction_times_rest: float
    co_contraction_lasts_s: Seconds
