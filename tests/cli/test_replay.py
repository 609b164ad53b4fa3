"""`levator replay`: what is refused, and what is said at the end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from levator.formats.csv_file import write_csv
from levator.formats.recording import Recording
from levator.library import load_settings
from tests.cli.commands import said


def test_a_number_below_zero_gets_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "force.csv"
    file.write_text("time_s,force_percent_mvc\n" + "".join(f"{i / 10},0\n" for i in range(100)))
    free = ("--mode", "basic_strength", "--pattern", "4;2;4;6", "--pattern-unit", "s")
    words = ("replay", str(file), "--channel", "force", *free, "--rounds", "5")
    for given, sentence in (
        (("--force", "-5%"), "The force must be above 0 %"),
        (("--force", "40%", "--start", "-3s"), "--start must be 0s or later"),
        (("--force", "40%", "--start", "10s"), "after the end of the recording (10 s)"),
    ):
        code, out, err = said(capsys, *words, *given)
        assert (code, out) == (1, "")
        assert sentence in err


def test_more_rounds_than_a_set_may_have_are_refused(
    tmp_path: Path, recording: Recording, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "sitting.csv"
    write_csv(file, recording)
    words = ["replay", str(file), "--channel", "force", "--rest", "0N", "--reference", "40N"]
    words += ["--mode", "endurance", "--force", "40%", "--pattern", "1;1;1;1"]
    words += ["--pattern-unit", "s", "--rounds"]
    most = load_settings().session.max_rounds
    assert said(capsys, *words, str(most))[0] == 0
    for more in (most + 1, 99):
        code, out, err = said(capsys, *words, str(more))
        assert (code, out) == (1, "")
        assert f"--rounds {more} is more than the {most} rounds that a set may have" in err
        assert err.count("\n") == 1


def test_a_protocol_of_ones_own_is_tried_on_a_recording(
    tmp_path: Path, recording: Recording, capsys: pytest.CaptureFixture[str]
) -> None:
    file, mine = tmp_path / "sitting.csv", tmp_path / "after-a-prolapse.toml"
    write_csv(file, recording)
    words = ["replay", str(file), "--channel", "force", "--rest", "0N", "--reference", "40N"]
    words += ["--protocol", str(mine), "--stage"]
    assert "cannot be read (it is not there)" in said(capsys, *words, "stronger")[2]
    assert said(capsys, "clinic", "protocol", str(mine))[0] == 0
    code, out, _ = said(capsys, *words, "stronger", "--json")
    assert code == 0
    assert json.loads(out.splitlines()[-1])
    assert "it has begin, stronger" in said(capsys, *words, "step-3")[2]
    mine.write_text(mine.read_text("utf-8").replace("step = 5.0", "step = 5,0"), "utf-8")
    code, out, err = said(capsys, *words, "stronger")
    assert (code, out) == (1, "")
    assert "after-a-prolapse.toml line 116: write 5.0 with a point" in err


REPLAYED = (
    "--channel",
    "seat",
    "--rest",
    "3N",
    "--reference",
    "43N",
    "--mode",
    "basic_strength",
    "--pattern",
    "4;2;4;6",
    "--pattern-unit",
    "s",
)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ("--force", "100.0001%", "--rounds", "3"),
            "The force of 100.0001 % is over",
        ),
        (("--force", "40%", "--rounds", "3", "--start", "1e300s"), "is after the end of the rec"),
        (("--force", "40%", "--rounds", "1_2"), "--rounds 1_2 must be a whole number"),
        (("--force", "4_0%", "--rounds", "3"), "'4_0%' is not a number with a unit"),
    ],
)
def test_a_number_that_is_none_is_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    path = tmp_path / "rest.csv"
    path.write_text("time_s,seat_newton\n" + "".join(f"{i / 10:.1f},3\n" for i in range(99)))
    code, out, err = said(capsys, "replay", str(path), *REPLAYED, *words)
    assert (code, out) == (1, "")
    assert sentence in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("words", [("--jso",), ("--block", "1_0"), ("--block", "\u0665")])
def test_an_option_is_written_out_and_its_number_in_plain_digits(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        said(capsys, "replay", "x.csv", "--channel", "seat", *words)
    assert words[-1] in capsys.readouterr().err


def hill(at_s: float, from_s: float) -> float:
    """0 to 1 and back: half a second up, two held, half a second down."""
    return max(0.0, min(1.0, 2.0 * (at_s - from_s), 2.0 * (from_s + 3.0 - at_s)))


def test_open_mode_ends_with_how_many_contractions_of_which_kinds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "open.csv"
    lines = ["time_s,seat_newton"]
    for number in range(2600):
        at_s = number / 100.0
        lift, push = hill(at_s, 2.0) + hill(at_s, 9.0), hill(at_s, 16.0)
        lines.append(f"{at_s},{3.0 + 20.0 * lift - 15.0 * push}")
    file.write_text("\n".join(lines) + "\n")
    words = ("replay", str(file), "--channel", "seat", "--rest", "3N", "--reference", "43N")
    code, out, _ = said(capsys, *words, "--mode", "open", "--language", "en")
    assert code == 0
    assert out.splitlines()[-1] == "3 contractions: 2 × lift and 1 × pushing."
    assert "scored" not in out
    code, out, _ = said(capsys, *words, "--mode", "open", "--language", "nl")
    assert out.splitlines()[-1] == "3 aanspanningen: 2 × optrekken en 1 × persen."
    weak = (*words[:-1], "4000N")
    code, out, _ = said(capsys, *weak, "--mode", "open", "--language", "en")
    assert out.splitlines()[-1] == "No contraction was found."
