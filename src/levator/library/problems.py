"""What is wrong with a library file: file, place, line and reason, in a plain sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-.\"']+)\s*=")


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in one file; `line` is None where the whole file is meant."""

    file: str
    place: str
    line: int | None
    reason: str

    def __str__(self) -> str:
        """Return the mistake as one line of text."""
        line = "" if self.line is None else f" line {self.line}"
        place = f" {self.place}:" if self.place else ""
        return f"{self.file}{line}:{place} {self.reason}"


def line_of(text: str, path: Sequence[str | int]) -> int | None:
    """Return the line (from 1) at which the deepest known part of a key path is written."""
    wanted = tuple(map(str, path))
    best: tuple[int, int | None] = (0, None)
    for number, keys in _written_paths(text):
        common = _common_length(keys, wanted)
        # A table header stands for what is missing in it; a longer path is a sibling.
        if common == len(keys) and common > best[0]:
            best = (common, number)
    return best[1]


def _written_paths(text: str) -> list[tuple[int, tuple[str, ...]]]:
    """List (line, full key path) for every header and key of a TOML text."""
    found: list[tuple[int, tuple[str, ...]]] = []
    table: tuple[str, ...] = ()
    counts: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _table_path(header[2], header[1] == "[[", counts)
            found.append((number, table))
        elif key := _KEY.match(line):
            found.append((number, table + _split(key[1])))
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


def reason_of(error: Mapping[str, Any]) -> str:
    """Return the plain reason for one error of the schema check (pydantic's error dict)."""
    kind, last = str(error["type"]), str(error["loc"][-1]) if error["loc"] else ""
    if kind == "missing":
        return _MISSING.get(last, f"{last} is missing; add it.")
    if kind in _REASONS:
        return _REASONS[kind].format(last=last, **dict(error.get("ctx") or {}))
    message = str(error["msg"]).removeprefix("Value error, ")
    return message if message.endswith(".") else f"{message}."


_MISSING = {
    "source": "this number has no source; name the paper or page, or write "
    "'project default, to be reviewed by a pelvic physiotherapist'.",
    "pattern_unit": 'the pattern has no unit; write pattern_unit = "0.1s" or "s".',
    "reviewed_by": "reviewed_by is missing; name the reviewer, or say that there was none yet.",
    "nl": "the Dutch text is missing; add nl.",
    "en": "the English text is missing; add en.",
}
_REASONS = {
    "extra_forbidden": "{last} is not a known name here; remove it or mend the spelling.",
    "literal_error": "this must be one of {expected}.",
    "float_type": "this must be a number.",
    "int_type": "this must be a whole number.",
    "int_from_float": "this must be a whole number.",
    "bool_type": "this must be true or false.",
    "string_type": "this must be text in quotes.",
    "string_too_short": "this text is empty; write it.",
    "finite_number": "this must be a finite number.",
    "greater_than": "this must be above {gt}.",
    "greater_than_equal": "this must be at least {ge}.",
    "less_than": "this must be below {lt}.",
    "less_than_equal": "this must be at most {le}.",
    "model_type": "this must be a table of names and values.",
    "tuple_type": "this must be a list.",
    "list_type": "this must be a list.",
    "dict_type": "this must be a table of names and values.",
}
