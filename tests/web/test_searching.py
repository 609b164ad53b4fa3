"""Whom somebody looks for is a name: it stands in no address, and looking works as always."""

import re
from collections.abc import Iterator
from urllib.parse import unquote_plus

import pytest
from httpx import Client

from levator.clinic import patients
from levator.clinic.patients import PatientDetails
from levator.records.people import Role
from tests.web.forms import new_id
from tests.web.served import Served

NAME = "Zonnebloem"
ENGLISH = {"accept-language": "en"}


@pytest.fixture(scope="module", autouse=True)
def many(running: Served) -> None:
    """Sixty women of one name, and one of another."""
    accounts = running.clinic.accounts
    with running.client() as client:
        signed = accounts.logins.who(client.cookies[running.login_cookie])
    assert signed is not None
    for number in range(60):
        details = PatientDetails(given_name=f"A{number:02}", family_name=NAME)
        patients.make(running.clinic.acts, signed.actor, new_id(), details)
    others = PatientDetails(given_name="Bo", family_name="Anders")
    patients.make(running.clinic.acts, signed.actor, new_id(), others)


def look(client: Client, **form: str) -> str:
    answer = client.post("/patients", data=form)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def addresses(page: str) -> Iterator[str]:
    """Every address that a page leads to."""
    for found in re.findall(r'(?:href|action|src)="([^"]*)"', page):
        yield unquote_plus(found).casefold()


def test_what_is_looked_for_stands_in_no_address_on_any_page_of_what_is_found(
    client: Client,
) -> None:
    place, seen = look(client, text=NAME), 0
    while place:
        assert NAME.casefold() not in unquote_plus(place).casefold()
        page = client.get(place, headers=ENGLISH).text
        assert NAME in page
        assert "Bo Anders" not in page
        assert "of 60 patients" in page
        assert all(NAME.casefold() not in one for one in addresses(page))
        seen += page.count('class="who"')
        later = re.findall(r'href="([^"]*)">Later<', page)
        place = later[0].replace("&amp;", "&") if later else ""
    assert seen == 60


def test_loading_it_again_and_going_back_need_no_form(client: Client) -> None:
    place = look(client, text=f"a07 {NAME.lower()}", mine="yes")
    assert client.get(place).text == client.get(place).text
    page = client.get(place, headers=ENGLISH).text
    assert "One patient." in page
    assert f'value="a07 {NAME.lower()}"' in page
    assert 'name="mine" value="yes" checked' in page


@pytest.mark.parametrize(
    ("role", "asked", "further"),
    [
        ("clinic_admin", {"text": NAME, "nobodys": "yes"}, ""),
        ("clinic_admin", {"mine": "yes", "nobodys": "yes"}, ""),
        ("clinic_admin", {}, "?offset=100"),
        ("therapist", {"text": "Maan", "mine": "yes"}, ""),
        ("therapist", {"mine": "yes"}, "&offset=100"),
    ],
)
def test_nobody_in_a_selection_is_not_nobody_at_all(
    server: Served, role: Role, asked: dict[str, str], further: str
) -> None:
    with server.client_of(role) as client:
        page = client.get(look(client, **asked) + further, headers=ENGLISH).text
    [said] = re.findall(r'<p class="card" role="status">(.*?)</p>', page)
    assert said == 'Nobody in this selection. <a href="/patients">Show all patients</a>'


def test_a_new_patient_gets_the_name_that_was_not_found(client: Client) -> None:
    page = client.get(look(client, text="Maan"), headers=ENGLISH).text
    assert "Nobody of that name" in page
    [new] = re.findall(r'href="(/patients/new[^"]*)"', page)
    assert "maan" not in new.casefold()
    assert 'value="Maan"' in client.get(new).text


def test_what_was_sealed_opens_for_its_own_login_only(client: Client, server: Served) -> None:
    place = look(client, text="Anders")
    with server.client() as other:
        page = other.get(place, headers=ENGLISH).text
        assert "of 62 patients" in page
        assert 'value="Anders"' not in page
    for wrong in ("x", "", "A" * 80, place.rpartition("=")[2][:-3]):
        page = client.get("/patients", params={"looked": wrong}, headers=ENGLISH).text
        assert "of 62 patients" in page


def test_an_empty_search_is_the_list(client: Client) -> None:
    assert look(client, text=" ") == "/patients"
    assert look(client, text="", mine="yes") == "/patients?mine=yes"


def test_an_address_with_a_name_in_it_looks_for_nothing(client: Client) -> None:
    page = client.get("/patients", params={"text": "Anders"}, headers=ENGLISH).text
    assert "of 62 patients" in page
    new = client.get("/patients/new", params={"name": "Anders"}).text
    assert 'value="Anders"' not in new
    assert "email" not in re.sub(r"<[^>]*>", "", client.get("/sign-in?email=anders").text)


def test_the_start_page_looks_in_the_same_way(client: Client) -> None:
    page = client.get("/").text
    [form] = re.findall(r'<form[^>]*class="search"[^>]*>', page)
    assert 'method="post"' in form
    assert 'action="/patients"' in form


def test_the_interface_looks_in_a_body(client: Client) -> None:
    found = client.post("/api/v1/patients/search", json={"text": NAME, "limit": 5, "offset": 58})
    assert found.json()["total"] == 60
    assert len(found.json()["patients"]) == 2
    for wrong in ({}, {"text": 1}, {"text": NAME, "limit": 0}, {"text": "x" * 201}):
        assert client.post("/api/v1/patients/search", json=wrong).status_code == 422
