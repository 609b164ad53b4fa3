"""Take in a patient whom another clinic has exported."""

from __future__ import annotations

import argparse
from pathlib import Path

from levator.cli.speaking import hint, say
from levator.cli.storing import add_database, open_existing
from levator.errors import mark

ABOUT = mark(
    "Take in a patient whom another clinic has exported. What is here already is passed over."
)
EXAMPLES = """\
levator import 1042.zip
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    parser.add_argument("file", metavar="FILE", help=hint("what levator export has written"))
    add_database(parser)
    parser.add_argument("--clinic", metavar="NAME", help=hint("where there are several"))


def run(asked: argparse.Namespace) -> int:
    """Take it in, and say what was new."""
    from levator.clinic.acting import Acts
    from levator.clinic.importing import take_in
    from levator.clinic.terminal import at_terminal, the_tenant
    from levator.live.recorder import wall_clock

    file = Path(asked.file)
    with open_existing(asked.database) as repository:
        tenant = the_tenant(repository, asked.clinic)
        done = take_in(Acts(repository, wall_clock), at_terminal(tenant.id), file)
    text = say(
        "Patient %(patient)s: %(entities)s entries and %(recordings)s recordings were new.",
        patient=done.patient.id,
        entities=done.entities,
        recordings=done.recordings,
    )
    print(text)
    return 0
