"""EDF+ of our own: integers, scale, gaps and annotations come back."""

from __future__ import annotations

from array import array
from dataclasses import replace
from pathlib import Path

import edfio
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from levator.errors import CallerError, RecordingError
from levator.formats.edf_writing import physical_range, quantisation_step, write_edf
from levator.formats.recording import Annotation, Gap, Recording, open_recording
from levator.signals.samples import Channel, Samples, Stream
from tests.formats.edf_files import SEAT, seat, simple

INT16 = st.integers(-32768, 32767)


@given(
    first_s=st.integers(0, 4000),
    parts=st.lists(st.tuples(st.integers(1, 130), st.integers(1, 900)), min_size=1, max_size=3),
    rate=st.sampled_from([1.0, 12.5, 30.0, 100.0, 2000.0, 2048.0]),
    scale=st.floats(1e-4, 50.0),
    offset=st.floats(-100.0, 100.0),
    data=st.data(),
)
def test_integers_scale_and_gaps_come_back_exactly(
    tmp_path_factory: pytest.TempPathFactory,
    first_s: int,
    parts: list[tuple[int, int]],
    rate: float,
    scale: float,
    offset: float,
    data: st.DataObject,
) -> None:
    path = tmp_path_factory.getbasetemp() / "integers.edf"
    channel = Channel("force", "force", "N", scale, offset, -32768, 32767)
    first = int(first_s * rate)
    runs, at = [], first
    for length, gap in parts:
        values = data.draw(st.lists(INT16, min_size=length, max_size=length))
        runs.append(Samples("seat", at, (array("h", values),)))
        at += length + gap
    recording = Recording((seat(rate, first, channel),), tuple(runs))
    write_edf(path, recording)
    assert open_recording(path) == recording


def test_two_rates_annotations_and_the_moment_come_back(path: Path) -> None:
    emg = Channel("emg", "emg", "uV", 0.3051757, 1.5, -2048, 2047)
    abdomen = replace(emg, name="abdomen", offset=0.0)
    both = Stream("muscles", 2000.0, (emg, abdomen), "int16", 14_000)
    column = array("h", (at % 4096 - 2048 for at in range(9000)))
    recording = Recording(
        (seat(first=700), both),
        (
            Samples("seat", 700, (array("h", range(300)),)),
            Samples("seat", 1100, (array("h", range(50)),)),
            Samples("muscles", 14_000, (column, column[::-1])),
        ),
        (Annotation(7.5, None, "cough"), Annotation(8.25, 1.5, "verschoven: één keer")),
        "2026-11-23T06:00:00.25+01:00",
    )
    write_edf(path, recording)
    read = open_recording(path)
    assert read == recording
    assert read.gaps == (Gap("seat", 1000, 100),)


@given(
    low=st.floats(-5000, 4000),
    span=st.floats(0.5, 5000),
    shares=st.lists(st.floats(0, 1), min_size=3, max_size=60),
)
def test_floats_come_back_within_half_a_step(
    tmp_path_factory: pytest.TempPathFactory, low: float, span: float, shares: list[float]
) -> None:
    path = tmp_path_factory.getbasetemp() / "floats.edf"
    values = array("d", (low + span * share for share in shares))
    stream = Stream("seat", 100.0, (Channel("force", "force", "N"),), "float64")
    write_edf(path, Recording((stream,), (Samples("seat", 0, (values,)),)))
    read = open_recording(path)
    channel = read.streams[0].channels[0]
    step = quantisation_step(*physical_range(values))
    assert channel.scale == step
    for before, raw in zip(values, read.runs[0].values[0], strict=True):
        assert abs(raw * channel.scale + channel.offset - before) <= step * (0.5 + 1e-6)
        assert channel.raw_minimum < raw < channel.raw_maximum


def test_a_stated_range_gives_the_stated_step(path: Path) -> None:
    stream = Stream("seat", 100.0, (Channel("force", "force", "%MVC"),), "float64")
    recording = Recording((stream,), (Samples("seat", 0, (array("d", [0.0, 26.0, 99.5]),)),))
    write_edf(path, recording, {"force": (-50.0, 150.0)})
    assert open_recording(path).streams[0].channels[0].scale == 200 / 65535
    with pytest.raises(CallerError, match="leaves its range"):
        write_edf(path, recording, {"force": (0.0, 50.0)})


def test_other_software_reads_what_we_write(path: Path) -> None:
    write_edf(path, simple())
    edf = edfio.read_edf(path)
    assert edf.reserved == "EDF+C"
    signal = edf.get_signal("force")
    assert (signal.physical_dimension, signal.sampling_frequency) == ("N", 100.0)
    raw = np.asarray(simple().runs[0].values[0])
    assert np.array_equal(signal.digital[: raw.size], raw)
    assert np.allclose(signal.data[: raw.size], raw * 0.01, atol=1e-6)


@pytest.mark.parametrize(
    ("recording", "told"),
    [
        (Recording((seat(),), ()), "no samples"),
        (
            Recording(
                (Stream("seat", 100.0, (Channel("f", "force", "N"),), "float64"),),
                (Samples("seat", 0, (array("d", [1.0, float("nan"), 2.0]),)),),
            ),
            "missing values",
        ),
        (
            Recording(
                (seat(channel=replace(SEAT, name="a name that is too long")),),
                (Samples("seat", 0, (array("h", [1, 2]),)),),
            ),
            "cannot hold the name",
        ),
        (
            Recording(
                (seat(channel=replace(SEAT, raw_minimum=0, raw_maximum=9)),),
                (Samples("seat", 0, (array("h", [1, 20]),)),),
            ),
            "outside the converter's range",
        ),
        (
            Recording(
                (seat(channel=replace(SEAT, scale=1e-12)),),
                (Samples("seat", 0, (array("h", [1, 20]),)),),
            ),
            "use another unit",
        ),
    ],
)
def test_what_edf_cannot_hold_is_refused(path: Path, recording: Recording, told: str) -> None:
    with pytest.raises(CallerError, match=told):
        write_edf(path, recording)
    assert not path.exists()


@pytest.mark.parametrize("sign", ["\0", "\x07", "\x14", "\x1b", "\x7f", "\x9b"])
def test_no_control_character_is_written_into_an_annotation(path: Path, sign: str) -> None:
    with pytest.raises(CallerError, match="cannot hold the annotation"):
        write_edf(path, replace(simple(), annotations=(Annotation(0.5, None, f"a{sign}b"),)))
    assert not path.exists()


@pytest.mark.parametrize("sign", ["\x01", "\x07", "\x1b", "\x7f", "\x9b"])
def test_an_annotation_with_a_control_character_is_refused(path: Path, sign: str) -> None:
    write_edf(path, replace(simple(), annotations=(Annotation(0.5, None, "a??b"),)))
    filled = f"a{sign}b".encode().ljust(4, b" ")
    path.write_bytes(path.read_bytes().replace(b"a??b", filled))
    with pytest.raises(RecordingError, match="annotation"):
        open_recording(path)


def test_an_annotation_may_have_lines_and_columns(path: Path) -> None:
    recording = replace(simple(), annotations=(Annotation(0.5, None, "cough\r\n\ttwice"),))
    write_edf(path, recording)
    assert open_recording(path).annotations == recording.annotations
