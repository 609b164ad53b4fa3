"""Passwords, factors, links and logins, as far as no other test of them says it."""

import asyncio
import math
import re
import secrets
from collections.abc import Iterator
from dataclasses import fields

import pytest

from levator.clinic import Clinic
from levator.clinic.accounts import Accounts, Browser, SignInError
from levator.clinic.factors import RECOVERY_CODES, new_recovery_codes, new_totp_secret
from levator.clinic.guesses import TooManyGuessesError
from levator.clinic.invitations import Invitations, Invitee
from levator.clinic.logins import IDLE, LONGEST, NotConfirmedError
from levator.clinic.passkeys import PasskeyError, Passkeys, Questions
from levator.clinic.passwords import check_password
from levator.clinic.terminal import INSTALLATION
from levator.errors import CallerError
from levator.live.joining import ALPHABET, CODE_LENGTH
from levator.records.entity import fields_of
from levator.records.kinds import KINDS
from levator.records.people import Role, User
from levator.storage.memory import MemoryRepository
from levator.web.routes import ACTIONS
from tests.clinic.people import (
    Clock,
    accounts_on,
    kept,
    signed_in,
    told,
    user_of,
    with_password,
)
from tests.security.sources import imports, templates
from tests.web.served import Served, served

GOOD = "paarse fiets zonder bel"
HERE = Browser("Firefox", "127.0.0.1")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(clock: Clock) -> Accounts:
    return accounts_on(MemoryRepository(), clock)


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served() as server:
        yield server


# --- Passwords


def password_fields() -> list[tuple[str, str]]:
    """(template, tag) of every field for a password."""
    named = re.compile(r"<input[^>]* name=\"(?:password|new|again|{{ fields\[0\] }})\"[^>]*>")
    return [(name, tag) for name, text in templates().items() for tag in named.findall(text)]


def test_a_field_for_a_password_hides_it_and_takes_what_is_pasted() -> None:
    found = password_fields()
    assert len(found) >= 4
    for name, tag in found:
        assert 'type="password"' in tag, name
        assert "autocomplete=" in tag, name
        assert 'autocomplete="off"' not in tag, name
        assert not re.search(r"onpaste|maxlength|pattern=|readonly", tag), name


@pytest.mark.parametrize("length", [64, 128, 200])
def test_a_long_password_is_taken_whole(accounts: Accounts, length: int) -> None:
    long = ("een zin met heel veel woorden erin, " * 6)[:length]
    check_password(long)
    user = with_password(accounts, "patient", long)
    assert asyncio.run(accounts.sign_in(user.email, long, HERE))
    with pytest.raises(SignInError):
        asyncio.run(accounts.sign_in(user.email, long[:-1], HERE))


@pytest.mark.parametrize("typed", [GOOD.upper(), GOOD + " ", " " + GOOD, GOOD[:-1], GOOD.title()])
def test_case_blanks_and_length_count(accounts: Accounts, typed: str) -> None:
    user = with_password(accounts, "patient", GOOD)
    with pytest.raises(SignInError):
        asyncio.run(accounts.sign_in(user.email, typed, HERE))


def test_a_password_does_not_grow_too_old(accounts: Accounts, clock: Clock) -> None:
    user = with_password(accounts, "patient", GOOD)
    clock.goes_on(days=5 * 365)
    assert asyncio.run(accounts.sign_in(user.email, GOOD, HERE))


def test_the_words_of_this_house_are_no_passwords() -> None:
    for word in ("levator", "bekkenbodem", "fysiotherapie", "beheerder", "kliniek"):
        with pytest.raises(CallerError, match="people guess first"):
            check_password(f"{word}-2026-!!")


def test_there_is_no_hint_and_no_question() -> None:
    names = {field.name for field in fields(User)}
    assert not [name for name in names if re.search(r"hint|question|secret_answer", name)]


# --- Accounts


def test_a_new_installation_has_no_account_at_all() -> None:
    clinic = Clinic(MemoryRepository())
    with clinic.repository.work(writes=False) as work:
        assert work.count(User, None) == 0
    for email in ("admin", "root", "sa", "admin@clinic.example"):
        with pytest.raises(SignInError):
            asyncio.run(clinic.accounts.sign_in(email, "admin", HERE))


