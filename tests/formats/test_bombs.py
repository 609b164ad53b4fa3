"""Files made to hurt are refused in one sentence, before they cost anything."""

from pathlib import Path

import pytest

from levator.errors import RecordingError
from levator.formats import edf_file
from levator.formats.beside import path_beside, read_beside
from levator.formats.content import Annotation
from levator.formats.csv_file import read_csv
from levator.formats.edf_text import record_onsets
from levator.formats.numbers import exact
from levator.formats.recording import open_recording
from levator.formats.session_file import _joined

HEAD = "time_s,force_percent_mvc\n"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("0,1\n0.01,1\n1e99999999,1\n", "is not a time in seconds"),
        ("0,1\n1e-9,1\n2e-9,1\n3e-9,2\n", "Hz; levator reads"),
        ("0,1\n0.01,1\n0.02,1\n1e9,1\n", "more than a day"),
        ("0,1\n1e6,1\n2e6,1\n", "more than a day"),
        ("0,1\n1/2,1\n2/3,1\n", "is not a time in seconds"),
    ],
)
def test_a_small_file_cannot_cost_much(tmp_path: Path, rows: str, said: str) -> None:
    path = tmp_path / "bomb.csv"
    path.write_text(HEAD + rows)
    with pytest.raises(RecordingError, match=said):
        read_csv(path)


@pytest.mark.parametrize("text", ["0", "5e-05", "1.250000000000000027e-01", "+3.5", ".5", "12."])
def test_usual_forms_are_read_exactly(text: str) -> None:
    assert float(exact(text)) == float(text)


@pytest.mark.parametrize("text", ["1e-99999", "1e999", "nan", "inf", "1_0", "1/2", "", "٣"])
def test_other_forms_are_no_numbers(text: str) -> None:
    with pytest.raises(ValueError, match="no number"):
        exact(text)


def test_a_heading_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv"
    path.write_text("time_s," + "a" * 200_000 + "\n0,1\n")
    with pytest.raises(RecordingError, match="no CSV of numbers"):
        read_csv(path)


def test_a_name_without_end_is_no_file() -> None:
    with pytest.raises(RecordingError, match="There is no recording"):
        open_recording("a" * 5000 + ".csv")


@pytest.mark.parametrize("digits", [400, 5000])
def test_an_onset_without_end_is_refused(digits: int) -> None:
    with pytest.raises(RecordingError, match="an annotation is not readable"):
        record_onsets("bomb.edf", [b"+" + b"1" * digits + b"\x14\x14\0"])


@pytest.mark.parametrize("start", ["1e99", "100000000"])
def test_a_moment_far_away_is_refused(start: str) -> None:
    told = [Annotation(0.0, None, f"levator.starts_at_s {start}")]
    with pytest.raises(RecordingError, match="is no number"):
        edf_file._starts_at("bomb.edf", told)


@pytest.mark.parametrize("count", ["9999999999", "9" * 5000, "999999999"])
def test_a_session_of_endless_pieces_is_refused(count: str) -> None:
    told = [Annotation(0.0, None, f"levator.session 1/{count} {{}}|")]
    with pytest.raises(RecordingError, match="is damaged or not of these samples"):
        _joined("bomb.edf", told)


def test_a_companion_nested_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv"
    path_beside(path).write_text("[" * 200_000)
    with pytest.raises(RecordingError, match="is damaged"):
        read_beside(path)
