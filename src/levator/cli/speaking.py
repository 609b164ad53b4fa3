"""What the command line says, in the language of the person at the terminal.

`LEVATOR_LANGUAGE` decides, then the variables that gettext looks at; English where there are
no texts for what they ask.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from levator.errors import LevatorError, Phrase, Value, mark
from levator.quantities import whole_of
from levator.texts.catalogue import FOLDER, LANGUAGES, ORIGINAL
from levator.texts.speaker import Speaker, speaker

if TYPE_CHECKING:
    from argparse import ArgumentParser

VARIABLES = ("LEVATOR_LANGUAGE", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
#: What argparse itself says; it looks these up by their English text, placeholders and all.
OF_ARGPARSE = (
    mark("usage: "),
    mark("positional arguments"),
    mark("options"),
    mark("show this help message and exit"),
    mark("show program's version number and exit"),
    mark("%(prog)s: error: %(message)s\n"),
    mark("argument %(argument_name)s: %(message)s"),
    mark("the following arguments are required: %s"),
    mark("one of the arguments %s is required"),
    mark("unrecognized arguments: %s"),
    mark("not allowed with argument %s"),
    mark("ignored explicit argument %r"),
    mark("ambiguous option: %(option)s could match %(matches)s"),
    mark("expected one argument"),
    mark("expected at least one argument"),
    mark("invalid %(type)s value: %(value)r"),
    mark("invalid choice: %(value)r (choose from %(choices)s)"),
)


def language_in(environment: Mapping[str, str]) -> str:
    """Return the language that an environment asks for, as gettext finds it."""
    wanted = next((environment[name] for name in VARIABLES if environment.get(name)), "")
    for one in wanted.split(":"):
        language = one.replace("-", "_").partition(".")[0].partition("_")[0].lower()
        if language in LANGUAGES:
            return language
    return ORIGINAL


def language() -> str:
    """Return the language of this terminal."""
    return language_in(os.environ)


def voice() -> Speaker:
    """Return who speaks at this terminal."""
    return speaker(language())


def say(message: str, /, **values: Value) -> str:
    """Return a text of the catalogue in the language of this terminal."""
    return voice().error(Phrase(message, **values))


def hint(message: str, /, **values: Value) -> str:
    """Return a text for argparse's `help`, where a percent sign is written twice."""
    return say(message, **values).replace("%", "%%")


def add_language(parser: ArgumentParser, about: str) -> None:
    """Let the language be chosen; this terminal's own where nobody does."""
    parser.add_argument("--language", choices=LANGUAGES, default=language(), help=about)


def error(trouble: LevatorError | Phrase) -> str:
    """Return an error in the language of this terminal."""
    return voice().error(trouble)


def number(value: float, decimals: int = 2) -> str:
    """Return a number as this language writes it."""
    return voice().number(value, decimals)


def whole(text: str) -> int:
    """Read a whole number for argparse."""
    from argparse import ArgumentTypeError

    value = whole_of(text)
    if value is None:
        raise ArgumentTypeError(
            say("%(text)r is not a whole number; write for example 20.", text=text[:20])
        )
    return value


@contextmanager
def argparse_speaks() -> Iterator[None]:
    """Let argparse find its own words among ours, and leave everything as it was."""
    domain, before = gettext.textdomain(), os.environ.get("LANGUAGE")
    gettext.bindtextdomain("levator", FOLDER)
    gettext.textdomain("levator")
    os.environ["LANGUAGE"] = language()
    try:
        yield
    finally:
        gettext.textdomain(domain)
        del os.environ["LANGUAGE"]
        if before is not None:
            os.environ["LANGUAGE"] = before
