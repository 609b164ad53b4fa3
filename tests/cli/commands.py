"""A command, given as people give it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from levator.cli.main import main


def levator(*words: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "levator.cli.main", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(words)
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return code, out, err
