"""Every line of the pure rooms is run by a test, or the whole test run fails."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import dev

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


def test_every_test_is_run_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def call(command: list[str], **_: object) -> int:
        if "-m" in command:
            asked.append(command[1:])
        return int("report" in command)

    monkeypatch.setattr(subprocess, "call", call)
    failed = dev.failed_tests([])
    assert failed == ["lines of signals, training and course without a test"]
    counted, report, others = asked
    assert counted[:5] == ["-m", "coverage", "run", "-m", "pytest"]
    assert report == ["-m", "coverage", "report"]
    ignored = [f"--ignore={path}" for path in counted[5:]]
    assert others == ["-m", "pytest", *dev.SHARED_OUT, *ignored]
    assert all((ROOT / path).exists() for path in counted[5:])
    dev.failed_tests(["tests/house", "-x"])
    assert asked[-1] == ["-m", "pytest", "tests/house", "-x"]


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
