"""`levator devices`: what there is, and a device that is tried."""

from __future__ import annotations

import re

import pytest

from tests.cli.commands import levator, said


def test_devices_are_listed_with_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "devices")
    assert code == 0
    for scheme in ("simulator://", "replay://"):
        assert out.count(scheme) == 2


def test_a_device_is_tried_for_a_moment() -> None:
    done = levator("devices", "simulator://?rate=50Hz&respiration=25Hz")
    assert (done.returncode, done.stderr) == (0, "")
    assert "seat: 50 Hz, int16" in done.stdout
    assert "force: force, N" in done.stdout
    counts = [int(text) for text in re.findall(r"(\d+) samples in 2 s", done.stdout)]
    assert len(counts) == 2
    assert 0 < counts[0] <= 110


@pytest.mark.parametrize("url", ["nope://x", "simulator://?speed=0", "replay:///no/such/file.csv"])
def test_a_device_that_is_not_there_is_one_sentence(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = said(capsys, "devices", url)
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
