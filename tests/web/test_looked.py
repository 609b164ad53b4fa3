"""Who looked: found by person, by day and by what was done, with names and page by page."""

import re
from collections.abc import Iterator
from html import unescape

import httpx
import pytest

from levator.records.audit import AuditEntry
from tests.clinic.people import TENANT
from tests.web.served import Served

ENGLISH = {"accept-language": "en"}
HER = f"{TENANT}-record"
ERASED = "e" * 32


@pytest.fixture
def admin(server: Served) -> Iterator[httpx.Client]:
    with server.client_of("clinic_admin") as admin:
        yield admin


def told(server: Served, at: str, who: str, action: str, patient_id: str | None = None) -> None:
    entry = AuditEntry(
        at=at,
        tenant_id=TENANT,
        user_id=who and f"{TENANT}-{who}",
        role=who,
        action=action,
        patient_id=patient_id,
    )
    with server.clinic.repository.work(writes=True) as work:
        work.audit(entry)


@pytest.fixture(scope="module", autouse=True)
def spring(running: Served) -> None:
    """A few lines of a spring long ago, in a chain that has others."""
    told(running, "2021-03-28T12:00:00+02:00", "therapist", "note.write", HER)
    told(running, "2021-03-29T12:00:00+02:00", "patient", "audit.own", HER)
    told(running, "2021-03-29T13:00:00+02:00", "clinic_admin", "audit.read", ERASED)
    told(running, "2021-03-30T12:00:00+02:00", "", "session.close", HER)


def lines(page: str) -> list[str]:
    rows = re.findall(r"<tr>(<td.*?)</tr>", page, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]*>", " ", row)).split()) for row in rows]


SPRING = {"since": "2021-03-01", "until": "2021-04-01"}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"who": f"{TENANT}-therapist"}, ["12:00 Therapist therapist wrote a note Mia Jansen"]),
        ({"who": "patients"}, ["12:00 Patient patient looked at who looked Mia Jansen"]),
        ({"who": "levator"}, ["12:00 levator itself closed a session Mia Jansen"]),
        ({"what": "note.write"}, ["12:00 Therapist therapist wrote a note Mia Jansen"]),
        ({"since": "2021-03-30"}, ["12:00 levator itself closed a session Mia Jansen"]),
        ({"until": "2021-03-28"}, ["12:00 Therapist therapist wrote a note Mia Jansen"]),
        ({"who": "patients", "what": "note.write"}, []),
    ],
)
def test_a_line_is_found_by_who_what_and_when(
    admin: httpx.Client, asked: dict[str, str], found: list[str]
) -> None:
    page = admin.get("/audit", params=SPRING | asked, headers=ENGLISH)
    assert page.status_code == 200
    assert [re.sub(r"^\d\d:\d\d", "12:00", line) for line in lines(page.text)] == found
    assert ("No line like that" in page.text) == (not found)


def test_both_of_what_has_the_same_words_are_found(admin: httpx.Client) -> None:
    page = admin.get("/audit", params=SPRING | {"what": "audit.read"}, headers=ENGLISH).text
    assert len(lines(page)) == 2
    assert len(re.findall(r"<option[^>]*>looked at who looked<", page)) == 1


def test_who_has_two_accounts_is_told_apart_by_role(admin: httpx.Client) -> None:
    page = admin.get("/audit", headers=ENGLISH).text
    assert ">Therapist, therapist</option>" in page
    assert re.search(r">[^<]+, admin of the clinic</option>", page)


def test_a_record_that_was_erased_has_no_name(admin: httpx.Client) -> None:
    page = admin.get("/audit", params=SPRING, headers=ENGLISH).text
    assert "no record any more" in lines(page)[1]
    assert ERASED[:8] not in re.sub(r"<[^>]*>", "", page)


def test_pages_keep_what_was_looked_for(server: Served, admin: httpx.Client) -> None:
    for number in range(101):
        told(server, f"2022-05-01T10:00:00.{number:03}+02:00", "therapist", "pain.report", HER)
    asked = {"since": "2022-05-01", "until": "2022-05-01", "what": "pain.report"}
    page = admin.get("/audit", params=asked, headers=ENGLISH).text
    assert "1 to 100 of 101 lines." in page
    [older] = re.findall(r'href="([^"]*)">Older', page)
    page = admin.get(unescape(older), headers=ENGLISH).text
    assert "101 to 101 of 101 lines." in page
    assert len(lines(page)) == 1
    assert 'value="2022-05-01"' in page


def test_what_is_no_day_is_told(admin: httpx.Client) -> None:
    page = admin.get("/audit", params={"since": "spring"}, headers=ENGLISH)
    assert page.status_code == 422
    assert "“spring” is no day of the calendar" in unescape(page.text)


def test_an_admin_reads_whose_record_it_was(admin: httpx.Client) -> None:
    page = admin.get(f"/patients/{HER}/looked", headers=ENGLISH).text
    assert "<strong>Mia Jansen</strong>" in page
    assert re.search(r"1 to \d+ of \d+ lines\.", page)


def test_a_program_finds_the_same(admin: httpx.Client) -> None:
    asked = {"from_on": "2021-03-01", "until_on": "2021-04-01", "action": "note.write"}
    found = admin.get("/api/v1/audit", params=asked).json()
    assert [(one["name"], one["patient"]) for one in found["lines"]] == [
        ("Therapist", "Mia Jansen")
    ]
    assert found["total"] == 1


def test_she_sees_who_looked_by_name_and_day(server: Served) -> None:
    with server.client_of("patient") as her:
        page = her.get(f"/patients/{HER}/looked?offset=100", headers=ENGLISH).text
    assert "28 March 2021" in page
    assert re.search(r"Times 101 to \d+ of \d+\.", page)
    assert any("Therapist therapist wrote a note" in line for line in lines(page))
    assert 'role="search"' not in page


def test_past_the_last_line_nothing_is_said_to_be_empty(server: Served) -> None:
    with server.client_of("patient") as her:
        page = her.get(f"/patients/{HER}/looked?offset=100000", headers=ENGLISH).text
    assert "There is nothing older." in page
    assert "Nobody yet." not in page
