"""Options of a device URL that say how time passes: `speed=2`, `block=0.02s`.

For sources that are no sensor: a sensor has its own time.
"""

from __future__ import annotations

from math import inf

from levator.errors import CallerError
from levator.quantities import Seconds, number_of, parse_in

_LONGEST_BLOCK_S = 1.0


def read_speed(text: str) -> float:
    """Return device seconds per second of the clock; `max`, as fast as it is read, is inf."""
    speed = inf if text == "max" else number_of(text)
    if speed is None or not speed > 0:
        raise CallerError("speed=%(text)s is no factor; write speed=2 or speed=max.", text=text)
    return speed


def read_block(text: str) -> Seconds:
    """Return how much time a block covers, more than zero."""
    value = parse_in(text, "s")
    if not 0 < value <= _LONGEST_BLOCK_S:
        raise CallerError(
            "block=%(text)s is no length of a block; use up to 1s, as in block=0.02s.", text=text
        )
    return value
