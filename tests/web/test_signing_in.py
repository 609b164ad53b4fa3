"""The pages of signing in, as a browser without scripts uses them."""

import asyncio
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pyotp
import pytest

from levator.clinic import Clinic
from levator.clinic.accounts import Accounts
from levator.records.people import Role, User
from levator.storage.memory import MemoryRepository
from levator.web.signed import FORM_TOKEN, FORM_TOKEN_HEADER
from tests.clinic.people import (
    ROLES,
    TENANT,
    clinic_of_all_roles,
    kept,
    quick_passwords,
    signed_in,
    told,
    user_of,
    with_password,
)
from tests.web.forms import close_code, opened
from tests.web.served import Served, served

GOOD = "paarse fiets zonder bel"
ENGLISH = {"accept-language": "en"}


def quick_clinic() -> Clinic:
    clinic = Clinic(MemoryRepository())
    clinic.accounts = Accounts(clinic.repository, clinic.now, clinic.key, quick_passwords())
    clinic.setup.accounts = clinic.accounts
    return clinic


@pytest.fixture
def server() -> Iterator[Served]:
    clinic = quick_clinic()
    clinic_of_all_roles(clinic.accounts)
    with served(clinic) as server:
        yield server


@pytest.fixture
def fresh() -> Iterator[Served]:
    """A server without a clinic yet."""
    with served(quick_clinic()) as server:
        yield server


def token_on(page: str) -> str:
    [first, *_] = re.findall(rf'name="{FORM_TOKEN}" value="(\w*)"', page)
    return str(first)


def sent(browser: httpx.Client, path: str, page: str | None = None, **form: str) -> httpx.Response:
    """Send a form with the token that its page carries."""
    shown = browser.get(page or path, headers=ENGLISH).text
    return browser.post(path, data={FORM_TOKEN: token_on(shown), **form}, headers=ENGLISH)


def signs_in(browser: httpx.Client, email: str, password: str = GOOD) -> httpx.Response:
    return sent(browser, "/sign-in", email=email, password=password)


def with_app(browser: httpx.Client) -> str:
    """Take an app for codes; return its secret. Who is signed in is asked once more first."""
    if "next=" in browser.get("/account/factor").headers.get("location", ""):
        assert sent(browser, "/account/confirm", password=GOOD).status_code == 303
    page = browser.get("/account/factor", headers=ENGLISH).text
    [secret] = re.findall(r'<code class="link">([A-Z2-7 ]+)</code>', page)
    secret = secret.replace(" ", "")
    [sealed] = re.findall(r'name="sealed" value="([^"]+)"', page)
    form = {FORM_TOKEN: token_on(page), "sealed": sealed, "code": pyotp.TOTP(secret).now()}
    answer = browser.post("/account/factor", data=form, headers=ENGLISH)
    assert len(re.findall(r"<li><code>[A-Z2-9-]{29}</code>", answer.text)) == 10
    return secret


def test_a_patient_signs_in_with_a_password_and_out_again(server: Served) -> None:
    user = with_password(server.clinic.accounts, "patient", GOOD)
    with server.stranger() as browser:
        answer = signs_in(browser, user.email)
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            f"/patients/{TENANT}-record",
        )
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert user.email in browser.get("/account").text
        assert sent(browser, "/sign-out", "/account").headers["location"] == "/sign-in"
        assert server.login_cookie not in browser.cookies
        assert browser.get("/account").headers["location"] == "/sign-in?next=/account"


