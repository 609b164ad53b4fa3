"""What was typed when a login had ended comes back to who typed it, and to nobody else."""

import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from levator.records.people import Patient
from levator.web.signed import FORM_TOKEN, FORM_TOKEN_HEADER, form_token_for
from levator.web.typed import KEPT_S, MOST_FORMS, MOST_LOGINS, MOST_OF_ONE, KeptTyped
from tests.clinic.people import TENANT
from tests.web.served import Served

NOTE = f"/patients/{TENANT}-record/note"
NUMBER = "0123456789abcdef0123456789abcdef"
Form = dict[str, str]
TEXT = "Long words\nabout a long day"
BEFORE = "Your login had ended"


@pytest.fixture
def browser(server: Served) -> Iterator[httpx.Client]:
    """A therapist's, with the form of a note on its screen; nothing is kept yet."""
    server.app.typed.forget(server.app.typed.patients())
    with server.client() as browser:
        assert browser.get(NOTE).status_code == 200
        yield browser


@pytest.fixture
def form(browser: httpx.Client) -> Form:
    """A note that is not sent yet."""
    token = browser.headers.pop(FORM_TOKEN_HEADER)
    return {FORM_TOKEN: token, "id": NUMBER, "note": TEXT}


def ended(server: Served, browser: httpx.Client) -> None:
    logins = server.clinic.accounts.logins
    signed = logins.who(browser.cookies[server.login_cookie])
    assert signed is not None
    logins.end(signed)


def texts(server: Served) -> list[str]:
    """What of everything that is kept stands in a note."""
    return [one.fields.get("note", "") for one in server.app.typed.kept()]


def waits_at(answer: httpx.Response) -> str:
    """Where the form waits, behind the page to sign in."""
    assert answer.status_code == 303
    there = urlsplit(answer.headers["location"])
    assert there.path == "/sign-in"
    [on] = parse_qs(there.query)["next"]
    return on


def test_a_note_comes_back_after_signing_in_again(
    server: Served, browser: httpx.Client, form: Form
) -> None:
    ended(server, browser)
    on = waits_at(browser.post(NOTE, data=form))
    with server.client() as again:
        page = again.get(on)
        assert BEFORE in page.text
        assert TEXT in page.text
        assert f'name="id" value="{NUMBER}"' in page.text
        assert again.post(NOTE, data=form).status_code == 303
        assert TEXT not in again.get(NOTE).text


def test_it_is_gone_once_it_is_sent(server: Served, browser: httpx.Client, form: Form) -> None:
    ended(server, browser)
    on = waits_at(browser.post(NOTE, data=form))
    with server.client() as again:
        wrong = again.post(on, data=form | {"note": ""})
        assert wrong.status_code == 422
        assert TEXT in texts(server)
        assert again.post(on, data=form).status_code == 303
    assert TEXT not in texts(server)


def test_it_is_gone_too_where_it_was_sent_from_the_page_that_was_left(
    server: Served, browser: httpx.Client, form: Form
) -> None:
    browser.post("/sign-in/typed", data=form | {"typed_path": NOTE})
    browser.post("/sign-in/typed", data=form | {"typed_path": NOTE, "id": NUMBER[::-1]})
    assert texts(server).count(TEXT) == 2
    assert browser.post(NOTE, data=form).status_code == 303
    assert texts(server).count(TEXT) == 1


def test_nobody_else_takes_it_away(server: Served, browser: httpx.Client, form: Form) -> None:
    pain = NOTE.replace("/note", "/pain")
    left = browser.post("/sign-in/typed", data=form | {"typed_path": pain})
    with server.client_of("patient") as her:
        del her.headers[FORM_TOKEN_HEADER]
        token = form_token_for(her.cookies[server.login_cookie])
        sent = her.post(left.json()["next"], data=form | {FORM_TOKEN: token, "pain": "0"})
        assert sent.status_code == 303
    assert TEXT in texts(server)


def test_it_goes_with_its_patient_wherever_she_is_erased(
    server: Served, browser: httpx.Client, form: Form
) -> None:
    repository, another = server.clinic.repository, "another"
    with repository.work(writes=True) as work:
        # She was taken along to another clinic too, under the same id; that one keeps her.
        for tenant in (TENANT, "f" * 32):
            work.put(Patient(id=another, tenant_id=tenant, family_name="Vos", given_name="Ans"))
    for page in (NOTE, f"/patients/{another}/note", "/patients/new"):
        browser.post("/sign-in/typed", data=form | {"typed_path": page})
    server.call(server.app.admission.drop_typed())
    assert texts(server).count(TEXT) == 3
    with repository.work(writes=True) as work:
        work.erase(Patient, another, TENANT)
    while (TENANT, another) in server.app.typed.patients():
        time.sleep(0.05)
    assert texts(server).count(TEXT) == 2
    with repository.work(writes=True) as work:
        work.erase(Patient, another, "f" * 32)


def test_it_comes_back_too_where_the_cookie_of_the_login_is_gone(
    server: Served, browser: httpx.Client, form: Form
) -> None:
    browser.cookies.clear()
    with server.client() as again:
        assert TEXT in again.get(waits_at(browser.post(NOTE, data=form))).text


