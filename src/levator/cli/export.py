"""Write everything of one patient to a file for her."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from levator.cli.speaking import hint, say
from levator.cli.storing import add_database, open_existing
from levator.errors import mark

ABOUT = mark("Write everything of one patient to a file for her.")
EXAMPLES = """\
levator export 1042 1042.zip
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    parser.add_argument("patient", metavar="PATIENT", help=hint("her number or id"))
    parser.add_argument("file", metavar="FILE", help=hint("a .zip that is not there yet"))
    add_database(parser)
    parser.add_argument("--clinic", metavar="NAME", help=hint("where there are several"))


def run(asked: argparse.Namespace) -> int:
    """Write it, and say where it is."""
    from levator.clinic.acting import Acts
    from levator.clinic.exporting import export
    from levator.clinic.terminal import at_terminal, the_patient, the_tenant
    from levator.live.recorder import wall_clock

    with open_existing(asked.database) as repository:
        tenant = the_tenant(repository, asked.clinic)
        patient_id = the_patient(repository, tenant, asked.patient)
        acts = Acts(repository, wall_clock)
        export(acts, at_terminal(tenant.id), patient_id, Path(asked.file), _tell)
    print(say("Everything of hers is in %(file)s.", file=asked.file))
    return 0


def _tell(done: int, of: int) -> None:
    if sys.stderr.isatty():
        text = say("%(done)s of %(count)s recordings", done=done, count=of)
        print(f"\r{text}", end="" if done < of else "\n", file=sys.stderr, flush=True)