def test_a_wrong_sign_in_says_the_same_whoever_it_is(server: Served) -> None:
    user = with_password(server.clinic.accounts, "patient", GOOD)
    answers = []
    for email in (user.email, "nobody@clinic.example"):
        with server.stranger() as browser:
            answer = signs_in(browser, email, "wrong")
            assert "set-cookie" not in answer.headers
            answers.append((answer.status_code, answer.text.replace(email, "")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422
    assert "That is not right." in answers[0][1]
    assert "wrong" not in answers[0][1].replace("wrong_", "")


def test_who_has_one_password_in_two_clinics_chooses_one(server: Served) -> None:
    accounts = server.clinic.accounts
    user = with_password(accounts, "patient", GOOD)
    clinic_of_all_roles(accounts, "clinic-b")
    with accounts.repository.work(writes=True) as work:
        there = work.get(User, "clinic-b-patient", "clinic-b")
        same = {name: getattr(user, name) for name in ("email", "email_key", "password_hash")}
        work.put(replace(there, **same))
    with server.stranger() as browser:
        page = signs_in(browser, user.email)
        assert (page.status_code, "set-cookie" in page.headers) == (422, False)
        assert re.findall(r'<option value="([\w-]+)"', page.text) == [TENANT, "clinic-b"]
        assert "<option" not in signs_in(browser, user.email, "wrong").text
        form = {"email": user.email, "password": GOOD, "clinic": "clinic-b"}
        answer = sent(browser, "/sign-in", **form)
        assert answer.headers["location"] == "/patients/clinic-b-record"


def test_after_ten_guesses_the_answer_is_to_wait(server: Served) -> None:
    user = with_password(server.clinic.accounts, "patient", GOOD)
    with server.stranger() as browser, server.client_of("patient") as live:
        statuses = [signs_in(browser, user.email, "wrong").status_code for _ in range(12)]
        assert statuses == [422] * 10 + [429] * 2
        assert live.get("/account").status_code == 200


def test_a_therapist_is_led_to_a_second_factor_and_asked_for_it_next_time(server: Served) -> None:
    user = with_password(server.clinic.accounts, "therapist", GOOD)
    with server.stranger() as browser:
        half = signs_in(browser, user.email).headers["set-cookie"]
        for page in ("/", "/account", "/users"):
            assert browser.get(page).headers["location"].startswith("/account/factor")
        secret = with_app(browser)
        assert browser.cookies[server.login_cookie] not in half
        assert browser.get("/").status_code == 200
    with server.stranger() as browser:
        assert (
            sent(browser, "/sign-in", email=user.email, password=GOOD, next="/users").headers[
                "location"
            ]
            == "/users"
        )
        on = browser.get("/users").headers["location"]
        assert on == "/sign-in/code?next=/users"
        assert browser.get("/account/factor").headers["location"].startswith("/sign-in/code")
        wrong = sent(browser, "/sign-in/code", code="000000")
        assert wrong.status_code == 422
        code = pyotp.TOTP(secret).at(int(time.time()) + 30)
        answer = sent(browser, "/sign-in/code", code=code, next="/users")
        assert answer.headers["location"] == "/users"
        assert browser.get("/users").status_code == 200


@pytest.mark.parametrize(
    "wanted", ["https://evil.example", "//evil.example", "/\\evil.example", "x"]
)
def test_the_way_on_stays_in_the_house(server: Served, wanted: str) -> None:
    user = with_password(server.clinic.accounts, "patient", GOOD)
    with server.stranger() as browser:
        answer = sent(browser, "/sign-in", email=user.email, password=GOOD, next=wanted)
        assert answer.headers["location"] == f"/patients/{TENANT}-record"


def test_a_token_that_was_there_before_is_worth_nothing_after(server: Served) -> None:
    """Fixation: whoever put a token into her browser does not share her login."""
    user = with_password(server.clinic.accounts, "patient", GOOD)
    with server.stranger() as browser:
        browser.cookies.set(server.login_cookie, "chosen-by-somebody-else")
        signs_in(browser, user.email)
        first = browser.cookies.get(server.login_cookie, path="/", domain="127.0.0.1")
        assert first is not None
        assert server.clinic.accounts.logins.who("chosen-by-somebody-else") is None


def test_a_form_without_the_token_of_the_login_is_refused(server: Served) -> None:
    with server.client_of("clinic_admin") as browser, server.client_of("therapist") as other:
        foreign = other.headers.pop(FORM_TOKEN_HEADER)
        own = browser.headers.pop(FORM_TOKEN_HEADER)
        wish = {"name": "Bo", "email": "bo@bos.example", "role": "therapist"}
        for form in (wish, wish | {FORM_TOKEN: ""}, wish | {FORM_TOKEN: foreign}):
            answer = browser.post("/users", data=form, headers=ENGLISH)
            assert answer.status_code == 403
            assert "This page had been open too long" in answer.text
        right, headers = wish | {FORM_TOKEN: own}, {FORM_TOKEN_HEADER: foreign}
        assert browser.post("/users", data=right, headers=headers).status_code == 403
        assert browser.post("/users", json=right).status_code == 403
        assert browser.post("/users", data=right).status_code == 200


def test_a_request_that_another_site_began_is_refused(server: Served) -> None:
    with server.client_of("clinic_admin") as browser:
        for site in ("cross-site", "same-site", "none"):
            answer = browser.post("/users", data={}, headers={"sec-fetch-site": site})
            assert answer.status_code == 403
        assert (
            browser.post("/users", data={}, headers={"sec-fetch-site": "same-origin"}).status_code
            == 422
        )


@pytest.mark.parametrize("how", ["signs out", "is disabled", "signs the other browser out"])
def test_live_screens_close_within_two_seconds_when(server: Served, how: str) -> None:
    accounts = server.clinic.accounts
    with server.client() as browser:
        line = server.line(browser, f"{opened(browser)}/line")
        signed = accounts.logins.who(browser.cookies[server.login_cookie])
        assert signed is not None
        begun = time.monotonic()
        if how == "signs out":
            assert browser.post("/sign-out").status_code == 303
        elif how == "is disabled":
            with server.client_of("clinic_admin") as admin:
                assert admin.post(f"/users/{signed.user.id}/disable").status_code == 303
        else:
            with server.client_of("therapist") as other:
                server.confirm(other)
                assert other.post(f"/account/logins/{signed.login.id}/end").status_code == 303
        assert close_code(line) == 4401
        assert time.monotonic() - begun < 2.0
        assert browser.get("/account").status_code == 303


def test_the_patients_screen_needs_no_login_and_stays(server: Served) -> None:
    with server.client() as browser, server.stranger() as guest:
        opened(browser)
        assert guest.get("/join").status_code == 200
        assert guest.get("/").headers["location"] == "/sign-in"


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


def test_asking_how_long_a_login_lasts_does_not_keep_it(server: Served) -> None:
    logins = server.clinic.accounts.logins
    with server.client() as browser, server.stranger() as nobody:
        token = browser.cookies[server.login_cookie]
        signed = logins.who(token)
        assert signed is not None
        long_ago = (logins.now() - timedelta(minutes=50)).isoformat()
        with server.clinic.repository.work(writes=True) as work:
            work.put(replace(signed.login, seen_at=long_ago))
        for _ in range(3):
            left = browser.get("/sign-in/left").json()
            assert left.keys() == {"left_s"}
            assert 595 < left["left_s"] <= 600
        assert nobody.get("/sign-in/left").json() == {"left_s": 0}
        assert browser.get("/account").status_code == 200
        assert browser.get("/sign-in/left").json()["left_s"] > 3590
        assert browser.post("/sign-out").status_code == 303
        assert browser.get("/sign-in/left").json() == {"left_s": 0}


# --- The first run


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


# --- One's own account and the people of the clinic


def test_a_new_password_is_taken_on_the_account_page(server: Served) -> None:
    user = with_password(server.clinic.accounts, "patient", GOOD)
    new = "groene trein zonder deur"
    with server.stranger() as browser:
        signs_in(browser, user.email)
        form = {"new": new, "again": new}
        asked = sent(browser, "/account/password", "/account", **form)
        assert asked.headers["location"] == "/account/confirm?next=/account"
        wrong = sent(browser, "/account/confirm", password="x", next="/account")
        assert (wrong.status_code, "That is not right" in wrong.text) == (422, True)
        back = sent(browser, "/account/confirm", password=GOOD, next="/account")
        assert back.headers["location"] == "/account"
        uneven = sent(browser, "/account/password", "/account", **(form | {"again": "x"}))
        assert "not the same" in uneven.text
        answer = sent(browser, "/account/password", "/account", **form)
        assert answer.headers["location"] == "/account?done=1"
        assert browser.get("/account").status_code == 200
    assert asyncio.run(server.clinic.accounts.passwords.is_right(None, new)) is False


def test_everybody_chooses_her_own_language(server: Served) -> None:
    for role in ROLES:
        with server.client_of(role) as browser:
            browser.headers.pop(FORM_TOKEN_HEADER)
            wrong = sent(browser, "/account/language", "/account", language="xx")
            assert (wrong.status_code, "Choose a language" in wrong.text) == (422, True)
            answer = sent(browser, "/account/language", "/account", language="nl")
            assert answer.headers["location"] == "/account?done=1"
            assert '<html lang="nl"' in browser.get("/account", headers=ENGLISH).text
            elsewhere = {"language": "nl", "next": "//elsewhere.example/"}
            answer = sent(browser, "/account/language", "/account", **elsewhere)
            assert answer.headers["location"] == "/account?done=1"
            assert sent(browser, "/account/language", "/account", language="").status_code == 303
            assert '<html lang="en"' in browser.get("/account", headers=ENGLISH).text


def test_new_recovery_codes_ask_for_password_and_code(server: Served) -> None:
    user = with_password(server.clinic.accounts, "patient", GOOD)
    with server.stranger() as browser:
        signs_in(browser, user.email)
        secret = with_app(browser)
        login = server.clinic.accounts.logins.who(browser.cookies[server.login_cookie])
        assert login is not None
        with server.clinic.repository.work(writes=True) as work:
            work.put(replace(login.login, confirmed_at="2026-11-29T10:00:00+00:00"))
        asked = sent(browser, "/account/codes", "/account")
        assert asked.headers["location"] == "/account/confirm?next=/account"
        code = pyotp.TOTP(secret).at(int(time.time()) + 30)
        for wrong in ({"password": GOOD}, {"password": GOOD, "code": "000000"}, {"code": code}):
            assert sent(browser, "/account/confirm", **wrong).status_code == 422
        right = sent(browser, "/account/confirm", password=GOOD, code=code, next="//evil.example")
        assert right.headers["location"] == "/account"
        shown = sent(browser, "/account/codes", "/account")
        assert len(re.findall(r"<li><code>", shown.text)) == 10


def test_an_app_without_its_code_or_with_a_foreign_seal_is_not_taken(server: Served) -> None:
    user = with_password(server.clinic.accounts, "patient", GOOD)
    with server.stranger() as browser:
        signs_in(browser, user.email)
        server.confirm(browser)
        page = browser.get("/account/factor").text
        [sealed] = re.findall(r'name="sealed" value="([^"]+)"', page)
        form = {FORM_TOKEN: token_on(page), "code": "000000"}
        wrong = browser.post("/account/factor", data=form | {"sealed": sealed})
        assert wrong.status_code == 422
        again = browser.post("/account/factor", data=form | {"sealed": "x"})
        assert again.headers["location"] == "/account/factor"


def test_two_admins_at_once_see_the_difference_and_nothing_is_lost(server: Served) -> None:
    path = f"/users/{TENANT}-therapist"
    with server.client_of("clinic_admin") as one, server.client_of("clinic_admin") as other:
        form = {"name": "Anke Bos", "role": "therapist", "tongue": "nl", "version": "1"}
        assert one.post(path, data=form).headers["location"] == "/users"
        late = other.post(path, data=form | {"name": "Anke"}, headers=ENGLISH)
        assert late.status_code == 409
        assert "Somebody changed this" in late.text
        assert "Anke Bos" in one.get("/users").text
        for wrong in ({"version": "x"}, {"role": "king"}, {"name": ""}):
            assert other.post(path, data=form | wrong).status_code in (409, 422)


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


def test_a_link_is_made_only_where_it_says_what_was_lost(server: Served) -> None:
    before = kept(server.clinic.accounts, user_of("therapist"))
    with server.client_of("clinic_admin") as admin:
        for lost in ({}, {"lost": "x"}):
            answer = admin.post("/users/clinic-a-therapist/invite", data=lost, headers=ENGLISH)
            assert answer.status_code == 422
            assert "This page is not whole" in answer.text
    assert kept(server.clinic.accounts, user_of("therapist")) == before


def test_other_browsers_are_listed_by_name_and_can_be_ended(server: Served) -> None:
    accounts = server.clinic.accounts
    other = signed_in(accounts, "patient")
    with server.client_of("patient") as browser:
        page = browser.get("/account", headers=ENGLISH).text
        assert "This browser" in page
        assert "Sign out Firefox" not in page
        server.confirm(browser)
        page = browser.get("/account", headers=ENGLISH).text
        assert "Sign out Firefox" in page
        [path] = re.findall(r"/account/logins/\w+/end", page)
        assert browser.post(path).headers["location"] == "/account?done=1"
        assert accounts.logins.who(other) is None
        assert browser.post("/account/logins/unknown/end").headers["location"] == "/account"


@pytest.mark.parametrize("role", ["therapist", "clinic_admin"])
def test_signing_in_and_its_failures_are_in_the_audit(server: Served, role: Role) -> None:
    user = with_password(server.clinic.accounts, role, GOOD)
    with server.stranger() as browser:
        signs_in(browser, user.email, "wrong")
        signs_in(browser, user.email)
    assert told(server.clinic.accounts)[-2:] == ["login.fail", "login.half"]


def test_every_form_of_a_template_carries_the_token() -> None:
    from levator.web.looks import FOLDER

    bare = [
        f"{file.name}: {form}"
        for file in (FOLDER / "templates").glob("*.html")
        for form in re.findall(r'<form method="post".*?</form>', file.read_text("utf-8"), re.DOTALL)
        if 'include "form-token.html"' not in form and "token(form_token)" not in form
    ]
    assert bare == []
