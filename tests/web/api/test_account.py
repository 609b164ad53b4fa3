"""Own account, the people of the clinic and rooms, asked by a program over the wire."""

import asyncio
import csv
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest

from levator.clinic.factors import new_recovery_codes, recovery_hashes
from levator.records.people import Login, Role, User
from levator.records.treatment import Consent
from levator.records.work import where
from levator.web.api import PREFIX
from levator.web.signed import FORM_TOKEN_HEADER
from tests.web.cases import API, Asked
from tests.web.two_clinics import PASSWORD, ROLES, Person, TwoClinics, two_clinics
from tests.web.whole_record import HERE, THERE, day, new_id

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoClinics]:
    with two_clinics(tmp_path_factory.mktemp("account")) as both:
        yield both


class Program:
    """A program that knows an address, a password and the secret of an app."""

    def __init__(self, both: TwoClinics, role: Role = "therapist", has_app: bool = True) -> None:
        self.both, self.secret, self.codes = both, pyotp.random_base32(), new_recovery_codes()
        self.user = both.person(role).user
        accounts = both.clinic.accounts
        kept: dict[str, Any] = {"password_hash": asyncio.run(accounts.passwords.hash(PASSWORD))}
        if has_app:
            kept["totp_sealed"] = accounts.key.seal(self.secret, self.user)
            kept["recovery_hashes"] = recovery_hashes(self.codes)
        self.change(**kept)
        self.http = httpx.Client(
            base_url=both.server.address + PREFIX, headers={"origin": both.server.address}
        )

    def change(self, **changes: Any) -> None:
        with self.both.clinic.repository.work(writes=True) as work:
            work.put(replace(work.get(User, self.user, HERE), **changes))

    def signs_in(self, code: str = "", **changes: str) -> httpx.Response:
        address = f"{self.user}@KanarieHier.example"
        asked = {"email": address, "password": PASSWORD, "code": code} | changes
        answer = self.http.post("/sign-in", json=asked)
        if answer.is_success:
            self.http.headers[FORM_TOKEN_HEADER] = answer.json()["form_token"]
        return answer

    def logins(self) -> int:
        with self.both.clinic.repository.work(writes=False) as work:
            return work.count(Login, HERE, where(user_id=self.user, revoked_at=None))


Meet = Callable[..., Program]


@pytest.fixture
def meet(both: TwoClinics) -> Iterator[Meet]:
    """What makes a program; its connections close with the test."""
    with ExitStack() as stack:

        def met(role: Role = "therapist", has_app: bool = True) -> Program:
            program = Program(both, role, has_app)
            stack.enter_context(program.http)
            return program

        yield met


def test_a_program_signs_in_changes_something_and_signs_out(meet: Meet) -> None:
    program = meet()
    answer = program.signs_in(pyotp.TOTP(program.secret).now())
    assert (answer.status_code, answer.json()["user"]["id"]) == (200, program.user)
    assert answer.json()["clinic"] == "KanarieHier"
    assert program.http.put(f"/patients/{new_id()}", json={"family_name": "Bos"}).is_success
    kept = dict(program.http.cookies)
    assert program.http.post("/sign-out").status_code == 204
    program.http.cookies.update(kept)  # the login itself is over, not only its cookie
    assert program.http.get("/account").json()["code"] == "not_signed_in"
    assert program.logins() == 1  # the one that the account was made with


def test_a_change_without_the_token_or_from_another_page_is_refused(meet: Meet) -> None:
    program = meet()
    program.signs_in(program.codes[0])
    made = f"/patients/{new_id()}"
    stale = program.http.put(made, json={"family_name": "Bos"}, headers={FORM_TOKEN_HEADER: "x"})
    assert (stale.status_code, stale.json()["code"]) == (403, "stale_token")
    foreign = {"origin": "https://elsewhere.example"}
    assert program.http.post("/sign-in", json={}, headers=foreign).status_code == 403


@pytest.mark.parametrize(
    "changes", [{"email": "nobody@example.org"}, {"password": "another one of 12"}, {"code": "0"}]
)
def test_what_is_not_right_is_one_answer_and_leaves_no_login(
    meet: Meet, changes: dict[str, str]
) -> None:
    program = meet()
    answer = program.signs_in(**changes)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_right")
    assert "set-cookie" not in answer.headers
    assert program.logins() == 1  # the one that the account was made with


def test_a_code_works_once_and_too_many_tries_are_too_many(meet: Meet) -> None:
    program = meet()
    assert program.signs_in(program.codes[0]).is_success
    tries = [program.signs_in(program.codes[0]) for _ in range(11)]
    assert {one.status_code for one in tries[:4]} == {401}
    assert tries[-1].json()["code"] == "too_often"


