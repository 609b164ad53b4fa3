"""What several commands are tried on: a database with recordings, and recordings as files."""

from __future__ import annotations

from array import array
from pathlib import Path

import pytest

from levator.cli.main import main
from levator.formats.recording import Recording
from levator.signals.samples import Channel, Samples, Stream
from levator.storage import open_repository
from tests.reports.recording import begin


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Two recordings: `first` with a short set, and `second`, which was interrupted."""
    url = f"sqlite:///{tmp_path_factory.mktemp('clinic')}/levator.db"
    with open_repository(url) as repository:
        for name, ended_by in (("first", "stop"), ("second", None)):
            live = begin(name=name)
            live.do("start")
            live.live(20.0)
            if ended_by:
                live.do("stop")
            live.stored(repository, ended_by)
        repository.recover_interrupted("2026-11-23T12:00:00+01:00")
    return url


@pytest.fixture(scope="module")
def session_file(recorded: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session as a CSV with its companion."""
    path = tmp_path_factory.mktemp("session") / "session.csv"
    main(["report", "first", "--database", recorded, "--export", str(path)])
    return path


@pytest.fixture
def recording() -> Recording:
    column = array("d", [float(place % 50) for place in range(300)])
    stream = Stream("seat", 100.0, (Channel("force", "force", "N"),), "float64")
    runs = (Samples("seat", 0, (column,)), Samples("seat", 350, (column,)))
    return Recording((stream,), runs)