def test_a_link_is_random_soon_over_and_no_password(accounts: Accounts, clock: Clock) -> None:
    admin = accounts.logins.who(signed_in(accounts, "clinic_admin"))
    assert admin is not None
    invitations = Invitations(accounts)
    made = [
        invitations.invite(admin.actor, Invitee("Bo", f"bo{n}@bos.example", "therapist"))
        for n in range(3)
    ]
    links = [link for _, link in made]
    assert len(set(links)) == 3
    assert all(len(link) >= 43 for link in links)
    with pytest.raises(SignInError):
        asyncio.run(accounts.sign_in(made[0][0].email, links[0], HERE))
    clock.goes_on(days=7)
    with pytest.raises(CallerError, match="does not hold any more"):
        invitations.invited(links[0])


# --- Factors


def test_codes_on_paper_have_enough_chance_in_them_for_a_plain_digest() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == RECOVERY_CODES
    for code in codes:
        signs = code.replace("-", "")
        assert set(signs) <= set(ALPHABET)
        assert len(signs) * math.log2(len(ALPHABET)) >= 112


def test_a_code_to_join_has_more_than_twenty_bits() -> None:
    assert CODE_LENGTH * math.log2(len(ALPHABET)) > 20


def test_the_secret_of_an_app_has_160_bits() -> None:
    made = {new_totp_secret() for _ in range(20)}
    assert len(made) == 20
    assert all(len(secret) * 5 >= 160 for secret in made)


def test_chance_that_must_not_be_guessed_is_of_secrets_only() -> None:
    chance = {
        (path, module)
        for path, module in imports()
        if module in ("random", "random.Random", "numpy.random", "uuid.uuid1")
    }
    assert {path.partition("/")[0] for path, _ in chance} <= {"devices"}
    taking = {path for path, module in imports() if module == "secrets"}
    for path in ("clinic/logins.py", "clinic/invitations.py", "clinic/factors.py",
                 "clinic/passkeys.py", "clinic/seal_key.py", "clinic/setup.py",
                 "live/rooms.py"):  # fmt: skip
        assert path in taking


def test_a_question_to_a_passkey_is_answered_once_by_whom_it_was_asked_and_soon() -> None:
    now = [0.0]
    asked = Questions(clock=lambda: now[0])
    one, other, late = asked.ask("a"), asked.ask("a"), asked.ask("a")
    assert len({one[8:24], other[8:24], late[8:24]}) == 3
    assert asked.take(one, "a")
    assert not asked.take(one, "a")
    assert not asked.take(other, "b")
    now[0] = 301.0
    assert not asked.take(late, "a")
    assert not asked.take(secrets.token_bytes(32), "a")


def test_a_question_waits_however_many_a_stranger_asks_for() -> None:
    asked = Questions(clock=lambda: 0.0)
    hers, anybodys = asked.ask("her login"), asked.ask("nobody")
    for _ in range(5000):
        asked.ask("nobody")
    assert asked.take(hers, "her login")
    assert asked.take(anybodys, "nobody")
    forged = asked.ask("a")
    assert not asked.take(forged[:8] + secrets.token_bytes(16) + forged[24:], "a")
    assert not Questions(clock=lambda: 0.0).take(forged, "a")


def test_wrong_passkeys_stop_nobody_elses_at_the_same_address(accounts: Accounts) -> None:
    def tried(number: str) -> type[Exception]:
        with pytest.raises(CallerError) as refused:
            Passkeys(accounts).sign_in({"id": number}, "https://levator.test", HERE)
        return refused.type

    assert [tried("one") for _ in range(11)] == [PasskeyError] * 10 + [TooManyGuessesError]
    assert tried("another") is PasskeyError


def test_a_passkey_that_is_none_is_told_to_the_audit(accounts: Accounts) -> None:
    with pytest.raises(CallerError, match="passkey was not taken"):
        Passkeys(accounts).sign_in({"id": "nobody"}, "https://levator.test", HERE)
    with accounts.repository.work(writes=False) as work:
        [line] = work.audit_lines(INSTALLATION)
    assert (line.entry.action, line.entry.outcome) == ("login.fail", "refused")
    assert (line.entry.detail, line.entry.address) == ("passkey", "127.0.0.1")


# --- Logins


def test_tokens_of_logins_are_long_random_and_never_the_same(accounts: Accounts) -> None:
    tokens = {signed_in(accounts, "therapist") for _ in range(50)}
    assert len(tokens) == 50
    assert all(re.fullmatch(r"[\w-]{43}", token) for token in tokens)


