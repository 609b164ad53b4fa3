"""How far a file of anybody's is read: what no protocol is goes no further than this.

Whoever checks a file that was sent has not written it: it may be endless, cost more to read than
it says, or hold signs that no screen shows and that a terminal obeys.
"""

from __future__ import annotations

import re
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from levator.errors import Phrase
from levator.library.problems import text_of

#: Ten times the longest file that comes with levator, and its longest line.
LONGEST_BYTES = 256 * 1024
LONGEST_LINE = 4000
#: So many mistakes are named at once; whoever makes more begins again.
MOST_NAMED = 100
#: A key with more parts than anything nests costs the square of them to read.
_NESTED = re.compile(r"""(?<![\w"'-])(?:[\w"'-]+\s*\.\s*){20}""")
#: Signs that turn the rest of a line around, or begin a new one.
_TURNING = frozenset(map(chr, (0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A))))
_KEPT = "\n\r\t"


def text_in(path: Path) -> str | Phrase:
    """Return the text of a file, or why it is not looked into.

    Raises OSError, and UnicodeDecodeError where it is in another encoding.
    """
    if not stat.S_ISREG(path.stat().st_mode) and not path.is_dir():
        return Phrase("this is no file with text; give a .toml file.")
    with path.open("rb") as source:
        content = source.read(LONGEST_BYTES + 1)
    if len(content) > LONGEST_BYTES:
        return Phrase("this is longer than any protocol; give the file of one.")
    text = text_of(content)
    return _wrong_in(text) or text


def _wrong_in(text: str) -> Phrase | None:
    """Return why a text is not looked into; None where it may be."""
    if any(len(line) > LONGEST_LINE or _NESTED.search(line) for line in text.split("\n")):
        return Phrase("this holds a number or a table that is too long to be read; shorten it.")
    if "\0" in text:  # of an encoding with two bytes for each sign
        return Phrase("this is not TOML: it is not text in UTF-8; save it with that encoding.")
    return unseen_in(text)


def unseen_in(value: object) -> Phrase | None:
    """Return that a text, or one in a table, holds a sign that cannot be seen; None without."""
    for text in _texts(value):
        for sign in text:
            if sign in _TURNING or (unicodedata.category(sign) == "Cc" and sign not in _KEPT):
                return Phrase(
                    "a text in it holds a sign that cannot be seen (%(sign)s); take it out.",
                    sign=f"U+{ord(sign):04X}",
                )
    return None


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
