"""What a sitting knows of her before it begins, in the few facts that bound its dose.

They are of the day and come from her chart, or are given by hand for a recording. Unknown never
counts as yes.
"""

from __future__ import annotations

from dataclasses import dataclass

from levator.course.protocol import Weeks
from levator.errors import CallerError

#: A hundred years.
_LONGEST_WEEKS = 5200


@dataclass(frozen=True, slots=True)
class StartFacts:
    """What is known before the sitting; None where nothing was said.

    weeks_since_birth : completed weeks. cleared_by : who agreed to training after this
        birth. complications : whether the birth had serious ones. pain_now : today.
    """

    weeks_pregnant: Weeks | None = None
    weeks_since_birth: Weeks | None = None
    cleared_by: str | None = None
    complications: bool | None = None
    pain_now: bool | None = None

    def __post_init__(self) -> None:
        """Refuse weeks that no calendar has."""
        for weeks in (self.weeks_pregnant, self.weeks_since_birth):
            if weeks is not None and not 0 <= weeks <= _LONGEST_WEEKS:
                raise CallerError(
                    "Weeks must be a number from 0 to %(most)s; correct the week.",
                    most=_LONGEST_WEEKS,
                )

    @property
    def is_cleared(self) -> bool:
        """Whether somebody is named who cleared her."""
        return bool(self.cleared_by and self.cleared_by.strip())
