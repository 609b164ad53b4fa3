"""The command line speaks the language of its terminal; what programs read stays as it is."""

import argparse
import ast
import gettext
import json
import os
import re
from contextlib import suppress
from pathlib import Path

import pytest

from levator import cli
from levator.cli.main import COMMANDS, main
from levator.cli.speaking import argparse_speaks, hint, language_in
from levator.library.loader import FOLDER


@pytest.fixture
def dutch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LEVATOR_LANGUAGE", raising=False)
    monkeypatch.setenv("LANG", "nl_BE.UTF-8")
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "nl_BE.UTF-8"}, "nl"),
        ({"LANG": "nl_BE@euro"}, "nl"),
        ({"LANG": "nl.UTF-8"}, "nl"),
        ({"LANG": "fr_BE.UTF-8"}, "fr"),
        ({"LANG": "de_CH.UTF-8"}, "de"),
        ({"LANG": "es_ES.UTF-8"}, "en"),
        ({"LANG": "nl_BE.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LC_MESSAGES": "en_GB.UTF-8", "LC_ALL": "nl_NL.UTF-8"}, "nl"),
        ({"LC_ALL": "en_GB.UTF-8", "LANGUAGE": "es:nl:en"}, "nl"),
        ({"LANGUAGE": "", "LANG": "nl_NL.UTF-8"}, "nl"),
        ({"LANGUAGE": "en", "LEVATOR_LANGUAGE": "nl"}, "nl"),
        ({"LEVATOR_LANGUAGE": "nl-BE"}, "nl"),
        ({"LEVATOR_LANGUAGE": "xx", "LANG": "nl_BE.UTF-8"}, "en"),
    ],
)
def test_the_environment_says_the_language(environment: dict[str, str], language: str) -> None:
    assert language_in(environment) == language


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[str, str]:
    with suppress(SystemExit):
        main(words)
    out, err = capsys.readouterr()
    return out, err


@pytest.mark.usefixtures("dutch")
def test_help_is_dutch_and_so_are_the_words_of_argparse(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out, _ = printed(capsys, "--help")
    assert out.startswith("gebruik: levator [--version] OPDRACHT ...")
    assert "geen medisch hulpmiddel" in out
    assert "toon deze hulp en stop" in out
    out, _ = printed(capsys, "replay", "--help")
    assert "doel, in % van de referentie" in out
    assert "--force 40% " in out
    _, err = printed(capsys, "replay", "x.csv")
    assert "levator replay: deze argumenten zijn nodig: --channel" in err


@pytest.mark.usefixtures("dutch")
@pytest.mark.parametrize("command", COMMANDS)
def test_no_option_is_left_in_english(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    dutch_help, _ = printed(capsys, command, "--help")
    os.environ["LEVATOR_LANGUAGE"] = "en"
    try:
        english_help, _ = printed(capsys, command, "--help")
    finally:
        del os.environ["LEVATOR_LANGUAGE"]
    # A line of an option with its hint; an option without one is alike everywhere.
    told = {line for line in english_help.splitlines() if re.match(r"  -.*\S  +\S", line)}
    assert told
    assert told & set(dutch_help.splitlines()) == set()


@pytest.mark.usefixtures("dutch")
def test_an_error_and_what_is_printed_are_dutch(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _, err = printed(capsys, "report", "--list", "--database", f"sqlite:///{tmp_path}/no.db")
    assert err == (
        f"levator report: Er is geen database {tmp_path}/no.db; controleer de naam en de map.\n"
    )
    out, _ = printed(capsys, "check", str(FOLDER / "limits.toml"))
    assert out == "limits.toml: in orde\n"
    wrong = tmp_path / "rest.toml"
    text = (FOLDER / "measures/rest.toml").read_text("utf-8")
    wrong.write_text(text.replace("value =", "valeu =", 1), "utf-8")
    _, err = printed(capsys, "check", str(wrong))
    assert "rest.toml regel " in err
    assert "valeu is hier geen bekende naam; is value bedoeld?" in err


@pytest.mark.usefixtures("dutch")
def test_json_is_the_same_in_every_language(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "a.csv"
    rows = [f"{place / 100:.2f},{place % 50}" for place in range(400)]
    file.write_text("\n".join(["time_s,seat_newton", *rows]), "utf-8")
    words = ("replay", str(file), "--channel", "seat", "--rest", "1N", "--reference", "40N")
    json_out, _ = printed(capsys, *words, "--mode", "open", "--json")
    assert all(json.loads(line)["type"] for line in json_out.splitlines()[:-1])
    os.environ["LEVATOR_LANGUAGE"] = "en"
    try:
        assert printed(capsys, *words, "--mode", "open", "--json")[0] == json_out
    finally:
        del os.environ["LEVATOR_LANGUAGE"]


def test_a_percent_sign_survives_argparse() -> None:
    parser = argparse.ArgumentParser(prog="x")
    parser.add_argument("--force", help=hint("target, %% of the reference"))
    assert "target, % of the reference" in parser.format_help()


def test_argparse_speaks_ours_only_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEVATOR_LANGUAGE", "nl")
    monkeypatch.setenv("LANGUAGE", "de")
    with argparse_speaks():
        assert gettext.gettext("options") == "opties"
    assert (os.environ["LANGUAGE"], gettext.textdomain()) == ("de", "messages")


def spoken_plainly(tree: ast.AST) -> list[str]:
    """Return what is printed or explained in words that no catalogue has seen."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            shown = node.args[:1] if name in ("print", "sys.stdout.write") else []
            shown += [one.value for one in node.keywords if one.arg in ("help", "description")]
            found += [words for one in shown for words in bare_words(one)]
    return found


def bare_words(value: ast.expr) -> list[str]:
    parts = value.values if isinstance(value, ast.JoinedStr) else [value]
    texts = [str(part.value) for part in parts if isinstance(part, ast.Constant)]
    return [text for text in texts if re.search(r"[A-Za-z]{3}", text) and "levator " not in text]


@pytest.mark.parametrize(
    "file", sorted(Path(cli.__file__).parent.glob("*.py")), ids=lambda f: f.stem
)
def test_nothing_is_printed_that_the_catalogue_does_not_have(file: Path) -> None:
    assert spoken_plainly(ast.parse(file.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "code", ['print("Ready.")', 'print(f"{n} samples")', 'p.add_argument("-x", help="the file")']
)
def test_plain_words_are_seen(code: str) -> None:
    assert spoken_plainly(ast.parse(code)) != []
