"""A muscle that tires: the three-compartment model with rest recovery (3CC-r).

Motor units are active, resting or fatigued; the shares sum to 1. Sources: Xia and Frey Law
2008; Frey-Law 2012; Looft 2018 (rest recovery). Written from the equations as published.
"""

from __future__ import annotations

from dataclasses import dataclass

from levator.devices.simulator.parameters import Fatigability
from levator.quantities import Seconds


@dataclass(frozen=True, slots=True)
class Muscle:
    """Shares of the motor units; active is also the force as a share of the fresh maximum."""

    active: float = 0.0
    resting: float = 1.0
    fatigued: float = 0.0

    @property
    def capacity(self) -> float:
        """What a maximal contraction would show now, as a share of the fresh maximum."""
        return 1.0 - self.fatigued


def work(muscle: Muscle, target: float, rates: Fatigability, dt_s: Seconds) -> Muscle:
    """Return the muscle after `dt_s` of trying to hold `target` (0 to 1).

    One explicit step; `dt_s` up to 0.02 s keeps it within the published closed form.
    """
    drive = _drive(muscle, target, rates)
    tiring = rates.fatigue_per_s * muscle.active
    rests = muscle.active >= target
    recovery = rates.recovery_per_s * (rates.rest_recovery_times if rests else 1.0)
    recovering = recovery * muscle.fatigued
    return Muscle(
        muscle.active + (drive - tiring) * dt_s,
        muscle.resting + (recovering - drive) * dt_s,
        muscle.fatigued + (tiring - recovering) * dt_s,
    )


def _drive(muscle: Muscle, target: float, rates: Fatigability) -> float:
    wanted = target - muscle.active
    if wanted <= 0:
        return rates.relax_per_s * wanted
    return rates.develop_per_s * min(wanted, muscle.resting)
