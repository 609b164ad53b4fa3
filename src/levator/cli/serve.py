"""The clinic's server: start page, live screens and reports, on this computer only.

levator serve
levator serve --database sqlite:///clinic.db --port 8321
"""

from __future__ import annotations

import argparse

from levator.cli.serving import add_address, check_address, opened_clinic, serve_clinic
from levator.cli.storing import add_database

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
        print(f"levator is at {address} (this computer only).")
        print(f"Recordings go to {asked.database}. Stop with Ctrl-C.", flush=True)

    serve_clinic(clinic, asked.port, tell)
    return 0
