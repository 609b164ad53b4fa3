"""Every line of the pure rooms is run by a test, or the whole test run fails."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import dev
from tests.conftest import LONGEST

ROOT = Path(__file__).parents[2]
PURE_ROOMS = ("signals", "training", "course")


def test_the_gate_is_over_the_pure_rooms_and_has_no_way_around() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["coverage"]
    assert told["run"]["source"] == [f"levator.{room}" for room in PURE_ROOMS]
    assert told["report"]["fail_under"] == 100
    assert not {"omit", "exclude_lines", "exclude_also"} & {*told["run"], *told["report"]}
    for room in PURE_ROOMS:
        for path in (ROOT / "src/levator" / room).rglob("*.py"):
            assert "pragma: no cover" not in path.read_text("utf-8"), path


LINES = "lines of signals, training and course without a test"


def asked_for(
    patched: pytest.MonkeyPatch, arguments: list[str], failing: str = "none"
) -> tuple[list[list[str]], str]:
    """What the test command runs in its order, and what it says where `failing` fails."""
    asked: list[list[str]] = []

    def called(command: list[object], **_: object) -> int:
        words = [str(part) for part in command]
        asked.append(words[words.index("-m") :])
        return int(failing in words)

    def begun(command: list[object], _: object = None) -> subprocess.Popen[str]:
        ends = f"raise SystemExit({called(command)})"
        return subprocess.Popen([sys.executable, "-c", ends], stdout=subprocess.PIPE, text=True)

    patched.setattr(dev, "begun", begun)
    patched.setattr(subprocess, "call", called)
    for name in ("install", "npm_packages", "network_off"):
        patched.setattr(dev, name, lambda *_, **__: None)
    patched.setattr(dev, "checks", lambda: {"a check": ["-m", "check"]})
    try:
        dev.test(arguments)
    except SystemExit as end:
        return asked, str(end.code)
    return asked, ""


def test_every_test_is_run_once(monkeypatch: pytest.MonkeyPatch) -> None:
    (counted, check, browsed, others, report), said = asked_for(monkeypatch, [])
    assert said == ""
    assert check == ["-m", "check"]
    assert counted[:5] == ["-m", "coverage", "run", "-m", "pytest"]
    assert report == ["-m", "coverage", "report"]
    assert browsed == ["-m", "pytest", *dev.SHARED_OUT, dev.BROWSING, *browsed[-1:]]
    elsewhere = [*counted[5:], *browsed[-1:]]
    ignored = [f"--ignore={path}" for path in elsewhere]
    assert others == ["-m", "pytest", *dev.SHARED_OUT, dev.PLAIN, *ignored]
    assert all((ROOT / path).exists() for path in elsewhere)


def test_what_is_asked_for_is_run_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, _ = asked_for(monkeypatch, ["tests/house", "-x"])
    assert asked == [["-m", "check"], ["-m", "pytest", "tests/house", "-x"]]


@pytest.mark.parametrize(
    ("failing", "says"),
    [
        ("check", "a check"),
        ("coverage", f"tests of the pure rooms, {LINES}"),
        ("report", LINES),
        ("tests/browser", "tests with a browser"),
        ("--ignore=tests/browser", "tests"),
    ],
)
def test_whatever_fails_fails_the_whole(
    monkeypatch: pytest.MonkeyPatch, failing: str, says: str
) -> None:
    assert asked_for(monkeypatch, [], failing)[1] == f"What failed: {says}"


def test_a_line_without_a_test_is_red(tmp_path: Path) -> None:
    (tmp_path / "half.py").write_text(
        "def f(x):\n    if x:\n        return 1\n    return 2\n\nf(0)\n"
    )
    settings = (
        f"[run]\nsource = {tmp_path}\ndata_file = {tmp_path / 'data'}\n[report]\nfail_under = 100\n"
    )
    (tmp_path / "rc").write_text(settings)
    coverage = [sys.executable, "-m", "coverage"]
    words = ["--rcfile", str(tmp_path / "rc")]
    subprocess.run([*coverage, "run", *words, "half.py"], cwd=tmp_path, check=True)
    told = subprocess.run([*coverage, "report", *words], cwd=tmp_path, capture_output=True)
    assert told.returncode == 2


def test_the_files_that_begin_first_are_there() -> None:
    assert [one for one in LONGEST if not list((ROOT / "tests").rglob(f"{one}.py"))] == []
