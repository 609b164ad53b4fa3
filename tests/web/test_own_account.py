"""One's own account: password, language, codes and the other browsers."""

import asyncio
import re
import time
from dataclasses import replace

import pyotp

from levator.web.signed import FORM_TOKEN, FORM_TOKEN_HEADER
from tests.clinic.people import (
    ROLES,
    signed_in,
    with_password,
)
from tests.web.served import Served
from tests.web.signing import (
    ENGLISH,
    GOOD,
    sent,
    server,
    signs_in,
    token_on,
    with_app,
)

__all__ = ["server"]


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
