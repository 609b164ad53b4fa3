"""Which database a command means."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from levator.cli.speaking import hint, say

if TYPE_CHECKING:
    from levator.records.repository import Repository

#: In the folder in which the command is given.
DEFAULT_DATABASE = "sqlite:///levator.db"
VARIABLE = "LEVATOR_DATABASE"


def add_database(parser: argparse.ArgumentParser) -> None:
    """Add the word --database."""
    parser.add_argument(
        "--database",
        metavar="URL",
        default=os.environ.get(VARIABLE, DEFAULT_DATABASE),
        help=hint(
            "where the recordings are; default %(default)s, or what %(variable)s says",
            default=DEFAULT_DATABASE,
            variable=VARIABLE,
        ),
    )


def url_of(file: Path) -> str:
    """Return the storage URL of an SQLite file."""
    return f"sqlite:///{file}"


def folder_of(url: str) -> Path | None:
    """Return where what belongs to a database stands: its key file, its certificate.

    Beside an SQLite file; the working folder for another database; None for one in memory.
    """
    scheme, _, rest = url.partition("://")
    if scheme == "memory":
        return None
    return Path(rest[1:]).absolute().parent if scheme == "sqlite" else Path.cwd()


def without_password(url: str) -> str:
    """Return the address as it may be shown: nothing of who signs in to the database."""
    scheme, separator, rest = url.partition("://")
    return scheme + separator + rest.rpartition("@")[2] if scheme == "postgresql" else url


def how_to_start(url: str) -> str:
    """Return with which words the server is started; never a password among them."""
    if without_password(url) == url:
        return say("Start it with: %(command)s", command=f'levator serve --database "{url}"')
    return say(
        "Start it with: %(command)s, and the address of the database in %(variable)s.",
        command="levator serve",
        variable=VARIABLE,
    )


def protocols_of(url: str) -> Path | None:
    """Return where the protocols of a clinic's own stand; None for a database in memory."""
    from levator.library.loader import OWN_FOLDER

    folder = folder_of(url)
    return None if folder is None else folder / OWN_FOLDER


def know_own_protocols(url: str) -> None:
    """Take in the protocols that stand beside a database; LibraryError names what is wrong."""
    from levator.library import take_in_protocols
    from levator.storage.folder import check_folder

    if (folder := protocols_of(url)) is not None:
        check_folder(folder.parent)
        take_in_protocols(folder)


def open_existing(url: str) -> Repository:
    """Open a database to read from it; StorageError where there is none."""
    from levator.storage import open_repository

    know_own_protocols(url)
    return open_repository(url, create=False)
