"""What is typed is held against its range, whichever form it comes from."""

import pytest

from levator.clinic import checking
from levator.errors import CallerError

TODAY = "2026-11-29"


def test_what_has_happened_did_not_happen_after_today() -> None:
    assert checking.past_day("on_day", TODAY, TODAY) == TODAY
    with pytest.raises(CallerError, match="lies after today"):
        checking.past_day("on_day", "2026-11-30", TODAY)


@pytest.mark.parametrize("value", [-1, 11])
def test_a_score_keeps_to_its_range(value: int) -> None:
    assert [checking.score("pain", end, 0, 10) for end in (0, 10)] == [0, 10]
    with pytest.raises(CallerError, match="goes from 0 to 10"):
        checking.score("pain", value, 0, 10)
