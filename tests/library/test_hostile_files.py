"""A protocol that somebody sent is looked at before it is used, whatever it is."""

import os
from pathlib import Path

import pytest

from levator.errors import LibraryError
from levator.library import bounds
from levator.library.loader import FOLDER, check_file, read_protocol

BASE = (FOLDER / "protocols" / "bekken-zwanger-fit.toml").read_text("utf-8")
TITLE, CAP = 'title = "Seven', "force_percent_mvc = 30.0"


def told(folder: Path, text: str) -> list[str]:
    """What is said of a file that begins as one of ours."""
    file = folder / "sent.toml"
    file.write_bytes(text.replace('id = "bekken-zwanger-fit"', 'id = "sent"', 1).encode())
    return [str(one) for one in check_file(file)]


def test_one_that_is_in_order_is_in_order(tmp_path: Path) -> None:
    assert told(tmp_path, BASE) == []


def test_what_is_endless_or_no_file_is_not_read(tmp_path: Path) -> None:
    pipe, endless = tmp_path / "pipe.toml", tmp_path / "endless.toml"
    os.mkfifo(pipe)
    endless.symlink_to("/dev/zero")
    for file in (pipe, endless):
        [problem] = check_file(file)
        assert str(problem).endswith("this is no file with text; give a .toml file.")


def test_what_is_longer_than_any_protocol_is_not_read(tmp_path: Path) -> None:
    short = bounds.LONGEST_BYTES - len(BASE.encode())
    lines = "#\n" * (short // 2)
    assert told(tmp_path, BASE + lines) == []
    [problem] = told(tmp_path, BASE + lines + "#" * 40)
    assert "longer than any protocol" in problem


@pytest.mark.parametrize(
    "text",
    [
        "a" + ".a" * 2000 + " = 1",
        "[" + "a ." * 2000 + "a]",
        '"a"' + '."a"' * 40 + " = 1",
        "a = {b" + ".b" * 40 + " = 1}",
        "a = " + "[" * 3000 + "]" * 3000,
        "a = " + "9" * 5000,
    ],
)
def test_what_costs_more_to_read_than_it_says_is_refused(tmp_path: Path, text: str) -> None:
    [problem] = told(tmp_path, text)
    assert "too long to be read" in problem


def test_of_very_many_mistakes_the_first_are_named(tmp_path: Path) -> None:
    many = "\n".join(f"k{number} = 1" for number in range(3000))
    assert len(told(tmp_path, many)) <= bounds.MOST_NAMED


@pytest.mark.parametrize("sign", ["\\u001b", "\\u0000", "\\u009b", "\\u202e", "\\u2028"])
@pytest.mark.parametrize("place", ["text", "key"])
def test_a_sign_that_cannot_be_seen_is_refused_and_not_printed(
    tmp_path: Path, sign: str, place: str
) -> None:
    given = f'title = "{sign}Seven' if place == "text" else f'"{sign}[31m" = 1\n{TITLE}'
    [problem] = told(tmp_path, BASE.replace(TITLE, given, 1))
    assert f"(U+{sign[2:].upper()}); take it out" in problem
    raw = BASE.replace(TITLE, given.encode().decode("unicode_escape"), 1)
    assert [one for one in told(tmp_path, raw) if not one.isprintable()] == []
    assert told(tmp_path, raw) != []


@pytest.mark.parametrize("number", ["1e308", "nan", "inf", "101.0", "-1.0", "9" * 300])
def test_no_number_gets_over_the_hard_limit(tmp_path: Path, number: str) -> None:
    file = tmp_path / "sent.toml"
    assert told(tmp_path, BASE.replace(CAP, f"force_percent_mvc = {number}", 1)) != []
    with pytest.raises(LibraryError):
        read_protocol(file)


def test_no_week_is_later_than_the_calendar(tmp_path: Path) -> None:
    for week in ("1e308", "1001.0"):
        found = told(tmp_path, BASE.replace("until_week = 43.0", f"until_week = {week}", 1))
        assert any("until_week" in one for one in found)
