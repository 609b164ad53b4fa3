"""Passwords: which are fit, and that hashing is costly, for nobody as for somebody."""

import asyncio
import os
import sys
import threading
import unicodedata

import pytest

from levator.clinic import known_passwords
from levator.clinic.passwords import AT_ONCE, LONGEST, Passwords, check_password, plain
from levator.errors import CallerError
from tests.clinic.people import quick_passwords

GOOD = "paarse fiets zonder bel"


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("paarse fie", "at least 12 signs"),
        ("paarse fiets " * 20, "at most 200 signs"),
        ("aaaaaaaaaaaaaaaa", "more different signs"),
        ("Anke fietst graag", "without your name"),
        ("mijn fietsers rijden", "without your name"),
        ("wij zijn praktijk!", "without your name"),
        ("Welkom2026!!", "people guess first"),
        ("wachtwoordwachtwoord", "people guess first"),
        ("QWERTYUIOP-123", "people guess first"),
        ("123456789012", "people guess first"),
        ("zyxwvutsrqponm", "people guess first"),
        ("1 2 3 4 5 6 7 8 9", "people guess first"),
        ("1234567890!@#$%", "people guess first"),
        ("123456-123456", "people guess first"),
        ("!\"#$%&'()*+,-", "people guess first"),
        ("a1b2c3d4e5f6", "people guess first"),
        ("1qaz2wsx3edc", "stolen elsewhere"),
        ("ganJubas2007", "stolen elsewhere"),
        ("mailcreated5240", "stolen elsewhere"),
        ("gárcíamartin1995", "stolen elsewhere"),
    ],
)
def test_what_is_easily_guessed_is_refused_in_plain_words(password: str, reason: str) -> None:
    with pytest.raises(CallerError, match=reason):
        check_password(password, "Anke Vries", "anke@fietsers.example", "Praktijk Zuid")


def test_the_list_holds_far_more_than_the_3000_that_are_used_most() -> None:
    held = known_passwords._held()
    assert len(held) > 40_000
    assert list(held) == sorted(set(held))
    assert all(len(one) == 5 for one in held)


def test_what_is_packed_is_found_again_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    content = known_passwords.packed(["b" * 12, "ä" * 12, "B" * 12])
    assert len(content) == 10
    held = (content[:5], content[5:])
    monkeypatch.setattr(known_passwords, "_held", lambda: held)
    assert all(map(known_passwords.is_known, ("b" * 12, "A" * 12)))
    assert not any(map(known_passwords.is_known, ("b" * 13, "c" * 12, "")))


@pytest.mark.parametrize(
    "password", ["310472958160", "48 27 !! 93 61 50", "ONLYCAPITALSHERE", "%^!@&*$#~;<>ab"]
)
def test_no_kind_of_sign_is_asked_for(password: str) -> None:
    check_password(password, "Anke Vries", "anke@bos.example", "Praktijk Zuid")


@pytest.mark.parametrize("password", [GOOD, "wëlkom op de zölder", "х" * 6 + "а-бвгдеёж"])
def test_a_few_words_in_a_row_are_fit(password: str) -> None:
    check_password(password, "Anke Vries", "anke@bos.example", "Praktijk Zuid")


@pytest.mark.parametrize("passwords", [Passwords(), quick_passwords()], ids=["as it is", "quick"])
def test_only_the_password_is_right(passwords: Passwords) -> None:
    async def all_of_it() -> None:
        kept = await passwords.hash(GOOD)
        assert kept.startswith("$argon2id$v=19$m=")
        assert await passwords.hash(GOOD) != kept
        assert await passwords.is_right(kept, GOOD)
        assert not await passwords.is_right(kept, GOOD + " ")
        assert not await passwords.is_right(None, GOOD)
        assert not await passwords.is_right("no hash at all", GOOD)

    asyncio.run(all_of_it())


def test_costs_are_those_of_rfc_9106_and_nobody_costs_the_same() -> None:
    passwords = Passwords()
    kept = asyncio.run(passwords.hash(GOOD))
    costs = "$argon2id$v=19$m=65536,t=3,p=4$"
    assert kept.startswith(costs)
    assert passwords._of_nobody.startswith(costs)
    assert [len(part) for part in kept.split("$")] == [
        len(part) for part in passwords._of_nobody.split("$")
    ]


def test_a_sign_typed_in_two_ways_is_one_password() -> None:
    passwords = quick_passwords()
    kept = asyncio.run(passwords.hash("caf\u00e9 op de hoek"))
    assert asyncio.run(passwords.is_right(kept, "cafe\u0301 op de hoek"))


def test_an_endless_password_costs_no_more_than_the_longest_and_is_not_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    passwords, tried = quick_passwords(), []
    kept = asyncio.run(passwords.hash("x" * LONGEST))
    verify = passwords._verify

    def noting(kept: str, password: str) -> bool:
        tried.append(len(password))
        return verify(kept, password)

    monkeypatch.setattr(passwords, "_verify", noting)
    assert asyncio.run(passwords.is_right(kept, "x" * LONGEST))
    assert not asyncio.run(passwords.is_right(kept, "x" * 1_000_000))
    assert tried == [LONGEST, LONGEST]


def test_marks_without_end_are_cut_before_they_are_put_in_order() -> None:
    """Putting them in order takes the square of how many there are, while live sessions wait."""
    assert len(plain("a" + "\u0300\u0316" * 16_200)) <= 4 * LONGEST + 1
    # The sign that is typed in most pieces: so many make the longest password.
    typed = unicodedata.normalize("NFD", "\u1f82" * LONGEST)
    assert len(typed) == 4 * LONGEST
    assert plain(typed) == "\u1f82" * LONGEST
    with pytest.raises(CallerError, match="at most"):
        check_password(typed + "a")


def test_at_most_four_are_hashed_at_once_and_the_loop_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    passwords, seen, lock = quick_passwords(), [], threading.Lock()
    running = 0
    too_many = threading.Event()

    def slow(kept: str, password: str) -> bool:
        nonlocal running
        with lock:
            running += 1
            seen.append(running)
            if running > AT_ONCE:
                too_many.set()
        too_many.wait(0.05)
        with lock:
            running -= 1
        return True

    monkeypatch.setattr(passwords, "_verify", slow)

    async def many() -> None:
        asked = [asyncio.create_task(passwords.is_right("x", "y")) for _ in range(20)]
        await asyncio.sleep(0)
        assert not any(one.done() for one in asked)
        await asyncio.gather(*asked)

    asyncio.run(many())
    assert not too_many.is_set()
    assert max(seen) == AT_ONCE
    assert len(seen) == 20


@pytest.mark.parametrize("of_server", [0, 15])
def test_who_hashes_gives_way_to_live_sessions(
    monkeypatch: pytest.MonkeyPatch, of_server: int
) -> None:
    passwords, niceness = quick_passwords(), list[int]()

    def own_niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def gives_way(kept: str, password: str) -> bool:
        niceness.append(own_niceness())
        return True

    def served() -> None:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), max(of_server, own_niceness()))
        niceness.append(own_niceness())
        asyncio.run(passwords.is_right("x", "y"))

    monkeypatch.setattr(passwords, "_verify", gives_way)
    serving = threading.Thread(target=served)
    serving.start()
    serving.join()
    live, hashing = niceness
    assert (hashing > live) is (sys.platform == "linux")
