"""`levator replay` as the tests of real recordings use it."""

from __future__ import annotations

import json
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from levator.cli.main import main

Plain = dict[str, Any]


def replay(path: Path, *words: str) -> str:
    """Return what `levator replay PATH ... --json` writes."""
    written = StringIO()
    with redirect_stdout(written):
        code = main(["replay", str(path), *words, "--json"])
    assert code == 0
    return written.getvalue()


def of_kind(text: str, kind: str) -> list[Plain]:
    """Return the events of one kind, or the summary."""
    return [line for line in map(json.loads, text.splitlines()) if line["type"] == kind]


def only(text: str, kind: str) -> Plain:
    """Return the one event of a kind; there must be no second one."""
    [event] = of_kind(text, kind)
    return event
