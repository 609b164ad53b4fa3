"""Files made to hurt are refused in one sentence, before they cost anything."""

from pathlib import Path

import pytest

from levator.errors import RecordingError
from levator.formats.csv_file import read_csv
from levator.formats.numbers import exact

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
