"""Make a database of a backup: all of it, or nothing."""

from __future__ import annotations

import argparse
from pathlib import Path

from levator.cli.backup import tell
from levator.cli.passphrase import add_passphrase, known_passphrase
from levator.cli.speaking import hint, say
from levator.cli.storing import how_to_start, without_password
from levator.errors import mark

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
    from levator.formats.backup_file import open_backup
    from levator.storage.backup import restore

    file = Path(asked.file)
    passphrase = known_passphrase(asked, is_needed=open_backup(file).is_encrypted)
    restore(file, asked.database, passphrase, tell)
    shown = without_password(asked.database)
    print(say("%(database)s holds what was backed up.", database=shown))
    print(how_to_start(asked.database))
    return 0
