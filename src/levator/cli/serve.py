"""The clinic's server: start page, live screens and reports, on this computer only."""

from __future__ import annotations

import argparse

from levator.cli.serving import add_address, check_address, opened_clinic, serve_clinic
from levator.cli.speaking import say
from levator.cli.storing import add_database
from levator.errors import mark

ABOUT = mark("The clinic's server: start page, live screens and reports, on this computer only.")
EXAMPLES = """\
levator serve
levator serve --database sqlite:///clinic.db --port 8321
"""
PORT = 8321


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    add_database(parser)
    add_address(parser, PORT)


def run(asked: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    check_address(asked)
    clinic = opened_clinic(asked.database)

    def tell(address: str) -> None:
        print(say("levator is at %(address)s (this computer only).", address=address))
        place = say("Recordings go to %(place)s. Stop with Ctrl-C.", place=asked.database)
        print(place, flush=True)

    serve_clinic(clinic, asked.port, tell)
    return 0
