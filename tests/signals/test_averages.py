"""The middle and the spread of a few numbers."""

from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levator.signals.averages import mean, median, median_known, spread


def test_the_middle_and_the_spread() -> None:
    assert median([3.0, 1.0, 2.0]) == 2.0
    assert median([4.0, 1.0, 2.0, 3.0]) == 2.5
    assert median([]) is None
    assert median_known([3.0, None, 0.0]) == 1.5
    assert median_known([None]) is None
    assert spread([1.0, 3.0]) == 1.0
    assert spread([5.0]) == 0.0


def test_an_unknown_level_has_no_mean() -> None:
    assert mean([1.0, 2.0, 6.0]) == 3.0
    assert mean([]) is None
    assert mean([1.0, nan]) is None


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_the_order_says_nothing(values: list[float]) -> None:
    backwards = values[::-1]
    assert (mean(values), median(values)) == (mean(backwards), median(backwards))
    assert median(values) in values or len(values) % 2 == 0
    assert spread(values) == pytest.approx(spread(backwards))
