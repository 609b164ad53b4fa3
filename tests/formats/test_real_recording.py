"""A real person's force and EMG through both formats (the openhdemg recording)."""

from pathlib import Path

import numpy as np

from levator.formats.csv_file import write_csv
from levator.formats.edf_writing import physical_range, quantisation_step, write_edf
from levator.formats.recording import open_recording
from tests.real import openhdemg, openhdemg_recording


def test_the_recording_is_the_known_one() -> None:
    emg, force, rate, start_s = openhdemg()
    times = start_s + np.arange(force.size) / rate
    assert (emg.shape, rate, times[-1]) == ((64, 66560), 2048.0, 39.5 - 1 / 2048)
    assert abs(force[(times >= 15) & (times < 32)].mean() - 25.98) < 0.01


def test_through_csv_exact(tmp_path: Path) -> None:
    path = tmp_path / "real.csv"
    write_csv(path, openhdemg_recording(1))
    read = open_recording(path)
    assert read.streams[0].sampling_frequency_hz == 2048.0
    assert read.streams[0].first_index == 14336
    assert read.runs[0].values == openhdemg_recording(1).runs[0].values


def test_through_edf_within_half_a_step(tmp_path: Path) -> None:
    path = tmp_path / "real.edf"
    before = openhdemg_recording(2)
    write_edf(path, before)
    read = open_recording(path)
    assert (read.streams[0].sampling_frequency_hz, read.streams[0].first_index) == (2048.0, 14336)
    assert len(read.runs) == 1
    for number, channel in enumerate(read.streams[0].channels):
        physical = np.asarray(before.runs[0].values[number])
        raw = np.asarray(read.runs[0].values[number])
        step = quantisation_step(*physical_range(physical))
        assert np.abs(raw * channel.scale + channel.offset - physical).max() <= 0.5001 * step
    assert quantisation_step(*physical_range(before.runs[0].values[0])) < 5e-4
