"""The few facts that bound a dose."""

import pytest

from levator.course.facts import StartFacts
from levator.errors import CallerError


@pytest.mark.parametrize("weeks", [-1.0, 5201.0, float("nan"), float("inf")])
def test_weeks_that_no_calendar_has(weeks: float) -> None:
    with pytest.raises(CallerError, match="Weeks must be a number from 0 to"):
        StartFacts(weeks_since_birth=weeks, pain_now=False)


def test_a_blank_name_is_no_clearance() -> None:
    assert not StartFacts(cleared_by="  ").is_cleared
    assert not StartFacts().is_cleared
    assert StartFacts(cleared_by="dr. Maes").is_cleared
