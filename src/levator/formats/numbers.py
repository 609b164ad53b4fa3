"""Numbers as files print them, read exactly and within bounds.

A file may be made to hurt: ``1e99999999`` is ten characters and a number that fills the
memory. So the form is checked before the number is made.
"""

from __future__ import annotations

import re
from fractions import Fraction

#: Bounds of what a recording of a muscle can be.
SLOWEST_HZ, FASTEST_HZ, LONGEST_GAP_S = 0.1, 100_000.0, 86_400.0
_PLAIN = re.compile(r"[+-]?(\d{1,12}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,2})?", re.ASCII)


def within_gap(seconds: Fraction) -> Fraction:
    """Return a time that is no longer than the longest gap; ValueError for one that is."""
    if abs(seconds) > LONGEST_GAP_S:
        raise ValueError("more than a day")
    return seconds


def exact(text: str) -> Fraction:
    """Return the number that the text prints; ValueError for any other form."""
    stripped = text.strip()
    if not _PLAIN.fullmatch(stripped):
        raise ValueError(f"{stripped[:20]!r} is no number of a usual size")
    return Fraction(stripped)
