"""Write what women gave to research to a file, without a name."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from levator.cli.speaking import hint, say, voice
from levator.cli.storing import add_database, open_existing
from levator.errors import mark

ABOUT = mark("Write what women gave to research to a file, without a name.")
EXAMPLES = """\
levator research export research.zip
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    parser.add_argument("act", metavar="ACT", choices=("export",), help=hint("export"))
    parser.add_argument("file", metavar="FILE", help=hint("a .zip that is not there yet"))
    add_database(parser)
    parser.add_argument("--clinic", metavar="NAME", help=hint("where there are several"))


def run(asked: argparse.Namespace) -> int:
    """Write it, whole or not at all, and say where it is."""
    from levator.clinic import research
    from levator.clinic.acting import Acts
    from levator.clinic.exporting import whole_or_not
    from levator.clinic.terminal import at_terminal, the_tenant
    from levator.live.recorder import wall_clock

    with open_existing(asked.database) as repository:
        tenant, acts = the_tenant(repository, asked.clinic), Acts(repository, wall_clock)
        who = replace(at_terminal(tenant.id), role="researcher")
        with whole_or_not(Path(asked.file)) as out:
            made = research.export(acts, who, voice().language)
            for piece in made.pieces:
                out.write(piece)
    if not made.women:
        print(say("Nobody here has agreed to research yet, so the tables are empty."))
    print(say("What was given to research is in %(file)s.", file=asked.file))
    return 0
