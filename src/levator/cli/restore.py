"""Make a database of a backup: all of it, or nothing."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from levator.cli.backup import tell
from levator.cli.passphrase import add_passphrase, known_passphrase
from levator.cli.speaking import hint, say
from levator.cli.storing import how_to_start, without_password
from levator.errors import mark

if TYPE_CHECKING:
    from levator.records.repository import Repository

ABOUT = mark(
    "Make a database of a backup: all of it, or nothing.\n\n"
    "Every byte is checked first; a database that is there already is never touched."
)
EXAMPLES = """\
levator restore monday.backup sqlite:///clinic.db
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    parser.add_argument("file", metavar="FILE", help=hint("a backup"))
    parser.add_argument("database", metavar="URL", help=hint("a database that is not there yet"))
    add_passphrase(parser)


def run(asked: argparse.Namespace) -> int:
    """Restore it, and say where it is."""
    from levator.clinic.restoring import end_what_was_open
    from levator.formats.backup_file import open_backup
    from levator.live.recorder import wall_clock
    from levator.storage.backup import restore

    file = Path(asked.file)
    passphrase = known_passphrase(asked, is_needed=open_backup(file).is_encrypted)

    def prepare(repository: Repository) -> None:
        end_what_was_open(repository, wall_clock())

    restore(file, asked.database, passphrase, tell, prepare)
    shown = without_password(asked.database)
    print(say("%(database)s holds what was backed up.", database=shown))
    print(how_to_start(asked.database))
    print(
        say(
            "Everybody signs in anew, and no open link works any more. Look through the accounts: "
            "who was shut out after the backup is in again, and used recovery codes work again."
        )
    )
    return 0