def test_and_where_she_signed_in_again_in_another_tab(
    server: Served, browser: httpx.Client, form: Form
) -> None:
    with server.client() as again:
        browser.cookies.set(server.login_cookie, again.cookies[server.login_cookie])
    answer = browser.post(NOTE, data=form)
    assert answer.status_code == 303
    assert TEXT in browser.get(answer.headers["location"]).text


def test_nobody_else_is_shown_it(server: Served, browser: httpx.Client, form: Form) -> None:
    page = NOTE.replace("/note", "/symptom")
    with server.client_of("patient") as her:
        before = her.get(page).text
        ended(server, browser)
        on = waits_at(browser.post(page, data=form))
        asked = on[on.index("?") :]
        assert len(her.get(on).text.replace(asked, "")) == len(before)
        browser.cookies.set(server.login_cookie, her.cookies[server.login_cookie])
    stale = browser.post(page, data=form)
    assert stale.status_code == 403
    assert "open too long" in stale.text


def test_it_comes_back_in_its_own_form_only(
    server: Served, browser: httpx.Client, form: Form
) -> None:
    ended(server, browser)
    on = waits_at(browser.post(NOTE, data=form))
    with server.client() as again:
        for page in ("pain", "details", "test"):
            assert BEFORE not in again.get(on.replace("/note", f"/{page}")).text


def test_no_password_is_kept_and_nothing_without_the_token_of_a_login(
    server: Served, browser: httpx.Client, form: Form
) -> None:
    left = browser.post("/sign-in/typed", data=form | {"typed_path": NOTE, "password": "secret"})
    with server.client() as again:
        assert "secret" not in again.get(left.json()["next"]).text
        assert TEXT in again.get(left.json()["next"]).text
        kept = server.app.typed.kept()[-1].fields
    assert set(kept) == {"id", "note"}
    for path in ("/account", f"{NOTE.removesuffix('note')}erase", "//elsewhere.example/patients/"):
        assert (
            "typed="
            not in browser.post("/sign-in/typed", data=form | {"typed_path": path}).json()["next"]
        )
    ended(server, browser)
    bare = browser.post("/sign-in/typed", data={"note": TEXT, "typed_path": NOTE})
    assert bare.json() == {"next": NOTE}
    assert waits_at(browser.post(NOTE, data={"note": TEXT})) == NOTE


def test_it_is_kept_for_a_working_day_and_no_longer() -> None:
    now = [0.0]
    typed = KeptTyped(lambda: now[0])
    typed.note("token", "a therapist", TENANT)
    typed.keep(NOTE, {FORM_TOKEN: "token", "note": TEXT})
    now[0] = KEPT_S
    assert len(typed.kept()) == 1
    now[0] = KEPT_S + 1
    assert typed.kept() == []


def test_who_has_to_sign_in_again_is_told_that_it_is_kept(
    server: Served, browser: httpx.Client, form: Form
) -> None:
    words = "What you typed is not lost"
    with server.stranger() as stranger:
        assert words not in stranger.get("/sign-in?next=/patients").text
    ended(server, browser)
    asked = browser.post(NOTE, data=form)
    assert words in browser.get(asked.headers["location"]).text


def test_of_very_many_the_oldest_make_room() -> None:
    typed = KeptTyped(lambda: 0.0)
    for number in range(MOST_FORMS + 1):
        typed.note(f"token {number}", f"therapist {number}", TENANT)
        typed.keep(NOTE, {FORM_TOKEN: f"token {number}", "note": str(number)})
    kept = [one.fields["note"] for one in typed.kept()]
    assert kept == [str(number) for number in range(1, MOST_FORMS + 1)]


def test_who_sends_many_pushes_out_none_of_anothers() -> None:
    typed = KeptTyped(lambda: 0.0)
    for user in ("therapist", "patient"):
        typed.note(f"of {user}", user, TENANT)
    typed.keep(NOTE, {FORM_TOKEN: "of therapist", "note": TEXT})
    for _ in range(2 * MOST_FORMS):
        typed.keep(NOTE, {FORM_TOKEN: "of patient", "note": "mine"})
    hers = [one.fields["note"] for one in typed.kept() if one.user_id == "therapist"]
    assert (hers, len(typed.kept())) == ([TEXT], 1 + MOST_OF_ONE)


def test_who_signs_in_often_makes_no_form_of_anothers_unknown() -> None:
    typed = KeptTyped(lambda: 0.0)
    typed.note("of therapist", "therapist", TENANT)
    for number in range(2 * MOST_LOGINS):
        typed.note(f"token {number}", "patient", TENANT)
    assert typed.is_of("of therapist", "therapist")
    assert not typed.is_of("token 0", "patient")


def test_many_together_push_out_none_of_who_has_few() -> None:
    typed = KeptTyped(lambda: 0.0)
    typed.note("of therapist", "therapist", TENANT)
    typed.keep(NOTE, {FORM_TOKEN: "of therapist", "note": TEXT})
    for user in range(2 * MOST_FORMS // MOST_OF_ONE):
        typed.note(f"token {user}", f"patient {user}", TENANT)
        for _ in range(MOST_OF_ONE):
            typed.keep(NOTE, {FORM_TOKEN: f"token {user}", "note": "mine"})
    kept = typed.kept()
    assert len(kept) == MOST_FORMS
    assert [one.fields["note"] for one in kept if one.user_id == "therapist"] == [TEXT]
