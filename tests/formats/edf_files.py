"""EDF files for tests: small ones of our own, and what another maker writes."""

from __future__ import annotations

from array import array
from pathlib import Path

import edfio
import numpy as np

from levator.formats.recording import Recording
from levator.signals.samples import Channel, Samples, Stream

SEAT = Channel("force", "force", "N", 0.01, 0.0, -32768, 32767)


def seat(rate: float = 100.0, first: int = 0, channel: Channel = SEAT) -> Stream:
    return Stream("seat", rate, (channel,), "int16", first)


def simple(count: int = 250) -> Recording:
    values = array("h", ((at * 37) % 4001 - 2000 for at in range(count)))
    return Recording((seat(),), (Samples("seat", 0, (values,)),))


def changed(path: Path, start: int, text: bytes) -> Path:
    raw = bytearray(path.read_bytes())
    raw[start : start + len(text)] = text
    path.write_bytes(raw)
    return path


def foreign(path: Path, unit: str = "N", *, annotations: bool = True) -> Path:
    force = edfio.EdfSignal(
        np.sin(np.arange(400) / 30) * 20, 100, label="Seat", physical_dimension=unit
    )
    emg = edfio.EdfSignal(
        np.cos(np.arange(8000) / 9) * 90, 2000, label="EMG left", physical_dimension="uV"
    )
    remarks = [edfio.EdfAnnotation(1.25, None, "cough")] if annotations else None
    edfio.Edf([force, emg], annotations=remarks).write(path)
    return path
