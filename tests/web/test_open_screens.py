"""Screens that are open know how long a login lasts, and close when it ends."""

from dataclasses import replace
from datetime import timedelta

import pytest

from levator.web.admission import LOOK_EVERY_S
from tests.web.forms import close_code, opened
from tests.web.served import Served
from tests.web.signing import server

__all__ = ["server"]


@pytest.mark.parametrize("how", ["signs out", "is disabled", "signs the other browser out"])
def test_live_screens_close_within_two_seconds_when(server: Served, how: str) -> None:
    accounts = server.clinic.accounts
    # How long a closing takes beyond that is the machine's.
    assert LOOK_EVERY_S < 2.0
    with server.client() as browser:
        line = server.line(browser, f"{opened(browser)}/line")
        signed = accounts.logins.who(browser.cookies[server.login_cookie])
        assert signed is not None
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
        assert browser.get("/account").status_code == 303


def test_the_patients_screen_needs_no_login_and_stays(server: Served) -> None:
    with server.client() as browser, server.stranger() as guest:
        opened(browser)
        assert guest.get("/join").status_code == 200
        assert guest.get("/").headers["location"] == "/sign-in"


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
