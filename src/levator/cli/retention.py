"""List the records whose time is past."""

from __future__ import annotations

import argparse

from levator.cli.speaking import hint, say
from levator.cli.storing import add_database, open_existing
from levator.errors import mark

ABOUT = mark("List the records whose time is past; each is erased with levator erase.")
EXAMPLES = """\
levator retention
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    add_database(parser)
    parser.add_argument("--clinic", metavar="NAME", help=hint("where there are several"))


def run(asked: argparse.Namespace) -> int:
    """Print number or id, last day and end of each; no names."""
    from levator.clinic.acting import Acts
    from levator.clinic.retention import past_their_time
    from levator.clinic.terminal import at_terminal, the_tenant
    from levator.live.recorder import wall_clock

    with open_existing(asked.database) as repository:
        tenant = the_tenant(repository, asked.clinic)
        found = past_their_time(Acts(repository, wall_clock), at_terminal(tenant.id))
    for one in found:
        text = say(
            "%(patient)s: last used on %(last)s, to be kept until %(until)s",
            patient=one.patient.number or one.patient.id,
            last=one.last_on,
            until=one.until,
        )
        print(text)
    if not found:
        print(say("No record is past its time."))
    return 0
