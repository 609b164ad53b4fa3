"""The JSON that travels beside a recording."""

from pathlib import Path

import pytest

from levator.errors import RecordingError
from levator.formats.beside import path_beside, read_beside, write_beside


def test_what_is_put_beside_comes_back(tmp_path: Path) -> None:
    recording = tmp_path / "a.csv"
    assert read_beside(recording) is None
    write_beside(recording, {"force_percent_mvc": 0.1, "text": "één"})
    assert path_beside(recording).name == "a.csv.levator.json"
    assert read_beside(recording) == {"force_percent_mvc": 0.1, "text": "één"}


@pytest.mark.parametrize("text", ["", "[1]", "{"])
def test_a_damaged_companion_is_refused(tmp_path: Path, text: str) -> None:
    recording = tmp_path / "a.csv"
    path_beside(recording).write_text(text, "utf-8")
    with pytest.raises(RecordingError, match="damaged"):
        read_beside(recording)