def test_many_browsers_of_one_account_are_listed_and_none_pushes_another_out(
    accounts: Accounts,
) -> None:
    tokens = [signed_in(accounts, "therapist") for _ in range(12)]
    user = kept(accounts, user_of("therapist"))
    assert len(accounts.logins.of(user)) == 12
    assert all(accounts.logins.who(token) for token in tokens)


def test_those_who_treat_are_signed_out_sooner_than_a_patient() -> None:
    assert IDLE["other"].total_seconds() == 3600
    assert LONGEST["other"].total_seconds() == 12 * 3600
    assert LONGEST["patient"].days == 30


def test_the_token_is_looked_up_here_every_time(server: Served) -> None:
    with server.client() as client:
        assert client.get("/account").status_code == 200
        token = client.cookies[server.login_cookie]
        for wrong in (token[:-1], token + "x", token.swapcase(), "0" * 43, "null", ""):
            client.cookies.set(server.login_cookie, wrong)
            assert client.get("/account").status_code == 303


#: What changes how somebody signs in, or where: each asks once more who it is.
SENSITIVE = {
    "POST /account/password": {
        "new": "een heel ander wachtwoord",
        "again": "een heel ander wachtwoord",
    },
    "POST /account/codes": {},
    "GET /account/factor": {},
    "POST /account/factor": {"code": "000000", "sealed": "x"},
    "POST /account/passkeys/question": {},
    "POST /account/passkeys/unknown/remove": {},
    "POST /account/logins/end": {},
    "POST /account/logins/unknown/end": {},
}


@pytest.mark.parametrize("key", SENSITIVE)
@pytest.mark.parametrize("role", ["patient", "therapist"])
def test_a_change_of_an_account_asks_once_more_who_it_is(
    server: Served, role: Role, key: str
) -> None:
    accounts = server.clinic.accounts
    user = with_password(accounts, role, GOOD)
    method, path = key.split()
    with server.client_of(role) as client:
        before = told(accounts)
        answer = client.request(method, path, data=SENSITIVE[key] | {"password": GOOD})
        assert (answer.status_code, answer.text) == (303, "")
        assert answer.headers["location"].startswith("/account/confirm?next=/account")
        assert told(accounts) == before
        assert kept(accounts, user).password_hash == user.password_hash
        server.confirm(client)
        again = client.request(method, path, data=SENSITIVE[key])
        assert "/account/confirm" not in again.headers.get("location", "")


def test_every_route_of_an_account_asks_once_more_or_changes_nothing_of_it() -> None:
    changes = {key for key in ACTIONS if key.startswith("POST /account/")}
    asking = {key.replace("unknown", "{number}") for key in SENSITIVE}
    coming_back = {key for key in changes if key.startswith("POST /account/confirm")}
    # The answer to a question that was asked; the language opens nothing.
    harmless = {"POST /account/passkeys", "POST /account/language"}
    assert changes == coming_back | harmless | (asking - {"GET /account/factor"})


def test_a_passkey_is_not_kept_without_it_either(accounts: Accounts) -> None:
    signed = accounts.logins.who(signed_in(accounts, "therapist"))
    assert signed is not None
    with pytest.raises(NotConfirmedError):
        Passkeys(accounts).add(signed, {}, "Firefox", "https://levator.test")


def test_every_field_that_opens_something_is_marked_secret() -> None:
    marked = {
        (kind.__name__, field.name)
        for kind in KINDS.values()
        for field in fields_of(kind)
        if "secret" in field.marks
    }
    assert {
        ("User", "password_hash"),
        ("User", "totp_sealed"),
        ("User", "recovery_hashes"),
        ("Login", "token_digest"),
        ("Invitation", "token_digest"),
    } <= marked


def test_all_other_browsers_are_signed_out_at_once(server: Served) -> None:
    accounts = server.clinic.accounts
    others = [signed_in(accounts, "clinic_admin") for _ in range(3)]
    with server.client_of("clinic_admin") as client:
        assert 'action="/account/logins/end"' not in client.get("/account").text
        client.post("/account/logins/end")
        assert all(map(accounts.logins.who, others))
        server.confirm(client)
        assert 'action="/account/logins/end"' in client.get("/account").text
        answer = client.post("/account/logins/end")
        assert answer.headers["location"] == "/account?done=1"
        assert not any(map(accounts.logins.who, others))
        assert 'action="/account/logins/end"' not in client.get("/account").text
    assert told(accounts)[-1] == "login.end"
