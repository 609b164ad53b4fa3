"""Slips of writing that TOML refuses, each in the words of somebody who never programmed.

A slip is mended for the reading that goes on, so that one comma hides no other mistake of a file;
the file itself stays as it is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from typing import Any, TypeAlias

from levator.errors import Phrase

#: A slip is a line (from 1) and what to do; the line is None where the whole text is meant.
Slip: TypeAlias = tuple[int | None, Phrase]
_AT = re.compile(r"\(at line (\d+), column (\d+)\)")
#: With which Python begins to say that a name stands there already.
_TWICE = ("Cannot overwrite", "Cannot declare")
_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.-]+)\s*\]\]?\s*(?:#.*)?$")
_MOST = 200  #: Slips of one text; whoever makes more begins again.
_FINE = 1_000_000


def read(text: str) -> tuple[dict[str, Any] | None, str, list[Slip]]:
    """Return what a TOML text says once its slips are mended, the text so mended, and every slip.

    None where something is left that nobody can guess; it is the last of the slips.
    """
    lines, slips = text.replace("\r\n", "\n").split("\n"), list[Slip]()
    while True:
        text = "\n".join(lines)
        try:
            return tomllib.loads(text), text, slips
        except tomllib.TOMLDecodeError as error:
            place = _AT.search(str(error))
            if place is None:
                early = Phrase("this is not TOML: it ends too early.")
                return None, text, [*slips, (None, early)]
            number, column = int(place[1]), int(place[2])
            if str(error).startswith(_TWICE) and len(slips) < _MOST:
                slips.append(_once(lines, number - 1))
                continue
            found = _slip_in(lines[number - 1])
            if found is None or len(slips) == _MOST:
                return None, text, [*slips, (number, _unknown(column))]
            lines[number - 1], reason = found
            slips.append((number, reason))


def _once(lines: list[str], last: int) -> Slip:
    """Let a name stand once: put the line in brackets that is missing, or leave the second out.

    last : the place of the line at which it ends.
    """
    first = last
    while first and "=" not in lines[first] and not _HEADER.match(lines[first]):
        first -= 1
    name = lines[first].partition("=")[0].strip()
    header, place = _list_of(lines, first), _gap_above(lines, first)
    if header and place is not None:
        lines[place] = header
        return place + 1, Phrase(
            "write %(header)s here; without it %(name)s below stands twice.",
            header=header,
            name=name,
        )
    if _HEADER.match(lines[first]):
        after = (place for place in range(first + 1, len(lines)) if _HEADER.match(lines[place]))
        last = next(after, len(lines)) - 1
    lines[first : last + 1] = [""] * (last + 1 - first)
    return first + 1, Phrase(
        "%(name)s stands here twice; take one out, or write the line in square brackets that "
        "is missing above it.",
        name=name,
    )


def _list_of(lines: list[str], at: int) -> str:
    """Return the header of the list to which a line belongs that stands twice; "" for none."""
    above = [found for found in map(_HEADER.match, lines[:at]) if found]
    own = _HEADER.match(lines[at])
    if own is None:
        return f"[[{above[-1][2]}]]" if above and above[-1][1] == "[[" else ""
    lists = [one[2] for one in above if one[1] == "[[" and own[2].startswith(f"{one[2]}.")]
    return f"[[{max(lists, key=len)}]]" if lists else ""


def _gap_above(lines: list[str], at: int) -> int | None:
    """Return the place of the empty line above the names that go with a line; None for none."""
    if _HEADER.match(lines[at]) and at and not lines[at - 1].strip():
        at -= 1
    while at and lines[at - 1].strip() and not _HEADER.match(lines[at - 1]):
        at -= 1
    return at - 1 if at and not lines[at - 1].strip() else None


def _unknown(column: int) -> Phrase:
    return Phrase(
        "this is not TOML; mend what stands at column %(column)s, or the quote, bracket or comma "
        "that is missing before it.",
        column=column,
    )


def _slip_in(line: str) -> tuple[str, Phrase] | None:
    """Return a line without the first slip that gets it further, and what to do about it."""
    before = _trouble_at(line)
    for mended, reason in (one(line) for one in _SLIPS):
        if mended != line and _trouble_at(mended) > before:
            return mended, reason
    return None


def _trouble_at(line: str) -> int:
    """Return the column at which a line is refused by itself, or in a list."""
    return max(map(_refused_at, (line, f"x=[\n{line}\n]")))


def _refused_at(text: str) -> int:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _AT.search(str(error))
        return int(place[2]) if place else 0
    return _FINE


def _outside(line: str, mend: Callable[[str], str]) -> str:
    """Return a line with everything mended that is in no quotes."""
    return '"'.join(part if place % 2 else mend(part) for place, part in enumerate(line.split('"')))


def _curly(line: str) -> tuple[str, Phrase]:
    reason = Phrase('write straight quotes, "like these"; a word processor bends them.')
    return re.sub("[“”„‟«»‘’]", '"', line), reason


def _no_break(line: str) -> tuple[str, Phrase]:
    reason = Phrase("a space here is none to a computer; delete it and type it again.")
    return re.sub("[\u00a0\u2007\u202f\u200b]", " ", line), reason


_COMMA = re.compile(r"(?<![\w.])(\d+),(\d+)(?![\w.])")


def _comma(line: str) -> tuple[str, Phrase]:
    found = _COMMA.search(line)
    given = found[0] if found else ""
    reason = Phrase(
        "write %(meant)s with a point, not %(given)s.", given=given, meant=given.replace(",", ".")
    )
    return _outside(line, lambda part: _COMMA.sub(r"\1.\2", part)), reason


_ONE = r"\d+(?:[.,]\d+)?"
_NUMBERS = re.compile(rf"[(\[]?\s*({_ONE}(?:\s*;\s*{_ONE})+)\s*[)\]]?")
_ROUND = re.compile(r"\(([^()]*)\)")


def _list(line: str) -> tuple[str, Phrase]:
    """Mend a list as documents write it, such as (40; 20; 40; 60)."""

    def mend(found: re.Match[str]) -> str:
        return f"[{found[1].replace(',', '.').replace(';', ',')}]"

    reason = Phrase(
        "a list stands in square brackets, with commas between its parts: [2.0, 5.0, 2.0, 10.0]."
    )
    return _outside(line, lambda part: _ROUND.sub(r"[\1]", _NUMBERS.sub(mend, part))), reason


def _number(line: str) -> tuple[str, Phrase]:
    def mend(part: str) -> str:
        part = re.sub(r"(?<![\w.])\.(\d)", r"0.\1", part)
        part = re.sub(r"(\d\.)(?=[\s,}\]]|$)", r"\g<1>0", part)
        return re.sub(r"(?<![\w.])0+(?=\d)", "", part)

    return _outside(line, mend), Phrase("write the number in full, such as 0.5 or 5.0.")


def _colon(line: str) -> tuple[str, Phrase]:
    reason = Phrase("write = between a name and its value, not a colon.")
    return _outside(line, lambda part: re.sub(r"(\w)\s*:(?=\s|$)", r"\1 =", part)), reason


_WORD = re.compile(r"(?<==)\s*\b(true|false|yes|no|ja|nee|waar|onwaar)\b", re.IGNORECASE)


def _yes_no(line: str) -> tuple[str, Phrase]:
    def mend(word: re.Match[str]) -> str:
        return " true" if word[1].lower() in ("true", "yes", "ja", "waar") else " false"

    reason = Phrase("write true or false, in small letters and without quotes.")
    return _outside(line, lambda part: _WORD.sub(mend, part)), reason


_UNIT = re.compile(r"(=\s*-?\d+(?:\.\d+)?)\s*([^\d\s,.}\]#]+)")


def _unit(line: str) -> tuple[str, Phrase]:
    found = _UNIT.search(line)
    reason = Phrase("write the number alone, without %(unit)s.", unit=found[2] if found else "")
    return _outside(line, lambda part: _UNIT.sub(r"\1", part)), reason


#: A word in a list or a table that stands without quotes.
_BARE = re.compile(r"(?<=[\[,=\s])([A-Za-z][\w-]*)(?=\s*[,\]])")


def _quotes(line: str) -> tuple[str, Phrase]:
    reason = Phrase('this must be text in quotes; one begins it and one ends it: "text".')
    name, equals, value = line.partition("=")
    tries = [
        _outside(line, lambda part: _BARE.sub(r'"\1"', part)),
        f'{line}"',
        re.sub(r"\s*\}(,?)\s*$", r'" }\1', line),
    ]
    tries += [f'{name}{equals} "{value.strip().strip(chr(34))}"'] if equals else []
    return max(tries, key=_trouble_at), reason


def _bracket(line: str) -> tuple[str, Phrase]:
    reason = Phrase("a bracket is not closed: every [ needs its ], every { its }.")
    bare = line.rstrip().rstrip(",")
    return max((bare + end for end in ("]", "]]", " },", " }", "] }")), key=_trouble_at), reason


_SLIPS = (
    _no_break,
    _curly,
    _list,
    _comma,
    _number,
    _colon,
    _yes_no,
    _unit,
    _bracket,
    _quotes,
)
