"""Erase a patient: everything of hers, down to the bytes."""

from __future__ import annotations

import argparse

from levator.cli.speaking import hint, say
from levator.cli.storing import add_database, open_existing
from levator.errors import CallerError, mark

ABOUT = mark(
    "Erase a patient: everything of hers, down to the bytes. It cannot be undone.\n\n"
    "While her record must be kept, the ground for erasing it earlier must be stated."
)
EXAMPLES = """\
levator erase 1042
levator erase 1042 --ground her-request
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    parser.add_argument("patient", metavar="PATIENT", help=hint("her number or id"))
    add_database(parser)
    parser.add_argument("--clinic", metavar="NAME", help=hint("where there are several"))
    parser.add_argument("--ground", metavar="CODE", help=hint("why it goes before its time"))
    parser.add_argument("--yes", action="store_true", help=hint("do not ask once more"))


def run(asked: argparse.Namespace) -> int:
    """Ask once more, erase, and name the backups that still hold her."""
    from levator.clinic.acting import Acts
    from levator.clinic.erasing import erase
    from levator.clinic.terminal import at_terminal, the_patient, the_tenant
    from levator.live.recorder import wall_clock

    with open_existing(asked.database) as repository:
        tenant = the_tenant(repository, asked.clinic)
        patient_id = the_patient(repository, tenant, asked.patient, may_be_erased=True)
        if not asked.yes:
            _ask_again(asked.patient)
        acts = Acts(repository, wall_clock)
        done = erase(acts, at_terminal(tenant.id), patient_id, asked.ground)
    text = say(
        "Erased: %(entities)s entries and %(recordings)s recordings.",
        entities=done.entities,
        recordings=done.recordings,
    )
    print(text)
    for file in done.backups:
        print(say("This backup may still hold her: %(file)s", file=str(file)))
    print(say("Copies and exports that were taken elsewhere are not known here."))
    return 0


def _ask_again(words: str) -> None:
    question = say("This cannot be undone. Type %(words)s once more to erase: ", words=words)
    if input(question) != words:
        raise CallerError("Nothing was erased.")
