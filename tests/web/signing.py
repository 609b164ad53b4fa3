"""Signing in through the pages, as a browser without scripts does it."""

import re
from collections.abc import Iterator

import httpx
import pyotp
import pytest

from levator.clinic import Clinic
from levator.clinic.accounts import Accounts
from levator.storage.memory import MemoryRepository
from levator.web.signed import FORM_TOKEN
from tests.clinic.people import clinic_of_all_roles, quick_passwords
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
