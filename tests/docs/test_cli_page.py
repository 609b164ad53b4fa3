"""docs/reference/cli.md names every command and option, and no other."""

import argparse
import re
from importlib import import_module
from pathlib import Path

import pytest

from levator.cli import main
from levator.cli.main import COMMANDS

PAGE = (Path(__file__).parents[2] / "docs/reference/cli.md").read_text("utf-8")


def section(command: str) -> str:
    return PAGE.split(f"\n## {command}\n", 1)[1].split("\n## ", 1)[0]


def named(text: str) -> set[str]:
    """Return the words in the first column of a table."""
    firsts = re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
    return {word for first in firsts for word in re.findall(r"`([^`]+)`", first)} - {"levator"}


def options(command: str) -> set[str]:
    """Return the words that a command takes, as people type or read them."""
    parser = argparse.ArgumentParser(add_help=False)
    import_module(f"levator.cli.{command}").add_arguments(parser)
    return words(parser) - {"-h", "--help"}


def words(parser: argparse.ArgumentParser) -> set[str]:
    """Return the words of a parser, and of those that it hands on to."""
    found = set()
    for action in parser._actions:
        found |= set(action.option_strings or [str(action.metavar)])
        if isinstance(action, argparse._SubParsersAction):
            found = found.union(*map(words, action.choices.values()))
    return found


def test_every_command_has_a_section_and_no_other_is_there() -> None:
    assert re.findall(r"^## (\w+)$", PAGE, re.MULTILINE) == list(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_named_and_no_other(command: str) -> None:
    assert named(section(command)) == options(command)


def test_the_options_of_the_program_itself() -> None:
    parser = main._parser()
    known = {word for action in parser._actions for word in action.option_strings} - {"-h"}
    assert named(PAGE.split("\n## ", 1)[0]) == known


def test_a_missing_option_would_be_seen() -> None:
    assert named(section("check").replace("`PATH`", "`FILE`")) != options("check")
