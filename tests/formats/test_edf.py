"""An EDF file that is damaged or contradicts itself is refused."""

from __future__ import annotations

from array import array
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import edfio
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from levator.errors import RecordingError
from levator.formats.edf_writing import write_edf
from levator.formats.recording import Annotation, Recording, open_recording
from levator.signals.samples import Samples
from tests.formats.edf_files import SEAT, changed, foreign, seat, simple


def test_every_cut_is_refused(path: Path) -> None:
    write_edf(path, simple())
    whole = path.read_bytes()
    for part in range(50):
        path.write_bytes(whole[: len(whole) * part // 50])
        with pytest.raises(RecordingError, match=r"recording\.edf"):
            open_recording(path)
    path.write_bytes(whole + b"\0\0")
    with pytest.raises(RecordingError, match="2 bytes longer"):
        open_recording(path)


@pytest.mark.parametrize(
    ("magic", "told"),
    [
        (b"\x89PNG\r\n\x1a\n" * 64, "not an EDF file"),
        (b"XDF:" * 128, "not an EDF file"),
        (b"time_s,force_newton\n" * 64, "not an EDF file"),
        (b"\xffBIOSEMI" * 64, "is BDF"),
        (b"", "is empty"),
    ],
)
def test_a_foreign_file_is_named(path: Path, magic: bytes, told: str) -> None:
    path.write_bytes(magic)
    with pytest.raises(RecordingError, match=told):
        open_recording(path)


SIGNALS = 256 + 2 * (16 + 80)  # where the units of a file with two signals begin


@pytest.mark.parametrize(
    ("start", "text", "told"),
    [
        (184, b"9999    ", "header's length"),
        (236, b"-1      ", "never closed"),
        (236, b"0       ", "no samples"),
        (236, b"2.5     ", "number of data records"),
        (236, b"7       ", "cut off"),
        (244, b"0       ", "lasts no time"),
        (244, b"one     ", "'one'"),
        (252, b"0   ", "number of signals"),
        (252, b"9   ", "the header"),
        (256, b"\0\0\0\0", "not text"),
        (256, b" " * 16, "has no name"),
        (SIGNALS, b"furlong ", "'furlong'"),
        (SIGNALS + 16, b"nan     ", "physical minimum of force"),
        (SIGNALS + 32, b"-327.68 ", "range of force"),
        (SIGNALS + 48, b"40000   ", "range of force"),
        (SIGNALS + 64, b"99999   ", "range of force"),
        (SIGNALS + 64, b"12      ", "leaves the range|not that of its range"),
        (256 + 32, b"seat force *0.02 +0.0 ", "not that of its range"),
        (256 + 32, b"seat horse *0.01 +0.0", "not that of its range"),
    ],
)
def test_a_header_that_contradicts_itself_is_refused(
    path: Path, start: int, text: bytes, told: str
) -> None:
    write_edf(path, simple())
    with pytest.raises(RecordingError, match=told):
        open_recording(changed(path, start, text))


def test_no_flipped_bit_in_the_header_is_a_crash_or_another_number(path: Path) -> None:
    write_edf(path, simple())
    whole, before = path.read_bytes(), open_recording(path)
    refused = 0
    for at in range(256 * 3):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << at * 5 % 8]) + whole[at + 1 :])
        try:
            read = open_recording(path)
        except RecordingError:
            refused += 1
            continue
        assert [run.values for run in read.runs] == [run.values for run in before.runs]
        assert read.streams[0].sampling_frequency_hz == 100.0
        channel = read.streams[0].channels[0]
        assert channel.unit == "N"
        assert channel.scale == pytest.approx(0.01, rel=1e-3)
    assert refused > 200


@given(
    changes=st.lists(st.tuples(st.integers(0, 1999), st.binary(min_size=1, max_size=8)), max_size=3)
)
def test_damage_is_refused_or_still_a_recording(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, bytes]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.edf"
    write_edf(path, simple())
    raw = bytearray(path.read_bytes())
    for at, text in changes:
        at %= len(raw) - 8
        raw[at : at + len(text)] = text
    path.write_bytes(raw)
    # Whatever else is raised is a crash.
    with suppress(RecordingError):
        assert open_recording(path).streams[0].sampling_frequency_hz > 0


def test_samples_outside_their_range_are_refused(path: Path) -> None:
    channel = replace(SEAT, raw_minimum=-2048, raw_maximum=2047)
    values = array("h", range(-50, 50))
    stream = seat(channel=channel)
    write_edf(path, Recording((stream,), (Samples("seat", 0, (values,)),)))
    raw = path.read_bytes()
    changed(path, raw.index(values.tobytes()[:8]), array("h", [2048]).tobytes())
    with pytest.raises(RecordingError, match="leaves the range"):
        open_recording(path)


def test_gaps_that_are_nowhere_are_refused(path: Path) -> None:
    foreign(path, annotations=False)
    with pytest.raises(RecordingError, match="gaps but not where"):
        open_recording(changed(path, 192, b"EDF+D"))


def test_channels_of_one_name_are_refused(path: Path) -> None:
    one = edfio.EdfSignal(np.arange(100.0), 100, label="a", physical_dimension="N")
    edfio.Edf([one, one]).write(path)
    with pytest.raises(RecordingError, match="several channels 'a'"):
        open_recording(path)


def test_annotations_alone_are_no_recording(path: Path) -> None:
    edfio.Edf([], annotations=[edfio.EdfAnnotation(0, None, "alone")]).write(path)
    with pytest.raises(RecordingError, match=r"no signal|lasts no time"):
        open_recording(path)


def test_a_stream_with_two_rates_is_refused(path: Path) -> None:
    signals = [
        edfio.EdfSignal(
            np.arange(float(rate)),
            rate,
            label=f"at {rate}",
            physical_dimension="N",
            physical_range=(-32768, 32767),
            transducer_type="seat force *1.0 +0.0",
        )
        for rate in (100, 200)
    ]
    edfio.Edf(signals).write(path)
    with pytest.raises(RecordingError, match="two sampling frequencies"):
        open_recording(path)


def test_our_own_marks_are_checked_too(path: Path) -> None:
    recording = replace(simple(), annotations=(Annotation(0.5, None, "levator.starts_at_s soon"),))
    write_edf(path, recording)
    with pytest.raises(RecordingError, match="is no number"):
        open_recording(path)


def test_an_unreadable_annotation_is_refused(path: Path) -> None:
    write_edf(path, simple())
    raw = path.read_bytes()
    for wrong in (b"?0\x14\x14", b"+0\x14x", b"+0\x15\xff"):
        path.write_bytes(raw.replace(b"+0\x14\x14", wrong.ljust(4, b"\x14"), 1))
        with pytest.raises(RecordingError, match="annotation"):
            open_recording(path)
    write_edf(path, replace(simple(), annotations=(Annotation(0.5, None, "cough"),)))
    path.write_bytes(path.read_bytes().replace(b"cough", b"\xffough"))
    with pytest.raises(RecordingError, match="annotation"):
        open_recording(path)
