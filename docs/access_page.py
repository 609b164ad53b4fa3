"""Draws the table of access, and why its less plain rows are so."""

from __future__ import annotations

from collections.abc import Mapping

from docs.tables import table
from levator.records.access import RELATIONS, ROLES, TABLE

ROLE: Mapping[str, str] = {
    "patient": "A woman in treatment; her account names her record.",
    "therapist": "A pelvic-floor physiotherapist of the clinic.",
    "researcher": "Reads what consenting patients gave to research, without names.",
    "clinic_admin": "Runs the clinic's accounts and its files; no screen of treatment is hers.",
    "system_admin": "Runs the installation; sees no record of anybody.",
}
RELATION: Mapping[str, str] = {
    "self": "She herself, or one's own account.",
    "treating": "A therapist in the patient's list `treated_by`.",
    "clinic": "Of the same clinic.",
    "other": "Of another clinic, or of another patient.",
}
WHY: Mapping[str, str] = {
    "treatment.read": "What is said in treatment is between her and who treats her; an "
    "administrator sees who she is and no screen about her body.",
    "patient.take_on": "A colleague falls ill: any therapist of the clinic may take a patient on, "
    "with a reason. It stands in the audit under its own name, and she sees it.",
    "patient.export": "Her file is hers: she takes it herself from her own page, without asking "
    "anybody; who treats her and an administrator may hand it to her. The audit tells who made "
    "it, and she sees that.",
    "patient.invite": "Who holds the link could be her, so only a therapist who treats her makes "
    "one; see below.",
    "patient.close_access": "Her telephone is stolen on a day on which her therapist is away: an "
    "administrator may end all with which she comes in, and open none of it again.",
    "clearance.sign": "Only who treats her enters that somebody cleared her; no administrator "
    "and not she herself.",
    "red_flag.report": "She may report one at any time; it can only stop training.",
    "session.stop": "Every therapist of the clinic may stop a sitting; stopping harms nobody.",
    "session.watch": "The board shows all rooms of the clinic; she sees the name of who watches, "
    "and each time somebody begins to is a line of the audit.",
    "patient.erase": "Held back while the care record must be kept; never by one who treats, and "
    "not by herself: the clinic answers for what the law says. Her name is typed, and who "
    "asks shows once more who she is.",
    "retention.read": "Whose time is over leads to erasing, so it is seen by who may erase.",
    "backup.read": "In a clinic on its own computer its administrator looks after the backups. "
    "What is seen is when, how large and where, never what is in one, which may be more than "
    "one clinic's.",
    "backup.make": "It goes to the folder that was named at the computer, and no page and no "
    "route gives it out; so many stay of those made by hand, beside the daily ones, that nobody "
    "fills the disk or pushes out older days by pressing. Restoring is done at the computer only.",
    "research.read": "Pseudonymised, and only of patients whose consent stands; each download is a "
    "line in the record of each of them. What goes out is listed field by field, see "
    "[0019](decisions/0019-what-goes-to-research.md).",
    "audit.own": "She sees who looked into her record.",
    "tenant.make": "The installation's own administrator makes clinics and sees into none.",
}
OWN_ACCOUNT = """\
## Who can become her

Context: a link opens an account to whoever holds it. An administrator who made one for a patient
could take it, be her, and read what the table keeps from administrators.

Decision: only a therapist who treats her makes a link for her, for a new account and for one that
is there; it is her in-person code, shown once, to be taken with her in the room. She may read all
that the link opens, so it gives her nothing. Accounts of patients are not there for what an
administrator does with accounts, nor for `levator clinic invite`. A new link ends her password, her
passkeys, her logins and an earlier link at once, so that she notices. Making a link and taking it
both stand in the audit with her id, and she sees them under *Who looked*.

Consequence: a patient whose therapist is away waits for a colleague who takes her on; until then an
administrator can close her access and not open it. What stays possible: an administrator makes
herself an account as a therapist, or a new link for one, and reads as that therapist. The link, the
taking on or handing over, and each reading stand in the audit; what is done on a record, she sees.
"""
WHO_LEADS = """\
## A room whose leader may lead no more

Context: a room is opened once, and may stay open for an hour. Meanwhile her record may be changed,
she may be handed over, the account of who leads it may be disabled.

Decision: after every act that writes in her record or in that account, after the sensor is open,
and before each thing that asks effort of her, her chart and who leads are looked at again
(`levator.clinic.standing`); each look is a line of the audit, `session.check`. Where her chart
shuts the step, the session ends and both screens say why; where it lowers a bound, the lower one
holds. Where another therapist treats her now, the session ends. Where the account was disabled, it
pauses and says so, and nothing is begun or resumed in it: whoever is there ends it, and a therapist
who treats her opens a new room. Where it cannot be looked up, nothing more is asked of her.

Consequence: a session that has begun is kept whoever treats her by then, with the name of who led
it: what happened is the house's to keep.
"""
TURNED_AWAY = """\
## What is turned away, and where it is told

Context: the table refuses somebody who is known; the guard, a form without its token, a guess too
many and input that does not fit are turned away before, often of nobody who is known. The audit
only grows, and is chained: who may fill it without signing in may fill the disk.

Decision: a refusal by the table stands in the audit of the clinic, as does each guess that was
wrong, up to the last that is taken. All else that is turned away goes to the log of the program
(`turned away`): the moment, why, the row of the route, the address of the computer, and the id of
the login where there is one. Never the address as it was typed, a field, a name or a token. The log
has at most 60 such lines a minute and says how many it left out.

Consequence: the log is read by who runs the computer, not by the admin of the clinic. What she
needs, who tried an account and who asked for a record, stands in the audit.
"""


def access_page() -> str:
    """The table of access: a row for every action, a column for every role."""
    head = ("action", *(f"`{role}`" for role in ROLES))
    rows = ((f"`{action}`", *map(_relations, map(row.get, ROLES))) for action, row in TABLE.items())
    why = table(("action", "why"), ((f"`{action}`", words) for action, words in WHY.items()))
    return (
        "# Access\n\n"
        "Who may do what stands in one table, `levator.records.access.TABLE`: action, role,\n"
        "relation. What no cell allows is refused; an action that is not in it is refused to\n"
        "everybody. Every route and every message of a socket names its action.\n\n"
        f"## Roles\n\n{table(('role', 'who'), ((f'`{r}`', ROLE[r]) for r in ROLES))}\n"
        "## Relations\n\n"
        "How the person who asks stands to the patient, the account or the clinic in question.\n\n"
        f"{table(('relation', 'when'), ((f'`{r}`', RELATION[r]) for r in RELATIONS))}\n"
        "What stands in relation `other` is not there: the answer is the same as for an id that\n"
        "nobody has, so that no question tells what another clinic keeps. What is there and not\n"
        "allowed is refused in words. Act, refusal and the line of the audit that tells of them\n"
        "are stored together (`levator.clinic.acting`): no act without its line.\n\n"
        f"## The table\n\n{table(head, rows)}\n## Why\n\n{why}\n"
        f"{OWN_ACCOUNT}\n{WHO_LEADS}\n{TURNED_AWAY}"
    )


def _relations(allowed: tuple[str, ...] | None) -> str:
    return ", ".join(allowed or ())
