"""The commands on the pages work as they stand there."""

import os
import shlex
import subprocess
import sys
from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path

import pytest

from levator.cli.main import COMMANDS
from levator.formats.edf_writing import write_edf
from levator.formats.recording import Recording
from levator.signals.samples import Channel, Samples, Stream
from tests.docs.pages import ROOT, Example, blocks, examples_in, pages

EXAMPLES = [example for page in pages() for example in examples_in(page)]
GUIDE = ROOT / "docs/how-to/replay-a-recording.md"
#: These run to their end by themselves and need nothing but files.
RUN = ("replay", "check")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the recordings that the guide speaks of, made as the guide says."""
    path = tmp_path_factory.mktemp("guide")
    [make, *_] = blocks(GUIDE, "python")
    subprocess.run([sys.executable, "-c", make], cwd=path, check=True)
    stream = Stream("seat", 100.0, (Channel("seat", "force", "N", 0.01, 3.1),), "int16")
    values = [1500 * (index // 300 % 2) for index in range(3000)]
    write_edf(path / "sitting.edf", Recording((stream,), (Samples("seat", 0, (values,)),)))
    return path


def arguments(example: Example) -> tuple[str, list[str]]:
    _, word, *words = shlex.split(example.command.partition(" > ")[0])
    return word, words


def levator(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("levator")
    environment = os.environ | {"PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(
        [program, *words], cwd=folder, capture_output=True, text=True, env=environment, check=False
    )


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.page}: {e.command}"[:80])
def test_every_command_is_understood(example: Example) -> None:
    word, words = arguments(example)
    if word == "COMMAND":
        return
    assert word in COMMANDS
    parser = ArgumentParser(exit_on_error=False)
    import_module(f"levator.cli.{word}").add_arguments(parser)
    parser.parse_args(words)


IN_THE_GUIDE = [example for example in examples_in(GUIDE) if arguments(example)[0] in RUN]


@pytest.mark.parametrize("example", IN_THE_GUIDE, ids=lambda e: e.command[:80])
def test_the_guide_shows_what_comes_out(example: Example, folder: Path) -> None:
    word, words = arguments(example)
    done = levator([word, *words], folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert set(example.shown) <= set(done.stdout.splitlines())


def test_the_guide_shows_some_output() -> None:
    assert sum(len(example.shown) for example in IN_THE_GUIDE) >= 4


def test_the_guides_own_script_reads_the_numbers(folder: Path) -> None:
    [_, script, *_] = blocks(GUIDE, "python")
    program = Path(sys.executable)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [program, "-c", script],
        cwd=folder,
        capture_output=True,
        text=True,
        env=os.environ | {"PATH": path},
        check=True,
    )
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["good", "good", "too_strong"]


def test_an_example_that_is_wrong_would_be_seen(tmp_path: Path) -> None:
    done = levator(["replay", "sitting.csv", "--channel", "force"], tmp_path)
    assert done.returncode != 0
