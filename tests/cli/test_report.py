"""`levator report`: recordings named, written, exported, listed."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from levator.storage import open_repository
from tests.cli.commands import levator, said


def test_a_report_is_written_and_says_identical(recorded: str, tmp_path: Path) -> None:
    done = levator("report", "first", "--database", recorded, "--language", "nl", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"session-first\.html: identical, \d+ events\n", done.stdout)
    assert '<html lang="nl">' in (tmp_path / "session-first.html").read_text("utf-8")


def test_the_beginning_of_an_id_is_enough_and_last_is_the_newest(
    recorded: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "out.html"
    words = ("--database", recorded, "-o", str(file))
    assert said(capsys, "report", "sec", *words)[0] == 0
    assert "This recording was interrupted." in file.read_text("utf-8")
    assert said(capsys, "report", "--last", *words)[0] == 0


def test_what_is_written_of_a_patient_is_read_by_one_person_alone(
    recorded: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where the file was there before, open to everybody; nothing else changes."""
    file, csv = tmp_path / "out.html", tmp_path / "out.csv"
    file.touch(0o644)
    mask = os.umask(0o022)
    try:
        assert said(capsys, "report", "first", "--database", recorded, "-o", str(file))[0] == 0
        assert said(capsys, "report", "first", "--database", recorded, "--export", str(csv))[0] == 0
        (tmp_path / "after").touch()
    finally:
        os.umask(mask)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("out.*")}
    assert modes == dict.fromkeys(["out.html", "out.csv", "out.csv.levator.json"], 0o600)
    assert (tmp_path / "after").stat().st_mode & 0o777 == 0o644


def test_the_list_names_every_recording(recorded: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "report", "--list", "--database", recorded)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["first", "second"]
    assert "step-3" in out
    assert "interrupted" in out


def test_a_session_leaves_as_a_file_and_replays_from_it(
    recorded: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "session.edf"
    words = ("report", "first", "--database", recorded, "--export", str(file))
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
    recorded: str, words: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = said(capsys, "report", *words, "--database", recorded)
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
