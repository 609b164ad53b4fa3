"""Long work shows a person at a terminal how far it is, and writes nothing of it into a pipe."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from levator.storage import open_repository
from tests.reports.recording import begin

MINUTES = 3


@pytest.fixture(scope="module")
def long_csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of some minutes at 20 Hz."""
    file = tmp_path_factory.mktemp("long") / "long.csv"
    rows = "".join(f"{index / 20:.2f},{index % 40}\n" for index in range(MINUTES * 60 * 20))
    file.write_text(f"time_s,force_percent_mvc\n{rows}", "utf-8")
    return file


@pytest.fixture(scope="module")
def long_session(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('clinic')}/levator.db"
    with open_repository(url) as repository:
        live = begin(name="long")
        live.do("start")
        live.live(MINUTES * 60.0)
        live.do("stop")
        live.stored(repository, "stop")
    return url


def at_a_terminal(*words: str, folder: Path) -> tuple[str, str]:
    """Run a command whose errors go to a terminal; return what it printed there and elsewhere."""
    ours, its = pty.openpty()
    command = [sys.executable, "-m", "levator.cli.main", *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=its, cwd=folder, check=True)
    os.close(its)
    shown = b""
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:
        pass  # The terminal is gone: all of it has been read.
    finally:
        os.close(ours)
    return shown.decode(), done.stdout.decode()


def in_a_pipe(*words: str, folder: Path) -> tuple[str, str]:
    command = [sys.executable, "-m", "levator.cli.main", *words]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=True)
    return done.stderr, done.stdout


def test_a_replay_tells_its_minutes(long_csv: Path) -> None:
    words = ("replay", str(long_csv), "--channel", "force", "--mode", "open", "--json")
    shown, printed = at_a_terminal(*words, folder=long_csv.parent)
    told = [f"{minute} min" for minute in range(1, MINUTES)]
    places = [shown.find(one) for one in told]
    assert -1 not in places, shown
    assert places == sorted(places)
    assert shown.endswith("\r\x1b[K")
    assert in_a_pipe(*words, folder=long_csv.parent) == ("", printed)


def test_a_report_tells_its_minutes(long_session: str, tmp_path: Path) -> None:
    words = ("report", "long", "--database", long_session)
    shown, _ = at_a_terminal(*words, folder=tmp_path)
    told = [float(one.split()[0]) for one in shown.split("\r") if "min replayed" in one]
    assert len(told) >= MINUTES
    assert told == sorted(told)
    assert shown.endswith("\r\x1b[K")
    silent, _ = in_a_pipe(*words, folder=tmp_path)
    assert silent == ""
