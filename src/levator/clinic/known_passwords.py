"""Passwords that have been stolen somewhere and published: whoever guesses begins with these.

`known-passwords.bin` holds a digest of each that is long enough here, five bytes long and in
order, so that it tells nobody's password and is small; `known-passwords.md` says where they are
from. About one in 25 million others is taken for one of them.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from levator.records.people import search_key

_FILE = Path(__file__).with_name("known-passwords.bin")
_BYTES = 5


def is_known(password: str) -> bool:
    """Return whether a password was published, in whatever case and with whatever accents."""
    mine, held = _digest(password), _held()
    at = bisect_left(held, mine)
    return at < len(held) and held[at] == mine


def packed(passwords: Iterable[str]) -> bytes:
    """Return what the file holds of these passwords."""
    return b"".join(sorted({_digest(one) for one in passwords}))


@cache
def _held() -> tuple[bytes, ...]:
    content = _FILE.read_bytes()
    return tuple(content[at : at + _BYTES] for at in range(0, len(content), _BYTES))


def _digest(password: str) -> bytes:
    return hashlib.sha256(search_key(password).encode()).digest()[:_BYTES]
