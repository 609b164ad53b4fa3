"""`levator check`: library files, recordings and sessions, and what is wrong with them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from levator.formats.csv_file import write_csv
from levator.formats.edf_writing import write_edf
from levator.formats.recording import Recording
from tests.cli.commands import levator, said


def test_the_library_that_comes_with_levator_is_in_order() -> None:
    done = levator("check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "bekken-zwanger-fit.toml: in order" in done.stdout


def test_every_problem_of_a_library_file_is_named_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from levator.library.loader import FOLDER

    text = (FOLDER / "measures/verdicts.toml").read_text("utf-8")
    broken = text.replace("value = 10.0", 'value = "ten"').replace("source =", "sauce =", 1)
    assert broken != text
    file = tmp_path / "verdicts.toml"
    file.write_text(broken, "utf-8")
    code, _, err = said(capsys, "check", str(file))
    assert code == 1
    assert re.search(r"verdicts\.toml line \d+: .*this must be a number", err)
    assert re.search(r"verdicts\.toml line \d+: .*source", err)


def test_a_recording_is_described_and_a_broken_one_refused(
    tmp_path: Path, recording: Recording, capsys: pytest.CaptureFixture[str]
) -> None:
    write_csv(tmp_path / "a.csv", recording)
    write_edf(tmp_path / "a.edf", recording)
    (tmp_path / "b.csv").write_text("time_s,force\n0,1\n", "utf-8")
    for name in ("a.csv", "a.edf"):
        code, out, _ = said(capsys, "check", str(tmp_path / name))
        assert code == 0
        assert "100 Hz, 600 samples (6.00 s), from 0 s" in out
        assert "force: force, N" in out
        assert "50 samples missing from 3 s" in out
    code, out, err = said(capsys, "check", str(tmp_path / "b.csv"), str(tmp_path / "a.csv"))
    assert code == 1
    assert "b.csv" in err
    assert "a.csv: in order" in out


def test_a_channel_without_any_number_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "half.csv"
    rows = "".join(f"{index / 100:.2f},{index},nan\n" for index in range(100))
    file.write_text(f"time_s,force_newton,emg_microvolt\n{rows}", "utf-8")
    code, out, err = said(capsys, "check", str(file))
    assert code == 1
    assert "half.csv: the channel emg holds no number at all" in err
    assert err.count("\n") == 1
    assert "in order" not in out
    assert "100 Hz, 100 samples" in out
    file.write_text(file.read_text("utf-8").replace("50,nan", "50,3.5"), "utf-8")
    assert said(capsys, "check", str(file))[0] == 0


@pytest.mark.parametrize("name", ["gone.csv", "gone.toml", "notes.txt"])
def test_what_cannot_be_checked_is_one_sentence(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = said(capsys, "check", str(tmp_path / name))
    assert code == 1
    assert name in err
    assert err.count("\n") == 1


ABSURD = ("nan", "-Infinity", "1e300", "1" + "0" * 400, "1" + "0" * 50)


@pytest.mark.parametrize("absurd", ABSURD, ids=range(len(ABSURD)))
@pytest.mark.parametrize(
    "place",
    [
        ("streams", 0, "first_index"),
        ("streams", 0, "sampling_frequency_hz"),
        ("streams", 0, "channels", 0, "scale"),
        ("settings", "quality", "clipping_s"),
        ("settings", "quality", "flat_line_needs_reversals"),
        ("settings", "contraction", "lag_within_s"),
        ("settings", "rest", "longer_at_most_s"),
        ("uses", 0, "filter", "rectify_mean_samples"),
        ("limits", "force_percent_mvc"),
    ],
    ids=lambda place: str(place[-1]),
)
def test_a_session_with_an_absurd_number_beside_it_is_damaged(
    session_file: Path,
    capsys: pytest.CaptureFixture[str],
    place: tuple[str | int, ...],
    absurd: str,
) -> None:
    beside = session_file.with_name(f"{session_file.name}.levator.json")
    whole = beside.read_text("utf-8")
    content = json.loads(whole)
    part = content["header"]["context"]
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] = "absurd"
    beside.write_text(json.dumps(content).replace('"absurd"', absurd), "utf-8")
    code, out, err = said(capsys, "check", str(session_file))
    beside.write_text(whole, "utf-8")
    assert (code == 0) is ("identical" in out)
    assert err.count("\n") == code


def test_a_session_that_no_engine_can_replay_is_damaged(
    session_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    beside = session_file.with_name(f"{session_file.name}.levator.json")
    whole = beside.read_text("utf-8")
    content = json.loads(whole)
    content["header"]["context"]["uses"][0]["filter"]["rectify_mean_samples"] = 5
    beside.write_text(json.dumps(content), "utf-8")
    code, _, err = said(capsys, "check", str(session_file))
    beside.write_text(whole, "utf-8")
    assert (code, err.count("\n")) == (1, 1)
