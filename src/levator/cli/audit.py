"""Check the audit, keep its head outside, or show who looked at a patient's record."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from levator.cli.files import text_in, writing
from levator.cli.speaking import error, hint, say
from levator.cli.storing import add_database, open_existing
from levator.errors import CallerError, mark

if TYPE_CHECKING:
    from levator.clinic.auditing import Head, Look, Verdict
    from levator.records.repository import Repository

ABOUT = mark("Check the audit, keep its head outside, or show who looked at a patient's record.")
EXAMPLES = """\
levator audit verify
levator audit head --keep monday.json
levator audit verify --head monday.json
levator audit show --patient 1042
"""
ACTS = ("verify", "head", "show")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    parser.add_argument("act", metavar="ACT", choices=ACTS, help=hint("verify, head or show"))
    add_database(parser)
    parser.add_argument(
        "--head", metavar="FILE", help=hint("verify: also against a head that was kept")
    )
    parser.add_argument("--keep", metavar="FILE", help=hint("head: write it there"))
    parser.add_argument("--patient", metavar="NUMBER", help=hint("show: her number or id"))
    parser.add_argument("--clinic", metavar="NAME", help=hint("where there are several"))


def run(asked: argparse.Namespace) -> int:
    """Do one of the three; 1 where a chain is broken."""
    with open_existing(asked.database) as repository:
        if asked.act == "show":
            return _show(repository, asked)
        return _verify(repository, asked) if asked.act == "verify" else _head(repository, asked)


def _verify(repository: Repository, asked: argparse.Namespace) -> int:
    from levator.clinic.auditing import verify

    verdicts = verify(repository, _heads(asked.head))
    for one in verdicts:
        if one.broken is None:
            print(
                say("%(clinic)s: %(count)s lines, whole", clinic=one.tenant_id, count=one.head[0])
            )
        else:
            print(error(_broken(one)), file=sys.stderr)
    return int(any(one.broken is not None for one in verdicts))


def _heads(file: str | None) -> dict[str, Head] | None:
    from levator.clinic.auditing import heads_in

    if file is None:
        return None
    return heads_in(text_in(file))


def _broken(verdict: Verdict) -> CallerError:
    number = verdict.broken.number if verdict.broken is not None else 0
    return CallerError(
        "%(clinic)s: the chain breaks at line %(number)s: a line was changed, taken out or put in, "
        "or its end was cut off; keep the database as it is and find out who could write to it.",
        clinic=verdict.tenant_id,
        number=number,
    )


def _head(repository: Repository, asked: argparse.Namespace) -> int:
    from levator.clinic.auditing import text_of, verify
    from levator.live.recorder import wall_clock

    verdicts = verify(repository)
    for one in verdicts:
        if one.broken is not None:
            raise _broken(one)
    text = text_of(verdicts, wall_clock())
    if asked.keep is None:
        print(text, end="")
        return 0
    with writing(asked.keep), Path(asked.keep).open("x", encoding="utf-8") as kept:
        kept.write(text)
    print(say("The head is in %(file)s; keep it where nobody can change it.", file=asked.keep))
    return 0


def _show(repository: Repository, asked: argparse.Namespace) -> int:
    from levator.clinic.acting import Acts
    from levator.clinic.auditing import looks_at
    from levator.clinic.terminal import at_terminal, the_patient, the_tenant
    from levator.live.recorder import wall_clock

    if asked.patient is None:
        raise CallerError("Say whose record with --patient, by her number or id.")
    tenant = the_tenant(repository, asked.clinic)
    patient_id = the_patient(repository, tenant, asked.patient, may_be_erased=True)
    for look in looks_at(Acts(repository, wall_clock), at_terminal(tenant.id), patient_id):
        print(_line(look))
    return 0


def _line(look: Look) -> str:
    entry = look.line.entry
    who = look.name or entry.address or say("levator itself")
    done = say("done") if entry.outcome == "done" else say("refused")
    return "  ".join((entry.at, who, entry.role, entry.action, done, entry.detail)).rstrip()
