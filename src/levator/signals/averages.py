"""The middle and the spread of a few numbers, the same bits on every Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import fsum, nan, sqrt


def mean(levels: Sequence[float]) -> float | None:
    """Return the mean, or None for no levels or an unknown one among them."""
    total = fsum(levels) if levels else nan
    return total / len(levels) if total == total else None


def median(values: Sequence[float]) -> float | None:
    """Return the middle value (the mean of the two middle ones); None where there is none."""
    ordered, n = sorted(values), len(values)
    if not ordered:
        return None
    return ordered[n // 2] if n % 2 else (ordered[n // 2 - 1] + ordered[n // 2]) / 2.0


def median_known(values: Iterable[float | None]) -> float | None:
    """Return the middle of the values that are known; None where none is."""
    return median([value for value in values if value is not None])


def spread(values: Sequence[float]) -> float:
    """Return the standard deviation (population) of at least one value."""
    average = fsum(values) / len(values)
    return sqrt(fsum((value - average) * (value - average) for value in values) / len(values))
