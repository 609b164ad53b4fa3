"""The commands as people give them: what is printed, what is refused, in one sentence."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from array import array
from pathlib import Path

import pytest

from levator.cli.main import main
from levator.formats.csv_file import write_csv
from levator.formats.edf_writing import write_edf
from levator.formats.recording import Recording
from levator.library import load_settings
from levator.signals.samples import Channel, Samples, Stream
from levator.storage import open_repository
from tests.reports.recording import begin


def levator(*words: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "levator.cli.main", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(words)
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return code, out, err


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
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
def session_file(database: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session as a CSV with its companion."""
    path = tmp_path_factory.mktemp("session") / "session.csv"
    main(["report", "first", "--database", database, "--export", str(path)])
    return path


@pytest.fixture
def recording() -> Recording:
    column = array("d", [float(place % 50) for place in range(300)])
    stream = Stream("seat", 100.0, (Channel("force", "force", "N"),), "float64")
    runs = (Samples("seat", 0, (column,)), Samples("seat", 350, (column,)))
    return Recording((stream,), runs)


# --- replay


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


# --- report


def test_a_report_is_written_and_says_identical(database: str, tmp_path: Path) -> None:
    done = levator("report", "first", "--database", database, "--language", "nl", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"session-first\.html: identical, \d+ events\n", done.stdout)
    assert '<html lang="nl">' in (tmp_path / "session-first.html").read_text("utf-8")


def test_the_beginning_of_an_id_is_enough_and_last_is_the_newest(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "out.html"
    words = ("--database", database, "-o", str(file))
    assert said(capsys, "report", "sec", *words)[0] == 0
    assert "This recording was interrupted." in file.read_text("utf-8")
    assert said(capsys, "report", "--last", *words)[0] == 0


def test_what_is_written_of_a_patient_is_read_by_one_person_alone(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where the file was there before, open to everybody; nothing else changes."""
    file, csv = tmp_path / "out.html", tmp_path / "out.csv"
    file.touch(0o644)
    mask = os.umask(0o022)
    try:
        assert said(capsys, "report", "first", "--database", database, "-o", str(file))[0] == 0
        assert said(capsys, "report", "first", "--database", database, "--export", str(csv))[0] == 0
        (tmp_path / "after").touch()
    finally:
        os.umask(mask)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("out.*")}
    assert modes == dict.fromkeys(["out.html", "out.csv", "out.csv.levator.json"], 0o600)
    assert (tmp_path / "after").stat().st_mode & 0o777 == 0o644


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


def test_the_list_names_every_recording(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "report", "--list", "--database", database)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["first", "second"]
    assert "step-3" in out
    assert "interrupted" in out


def test_a_session_leaves_as_a_file_and_replays_from_it(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "session.edf"
    words = ("report", "first", "--database", database, "--export", str(file))
    code, out, _ = said(capsys, *words)
    assert (code, "levator check" in out) == (0, True)
    code, out, _ = said(capsys, "check", str(file))
    assert code == 0
    assert "identical" in out
    nowhere = tmp_path / "none" / "session.edf"
    code, _, err = said(capsys, *words[:-1], str(nowhere))
    assert (code, "cannot be written" in err) == (1, True)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("gone",), "There is no recording 'gone' here; levator report --list shows them."),
        (("",), "2 recordings begin with ''; write more of it."),
        (("first", "-o", "/nowhere/at/all.html"), "cannot be written"),
    ],
)
def test_what_cannot_be_reported_is_one_sentence(
    database: str, words: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = said(capsys, "report", *words, "--database", database)
    assert code == 1
    assert sentence in err
    assert err.count("\n") == 1


def test_no_database_and_no_recordings_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path}/none.db"
    assert said(capsys, "report", "--last", "--database", url)[0] == 1
    assert not (tmp_path / "none.db").exists()
    open_repository(url).close()
    code, _, err = said(capsys, "report", "--last", "--database", url)
    assert (code, "There are no recordings yet" in err) == (1, True)
    assert said(capsys, "report", "--list", "--database", url)[1].startswith("There are no rec")


# --- devices


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


# --- replay


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


# --- check


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
