"""`levator clinic push`: the clinic's own keys for messages to browsers of patients."""

from __future__ import annotations

import argparse
from pathlib import Path

from levator.cli.speaking import hint, say
from levator.cli.storing import add_database, folder_of, open_existing
from levator.errors import CallerError


def add_push(parser: argparse.ArgumentParser) -> None:
    """Add what can be settled; without any of it what holds is printed."""
    add_database(parser)
    parser.add_argument(
        "--contact",
        metavar="ADDRESS",
        help=hint("whom a service asks, mailto:… or https://…; makes the keys the first time"),
    )
    parser.add_argument(
        "--service",
        action="append",
        default=[],
        metavar="HOST",
        help=hint("to which messages may go, instead of those of the browsers; several times"),
    )
    parser.add_argument(
        "--off", action="store_true", help=hint("take the keys away, and forget every browser")
    )


def settle_push(asked: argparse.Namespace) -> int:
    """Make, change or take away the keys, then print what holds."""
    from levator.clinic import Clinic
    from levator.clinic.home.pushing import set_up, take_down
    from levator.clinic.push_key import push_key_in

    folder = _folder(asked)
    with open_existing(asked.database) as repository:
        clinic = Clinic(repository)
        if asked.off:
            count = take_down(clinic.acts, clinic.accounts.logins, folder)
            print(say("Browsers that are forgotten: %(count)s.", count=count))
        elif asked.contact is not None:
            set_up(clinic.accounts.logins, folder, asked.contact, asked.service)
    if asked.off or asked.contact is not None:
        print(say("Changed; a server that runs knows it once it is started again."))
    key = push_key_in(folder)
    if key is None:
        print(say("levator sends no messages to browsers, and calls nobody."))
    else:
        print(say("Messages without content may go to %(services)s.", services=key.services))
        print(say("A service asks %(contact)s.", contact=key.contact))
    return 0


def _folder(asked: argparse.Namespace) -> Path:
    if asked.off and (asked.contact is not None or asked.service):
        raise CallerError("--off stands alone; leave out --contact and --service.")
    if asked.service and asked.contact is None:
        raise CallerError("--service belongs to --contact; give both.")
    folder = folder_of(asked.database)
    if folder is None:
        raise CallerError("A clinic needs a database that stays; name one with --database.")
    return folder