def test_an_address_of_two_clinics_is_asked_which(both: TwoClinics, meet: Meet) -> None:
    program, there = meet(), both.person("therapist", THERE).user
    with both.clinic.repository.work(writes=True) as work:
        here, other = work.get(User, program.user, HERE), work.get(User, there, THERE)
        mine = {"email": here.email, "email_key": here.email_key}
        work.put(replace(other, **mine, password_hash=here.password_hash))
    answer = program.signs_in(program.codes[0])
    assert (answer.status_code, answer.json()["code"]) == (409, "choose_clinic")
    assert {one["id"] for one in answer.json()["clinics"]} == {HERE, THERE}
    assert program.signs_in(program.codes[0], clinic_id=HERE).json()["clinic"] == "KanarieHier"


def test_without_a_second_factor_a_therapist_is_sent_to_a_browser_and_a_patient_comes_in(
    meet: Meet,
) -> None:
    therapist = meet(has_app=False)
    assert therapist.signs_in().json()["code"] == "not_as_asked"
    assert therapist.logins() == 1
    patient = meet("patient", has_app=False)
    patient.change(patient_id=patient.both.record().patient)
    assert patient.signs_in().json()["patient_id"]


def test_what_matters_asks_once_more_and_a_new_password_gives_a_new_token(
    meet: Meet,
) -> None:
    program = meet()
    program.signs_in(program.codes[0])
    new = {"new": "a heron beside the ditch"}
    assert program.http.post("/account/password", json=new).json()["code"] == "not_confirmed"
    shown = {"password": PASSWORD, "code": program.codes[1]}
    assert program.http.post("/account/confirm", json=shown | {"code": ""}).status_code == 401
    assert program.http.post("/account/confirm", json=shown).status_code == 204
    changed = program.http.post("/account/password", json=new).json()
    assert changed["form_token"] != program.http.headers[FORM_TOKEN_HEADER]
    program.http.headers[FORM_TOKEN_HEADER] = changed["form_token"]
    assert len(program.http.get("/account").json()["logins"]) == program.logins() == 1


def test_the_language_the_other_logins_and_a_passkey_are_ones_own(meet: Meet) -> None:
    program = meet()
    program.signs_in(program.codes[0])
    assert program.http.post("/account/language", json={"language": "nl"}).status_code == 204
    assert program.http.get("/account").json()["user"]["language"] == "nl"
    program.http.post("/account/confirm", json={"password": PASSWORD, "code": program.codes[1]})
    assert program.http.post("/account/logins/end").status_code == 204
    assert program.logins() == 1
    nothing = program.http.post(f"/account/passkeys/{new_id()}/remove")
    assert (nothing.status_code, nothing.json()["code"]) == (404, "not_there")


OWN = [
    Asked(key.replace(" ", f" {PREFIX}", 1), "account.own", case)
    for key, case in API.items()
    if case.about == "own" and key != "POST /sign-in" and "/home/" not in key
]
#: What is hers alone at home.
AT_HOME = [
    Asked(key.replace(" ", f" {PREFIX}", 1), "home.keep", case)
    for key, case in API.items()
    if case.about == "own" and "/home/" in key
]


@pytest.mark.parametrize("asked", OWN, ids=lambda one: one.key)
def test_ones_own_account_is_ones_own(both: TwoClinics, asked: Asked) -> None:
    to = both.record()
    for role in (None, *ROLES):
        who = both.person(role) if role else None
        answer = both.ask(who, asked.method, asked.path(to), **asked.case.sent(to))
        assert (answer.status_code == 401) is (role is None or "/confirm" in asked.key), role
        assert answer.status_code not in (403, 500)


@pytest.mark.parametrize("asked", AT_HOME, ids=lambda one: one.key)
def test_what_is_hers_at_home_is_nobody_elses(both: TwoClinics, asked: Asked) -> None:
    to = both.record()
    sent = asked.case.sent(to)
    assert both.ask(None, asked.method, asked.path(to), **sent).status_code == 401
    she, _ = both.met("patient", "self")
    assert both.ask(she, asked.method, asked.path(to), **sent).status_code not in (403, 404, 500)
    for role in set(ROLES) - {"patient"}:
        answer = both.ask(both.person(role), asked.method, asked.path(to), **sent)
        assert answer.status_code in (403, 404), role


