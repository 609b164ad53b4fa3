"""EDF files of other makers: a stream per rate, and nothing guessed."""

from __future__ import annotations

from pathlib import Path

import edfio
import numpy as np
import pytest

from levator.errors import RecordingError
from levator.formats.recording import Annotation, Gap, open_recording
from tests.formats.edf_files import changed, foreign


@pytest.mark.parametrize("annotations", [True, False])
def test_a_foreign_file_gives_a_stream_per_rate(path: Path, annotations: bool) -> None:
    read = open_recording(foreign(path, annotations=annotations))
    assert [(s.name, s.sampling_frequency_hz) for s in read.streams] == [
        ("100hz", 100.0),
        ("2000hz", 2000.0),
    ]
    assert [(c.name, c.kind, c.unit) for s in read.streams for c in s.channels] == [
        ("Seat", "force", "N"),
        ("EMG left", "emg", "uV"),
    ]
    assert read.annotations == ((Annotation(1.25, None, "cough"),) if annotations else ())
    channel, run = read.streams[0].channels[0], read.runs[0]
    edf = edfio.read_edf(path).get_signal("Seat").data
    assert np.allclose(np.asarray(run.values[0]) * channel.scale + channel.offset, edf)


def test_a_range_stretched_over_the_values_is_no_pair_of_rails(path: Path) -> None:
    channel = open_recording(foreign(path)).streams[0].channels[0]
    assert (channel.raw_minimum, channel.raw_maximum) == (None, None)
    counts = np.arange(-300, 300, dtype=np.int16)
    signal = edfio.EdfSignal.from_digital(
        counts, 100, label="f", physical_dimension="N", digital_range=(-2048, 2047)
    )
    edfio.Edf([signal]).write(path)
    channel = open_recording(path).streams[0].channels[0]
    assert (channel.raw_minimum, channel.raw_maximum) == (-2048, 2047)


@pytest.mark.parametrize(("unit", "told"), [("", "has no unit"), ("bananas", "'bananas'")])
def test_a_unit_is_never_guessed(path: Path, unit: str, told: str) -> None:
    with pytest.raises(RecordingError, match=rf"channel Seat .*{told}"):
        open_recording(foreign(path, unit))


def test_a_start_within_the_second_does_not_move_remarks(path: Path) -> None:
    foreign(path)
    raw = path.read_bytes()
    at = raw.index(b"+0\x14\x14\x00")
    for second in range(4):
        raw = raw.replace(b"+%d\x14\x14" % second, b"+%d.5\x14\x14" % second)
    # Every record's text grew by two bytes; take them from the zeros behind it.
    assert at
    header = 256 * 4
    size = (len(path.read_bytes()) - header) // 4
    records = []
    for number in range(4):
        record = path.read_bytes()[header + number * size : header + (number + 1) * size]
        text = record[2 * 2100 :].rstrip(b"\0") + b"\0"
        text = text.replace(b"+%d\x14\x14" % number, b"+%d.5\x14\x14" % number)
        records.append((record[: 2 * 2100], text))
    width = max(len(text) for _, text in records) + 1
    width += width % 2
    body = b"".join(signals + text.ljust(width, b"\0") for signals, text in records)
    head = bytearray(path.read_bytes()[:header])
    place = 256 + 3 * (16 + 80 + 8 + 8 + 8 + 8 + 8 + 80) + 2 * 8
    head[place : place + 8] = str(width // 2).encode().ljust(8)
    path.write_bytes(bytes(head) + body)
    assert open_recording(path).annotations == (Annotation(0.75, None, "cough"),)


def discontinuous(path: Path, onsets: bytes) -> Path:
    """An EDF+D file of four one-second records with these one-digit onsets."""
    foreign(path)
    raw = bytearray(path.read_bytes())
    raw[192:197] = b"EDF+D"
    for number, onset in enumerate(onsets):
        at = raw.index(b"+%d\x14\x14" % number)
        raw[at + 1] = onset
    path.write_bytes(raw)
    return path


def test_a_gap_of_more_than_a_day_is_refused(path: Path) -> None:
    """Three small records must not make the engine walk through years."""
    discontinuous(path, b"0189")
    raw = path.read_bytes()
    assert raw.count(b"+9\x14\x14") == 1
    path.write_bytes(raw.replace(b"+9\x14\x14" + bytes(7), b"+99999999\x14\x14"))
    with pytest.raises(RecordingError, match="more than a day"):
        open_recording(path)


def test_the_gaps_of_a_discontinuous_file_are_gaps(path: Path) -> None:
    read = open_recording(discontinuous(path, b"0189"))
    assert read.gaps == (Gap("100hz", 200, 600), Gap("2000hz", 4000, 12_000))
    assert [(run.first_index, len(run)) for run in read.runs_of("100hz")] == [(0, 200), (800, 200)]


def test_time_does_not_go_back(path: Path) -> None:
    with pytest.raises(RecordingError, match="out of its place"):
        open_recording(discontinuous(path, b"0121"))


def test_a_continuous_file_does_not_jump(path: Path) -> None:
    discontinuous(path, b"0189")
    with pytest.raises(RecordingError, match="out of its place"):
        open_recording(changed(path, 192, b"EDF+C"))
