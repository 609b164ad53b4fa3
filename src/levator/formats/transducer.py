"""What our own EDF+ files say in a signal's transducer field, and how its scale follows.

The header's physical range has eight characters per bound, too few for an exact scale, so
the exact one is written beside it: ``stream=seat kind=force scale=0.01 offset=0.0``.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isclose, isfinite
from typing import get_args

from levator.errors import RecordingError
from levator.formats.edf_header import SignalHeader
from levator.signals.samples import Channel, ChannelKind

#: Eight characters hold at least four digits of any bound that `physical_range` accepts.
_AGREEMENT = 1e-3
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
    return f"stream={stream} kind={channel.kind} scale={channel.scale!r} offset={channel.offset!r}"


def read_transducer(name: str, signal: SignalHeader) -> Transducer:
    """Return what the field says; without it the scale follows from the header's ranges.

    Raises RecordingError where the exact scale disagrees with those ranges.
    """
    scale = (signal.physical_maximum - signal.physical_minimum) / (
        signal.digital_maximum - signal.digital_minimum
    )
    offset = signal.physical_minimum - signal.digital_minimum * scale
    parts = dict(part.split("=", 1) for part in signal.transducer.split() if "=" in part)
    if not {"stream", "kind", "scale", "offset"} <= parts.keys():
        return Transducer(None, None, scale, offset)
    exact = Transducer(
        parts["stream"], _KINDS.get(parts["kind"]), _float(parts["scale"]), _float(parts["offset"])
    )
    if not _agrees(signal, exact) or exact.kind is None:
        raise RecordingError(
            f"{name} contradicts itself: the scale of channel {signal.label} is not that of its "
            "range; export it again."
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
    span = abs(signal.physical_maximum - signal.physical_minimum)
    return all(
        isclose(digital * said.scale + said.offset, physical, abs_tol=_AGREEMENT * span)
        for digital, physical in (
            (signal.digital_minimum, signal.physical_minimum),
            (signal.digital_maximum, signal.physical_maximum),
        )
    )
