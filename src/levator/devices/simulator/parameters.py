"""The numbers of `patient.toml`, by section, as plain attributes."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Section = TypeVar("_Section", bound="DataclassInstance")


@dataclass(frozen=True, slots=True)
class Fatigability:
    """Three-compartment model with rest recovery: rates per second, r without unit."""

    fatigue_per_s: float
    recovery_per_s: float
    rest_recovery_times: float
    develop_per_s: float
    relax_per_s: float


@dataclass(frozen=True, slots=True)
class Movement:
    """How fast and how steadily she moves; shares of her fresh maximum."""

    rise_per_s: float
    release_per_s: float
    slower_rise_per_fatigued: float
    slower_release_per_fatigued: float
    late_rise_s: float
    late_release_s: float
    slowest: float
    tremor: float
    tremor_at_rest: float
    tremor_slow_hz: float
    tremor_fast_hz: float
    more_tremor_per_fatigued: float


@dataclass(frozen=True, slots=True)
class Following:
    """What she makes of targets and instructions."""

    lag_s: float
    late_lag_s: float
    reaction_s: float
    lift_share: float
    push_share: float
    comfortable_share: float
    quick_share: float
    practise_share: float
    practise_hold_s: float
    practise_every_s: float


@dataclass(frozen=True, slots=True)
class Mishaps:
    """What can go wrong when it is asked for."""

    over_squeeze_times: float
    over_squeeze_more: float
    strain_times: float
    tire_times: float
    glutes_share: float
    glutes_rise_s: float
    glutes_lift_times: float
    abdomen_share: float
    cough_lasts_s: float
    cough_lowest: float
    cough_highest: float
    move_lowest: float
    move_highest: float
    move_creep_shortest_s: float
    move_creep_longest_s: float
    move_creep_share: float


@dataclass(frozen=True, slots=True)
class Breathing:
    """Breaths, and how much of them the seat feels."""

    rate_hz: float
    rate_varies: float
    on_seat: float


@dataclass(frozen=True, slots=True)
class SeatParameters:
    """The seat sensor."""

    resting_load_newton: float
    full_scale_newton: float
    newton_per_count: float
    noise_newton: float
    drift_per_root_minute: float
    delay_s: float


@dataclass(frozen=True, slots=True)
class EmgParameters:
    """The electrodes: root mean square at rest and at her maximum."""

    rest_microvolt: float
    full_microvolt: float
    abdomen_rest_microvolt: float
    abdomen_full_microvolt: float
    microvolt_per_count: float


@dataclass(frozen=True, slots=True)
class RespirationParameters:
    """The breathing belt."""

    units_per_count: float
    noise: float


@dataclass(frozen=True, slots=True)
class Parameters:
    """All of `patient.toml`."""

    muscle: Fatigability
    movement: Movement
    following: Following
    mishaps: Mishaps
    breathing: Breathing
    seat: SeatParameters
    emg: EmgParameters
    respiration: RespirationParameters


@cache
def default_parameters() -> Parameters:
    """Return the shipped patient."""
    content = tomllib.loads(files(__package__).joinpath("patient.toml").read_text("utf-8"))
    return Parameters(
        _section(Fatigability, content["muscle"]),
        _section(Movement, content["movement"]),
        _section(Following, content["following"]),
        _section(Mishaps, content["mishaps"]),
        _section(Breathing, content["breathing"]),
        _section(SeatParameters, content["seat"]),
        _section(EmgParameters, content["emg"]),
        _section(RespirationParameters, content["respiration"]),
    )


def _section(kind: type[_Section], table: dict[str, dict[str, Any]]) -> _Section:
    names = {field.name for field in fields(kind)}
    if names != table.keys():
        raise KeyError(f"patient.toml and {kind.__name__} differ: {names ^ table.keys()}")
    return kind(**{name: float(entry["value"]) for name, entry in table.items()})
