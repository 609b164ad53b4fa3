"""EDF+: the device's integers come back, and a file that contradicts itself is refused."""

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

from levator.errors import CallerError, RecordingError
from levator.formats.edf_writing import physical_range, quantisation_step, write_edf
from levator.formats.recording import Annotation, Gap, Recording, open_recording
from levator.signals.samples import Channel, Samples, Stream

SEAT = Channel("force", "force", "N", 0.01, 0.0, -32768, 32767)


def seat(rate: float = 100.0, first: int = 0, channel: Channel = SEAT) -> Stream:
    return Stream("seat", rate, (channel,), "int16", first)


def simple(count: int = 250) -> Recording:
    values = array("h", ((at * 37) % 4001 - 2000 for at in range(count)))
    return Recording((seat(),), (Samples("seat", 0, (values,)),))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "recording.edf"


def changed(path: Path, start: int, text: bytes) -> Path:
    raw = bytearray(path.read_bytes())
    raw[start : start + len(text)] = text
    path.write_bytes(raw)
    return path


# --- Round trips


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


# --- Files of other makers


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


# --- Damage


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
