"""CSV: times that must agree, units that must be there, numbers that come back as they were."""

from __future__ import annotations

import math
import struct
from array import array
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levator.errors import CallerError, RecordingError
from levator.formats.csv_file import read_csv, write_csv
from levator.formats.recording import Gap, Recording, open_recording
from levator.signals.samples import Channel, Samples, Stream

HEADER = "time_s,force_percent_mvc,emg_microvolt\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "recording.csv"
    path.write_text(text, "utf-8")
    return path


def rows(rate: float, count: int, form: str, *, missing: range = range(0), start_s: float = 0.0):
    return HEADER + "".join(
        f"{format(start_s + at / rate, form)},{at * 0.25!r},\n"
        for at in range(count)
        if at not in missing
    )


@pytest.mark.parametrize(
    ("rate", "form"),
    [
        (100.0, ".2f"),
        (2048.0, ".6f"),
        (2048.0, ".17g"),
        (30.0, ".3f"),
        (60.0, ".2f"),
        (12.5, ".2f"),
        (99.97, ".17g"),
        (1000.0, ".18e"),
        (100 / 3, ".17g"),
    ],
)
def test_the_sampling_frequency_follows_from_the_times(
    tmp_path: Path, rate: float, form: str
) -> None:
    recording = read_csv(written(tmp_path, rows(rate, 3000, form, start_s=7.0)))
    stream = recording.streams[0]
    assert stream.sampling_frequency_hz == rate
    assert stream.first_index == round(7.0 * rate)
    assert recording.gaps == ()


def test_missing_rows_are_a_gap(tmp_path: Path) -> None:
    recording = read_csv(written(tmp_path, rows(2048, 9000, ".6f", missing=range(500, 5000))))
    assert recording.gaps == (Gap("csv", 500, 4500),)
    assert [len(run) for run in recording.runs] == [500, 4000]


def test_channels_say_name_kind_and_unit(tmp_path: Path) -> None:
    head = (
        "time_s,force_percent_mvc,seat_newton,emg_envelope_biceps_percent_mvc,breathing_arbitrary"
    )
    path = written(tmp_path, head + "\n" + "".join(f"{t / 10},1,2,3,4\n" for t in range(5)))
    assert [(c.name, c.kind, c.unit) for c in read_csv(path).streams[0].channels] == [
        ("force", "force", "%MVC"),
        ("seat", "force", "N"),
        ("emg_envelope_biceps", "emg_envelope", "%MVC"),
        ("breathing", "respiration", "a.u."),
    ]


def test_columns_that_differ_only_in_unit_keep_it(tmp_path: Path) -> None:
    path = written(tmp_path, "time_s,f_newton,f_percent_mvc\n0,1,2\n1,1,2\n2,1,2\n")
    assert [c.name for c in read_csv(path).streams[0].channels] == ["f_newton", "f_percent_mvc"]


