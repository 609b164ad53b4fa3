"""What our own EDF+ files say in a signal's transducer field, and how its scale follows.

The header's physical range has eight characters per bound, too few for an exact scale, so
the exact one is written beside it: stream, kind, scale and offset, as in
``seat force *0.01 +0.0``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isclose, isfinite
from typing import get_args

from levator.errors import RecordingError
from levator.formats.edf_header import SignalHeader
from levator.signals.samples import Channel, ChannelKind

#: How far a bound in eight characters may be off: shares of the range and of the bound.
_OF_SPAN, _OF_BOUND = 1e-3, 1e-5
_OURS = re.compile(r"(\S+) (\S+) \*(\S+) \+(\S+)")
_KINDS: dict[str, ChannelKind] = {kind: kind for kind in get_args(ChannelKind)}


@dataclass(frozen=True, slots=True)
class Transducer:
    """Stream and kind as written by us (None in a foreign file), and the exact scale."""

    stream: str | None
    kind: ChannelKind | None
    scale: float
    offset: float


def write_transducer(stream: str, channel: Channel) -> str:
    """Return the text of the transducer field."""
    return f"{stream} {channel.kind} *{float(channel.scale)!r} +{float(channel.offset)!r}"


def read_transducer(name: str, signal: SignalHeader) -> Transducer:
    """Return what the field says; without it the scale follows from the header's ranges.

    Raises RecordingError where the exact scale disagrees with those ranges.
    """
    scale = (signal.physical_maximum - signal.physical_minimum) / (
        signal.digital_maximum - signal.digital_minimum
    )
    offset = signal.physical_minimum - signal.digital_minimum * scale
    said = _OURS.fullmatch(signal.transducer)
    if said is None:
        return Transducer(None, None, scale, offset)
    stream, kind, *numbers = said.groups()
    exact = Transducer(stream, _KINDS.get(kind), *map(_float, numbers))
    if not _agrees(signal, exact) or exact.kind is None:
        raise RecordingError(
            "%(file)s contradicts itself: the scale of channel %(channel)s is not that of "
            "its range; export it again.",
            file=name,
            channel=signal.label,
        )
    return exact


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _agrees(signal: SignalHeader, said: Transducer) -> bool:
    if not (isfinite(said.scale) and isfinite(said.offset)):
        return False
    low, high = signal.physical_minimum, signal.physical_maximum
    allowed = _OF_SPAN * abs(high - low) + _OF_BOUND * max(abs(low), abs(high))
    return all(
        isclose(digital * said.scale + said.offset, physical, abs_tol=allowed)
        for digital, physical in (
            (signal.digital_minimum, low),
            (signal.digital_maximum, high),
        )
    )