@pytest.mark.parametrize("tenant", [HERE, THERE])
def test_anothers_login_is_not_there(both: TwoClinics, tenant: str) -> None:
    who, another = both.person("therapist"), both.person("therapist", tenant)
    path = PREFIX + "/account/logins/{}/end"
    there, absent = (
        both.ask(who, "POST", path.format(one)) for one in (both.login_of(another), new_id())
    )
    assert (there.status_code, there.json()) == (404, absent.json())
    assert both.ask(another, "GET", f"{PREFIX}/account").status_code == 200


# --- The people of the clinic


def admin(both: TwoClinics) -> Person:
    return both.person("clinic_admin")


def test_somebody_is_invited_changed_by_version_and_disabled(both: TwoClinics) -> None:
    who, email = admin(both), f"{new_id()}@example.org"
    asked = {"name": "Bo", "email": email, "role": "therapist"}
    made = both.ask(who, "POST", f"{PREFIX}/users", json=asked).json()
    assert both.ask(None, "GET", made["path"]).status_code == 200
    twice = both.ask(who, "POST", f"{PREFIX}/users", json=asked)
    assert (twice.status_code, twice.json()["code"]) == (422, "not_as_asked")
    path = f"{PREFIX}/users/{made['user']['id']}"
    tag = both.ask(who, "GET", path).headers["etag"]
    changed = {"name": "Bo Smit", "role": "researcher", "language": "en"}
    assert both.ask(who, "PUT", path, json=changed).status_code == 422
    first = both.ask(who, "PUT", path, json=changed, headers={"If-Match": tag})
    late = both.ask(who, "PUT", path, json=changed | {"name": "x"}, headers={"If-Match": tag})
    assert (first.json()["role"], late.status_code) == ("researcher", 409)
    assert late.json()["differs"]["name"] == {"kept": "Bo Smit", "given": "x"}
    link = both.ask(who, "POST", f"{path}/invite", json={"lost": "everything"}).json()["path"]
    assert both.ask(None, "GET", made["path"]).status_code == 404
    assert both.ask(who, "POST", f"{path}/disable").json()["state"] == "disabled"
    assert both.ask(None, "GET", link).status_code == 404


def test_a_patient_is_invited_and_her_access_closed(both: TwoClinics) -> None:
    who = both.person("therapist")
    path = f"{PREFIX}/patients/{both.record(treated_by=(who.user,)).patient}"
    asked = {"email": f"{new_id()}@example.org"}
    link = both.ask(who, "POST", f"{path}/invite", json=asked).json()["path"]
    assert both.ask(None, "GET", link).status_code == 200
    assert both.ask(who, "POST", f"{path}/close-access").status_code == 204
    assert both.ask(None, "GET", link).status_code == 404


# --- Rooms and sessions


def test_the_board_and_a_report_are_read_by_a_program(both: TwoClinics) -> None:
    opened = both.opened()
    (room,) = both.ask(opened.who, "GET", f"{PREFIX}/rooms").json()["rooms"]
    assert (room["room"], room["is_well"]) == (opened.number, True)
    assert both.ask(opened.who, "GET", room["enter"]).status_code == 200
    over = both.recorded()
    path = f"{PREFIX}/patients/{over.to.patient}/sessions"
    last = both.ask(over.who, "GET", path).json()["sessions"][-1]
    report = both.ask(over.who, "GET", f"{path}/{last['id']}/report").json()
    assert (report["recording_id"], report["is_identical"]) == (over.recording, True)
    assert report["events"][-1]["type"] == "SessionEnded"
    both.quiet()


# --- The program of docs/how-to


def test_the_program_of_the_manual_exports_who_agrees_to_research(
    both: TwoClinics, meet: Meet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    therapist = meet()
    agrees, withdrawn = (both.record(treated_by=(therapist.user,)) for _ in range(2))
    with both.clinic.repository.work(writes=True) as work:
        for to, last in ((agrees, None), (withdrawn, day(0))):
            kept = work.get(Consent, to.consent, HERE)
            work.put(replace(kept, what="research", withdrawn_on=last))
    text = (ROOT / "docs/how-to/export-sessions-with-a-program.md").read_text("utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    program = program.replace("https://levator.clinic.example", both.server.address)
    typed = iter((f"{therapist.user}@KanarieHier.example", therapist.codes[0]))
    monkeypatch.setattr("builtins.input", lambda asked: next(typed))
    monkeypatch.setattr("getpass.getpass", lambda: PASSWORD)
    monkeypatch.chdir(tmp_path)
    exec(program, {})
    with (tmp_path / "sessions.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(one["id"], one["patient_id"]) for one in rows] == [(agrees.session, agrees.patient)]
    assert therapist.logins() == 1