@pytest.mark.parametrize("cell", ["", "nan", "inf", "-inf", " "])
def test_a_missing_value_is_kept_as_missing(tmp_path: Path, cell: str) -> None:
    path = written(tmp_path, f"time_s,f_newton\n0,1\n1,{cell}\n2,3\n")
    first, missing, last = read_csv(path).runs[0].values[0]
    assert (first, last) == (1, 3)
    assert math.isnan(missing)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("hello", "first column must be time_s"),
        ("t,f_newton\n0,1\n", "first column must be time_s"),
        ("time_s;f_newton\n0;1\n1;1\n", "commas"),
        ("time_s\n0\n1\n", "no channel beside time_s"),
        ("time_s,force\n0,1\n1,1\n", "'force' has no unit"),
        ("time_s,newton\n0,1\n1,1\n", "'newton' has no unit"),
        ("time_s,f_newton,f_newton\n0,1,1\n", "the same name"),
        ("time_s,=cmd_newton\n0,1\n", "not a plain name"),
        ("time_s,f_newton\n", "found: 0"),
        ("time_s,f_newton\n0,1\n1,1\n", "found: 2"),
        ("time_s,f_newton\n0,1\n1,x\n2,1\n", "line 3: 'x' is not a number"),
        ("time_s,f_newton\n0,1\n1,1_0\n2,1\n", "line 3: '1_0' is not a number"),
        ("time_s,f_newton\n0,1\n1,\u0661\n2,1\n", "line 3: '\u0661' is not a number"),
        ("time_s,f_newton\n0,1\n80000,1\n160000,1\n", "time_s means 1.25e-05 Hz"),
        ("time_s,f_newton\n0,1\n1,1,5\n2,1\n", "line 3: 3 cells"),
        ("time_s,f_newton\n0,1\n0,1\n1,1\n", "line 3: time_s repeats"),
        ("time_s,f_newton\n0,1\n2,1\n1,1\n", "line 4: time_s goes back"),
        ("time_s,f_newton\n0,1\n1,1\n2.4,1\n3,1\n", "line 4: time_s is not regular"),
        ("time_s,f_newton\n-1,1\n0,1\n1,1\n", "line 2: time_s '-1'"),
        ("time_s,f_newton\nnan,1\n0,1\n1,1\n", "line 2: time_s 'nan'"),
        ("time_s,f_newton\n0,1\n1e999,1\n2,1\n", "line 3: time_s '1e999'"),
        ("time_s,f_newton\n0.000,1\n0.001,1\n0.001,1\n", "line 4: time_s repeats"),
        ("time_s,f_newton\n0.0000,1\n0.0005,1\n0.0010,1\n0.0014,1\n", "too few digits"),
        ("time_s,f_newton\n0,1.25\n1,1.75\n2,1.2", "line 4: the file ends in the middle"),
        ("time_s,f_newton\n0,1.25\n1,1.75\n2", "line 4: 1 cells where 2 belong"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(RecordingError, match=told):
        read_csv(written(tmp_path, text))


def test_a_last_line_without_its_end_is_read_when_it_is_whole(tmp_path: Path) -> None:
    path = written(tmp_path, "time_s,f_newton\n0,1.25\n1,1.75\n2,1.50")
    assert list(read_csv(path).runs[0].values[0]) == [1.25, 1.75, 1.5]


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "excel.csv"
    path.write_bytes(b"\xef\xbb\xbftime_s,f_newton\r\n0,1\r\n1,2\r\n2,3\r\n")
    assert list(read_csv(path).runs[0].values[0]) == [1, 2, 3]


@pytest.mark.parametrize("magic", [b"\x89PNG\r\n\x1a\n\0\0", b"XDF:\0\1", b"PK\3\4\0", b"\xff\xfe"])
def test_a_foreign_file_is_not_text(tmp_path: Path, magic: bytes) -> None:
    path = tmp_path / "foreign.csv"
    path.write_bytes(magic * 9)
    with pytest.raises(RecordingError, match=r"foreign\.csv"):
        open_recording(path)


def test_several_streams_need_a_choice(tmp_path: Path) -> None:
    streams = tuple(
        Stream(name, rate, (Channel(name, "force", "N"),), "float64")
        for name, rate in (("a", 10.0), ("b", 20.0))
    )
    runs = tuple(Samples(name, 0, (array("d", [1, 2, 3]),)) for name in "ab")
    both = Recording(streams, runs)
    with pytest.raises(CallerError, match="choose one stream of a, b"):
        write_csv(tmp_path / "x.csv", both)
    write_csv(tmp_path / "x.csv", both, "b")
    assert read_csv(tmp_path / "x.csv").streams[0].sampling_frequency_hz == 20.0


ANY_BITS = st.integers(0, 2**64 - 1).map(lambda bits: struct.unpack("d", struct.pack("Q", bits))[0])


@given(
    rate=st.sampled_from([1.0, 12.5, 30.0, 100.0, 2000.0, 2048.0, 4096.0]),
    first=st.integers(0, 100_000),
    lengths=st.lists(st.integers(3, 40), min_size=1, max_size=3),
    gap=st.integers(1, 3000),
    data=st.data(),
)
def test_writing_and_reading_gives_the_same_bits(
    tmp_path_factory: pytest.TempPathFactory,
    rate: float,
    first: int,
    lengths: list[int],
    gap: int,
    data: st.DataObject,
) -> None:
    path = tmp_path_factory.getbasetemp() / "same_bits.csv"
    channels = (Channel("force", "force", "%MVC"), Channel("emg", "emg", "uV"))
    runs, at = [], first
    for length in lengths:
        numbers = st.lists(ANY_BITS, min_size=length, max_size=length)
        runs.append(Samples("csv", at, tuple(array("d", data.draw(numbers)) for _ in channels)))
        at += length + gap
    recording = Recording((Stream("csv", rate, channels, "float64", first),), tuple(runs))
    write_csv(path, recording)
    read = read_csv(path)
    assert read.streams == recording.streams
    assert read.gaps == recording.gaps
    for before, after in zip(recording.runs, read.runs, strict=True):
        for column, same in zip(before.values, after.values, strict=True):
            kept = [x if math.isfinite(x) else math.nan for x in column]
            assert array("d", kept).tobytes() == array("d", same).tobytes()


def test_a_minus_nought_keeps_its_sign(tmp_path: Path) -> None:
    stream = Stream("csv", 1.0, (Channel("f", "force", "N"),), "float64")
    values = array("d", [0.0, -0.0, 1.0])
    write_csv(tmp_path / "x.csv", Recording((stream,), (Samples("csv", 0, (values,)),)))
    assert read_csv(tmp_path / "x.csv").runs[0].values[0].tobytes() == values.tobytes()


def test_integers_are_written_as_what_they_mean(tmp_path: Path) -> None:
    stream = Stream("seat", 100.0, (Channel("seat", "force", "N", 0.01, 3.0),), "int16", 5)
    write_csv(tmp_path / "x.csv", Recording((stream,), (Samples("seat", 5, ([7, 8, -9],)),)))
    assert list(read_csv(tmp_path / "x.csv").runs[0].values[0]) == [
        raw * 0.01 + 3.0 for raw in (7, 8, -9)
    ]


def test_an_open_quote_is_no_csv_of_numbers(tmp_path: Path) -> None:
    text = 'time_s,f_newton\n0,1\n1,"2\n' + "2,3\n" * 40_000
    with pytest.raises(RecordingError, match=r"no CSV of numbers|is not a number"):
        read_csv(written(tmp_path, text))


def test_empty_lines_are_no_rows(tmp_path: Path) -> None:
    path = written(tmp_path, "time_s,f_newton\n\n0,1\n1,2\n\n2,3\n\n")
    assert list(read_csv(path).runs[0].values[0]) == [1, 2, 3]


@given(
    changes=st.lists(st.tuples(st.integers(0, 400), st.binary(min_size=1, max_size=3)), max_size=3)
)
def test_damage_is_refused_or_still_a_recording(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, bytes]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.csv"
    raw = bytearray(rows(100, 30, ".2f").encode())
    for at, text in changes:
        raw[at : at + len(text)] = text
    path.write_bytes(raw)
    # Whatever else is raised is a crash.
    with suppress(RecordingError):
        assert read_csv(path).streams[0].sampling_frequency_hz > 0


def test_a_cut_file_is_refused_or_is_a_whole_beginning(tmp_path: Path) -> None:
    whole = HEADER + "".join(f"{at / 100:.2f},{at % 97 * 0.25:.3f},{at:.1f}\n" for at in range(400))
    text = whole.encode()
    path, refused = tmp_path / "cut.csv", 0
    full = read_csv(written(tmp_path, whole)).runs[0].values
    for part in range(50):
        path.write_bytes(text[: len(text) * part // 50])
        try:
            columns = read_csv(path).runs[0].values
        except RecordingError:
            refused += 1
        else:
            assert all(
                list(column) == list(before[: len(column)])
                for column, before in zip(columns, full, strict=True)
            )
    assert refused > 40
