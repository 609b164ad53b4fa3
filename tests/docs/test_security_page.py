"""The page of security says the numbers, names and words of the code."""

import ast
import re
from pathlib import Path

import pytest

from levator.clinic import checking, guesses, invitations, logins, passkeys, passwords, setup
from levator.clinic.certificates import (
    AUTHORITY_LASTS,
    RENEWED_BEFORE,
    SERVER_LASTS,
    TLS_FOLDER,
)
from levator.clinic.patients import MOST_AT_ONCE
from levator.clinic.push_key import PUSH_FILE
from levator.clinic.seal_key import KEY_FILE
from levator.formats import backup_file
from levator.live import joining
from levator.records.entity import fields_of
from levator.records.kinds import KINDS
from levator.web import forms
from levator.web.routes import PUBLIC
from levator.web.server import LONGEST_MESSAGE_BYTES
from tests.security.sources import calls

DOCS = Path(__file__).parents[2] / "docs"


def words_of(page: str) -> str:
    return " ".join((DOCS / page).read_text("utf-8").split())


@pytest.fixture(scope="module")
def page() -> str:
    return words_of("reference/security.md")


def test_the_rules_of_input_are_those_of_the_code(page: str) -> None:
    assert f"a form | at most {forms.LONGEST_FORM_BYTES // 1024} KB, 64 fields" in page
    assert f"cut at {forms.LONGEST_TEXT} signs" in page
    assert f"a line has at most {checking.LONGEST_LINE} signs" in page
    assert f"a text {checking.LONGEST_TEXT} |" in page
    assert f"at most {LONGEST_MESSAGE_BYTES // 1024} KB, of a known kind" in page
    assert f"searching patients | {MOST_AT_ONCE} at once" in page


def test_every_word_that_is_no_password_is_listed(page: str) -> None:
    [listed] = re.findall(r"`(password wachtwoord [^`]*)`", page)
    assert listed.split() == list(passwords._COMMON)


def test_every_way_in_is_told(page: str) -> None:
    for part in (
        f"{invitations.LASTS.days} days",
        f"within {passkeys._ASKED_LASTS_S / 60:.0f} minutes",
        f"dies after {setup._TRIES} wrong tries",
        f"once, {joining.CODE_LASTS_S / 60:.0f} minutes, and the therapist's yes",
        f"{joining.GUESSES} wrong ones a minute from one address",
    ):
        assert part in page
    # What is asked before anybody is known: each is one of the ways on the page, or opens nothing.
    ways = {"sign-in", "invitation", "set-up", "demo", "join", "enter", "rooms", "feed"}
    opens_nothing = {"health", "static", "authority", "authority.crt", "api", "home"}
    firsts = {key.partition(" ")[2].split("/")[1] for key in PUBLIC}
    assert firsts <= ways | opens_nothing


def test_how_often_and_how_long_is_told_to_admins() -> None:
    said = words_of("how-to/give-people-access.md")
    idle, longest = logins.IDLE, logins.LONGEST
    assert f"at least {passwords.SHORTEST} signs" in said
    assert f"A patient: {longest['patient'].days} days, or {idle['patient'].days} without" in said
    hours = [int(times["other"].total_seconds() // 3600) for times in (longest, idle)]
    assert f"All others: {hours[0]} hours, or {hours[1]} without use" in said
    assert f"within {guesses.WINDOW_MINUTES} minutes" in said
    assert (guesses.PER_ACCOUNT, guesses.PER_ADDRESS) == (10, 200)
    assert "Ten guesses for one account" in said
    assert "two hundred from one address" in said


def test_the_cryptography_is_that_of_the_code(page: str) -> None:
    scrypt = backup_file._SCRYPT
    assert f"scrypt (N {scrypt['n']}, r {scrypt['r']}, p {scrypt['p']})" in page
    assert "Argon2id, 64 MiB, 3 passes, 4 lanes" in page
    assert "m=65536,t=3,p=4" in passwords.Passwords()._of_nobody
    assert f"lasts {SERVER_LASTS.days} days and is renewed within its last" in page
    assert f"within its last {RENEWED_BEFORE.days}." in page
    assert f"{passwords.AT_ONCE} at once, in threads" in page


def test_each_key_has_its_times_and_its_end() -> None:
    text = (DOCS / "reference/security.md").read_text("utf-8")
    rows = text.partition("### Keys")[2].partition("##")[0].split("|---")[-1].splitlines()[1:]
    cells = [[cell.strip() for cell in row.split("|")[1:-1]] for row in rows if "|" in row]
    assert all(len(row) == 7 and all(row) for row in cells)
    told = {row[0]: row for row in cells}
    # Every file with a key that levator makes has its row.
    for file in (KEY_FILE, PUSH_FILE, TLS_FOLDER):
        assert any(f"`{file}`" in name for name in told), file
    assert f"{SERVER_LASTS.days} days" in told["of the server, in `levator-tls`"][4]
    assert f"{AUTHORITY_LASTS.days} days" in told["of the authority, in `levator-tls`"][4]
    commands = {one for row in cells for one in re.findall(r"`levator clinic (\w+)", row[5])}
    assert commands <= {"key", "certificate", "push", "init"}


def events() -> set[str]:
    """What lines of the log begin with."""
    return {
        part.value
        for _, name, call in calls()
        if name.startswith("_log.") or name == "_tell"
        for part in ast.walk(call.args[0])
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }


def test_every_line_of_the_log_is_listed(page: str) -> None:
    assert len(events()) >= 9
    assert [event for event in events() if f"`{event}`" not in page] == []


def test_a_package_with_a_hole_is_replaced_within_the_same_times_on_both_pages(page: str) -> None:
    days = re.findall(r"\| (\d+) days \|", page)
    assert days == ["7", "30", "90"]
    said = " ".join((DOCS.parent / "CONTRIBUTING.md").read_text("utf-8").split())
    assert "7, 30 or 90 days" in said
    assert "requirements.lock" in said


def test_every_field_of_her_and_every_secret_says_so_on_its_page() -> None:
    parts = (DOCS / "reference/records.md").read_text("utf-8").split("\n### ")
    rows = {part.partition("\n")[0]: part for part in parts}
    looked_at = 0
    for kind in KINDS.values():
        for field in fields_of(kind):
            for mark in field.marks & {"secret", "personal"}:
                row = rf"\| `{field.name}` \| [^|]* \| [^|]*{mark}"
                assert re.search(row, rows[kind.__name__]), (kind.__name__, field.name)
                looked_at += 1
    assert looked_at > 30
