"""What the service unit takes away is nothing that the server needs.

Where systemd and libseccomp are, its filter of system calls lies on a day's work here. The whole
unit was run by a systemd as first process; docs/how-to/install-on-a-server.md tells of that.
"""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from levator.cli.main import main
from tests.cli.filtered import GROUP, analyze
from tests.cli.test_serving import PROGRAM, links_in, running

FILTERED = (sys.executable, "-m", "tests.cli.filtered")
#: Where the filter can be laid on.
FILTERS = [GROUP] if analyze() else []
#: A password is made, a backup goes there and back, a replay runs in a process of its own.
IN_A_DAY = """
import asyncio, sys
from levator.cli.main import main
from levator.clinic.passwords import Passwords
from levator.reports import Apart, KeptReports
from levator.storage import open_repository

folder = sys.argv[1]
url = f"sqlite:///{folder}/levator.db"
asyncio.run(Passwords().hash("paarse fiets zonder bel"))
assert main(["backup", f"{folder}/a.backup", "--database", url]) == 0
assert main(["restore", f"{folder}/a.backup", f"sqlite:///{folder}/b.db"]) == 0
with open_repository(url, create=False) as repository:
    [header] = repository.recordings()
    KeptReports(repository, replays=Apart()).of(header.id)
"""


def filtered(*words: object) -> int:
    return subprocess.run(
        [*FILTERED, *map(str, words)], check=False, capture_output=True
    ).returncode


@pytest.mark.parametrize("group", FILTERS)
def test_a_days_work_passes_the_filter_of_the_unit(
    group: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["clinic", "service"]) == 0
    assert f"SystemCallFilter={group}\n" in capsys.readouterr().out
    words = ("demo", "--fast", "--folder", str(tmp_path))
    with running(*words, program=(*FILTERED, *PROGRAM)) as lines:
        assert len(links_in(lines)) == 4
    assert filtered(sys.executable, "-c", IN_A_DAY, tmp_path) == 0


@pytest.mark.parametrize("group", FILTERS)
def test_systemd_finds_no_fault_in_the_unit(
    group: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["clinic", "service"]) == 0
    file = tmp_path / "levator.service"
    file.write_text(capsys.readouterr().out)
    told = subprocess.run(
        ["systemd-analyze", "verify", file], capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stderr) == (0, ""), group


@pytest.mark.parametrize("group", FILTERS)
def test_the_filter_ends_what_mounts_a_disk(group: str) -> None:
    mount = "import ctypes; ctypes.CDLL(None).mount(b'a', b'/tmp', b'tmpfs', 0, None)"
    assert filtered(sys.executable, "-c", mount) == -signal.SIGSYS, group
