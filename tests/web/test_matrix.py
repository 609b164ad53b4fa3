"""Every route x role x relation is answered as the table of access says, with its audit line.

Another clinic's is answered like what is not there: the same status, body and headers.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import httpx
import pytest

from levator.records.access import TABLE, Relation
from levator.records.audit import AuditEntry
from levator.records.people import Role
from tests.web.cases import Asked, all_asked, without_case
from tests.web.two_clinics import ROLES, Person, TwoClinics, two_clinics
from tests.web.whole_record import HERE, THERE, Record, nowhere

ASKED = all_asked()
#: How somebody can stand to a patient; nobody but a therapist treats.
TO_PATIENT: dict[Role, tuple[Relation, ...]] = dict.fromkeys(ROLES, ("clinic", "other")) | {
    "patient": ("self", "other"),
    "therapist": ("treating", "clinic", "other"),
}
TO_USER: tuple[Relation, ...] = ("self", "clinic", "other")


@dataclass(frozen=True)
class Cell:
    """Somebody in a role, or nobody, asks for what stands to her in a relation."""

    asked: Asked
    role: Role | None
    relation: Relation

    @property
    def action(self) -> str:
        is_own = self.role == "patient" and self.asked.action == "audit.read"
        return "audit.own" if is_own and self.asked.case.about == "patient" else self.asked.action

    @property
    def is_allowed(self) -> bool:
        """What the table says. Accounts are listed for the whole clinic, one's own too."""
        relation = self.relation
        if self.role is None:
            return False
        if self.asked.action == "user.list" and relation == "self":
            relation = "clinic"
        return relation in TABLE[self.action].get(self.role, ())


def relations(asked: Asked, role: Role | None) -> tuple[Relation, ...]:
    about = asked.case.about
    if about == "patient":
        return TO_PATIENT[role] if role else ("clinic", "other")
    if about == "clinic":
        return ("clinic",)
    return TO_USER if role or about == "user" else ("other",)


def is_asked_here(asked: Asked) -> bool:
    """One's own account and rooms have other keys than a relation; see below."""
    return asked.case.about in ("patient", "user", "clinic")


CELLS = [
    Cell(asked, role, relation)
    for asked in ASKED
    if is_asked_here(asked)
    for role in (None, *ROLES)
    for relation in relations(asked, role)
]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoClinics]:
    with two_clinics(tmp_path_factory.mktemp("matrix")) as both:
        both.recorded()
        yield both


def test_every_route_that_asks_who_asks_has_a_case() -> None:
    assert without_case() == set()


def test_no_row_of_the_table_gives_another_clinic_anything_of_a_patient_or_a_user() -> None:
    assert not [cell for cell in CELLS if cell.relation == "other" and cell.is_allowed]
    assert len(CELLS) > 900


#: What erases comes last: the women here share a recording.
KEYS = [
    one.key
    for one in sorted(ASKED, key=lambda one: one.action == "patient.erase")
    if is_asked_here(one)
]


@pytest.mark.parametrize("key", KEYS)
def test_a_route_is_answered_as_the_table_says(both: TwoClinics, key: str) -> None:
    wrong = [(cell.role, cell.relation, found) for cell in CELLS if cell.asked.key == key
             for found in [trouble(both, cell)] if found]  # fmt: skip
    assert wrong == []


def trouble(both: TwoClinics, cell: Cell) -> str:
    """What is wrong with a cell; empty where nothing is."""
    who, to = met(both, cell)
    before = {tenant: both.last_line(tenant) for tenant in (HERE, THERE)}
    answer = send(both, cell.asked, who, to)
    told = both.told(HERE, before[HERE])
    if len(both.told(THERE, before[THERE])):
        return "something is told to the audit of the other clinic"
    if who is None:
        return nobody(cell, answer) or ("told" if told else "")
    if cell.is_allowed:
        return allowed(cell, answer) or lines_of(cell, to, told)
    refused = [one for one in told if one.outcome == "refused"]
    if key_is_home(cell):
        return "" if answer.status_code == 303 and not told else "not brought home"
    if len(refused) != 1 or refused[0].patient_id not in (None, to.patient):
        return f"not one refused line: {told}"
    if cell.relation != "other":
        return "" if answer.status_code == 403 else f"not refused: {answer.status_code}"
    none = nowhere()
    absent = send(both, cell.asked, who, none)
    return differing(seen(answer, to), seen(absent, none))


def met(both: TwoClinics, cell: Cell) -> tuple[Person | None, Record]:
    if cell.asked.case.about == "patient":
        if cell.role is None:
            return None, both.record(THERE if cell.relation == "other" else HERE)
        return both.met(cell.role, cell.relation)
    if cell.asked.case.about == "clinic":
        return None if cell.role is None else both.person(cell.role), nowhere()
    to = both.record(THERE if cell.relation == "other" else HERE)
    who = None if cell.role is None else both.person(cell.role)
    return who, replace(to, user=who.user) if who and cell.relation == "self" else to


def send(both: TwoClinics, asked: Asked, who: Person | None, to: Record) -> httpx.Response:
    return both.ask(who, asked.method, asked.path(to), **asked.case.sent(to))


def key_is_home(cell: Cell) -> bool:
    return cell.asked.key == "GET /"


def nobody(cell: Cell, answer: httpx.Response) -> str:
    if cell.asked.is_api:
        return "" if answer.status_code == 401 else f"{answer.status_code}"
    place = answer.headers.get("location", "").partition("?")[0]
    return "" if (place, answer.text) == ("/sign-in", "") else f"{answer.status_code} {place}"


def allowed(cell: Cell, answer: httpx.Response) -> str:
    is_in = answer.status_code in (200, 202, 204, 303) and "/sign-in" not in answer.headers.get(
        "location", ""
    )
    return "" if is_in else f"{answer.status_code}: {answer.text[-600:]}"


def lines_of(cell: Cell, to: Record, told: list[AuditEntry]) -> str:
    """An act on a record leaves one line that names her, and no other."""
    hers = [one for one in told if one.patient_id == to.patient]
    is_right = all(one.outcome == "done" for one in told)
    if cell.asked.case.about == "patient" and (len(hers) != cell.asked.case.lines or not is_right):
        return f"{len(hers)} lines: {[(one.action, one.outcome) for one in told]}"
    return "" if is_right else "refused"


def seen(answer: httpx.Response, to: Record) -> list[object]:
    """An answer without its date; the ids that were asked for stand as their names."""
    headers = {name: value for name, value in answer.headers.items() if name != "date"}
    text = answer.text
    for name in ("patient", "user", "session"):
        text = text.replace(getattr(to, name), name)
    return [answer.status_code, headers, re.sub("[0-9a-f]{32}", "made", text)]


def differing(one: list[object], other: list[object]) -> str:
    return "" if one == other else f"{one} is not {other}"
