"""A program that keeps records until the power goes: `python until_cut.py WHAT URL [CARELESS]`.

`keep` says the number of each work once it is acknowledged. `migrate` brings a database from
its oldest schema to the newest and says each statement before it is carried out. CARELESS
takes out what protects against a power cut, to show that the test would notice.
"""

import sys
from dataclasses import replace
from itertools import count

from sqlalchemy import Engine, event

from levator.records.people import Patient
from levator.storage import open_repository
from levator.storage.sql import postgresql, sqlite
from levator.testing.entities import HERE, a_note, a_patient, an_entry


def say(line: object) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def be_careless() -> None:
    sqlite.PRAGMAS = tuple(
        one.replace("synchronous = FULL", "synchronous = NORMAL") for one in sqlite.PRAGMAS
    )
    postgresql._must_be_safe = lambda connection: None


def keep(url: str) -> None:
    """Each work: a new note, a change of the patient, a line of the audit."""
    with open_repository(url) as repository:
        with repository.work(writes=True) as work:
            [patient, *_] = work.find(Patient, HERE) or [work.put(a_patient())]
            first = len(work.audit_lines(HERE)) + 1
        for number in count(first):
            note = replace(a_note(text=str(number)), id=f"{number:032x}")
            with repository.work(writes=True) as work:
                work.put(note)
                patient = work.put(replace(patient, number=str(number)))
                work.audit(an_entry(detail=str(number)))
            say(number)


def migrate(url: str) -> None:
    @event.listens_for(Engine, "before_cursor_execute")
    def tell(connection: object, cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().startswith(("CREATE", "ALTER", "INSERT", "UPDATE")):
            say("statement")

    open_repository(url).close()
    say("done")


if __name__ == "__main__":
    what, address, *careless = sys.argv[1:]
    if careless:
        be_careless()
    {"keep": keep, "migrate": migrate}[what](address)
