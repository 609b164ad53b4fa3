"""The plain JSON that may travel beside a recording: `<file>.levator.json`.

This room carries it and knows only that it is one JSON object; what is in it is made and
read elsewhere.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from levator.errors import RecordingError


def path_beside(recording: Path) -> Path:
    """Return where the companion of a recording lies."""
    return recording.with_name(recording.name + ".levator.json")


def read_beside(recording: Path) -> dict[str, Any] | None:
    """Return what travels beside the recording, None if nothing does."""
    path = path_beside(recording)
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise RecordingError(
            "%(file)s is damaged; delete it to use the samples alone.", file=path.name
        )
    return content


def write_beside(recording: Path, content: dict[str, Any]) -> None:
    """Write the companion of a recording, whole or not at all."""
    path = path_beside(recording)
    partial = path.with_name(path.name + ".part")
    partial.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
    os.replace(partial, path)
