"""The door of this room: open any recording by its path, and what a recording is."""

from __future__ import annotations

import os
from pathlib import Path

from levator.errors import RecordingError
from levator.formats.content import (
    Annotation,
    Gap,
    Recording,
    blocks,
    find_channel,
    header_of,
    kind_of,
)
from levator.formats.csv_file import read_csv

__all__ = [
    "Annotation",
    "Gap",
    "Recording",
    "blocks",
    "find_channel",
    "header_of",
    "kind_of",
    "open_recording",
]


def open_recording(path: Path | str) -> Recording:
    """Read a recording; the ending of its name says the form, the content must agree.

    Raises RecordingError with one plain sentence for a missing, foreign, truncated, empty
    or contradicting file.
    """
    path = Path(path)
    if not os.path.isfile(path):
        raise RecordingError("There is no recording at %(path)s; check the path.", path=str(path))
    match path.suffix.lower():
        case ".csv":
            return read_csv(path)
        case ".edf":
            # Brings numpy, which costs more than everything else at start-up.
            from levator.formats.edf_file import read_edf

            return read_edf(path)
    raise RecordingError(
        "%(file)s is not a recording levator reads; give a .csv or .edf file.", file=path.name
    )
