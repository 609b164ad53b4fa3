"""The newest dose that a screen asked for, and whether the step's ranges let it through.

The limits are not looked at here: that is the engine's gate.
"""

from __future__ import annotations

from dataclasses import dataclass

from levator.course.prescription import DoseRefused, outside_stage
from levator.course.protocol import Stage
from levator.live.asking import AskedDose, dose_of
from levator.training.dose import Dose


@dataclass(frozen=True, slots=True)
class Dosing:
    """Numbers as they were typed, the dose that they make, and why it is not taken.

    dose : None where they make none.
    """

    numbers: AskedDose | None = None
    dose: Dose | None = None
    refused: DoseRefused | None = None

    @classmethod
    def of(cls, numbers: AskedDose | None, known: Dose | None, stage: Stage) -> Dosing:
        """Return what becomes of numbers that are asked beside a known dose."""
        dose = dose_of(numbers, known)
        outside = outside_stage(stage, dose) if dose is not None else ()
        return cls(numbers, dose, DoseRefused(outside) if outside else None)
