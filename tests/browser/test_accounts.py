"""Signing in with a real browser: the first run, an app, passkeys, and https under a host name."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pyotp
import pytest
from playwright.sync_api import Browser, Page, Route, expect
from playwright.sync_api import Error as PlaywrightError

from levator.clinic.certificates import Tls
from levator.clinic.logins import Signed
from levator.web.server import Reach
from levator.web.signed import FORM_TOKEN_HEADER, form_token_for
from tests.browser.conftest import NAME
from tests.browser.signing import sign_in
from tests.clinic.people import TENANT, clinic_of_all_roles, signed_in, with_password
from tests.web.forms import patient
from tests.web.served import Served, served
from tests.web.signing import GOOD, fresh, quick_clinic, server

__all__ = ["fresh", "server"]

Axe = Callable[[Page], list[str]]


def here(server: Served) -> str:
    """Passkeys need a host name; browsers take this one for safe without TLS."""
    return f"http://localhost:{server.port}"


def is_sound(page: Page, axe: Axe) -> None:
    """Nothing wrong for who cannot see, on a telephone and a desk; nothing scrolls sideways."""
    for width in (390, 1100):
        page.set_viewport_size({"width": width, "height": 800})
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def choose_password(page: Page) -> None:
    page.get_by_label("New password").fill(GOOD)
    page.get_by_label("Show what I type").check()
    assert page.get_by_label("New password").get_attribute("type") == "text"
    page.get_by_label("The same password again").fill(GOOD)


def take_app(page: Page) -> str:
    secret = page.locator("form code").inner_text().replace(" ", "")
    page.get_by_label("Code that the app shows").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Use this app").click()
    expect(page.locator(".codes li")).to_have_count(10)
    return secret


def test_a_clinic_is_set_up_and_people_come_in(
    fresh: Served, new_page: Callable[..., Page], axe: Axe
) -> None:
    page = new_page(locale="en-GB")
    page.goto(f"{here(fresh)}/set-up?code={fresh.clinic.setup.code}")
    is_sound(page, axe)
    page.get_by_label("Name of the clinic").fill("Praktijk Bos")
    page.get_by_label("Your name").fill("Anke Bos")
    page.get_by_label("E-mail address", exact=True).fill("anke@bos.example")
    choose_password(page)
    page.get_by_role("button", name="Make the clinic").click()
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    is_sound(page, axe)
    take_app(page)
    is_sound(page, axe)
    page.get_by_role("link", name="I have kept them").click()
    is_sound(page, axe)
    page.get_by_label("Name").fill("Bo de Vries")
    page.get_by_label("E-mail address").fill("bo@bos.example")
    page.get_by_role("button", name="Make a link").click()
    is_sound(page, axe)
    link = page.locator("code").inner_text()
    page.get_by_role("link", name="Back to the list").click()
    page.get_by_role("link", name="Bo de Vries").click()
    is_sound(page, axe)
    page.get_by_role("link", name="Anke Bos").click()
    is_sound(page, axe)

    invited = new_page(locale="en-GB")
    invited.goto(link)
    is_sound(invited, axe)
    choose_password(invited)
    invited.get_by_role("button", name="Keep this password").click()
    secret = take_app(invited)
    invited.get_by_role("link", name="I have kept them").click()
    expect(invited.get_by_role("heading", name="Today")).to_be_visible()
    is_sound(invited, axe)
    invited.get_by_role("button", name="Sign out").click()

    is_sound(invited, axe)
    invited.get_by_label("E-mail address").fill("bo@bos.example")
    invited.get_by_label("Password").fill(GOOD)
    invited.get_by_role("button", name="Sign in", exact=True).click()
    is_sound(invited, axe)
    later = pyotp.TOTP(secret).at(int(datetime.now(UTC).timestamp()) + 30)
    invited.get_by_label("Code").fill(later)
    invited.get_by_role("button", name="Go on").click()
    expect(invited.get_by_role("heading", name="Today")).to_be_visible()


def with_key(page: Page) -> None:
    """Give the browser an authenticator that knows its owner, until another debugger leaves."""
    debugger = page.context.new_cdp_session(page)
    debugger.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    debugger.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_made_and_signs_in_without_a_password(
    server: Served, new_page: Callable[..., Page], axe: Axe
) -> None:
    user = with_password(server.clinic.accounts, "therapist", GOOD)
    page = new_page(locale="en-GB")
    with_key(page)
    page.goto(f"{here(server)}/sign-in")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(GOOD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Make a passkey on this device").click()
    expect(page.get_by_text("Passkey: Chrome")).to_be_visible()
    [passkey] = server.clinic.passkeys.of(user)
    page.get_by_role("button", name="Sign out", exact=True).click()

    page.goto(f"{here(server)}/users")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(f"{here(server)}/users")
    [used] = server.clinic.passkeys.of(user)
    assert used.sign_count > passkey.sign_count
    assert used.used_at is not None

    page.goto(f"{here(server)}/account")
    expect(page.get_by_role("button", name="Remove this passkey")).to_have_count(0)
    page.get_by_role("link", name="Show that it is me").click()
    page.get_by_role("button", name="Show it with a passkey").click()
    expect(page).to_have_url(f"{here(server)}/account")
    page.get_by_role("button", name="Remove this passkey").click()
    expect(page.get_by_text("only second factor")).to_be_visible()
    is_sound(page, axe)
    page.goto(f"{here(server)}/account/confirm")
    is_sound(page, axe)


def test_the_answer_of_a_passkey_works_once_and_at_its_own_address(
    server: Served, new_page: Callable[..., Page]
) -> None:
    """Whoever hears an answer cannot send it again, nor use it elsewhere."""
    user = with_password(server.clinic.accounts, "therapist", GOOD)
    page, heard = new_page(locale="en-GB"), list[str]()
    with_key(page)
    page.goto(f"{here(server)}/sign-in")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(GOOD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Make a passkey on this device").click()
    page.get_by_role("button", name="Sign out", exact=True).click()

    def listen(route: Route) -> None:
        heard.append(route.request.post_data or "")
        route.abort()

    page.route("**/sign-in/passkey", listen)
    for _ in range(2):
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_text("No passkey was given.")).to_be_visible()
    first, second = heard

    def status(content: str, port: int = server.port) -> int:
        headers = {"origin": f"http://localhost:{port}", "host": f"localhost:{port}"}
        address = f"{server.address}/sign-in/passkey"
        return httpx.post(address, content=content, headers=headers).status_code

    assert status(first, port=1) == 422
    assert status(first) == 422
    assert status(second) == 200
    assert status(second) == 422
    for broken in ("{}", '{"id": 1}', '{"id": "x"}', second[:-20] + '"}}', "[]", "null"):
        assert status(broken) in (400, 422)


def test_a_browser_without_a_passkey_is_told_so(
    server: Served, new_page: Callable[..., Page]
) -> None:
    page = new_page(locale="en-GB")
    with_key(page)
    page.goto(f"{here(server)}/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("No passkey was given.")).to_be_visible()


def test_passkeys_are_not_offered_under_an_address_in_digits(
    server: Served, new_page: Callable[..., Page]
) -> None:
    page = new_page(locale="en-GB")
    page.goto(f"{server.address}/sign-in")
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="passkey")).to_have_count(0)


def test_a_page_clears_itself_when_its_login_runs_out(
    server: Served, new_page: Callable[..., Page]
) -> None:
    logins = server.clinic.accounts.logins
    token = signed_in(server.clinic.accounts, "therapist")
    page = new_page(locale="en-GB")
    page.context.add_cookies([{"name": server.login_cookie, "value": token, "url": server.address}])
    found = logins.who(token)
    assert found is not None
    soon = (logins.now() + timedelta(seconds=3)).isoformat()
    with server.clinic.repository.work(writes=True) as work:
        work.put(replace(found.login, until=soon))
    page.goto(f"{server.address}/patients/{TENANT}-record/note")
    page.locator("textarea").fill("half a sentence")
    page.wait_for_url("**/sign-in?next=%2Fpatients%2F*%2Fnote%3Ftyped%3D*", timeout=15_000)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert "half a sentence" not in page.content()
    waits_at = parse_qs(urlsplit(page.url).query)["next"][0]
    sign_in(server, page).goto(f"{server.address}{waits_at}")
    expect(page.locator("textarea")).to_have_value("half a sentence")
    expect(page.get_by_role("alert")).to_contain_text("not kept yet")


# --- Over https, under a host name


@pytest.fixture
def secure(tls: Tls) -> Iterator[Served]:
    clinic = quick_clinic()
    clinic_of_all_roles(clinic.accounts)
    with served(clinic, Reach(tls=tls, names=tls.names)) as server:
        yield server


def over_https(server: Served, tls: Tls, token: str) -> httpx.Client:
    """What the tests of pages make records with, signed in as the browser is."""
    trusts = ssl.create_default_context(cafile=str(tls.certificate.with_name("authority.crt")))
    address = f"https://localhost:{server.port}"
    headers = {"origin": address, FORM_TOKEN_HEADER: form_token_for(token)}
    cookies = {"__Host-levator": token}
    return httpx.Client(base_url=address, verify=trusts, headers=headers, cookies=cookies)


def test_a_sitting_is_opened_over_https_under_a_host_name(
    secure: Served, over_tls: Browser, tls: Tls
) -> None:
    user = with_password(secure.clinic.accounts, "therapist", GOOD)
    page = over_tls.new_context(locale="en-GB").new_page()
    with_key(page)
    assert secure.address == f"https://{NAME}:{secure.port}"
    page.goto(secure.address)
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(GOOD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Make a passkey on this device").click()
    expect(page.get_by_text("Passkey: Chrome")).to_be_visible()
    [cookie] = [one for one in page.context.cookies() if "levator" in one["name"]]
    assert (cookie["name"], cookie["secure"], cookie["httpOnly"]) == ("__Host-levator", True, True)

    with over_https(secure, tls, cookie["value"]) as client:
        record = patient(client)
    page.goto(f"{secure.address}{record}/sitting")
    page.get_by_role("group", name="Pain now").get_by_label("0", exact=True).check()
    page.get_by_label("None of these today").check()
    page.get_by_label(re.compile("Step 6")).check()
    page.get_by_role("button", name="Open the session").click()
    expect(page.locator("#seat-line")).to_contain_text("Hz")
    expect(page.get_by_text(f"{secure.address}/join")).to_be_visible()

    tablet = over_tls.new_context(locale="en-GB").new_page()
    tablet.goto(f"{secure.address}/join?code={page.locator('#join .code').inner_text()}")
    tablet.get_by_label("Your name").fill("Mia")
    tablet.get_by_role("button", name="Ask to come in").click()
    page.get_by_role("button", name=re.compile("Let in|Yes")).click()
    expect(tablet.get_by_role("heading", name="Sit comfortably")).to_be_visible()

    secure.clinic.accounts.logins.end(signed(secure, cookie["value"]))
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible(timeout=5000)
    assert "M. J." not in page.content()
    assert page.title() == "levator"
    way = page.get_by_role("link", name="Sign in").get_attribute("href") or ""
    assert way.startswith("/sign-in?next=%2Frooms%2F")


def signed(server: Served, token: str) -> Signed:
    found = server.clinic.accounts.logins.who(token)
    assert found is not None
    return found


def test_another_host_or_a_certificate_that_is_not_trusted_is_not_opened(
    secure: Served, over_tls: Browser, new_page: Callable[..., Page]
) -> None:
    page = over_tls.new_context().new_page()
    answer = page.goto(f"https://other.test:{secure.port}/sign-in")
    assert answer is not None
    assert answer.status == 403
    with pytest.raises(PlaywrightError, match="ERR_CERT_AUTHORITY_INVALID"):
        new_page().goto(f"https://localhost:{secure.port}/sign-in")
