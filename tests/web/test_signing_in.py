"""The pages of signing in, as a browser without scripts uses them."""

import html
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pyotp
import pytest

from levator.records.home import HomeLease
from levator.records.people import Role, User
from levator.texts import LANGUAGES
from levator.web.signed import FORM_TOKEN, FORM_TOKEN_HEADER
from tests.clinic.people import (
    TENANT,
    clinic_of_all_roles,
    told,
    with_password,
)
from tests.waiting import wait_for
from tests.web.served import Served
from tests.web.signing import ENGLISH, GOOD, sent, server, signs_in, with_app

__all__ = ["server"]


def test_a_patient_signs_in_with_a_password_and_out_again(server: Served) -> None:
    user = with_password(server.clinic.accounts, "patient", GOOD)
    with server.stranger() as browser:
        answer = signs_in(browser, user.email)
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            "/home?arrived=/home",
        )
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert user.email in browser.get("/account").text
        assert sent(browser, "/sign-out", "/account").headers["location"] == "/sign-in"
        assert server.login_cookie not in browser.cookies
        assert browser.get("/account").headers["location"] == "/sign-in?next=/account"


@pytest.mark.parametrize("role", ["patient", "therapist"])
def test_whatever_is_said_of_her_phone_who_signs_out_is_out(server: Served, role: Role) -> None:
    for phone in ("no id", "a" * 32):
        with server.client_of(role) as browser:
            token = browser.cookies[server.login_cookie]
            answer = browser.post("/sign-out", data={"phone": phone})
            assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
            browser.cookies.set(server.login_cookie, token)
            assert "/sign-in" in browser.get("/account").headers["location"]


def test_what_still_waits_to_be_sent_takes_no_day_again_once_she_is_out(server: Served) -> None:
    clinic, phone = server.clinic, "b" * 32
    turn = clinic.syncs.of(f"{TENANT}-record")

    async def released() -> None:
        turn.release()

    server.call(turn.acquire())
    with server.client_of("patient") as her, ThreadPoolExecutor(2) as threads:
        told = {"phone": phone, "now": clinic.now().isoformat(timespec="seconds")}
        sends = threads.submit(her.post, "/api/v1/home/sync", json=told)
        wait_for(lambda: len(turn._waiters or ()) == 1)
        leaves = threads.submit(her.post, "/sign-out", data={"phone": phone})
        wait_for(lambda: len(turn._waiters or ()) == 2 or leaves.done())
        server.call(released())
        assert (sends.result().status_code, leaves.result().status_code) == (200, 303)
    with clinic.repository.work(writes=False) as work:
        assert work.find(HomeLease, TENANT) == []


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
        assert answer.headers["location"] == "/home?arrived=/home"
        assert "/patients/clinic-b-record" in browser.get("/home").text


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
        assert answer.headers["location"] == "/home?arrived=/home"


@pytest.mark.parametrize("path", ["/sign-in", "/join", "/sign-in?next=/patients?asked%3Dbos"])
def test_who_is_not_signed_in_changes_the_language_and_keeps_the_place(
    server: Served, path: str
) -> None:
    with server.stranger() as browser:
        for language in LANGUAGES:
            page = browser.get(f"{path}{'&' if '?' in path else '?'}language={language}").text
            others = re.findall(r'href="([^"]+)" lang="(\w+)"', page)
            assert [one for _, one in others] == [one for one in LANGUAGES if one != language]
            for address, other in others:
                answer = browser.get(html.unescape(address)).text
                assert f'<html lang="{other}"' in answer
                assert ("asked" in answer) is ("asked" in path)


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
