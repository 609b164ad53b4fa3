"""From printed times to a sampling frequency and sample indices: regular, or refused.

Times are printed with so many digits and no more, so single steps may look uneven; what
must hold is that every time is a multiple of one sampling period, within its last digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from statistics import median_low

from levator.errors import Phrase, RecordingError
from levator.formats.numbers import FASTEST_HZ, LONGEST_GAP_S, SLOWEST_HZ, exact
from levator.quantities import Hertz

#: Deviation that counts as regular however many digits there are, in sampling periods.
_JITTER = 1e-3
#: Steps shorter than this many usual steps are one sampling period.
_ONE_STEP = 1.5
#: A sampling frequency that is no whole number is read as a fraction up to this denominator.
_DENOMINATOR = 1000


@dataclass(frozen=True, slots=True)
class RegularTimes:
    """Index of every row, counted from the recording's time 0, and the sampling frequency."""

    sampling_frequency_hz: Hertz
    indices: list[int]


def regular_times(name: str, cells: Sequence[str], lines: Sequence[int]) -> RegularTimes:
    """Return frequency and indices of the printed times; `lines` are their line numbers.

    Raises RecordingError naming the line where a time is no number, goes back, repeats or
    is off the grid, and when the digits do not tell the sampling frequency.
    """
    times = [_seconds(name, cell, line) for cell, line in zip(cells, lines, strict=True)]
    if len(times) < 3:
        raise RecordingError(
            "%(file)s needs at least three rows of numbers; found: %(count)s.",
            file=name,
            count=len(times),
        )
    steps = [after - before for before, after in pairwise(times)]
    _check_forward(name, steps, lines)
    last_digit = 10.0 ** -max(len(cell.partition(".")[2]) for cell in cells)
    offsets = _offsets(steps)
    _check_gaps(name, steps, lines)
    rate = _rate(name, exact(cells[-1]) - exact(cells[0]), offsets, last_digit, times)
    _check_rate(name, rate)
    first = floor(times[0] * rate + 0.5)
    _check_grid(name, times, [offset / rate for offset in offsets], rate, last_digit, lines)
    return RegularTimes(rate, [first + offset for offset in offsets])


def _seconds(name: str, cell: str, line: int) -> float:
    try:
        value = float(exact(cell))
    except ValueError:
        value = -1.0
    if value < 0:
        raise RecordingError(
            "%(file)s line %(line)s: time_s %(cell)r is not a time in seconds from 0 on.",
            file=name,
            line=line,
            cell=cell[:20],
        )
    return value


def _check_forward(name: str, steps: list[float], lines: Sequence[int]) -> None:
    for step, line in zip(steps, lines[1:], strict=True):
        if step <= 0:
            what = Phrase("goes back") if step < 0 else Phrase("repeats the one before")
            raise RecordingError(
                "%(file)s line %(line)s: time_s %(what)s; every row needs a later time, "
                "written with enough digits.",
                file=name,
                line=line,
                what=what,
            )


def _check_gaps(name: str, steps: list[float], lines: Sequence[int]) -> None:
    for step, line in zip(steps, lines[1:], strict=True):
        if step > LONGEST_GAP_S:
            raise RecordingError(
                "%(file)s line %(line)s: more than a day after the row before; cut the file there.",
                file=name,
                line=line,
            )


def _check_rate(name: str, rate: Hertz) -> None:
    if not SLOWEST_HZ <= rate <= FASTEST_HZ:
        raise RecordingError(
            "%(file)s: time_s means %(rate)s Hz; levator reads %(slowest)s to %(fastest)s "
            "Hz. Check that the times are in seconds.",
            file=name,
            rate=rate,
            slowest=SLOWEST_HZ,
            fastest=FASTEST_HZ,
        )


def _offsets(steps: list[float]) -> list[int]:
    """Return each row's distance from the first row in sampling periods."""
    usual = median_low(steps)
    single = [step for step in steps if step < _ONE_STEP * usual]
    period = sum(single) / len(single)
    offsets = [0]
    for step in steps:
        offsets.append(offsets[-1] + max(1, floor(step / period + 0.5)))
    return offsets


def _rate(
    name: str, span: Fraction, offsets: list[int], last_digit: float, times: list[float]
) -> Hertz:
    exact = (offsets[-1] / span).limit_denominator(_DENOMINATOR)
    if not exact:
        _check_rate(name, float(offsets[-1] / span))
    if _worst(times, offsets, exact) <= _JITTER / float(exact) / 10:
        return float(exact)
    # The printed digits leave an interval; a whole number in it is meant, if there is just one.
    error = max(last_digit, _JITTER / float(exact))
    low = offsets[-1] / (float(span) + error)
    high = offsets[-1] / max(float(span) - error, error)
    whole = range(ceil(low), floor(high) + 1)
    if len(whole) > 1:
        raise RecordingError(
            "%(file)s: time_s has too few digits to tell the sampling frequency (from "
            "%(low)s to %(high)s Hz); write more digits.",
            file=name,
            low=low,
            high=high,
        )
    return float(whole[0]) if whole else float(exact)


def _worst(times: list[float], offsets: list[int], rate: Fraction) -> float:
    period = float(1 / rate)
    return max(
        abs(time - times[0] - offset * period) for time, offset in zip(times, offsets, strict=True)
    )


def _check_grid(
    name: str,
    times: list[float],
    expected: list[float],
    rate: Hertz,
    last_digit: float,
    lines: Sequence[int],
) -> None:
    allowed = max(1.05 * last_digit, _JITTER / rate)
    for time, offset_s, line in zip(times, expected, lines, strict=True):
        if abs(time - times[0] - offset_s) > allowed:
            raise RecordingError(
                "%(file)s line %(line)s: time_s is not regular at %(rate)s Hz; export it again "
                "with one sampling frequency.",
                file=name,
                line=line,
                rate=rate,
            )
