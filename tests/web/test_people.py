"""How people come into a clinic by its pages: the first run, invitations, changes of an account."""

import re

import pytest

from tests.clinic.people import (
    TENANT,
    clinic_of_all_roles,
    kept,
    user_of,
)
from tests.web.forms import make, taken_on_too
from tests.web.served import Served
from tests.web.signing import ENGLISH, GOOD, fresh, server

__all__ = ["fresh", "server"]


def test_the_first_run_is_at_this_computer_with_the_code_and_once(fresh: Served) -> None:
    form = {
        "clinic": "Praktijk Bos",
        "name": "Anke Bos",
        "email": "anke@bos.example",
        "password": GOOD,
        "again": GOOD,
        "therapist_email": "anke.t@bos.example",
    }
    setup = fresh.clinic.setup
    with fresh.stranger() as browser:
        assert browser.get("/").headers["location"] == "/set-up"
        wrong = browser.post("/set-up", data=form | {"code": "AAAAAAAAAA"}, headers=ENGLISH)
        assert "This code is not right" in wrong.text
        assert GOOD not in wrong.text
        twice = form | {"code": setup.code, "therapist_email": " ANKE@bos.example"}
        once_more = browser.post("/set-up", data=twice, headers=ENGLISH)
        assert "Take another address for the account as therapist." in once_more.text
        assert setup.is_open()
        done = browser.post("/set-up", data=form | {"code": setup.code}, headers=ENGLISH)
        assert re.search(r"/invitation/[\w-]+", done.text)
        assert browser.get("/").headers["location"] == "/account/factor"
        assert browser.get("/set-up").status_code == 404
        assert browser.post("/set-up", data=form | {"code": setup.code}).status_code in (403, 404)


def test_the_first_run_is_not_offered_to_another_computer(fresh: Served) -> None:
    from levator.web.guard import is_here

    def asked(client: str, host: str) -> bool:
        return is_here(
            {"type": "http", "client": (client, 1), "headers": [(b"host", host.encode())]}
        )

    assert asked("127.0.0.1", "127.0.0.1:8321")
    assert asked("::1", "localhost")
    assert not asked("192.168.1.7", "127.0.0.1:8321")
    assert not asked("127.0.0.1", "levator.test")


def test_an_invited_person_sets_her_password_by_the_link_once(server: Served) -> None:
    with server.client_of("clinic_admin") as admin:
        wish = {"name": "Bo", "email": "bo@bos.example", "role": "researcher"}
        shown = admin.post("/users", data=wish, headers=ENGLISH).text
        [link] = re.findall(r"/invitation/[\w-]+", shown)
        assert 'viewBox="0 0 ' in shown
        assert link not in admin.get("/users").text
    with server.stranger() as browser:
        page = browser.get(link, headers=ENGLISH)
        assert "Welcome, Bo" in page.text
        uneven = browser.post(link, data={"password": GOOD, "again": GOOD + "!"}, headers=ENGLISH)
        assert "not the same" in uneven.text
        short = browser.post(link, data={"password": "kort", "again": "kort"}, headers=ENGLISH)
        assert "at least 12 signs" in short.text
        taken = browser.post(link, data={"password": GOOD, "again": GOOD})
        assert taken.headers["location"] == "/account/factor"
        assert browser.get(link, headers=ENGLISH).status_code == 404
        assert browser.get("/invitation/unknown").status_code == 404


def test_a_link_is_made_only_where_it_says_what_was_lost(server: Served) -> None:
    before = kept(server.clinic.accounts, user_of("therapist"))
    with server.client_of("clinic_admin") as admin:
        for lost in ({}, {"lost": "x"}):
            answer = admin.post("/users/clinic-a-therapist/invite", data=lost, headers=ENGLISH)
            assert answer.status_code == 422
            assert "This page is not whole" in answer.text
    assert kept(server.clinic.accounts, user_of("therapist")) == before


