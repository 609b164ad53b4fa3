"""The words with which a server is asked for a backup every day."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from levator.cli.passphrase import add_passphrase, new_passphrase
from levator.cli.speaking import hint
from levator.errors import CallerError

if TYPE_CHECKING:
    from levator.clinic.backup import Backups

KEPT = 14


def add_daily_backup(parser: argparse.ArgumentParser) -> None:
    """Add the words --backups, --backups-kept and --passphrase-file."""
    parser.add_argument("--backups", metavar="DIR", help=hint("make a backup there every day"))
    parser.add_argument(
        "--backups-kept",
        type=int,
        default=KEPT,
        metavar="N",
        help=hint("of which so many stay; default %(count)s", count=KEPT),
    )
    add_passphrase(parser)


def daily_backups(asked: argparse.Namespace) -> Backups | None:
    """Return what makes the daily backups, where that is asked; raises before anything opens."""
    if asked.backups is None:
        return None
    from levator.clinic.backup import Backups
    from levator.storage.folder import check_folder

    folder = Path(asked.backups).absolute()
    check_folder(folder)
    if asked.backups_kept < 1:
        raise CallerError("--backups-kept must be 1 or more.")
    asked.encrypt = False
    return Backups(asked.database, folder, asked.backups_kept, new_passphrase(asked))
