"""Passwords: what makes a fit one, in plain words, and Argon2id beside the event loop."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import secrets
import sys
import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from levator.clinic.known_passwords import is_known
from levator.errors import CallerError
from levator.records.people import search_key

SHORTEST, LONGEST = 12, 200
#: Signs as they are typed, of which up to four make one; more are more than `LONGEST` in any form.
_LONGEST_TYPED = 4 * LONGEST + 1
#: Hashing costs memory on purpose; so many at the same time, the others wait.
AT_ONCE = 4
_NICE = 10
#: A part of a name or address this long must not be in a password.
_TELLING = 4
_SALT_BYTES, _HASH_BYTES = 16, 32
#: What people take first, here and in Dutch; with any digits and signs around it.
_COMMON = (
    "password", "wachtwoord", "passwoord", "letmein", "welcome", "welkom", "geheim", "secret",
    "qwerty", "azerty", "qwertyuiop", "asdfgh", "abcdef", "abcdefgh", "iloveyou", "ikhouvanjou",
    "levator", "bekkenbodem", "bekken", "pelvic", "pelvis", "zwanger", "pregnant", "bevalling",
    "fysio", "fysiotherapie", "physio", "therapist", "therapeut", "praktijk", "kliniek", "clinic",
    "admin", "beheerder", "administrator", "january", "januari", "summer", "zomer", "winter",
    "voorjaar", "spring", "herfst", "amsterdam", "nederland", "belgie", "holland", "test",
)  # fmt: skip


class Passwords:
    """Argon2id in threads of its own, at most `AT_ONCE` at the same time.

    The costs are those of RFC 9106 for machines with little memory: 64 MiB, 3 passes, 4 lanes.
    """

    def __init__(self, memory_kib: int = 65_536, passes: int = 3, lanes: int = 4) -> None:
        """Take the costs; tests take lower ones."""
        from argon2 import PasswordHasher

        self._hasher = PasswordHasher(passes, memory_kib, lanes, _HASH_BYTES, _SALT_BYTES)
        self._threads = ThreadPoolExecutor(AT_ONCE, "password", _give_way)
        # Of nobody: an account that is not there takes as long as one that is.
        salt, digest = _random_text(_SALT_BYTES), _random_text(_HASH_BYTES)
        costs = f"m={memory_kib},t={passes},p={lanes}"
        self._of_nobody = f"$argon2id$v=19${costs}${salt}${digest}"

    async def hash(self, password: str) -> str:
        """Return what is kept of a password."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._hasher.hash, plain(password))

    async def is_right(self, kept: str | None, password: str) -> bool:
        """Return whether it is the password; None stands for no account and is never right."""
        loop, hashed, typed = asyncio.get_running_loop(), kept or self._of_nobody, plain(password)
        # What nobody can have set costs no more than what somebody can.
        tried = (hashed, typed[:LONGEST])
        is_it = await loop.run_in_executor(self._threads, self._verify, *tried)
        return is_it and len(typed) <= LONGEST

    def is_old(self, kept: str) -> bool:
        """Return whether it was hashed at other costs than those of today."""
        return self._hasher.check_needs_rehash(kept)

    def _verify(self, kept: str, password: str) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False


def _give_way() -> None:
    """Let live sessions go before a thread that hashes, where the system knows threads so."""
    if sys.platform == "linux":
        own = threading.get_native_id()
        # On top of what the server gives way itself: less than that would be refused.
        os.setpriority(os.PRIO_PROCESS, own, os.getpriority(os.PRIO_PROCESS, own) + _NICE)


def plain(password: str) -> str:
    """Return a password in one form, however a keyboard composes its signs.

    What is too long in any form is cut first: a row of marks takes the square of its length, and
    this is asked for where live sessions wait.
    """
    return unicodedata.normalize("NFKC", password[:_LONGEST_TYPED])


def check_password(password: str, *telling: str) -> None:
    """Raise CallerError, in plain words, for a password that is easily guessed.

    telling : name and address of whose it is, the name of the clinic.
    """
    password = plain(password)
    if len(password) < SHORTEST:
        raise CallerError(
            "Take a password of at least %(count)s signs; a few words in a row are easy to keep.",
            count=SHORTEST,
        )
    if len(password) > LONGEST:
        raise CallerError("Take a password of at most %(count)s signs.", count=LONGEST)
    if len(set(password)) < SHORTEST // 2:
        raise CallerError("Take a password with more different signs in it.")
    key = search_key(password)
    if any(part in key for part in _parts(telling)):
        raise CallerError("Take a password without your name, your address or the clinic's name.")
    if _letters(key) in _COMMON or _is_row(key):
        raise CallerError("This password is one that people guess first; take another.")
    if is_known(password):
        raise CallerError("This password has been stolen elsewhere and is known; take another.")


def _parts(telling: tuple[str, ...]) -> set[str]:
    words = re.split(r"[^\w]+", " ".join(map(search_key, telling)))
    return {word for word in words if len(word) >= _TELLING}


def _letters(key: str) -> str:
    """What is left without digits and signs, a repeated word once."""
    return _once("".join(filter(str.isalpha, key)))


def _once(text: str) -> str:
    """Return what is said once where the whole is that again and again."""
    return re.sub(r"^(.+?)\1+$", r"\1", text)


def _is_row(key: str) -> bool:
    """Whether each sign is next to the one before: 1234..., abcd..., or backwards.

    The same row again, and what stands between its signs, make it no other.
    """
    bare = _once("".join(filter(str.isalnum, key)))
    signs = bare if len(bare) >= SHORTEST // 2 else key
    return {ord(after) - ord(before) for before, after in pairwise(signs)} <= {-1, 1, -9, 9}


def _random_text(count: int) -> str:
    return base64.b64encode(secrets.token_bytes(count)).rstrip(b"=").decode()
