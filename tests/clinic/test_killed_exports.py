"""What an export had written of her when it was killed goes: as a server runs, and by erasing."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path

import pytest

from levator.clinic import Clinic
from levator.clinic.acting import Acts
from levator.clinic.erasing import erase
from levator.storage.workplace import remove_left_over
from tests.clinic import desk
from tests.clinic.erasable import CANARY, WAVE, a_woman
from tests.clinic.test_research import agree, fill
from tests.reports.recording import Live, eventful

HERS = "c" * 32
#: Does what a command does, and says when a recording is written for other programs.
HELD_UP = """
import sys
from levator.cli.main import main
from levator.clinic import exporting, research_file
written = exporting.for_other_programs
def held_up(*given):
    if made := written(*given):
        print("written", flush=True)
        sys.stdin.read()
    return made
exporting.for_other_programs = research_file.for_other_programs = held_up
main(sys.argv[1:])
"""
COMMANDS = (["export", HERS], ["research", "export"])


@pytest.fixture(scope="module")
def sitting() -> Live:
    return eventful("real")


@pytest.fixture
def acts(tmp_path: Path, sitting: Live) -> Iterator[Acts]:
    with desk.opened("sqlite", tmp_path) as repository:
        acts = desk.clinic(repository)
        a_woman(acts, HERS, CANARY, WAVE)
        fill(acts, sitting)
        agree(acts, HERS)
        yield acts


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


async def erased(acts: Acts, _: Path) -> None:
    erase(acts, desk.actor(desk.ADMIN, "clinic_admin"), HERS, "her-request")


async def served(acts: Acts, temporary: Path) -> None:
    async with Clinic(acts.repository).running(), asyncio.timeout(20):
        while any(temporary.iterdir()):
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
@pytest.mark.parametrize("clearing", [erased, served])
def test_what_was_written_goes_once_nobody_writes_there(
    acts: Acts,
    tmp_path: Path,
    temporary: Path,
    command: list[str],
    clearing: Callable[[Acts, Path], Coroutine[None, None, None]],
) -> None:
    to = [str(tmp_path / "file.zip"), "--database", f"sqlite:///{tmp_path}/levator.db"]
    words = [sys.executable, "-c", HELD_UP, *command, *to, "--clinic", desk.TENANT]
    told = {"env": os.environ | {"TMPDIR": str(temporary)}, "stdout": subprocess.PIPE}
    with subprocess.Popen(words, stdin=subprocess.PIPE, **told) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline().strip() == b"written"
        remove_left_over(None)
        killed.kill()
    assert list(temporary.rglob("*.edf"))
    asyncio.run(clearing(acts, temporary))
    assert list(temporary.iterdir()) == []
