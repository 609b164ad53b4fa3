"""What is wrong with a library file: file, place, line and reason, in a plain sentence."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from levator.errors import LevatorError, LibraryError, Phrase, mark

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-.\"']+)\s*=")


class EntryError(LibraryError, ValueError):
    """An entry that does not fit; pydantic collects it and `reason_of` finds it again.

    place : where it is, below the table that was checked, for what several tables say together.
    """

    place: tuple[str | int, ...] = ()

    def at(self, *place: str | int) -> EntryError:
        """Return this error with its place."""
        self.place = place
        return self


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in one file; `line` is None where the whole file is meant."""

    file: str
    place: str
    line: int | None
    reason: Phrase | LevatorError

    def __str__(self) -> str:
        """Return the mistake as one line of text, in English."""
        return str(self.phrase)

    @property
    def phrase(self) -> Phrase:
        """The mistake as one line that can be said in any language."""
        where = f"{self.place}: " if self.place else ""
        if self.line is None:
            return Phrase(
                "%(file)s: %(where)s%(reason)s", file=self.file, where=where, reason=self.reason
            )
        return Phrase(
            "%(file)s line %(line)s: %(where)s%(reason)s",
            file=self.file,
            line=self.line,
            where=where,
            reason=self.reason,
        )


def line_of(text: str, path: Sequence[str | int]) -> int | None:
    """Return the line (from 1) at which the deepest known part of a key path is written."""
    wanted = tuple(map(str, path))
    best: tuple[int, int | None] = (0, None)
    for number, keys in _written_paths(text):
        common = _common_length(keys, wanted)
        # A table header stands for what is missing in it; a longer path is a sibling, unless it
        # is the first of a list that is meant as a whole.
        is_first_of_it = keys == (*wanted, "0")
        if (common == len(keys) or is_first_of_it) and common > best[0]:
            best = (common, number)
    return best[1]


@lru_cache(1)
def _written_paths(text: str) -> list[tuple[int, tuple[str, ...]]]:
    """List (line, full key path) for every header and key of a TOML text."""
    found: list[tuple[int, tuple[str, ...]]] = []
    table: tuple[str, ...] = ()
    counts: dict[tuple[str, ...], int] = {}
    many: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), start=1):
        if header := _HEADER.match(line):
            table = _table_path(header[2], header[1] == "[[", counts)
            found.append((number, table))
        elif key := _KEY.match(line):
            many = table + _split(key[1])
            found.append((number, many))
            counts[many] = -1
        elif line.lstrip().startswith("{"):
            counts[many] = counts.get(many, -1) + 1
            found.append((number, (*many, str(counts[many]))))
    return found


def _table_path(name: str, is_array: bool, counts: dict[tuple[str, ...], int]) -> tuple[str, ...]:
    """Return a table's path, with the index of every array of tables that it is in."""
    path: tuple[str, ...] = ()
    parts = _split(name)
    for depth, part in enumerate(parts, start=1):
        path += (part,)
        if is_array and depth == len(parts):
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path += (str(counts[path]),)
    return path


def _split(name: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in name.split("."))


def _common_length(first: Sequence[str], second: Sequence[str]) -> int:
    length = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        length += 1
    return length


def text_of(content: bytes) -> str:
    """Return the text of a file as editors on any system write it, without its mark.

    Raises UnicodeDecodeError where it is in another encoding.
    """
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if is_wide else "utf-8-sig")


def told_once(errors: Sequence[Mapping[str, Any]], names: Set[str]) -> list[Mapping[str, Any]]:
    """Return the errors with what an unknown name may have meant, as `meant`.

    A name that is missing in the same table is then not told again. names : every name there is.
    """
    missing = {tuple(one["loc"]) for one in errors if one["type"] == "missing"}
    told: list[Mapping[str, Any]] = []
    for error in errors:
        *table, last = error["loc"] or ("",)
        if error["type"] == "extra_forbidden":
            beside = [str(loc[-1]) for loc in missing if loc[:-1] == tuple(table)]
            meant = get_close_matches(str(last), beside, 1) or get_close_matches(
                str(last), names, 1
            )
            missing.discard((*table, *meant))
            error = {**error, "meant": next(iter(meant), "")}
        told.append(error)
    return [one for one in told if one["type"] != "missing" or tuple(one["loc"]) in missing]