def test_two_admins_at_once_see_the_difference_and_nothing_is_lost(server: Served) -> None:
    path = f"/users/{TENANT}-therapist"
    with server.client_of("clinic_admin") as one, server.client_of("clinic_admin") as other:
        form = {"name": "Anke Bos", "role": "therapist", "tongue": "nl", "version": "1"}
        assert one.post(path, data=form).headers["location"] == "/users"
        late = other.post(path, data=form | {"name": "Anke"}, headers=ENGLISH)
        assert late.status_code == 409
        assert "Somebody changed this" in late.text
        row = r"<tr><th[^>]*>Name</th><td>Anke Bos</td><td>Anke</td></tr>"
        assert re.search(row, late.text)
        assert late.text.count("<tr>") == 2
        assert "Anke Bos" in one.get("/users").text
        for wrong in ({"version": "x"}, {"role": "king"}, {"name": ""}):
            assert other.post(path, data=form | wrong).status_code in (409, 422)
        again = other.post(path, data=form | saved(late.text))
        assert again.headers["location"] == "/users"
        assert "Anke Bos" not in one.get("/users").text


def saved(page: str) -> dict[str, str]:
    """What the form of an account sends as it stands."""
    fields = dict(re.findall(r'name="(name|version)"[^>]* value="([^"]*)"', page))
    chosen = re.findall(
        r'<select[^>]* name="(\w+)">.*?value="(\w*)"[^>]* selected', page, re.DOTALL
    )
    return fields | dict(chosen)


def test_what_was_filled_in_of_an_account_stays_where_it_is_refused(server: Served) -> None:
    path = f"/users/{TENANT}-therapist"
    with server.client_of("clinic_admin") as one, server.client_of("clinic_admin") as other:
        form = {"name": "Anke Bos", "role": "therapist", "tongue": "nl", "version": "1"}
        one.post(path, data=form)
        mine = {"name": "Anke", "role": "researcher", "tongue": "fr", "version": "1"}
        late = other.post(path, data=mine, headers=ENGLISH).text
        assert saved(late) == mine | {"version": "2"}
        for words in ("Therapist</td><td>Researcher", "Nederlands</td><td>Français"):
            assert words in late
        empty = other.post(path, data=mine | {"name": "", "version": "2"}, headers=ENGLISH).text
        assert saved(empty) == mine | {"name": "", "version": "2"}


def test_who_ends_a_therapist_is_told_whom_she_treats_and_finds_them_afterwards(
    server: Served,
) -> None:
    path, therapist = f"/users/{TENANT}-therapist", user_of("therapist").name
    with server.client() as hers, server.client_of("clinic_admin") as admin:
        make(hers, family_name="Alone", is_somebody_else="yes")
        _, shared = make(hers, family_name="Shared", is_somebody_else="yes")
        for role in ("researcher", "clinic_admin"):
            assert "treated by" not in admin.get(f"/users/{TENANT}-{role}", headers=ENGLISH).text
        page = admin.get(path, headers=ENGLISH).text
        assert page.count(f"3 patients are treated by {therapist} alone. Hand them over first") == 2
        taken_on_too(server, shared)
        page = admin.get(path, headers=ENGLISH).text
        assert page.count(f"2 patients are treated by {therapist} alone. Hand them") == 2
        assert f"treated by {therapist}" in admin.get("/patients", headers=ENGLISH).text
        asked = admin.post("/patients", data={"nobodys": "yes"}, headers=ENGLISH)
        assert asked.headers["location"] == "/patients?nobodys=yes"
        none = admin.get("/patients?nobodys=yes", headers=ENGLISH).text
        assert "Somebody who can sign in treats every patient." in none
        assert admin.post(f"{path}/disable").status_code == 303
        assert "treated by" not in admin.get(path, headers=ENGLISH).text
        left = admin.get("/patients?nobodys=yes", headers=ENGLISH).text
        assert left.count("treated by nobody") == 2
        assert "Alone" in left
        late = admin.get("/patients?nobodys=yes&offset=100", headers=ENGLISH).text
        assert "Nobody in this selection." in late


@pytest.mark.parametrize("path", ["", "/disable", "/invite"])
def test_an_account_that_is_not_there_is_the_same_as_a_foreign_one(
    server: Served, path: str
) -> None:
    clinic_of_all_roles(server.clinic.accounts, "clinic-b")
    form = {"name": "X", "role": "therapist", "version": "1", "lost": "everything"}
    with server.client_of("clinic_admin") as admin:
        answers = [
            admin.post(f"/users/{number}{path}", data=form)
            for number in ("clinic-b-therapist", "unknown")
        ]
    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].text == answers[1].text
