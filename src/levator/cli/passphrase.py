"""A passphrase for a backup: typed unseen, or the first line of a file; never on the line."""

from __future__ import annotations

import argparse
import getpass
import warnings

from levator.cli.files import text_in
from levator.cli.speaking import hint, say
from levator.errors import CallerError

SHORTEST = 12


def add_passphrase(parser: argparse.ArgumentParser) -> None:
    """Add the word --passphrase-file."""
    parser.add_argument(
        "--passphrase-file", metavar="FILE", help=hint("a file whose first line is the passphrase")
    )


def new_passphrase(asked: argparse.Namespace) -> str | None:
    """Return the passphrase for a new backup; None where none is wanted."""
    if asked.passphrase_file is not None:
        return _long_enough(_first_line(asked.passphrase_file))
    if not asked.encrypt:
        return None
    typed = _typed(say("Passphrase for this backup: "))
    if typed != _typed(say("The same again: ")):
        raise CallerError("The two passphrases differ; nothing was made, try again.")
    return _long_enough(typed)


def known_passphrase(asked: argparse.Namespace, *, is_needed: bool) -> str | None:
    """Return the passphrase of a backup that there is."""
    if asked.passphrase_file is not None:
        return _first_line(asked.passphrase_file)
    return _typed(say("Passphrase of the backup: ")) if is_needed else None


def _typed(question: str) -> str:
    """Return what is typed unseen; EOFError where no terminal can keep it so."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(question)
        except getpass.GetPassWarning as seen:
            raise EOFError from seen


def _long_enough(passphrase: str) -> str:
    if len(passphrase) < SHORTEST:
        raise CallerError(
            "The passphrase is too short; take at least %(count)s characters.", count=SHORTEST
        )
    return passphrase


def _first_line(file: str) -> str:
    return text_in(file).partition("\n")[0].rstrip("\r")
