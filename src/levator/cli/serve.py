"""The clinic's server: sign-in, live screens and reports; over TLS also for other computers."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from levator.cli.daily import add_daily_backup, daily_backups
from levator.cli.serving import (
    add_port,
    add_reach,
    check_port,
    opened_clinic,
    reach_of,
    serve_clinic,
)
from levator.cli.speaking import hint, say
from levator.cli.storing import add_database, without_password
from levator.clinic.showing import ENDS
from levator.errors import mark

if TYPE_CHECKING:
    from levator.web.app import App
    from levator.web.server import Reach

ABOUT = mark(
    "The clinic's server: sign-in, live screens and reports. Without a certificate it answers on\n"
    "this computer only. The first time it prints a link with which the clinic is set up."
)
EXAMPLES = """\
levator serve
levator serve --database sqlite:///clinic.db --port 8321
levator serve --certificate clinic.crt --key clinic.key
levator serve --proxy 127.0.0.1 --host-name levator.clinic.example
"""
PORT = 8321


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    add_database(parser)
    add_port(parser, PORT)
    add_reach(parser)
    add_daily_backup(parser)
    parser.add_argument(
        "--recordings",
        type=Path,
        metavar="DIR",
        help=hint("of which a therapist may replay recordings; without it there are none"),
    )


def _folder(asked: Path | None) -> Path | None:
    from levator.storage.folder import check_folder

    if asked is not None:
        check_folder(asked)
    return asked


def run(asked: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    from levator.clinic.seats import device_within

    check_port(asked.port)
    recordings = _folder(asked.recordings)
    reach, backups = reach_of(asked), daily_backups(asked)
    clinic = opened_clinic(asked.database)
    clinic.recordings, clinic.make_device = recordings, device_within(recordings)
    if backups is not None:
        clinic.backups = backups
        clinic.tasks.append(backups.task(clinic.acts))
    serve_clinic(
        clinic, asked.port, lambda app, address: _tell(app, reach, address, asked.database), reach
    )
    return 0


def _tell(app: App, reach: Reach, address: str, database: str) -> None:
    if reach.names:
        print(say("levator is at %(address)s.", address=address))
    else:
        print(say("levator is at %(address)s (this computer only).", address=address))
    if reach.showing is not None and (day := reach.showing.ends_on()):
        print(say(ENDS, day=day.isoformat()))
    setup = app.clinic.setup
    if setup.is_open():
        if here := reach.here(address):
            link = f"{here}/set-up?code={setup.code}"
            print(say("There is no clinic yet. Set it up at %(link)s", link=link))
        else:
            print(say("There is no clinic yet; make one with levator clinic init."))
    shown = without_password(database)
    place = say("Recordings go to %(place)s. Stop with Ctrl-C.", place=shown)
    print(place, flush=True)
