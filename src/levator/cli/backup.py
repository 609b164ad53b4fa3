"""Write a backup of the whole database, also while a server is recording into it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from levator.cli.passphrase import add_passphrase, new_passphrase
from levator.cli.speaking import hint, say
from levator.cli.storing import add_database, open_existing
from levator.errors import mark

ABOUT = mark("Write a backup of the whole database, also while a server is recording into it.")
EXAMPLES = """\
levator backup monday.backup
levator backup monday.backup --database sqlite:///clinic.db --encrypt
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    parser.add_argument("file", metavar="FILE", help=hint("the backup; it must not be there yet"))
    add_database(parser)
    parser.add_argument("--encrypt", action="store_true", help=hint("ask for a passphrase"))
    add_passphrase(parser)


def run(asked: argparse.Namespace) -> int:
    """Make it, and say where it is."""
    from levator.live.recorder import wall_clock
    from levator.storage import file_of
    from levator.storage.backup import back_up
    from levator.storage.folder import check_folder
    from levator.storage.sql.snapshot import is_current

    passphrase, file = new_passphrase(asked), Path(asked.file)
    database = file_of(asked.database)
    if database is not None:
        check_folder(database.parent)
    if database is not None and database.is_file() and not is_current(database):
        # Before an update; an older schema is copied as it is and has no audit to tell it to.
        back_up(asked.database, file, wall_clock(), passphrase, tell)
    else:
        _make(asked, file, passphrase)
    print(say("The backup is %(file)s.", file=str(file)))
    return 0


def _make(asked: argparse.Namespace, file: Path, passphrase: str | None) -> None:
    from levator.clinic.acting import Acts
    from levator.clinic.backup import make_backup
    from levator.clinic.terminal import at_terminal
    from levator.live.recorder import wall_clock

    with open_existing(asked.database) as repository:
        acts = Acts(repository, wall_clock)
        make_backup(acts, at_terminal(), asked.database, file, passphrase, tell)


def tell(message: str) -> None:
    """Say how far it is, to a person at a terminal only."""
    if sys.stderr.isatty():
        print(say(message), file=sys.stderr)