def reason_of(error: Mapping[str, Any]) -> Phrase | LevatorError:
    """Return the plain reason for one error of the schema check (pydantic's error dict)."""
    kind, last = str(error["type"]), str(error["loc"][-1]) if error["loc"] else ""
    known = dict(error.get("ctx") or {})
    if isinstance(own := known.get("error"), LevatorError):
        return own
    if kind == "model_type" and str(known.get("class_name", "")).startswith("Sourced"):
        return Phrase(
            'this has no source; write { value = %(given)s, source = "..." }.',
            given=_written(error.get("input")),
        )
    if (meant := error.get("meant")) == last:
        return Phrase(
            "%(last)s does not belong here; remove it, or write the line in square brackets that "
            "is missing above it.",
            last=last,
        )
    if meant:
        return Phrase(
            "%(last)s is not a known name here; is %(meant)s meant?", last=last, meant=meant
        )
    if kind == "missing":
        return Phrase(_MISSING.get(last, _IS_MISSING), last=last)
    return Phrase(_REASONS.get(kind, _OTHER), last=last, **{k: _said(v) for k, v in known.items()})


def _said(value: object) -> str | float:
    """Return a bound as a number, and what is expected without the English between its parts."""
    return value if isinstance(value, int | float) else str(value).replace(" or ", ", ")


def _written(given: object) -> str:
    """Return a short value as TOML writes it, and dots for anything else."""
    if isinstance(given, bool):
        return str(given).lower()
    return str(given)[:20] if isinstance(given, int | float) else "..."


_IS_MISSING = mark("%(last)s is missing; add it.")
_OTHER = mark("this does not fit here; compare it with a file that comes with levator.")
_MISSING = {
    "source": mark(
        "this number has no source; name the paper or page, or write "
        "'project default, to be reviewed by a pelvic physiotherapist'."
    ),
    "pattern_unit": mark('the pattern has no unit; write pattern_unit = "0.1s" or "s".'),
    "reviewed_by": mark(
        "reviewed_by is missing; name the reviewer, or say that there was none yet."
    ),
    "nl": mark("the Dutch text is missing; add nl."),
    "en": mark("the English text is missing; add en."),
    "fr": mark("the French text is missing; add fr."),
    "de": mark("the German text is missing; add de."),
}
_REASONS = {
    "extra_forbidden": mark("%(last)s is not a known name here; remove it or mend the spelling."),
    "literal_error": mark("this must be one of %(expected)s."),
    "float_type": mark("this must be a number."),
    "int_type": mark("this must be a whole number."),
    "int_from_float": mark("this must be a whole number."),
    "bool_type": mark("this must be true or false."),
    "string_type": mark("this must be text in quotes."),
    "string_too_short": mark("this text is empty; write it."),
    "string_pattern_mismatch": mark(
        "this text does not fit; a name holds small letters, digits and hyphens."
    ),
    "finite_number": mark("this must be a finite number."),
    "greater_than": mark("this must be above %(gt)s."),
    "greater_than_equal": mark("this must be at least %(ge)s."),
    "less_than": mark("this must be below %(lt)s."),
    "less_than_equal": mark("this must be at most %(le)s."),
    "model_type": mark("this must be a table of names and values."),
    "tuple_type": mark("this must be a list."),
    "list_type": mark("this must be a list."),
    "dict_type": mark("this must be a table of names and values."),
    "too_short": mark("this list is too short; add what is missing."),
    "too_long": mark("this list is too long; take out what is too many."),
}
