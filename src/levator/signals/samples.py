"""What comes from a device: streams of channels, in blocks of samples.

The sample index is the truth; seconds are derived as ``index / sampling_frequency_hz``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from levator.quantities import Hertz, Seconds

SampleFormat = Literal["int16", "int32", "float32", "float64"]
#: `force` and `pressure` are low-passed, `emg` is band-passed, rectified and averaged,
#: `emg_envelope` has been through that inside the device; `respiration` and `other` are
#: kept as they come.
ChannelKind = Literal["force", "pressure", "emg", "emg_envelope", "respiration", "other"]


@dataclass(frozen=True, slots=True)
class Channel:
    """A named column of a stream.

    Physical value = raw * scale + offset, in `unit` (a symbol of `quantities`).
    `raw_minimum` and `raw_maximum` are the rails of the converter, where known.
    """

    name: str
    kind: ChannelKind
    unit: str
    scale: float = 1.0
    offset: float = 0.0
    raw_minimum: float | None = None
    raw_maximum: float | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """Channels sampled together at one sampling frequency, which is never defaulted.

    `first_index` is the index of the first sample of the recording (a recording that
    starts at 7.0 s of its own time at 100 Hz starts at index 700).
    """

    name: str
    sampling_frequency_hz: Hertz
    channels: tuple[Channel, ...]
    sample_format: SampleFormat
    first_index: int = 0


@dataclass(frozen=True, slots=True)
class Samples:
    """One block of one stream.

    values : one sequence per channel, in the stream's channel order, all of one length
        (n_channels, n_samples), as the device delivered them (raw; float64 only from files).
    arrived_s : monotonic seconds at which the shell received the block; recorded, never
        read by the engine.
    """

    stream: str
    first_index: int
    values: tuple[Sequence[float], ...]
    arrived_s: Seconds | None = None

    def __len__(self) -> int:
        """Return the number of samples per channel."""
        return len(self.values[0]) if self.values else 0
