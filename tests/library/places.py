"""Where something stands in the library: a file and the way in it, such as
`advice/lifting.toml: paragraphs[back straight].texts.*`.

Brackets choose the one of a list by its id, its code or its name, or by words that only its English
text has; `*` is each of the four languages.
"""

import re
import tomllib
from functools import cache
from typing import Any

from levator.library.loader import FOLDER

LANGUAGES = ("nl", "en", "fr", "de")
WAY = re.compile(r"(?:(?:^|\.)(?:[\w-]+|\*)|\[[^\[\]]+\])+")
STEP = re.compile(r"\[([^\]]+)\]|([\w-]+|\*)")


def at(place: str) -> Any:
    """Return what stands at a place; LookupError where there is nothing."""
    file, _, way = place.partition(": ")
    if not WAY.fullmatch(way):
        raise LookupError(place)
    try:
        return _follow(_read(file), STEP.findall(way))
    except (LookupError, OSError, TypeError) as missing:
        raise LookupError(f"{place}: {missing}") from missing


@cache
def _read(file: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / file).read_text("utf-8"))


def _follow(found: Any, steps: list[tuple[str, str]]) -> Any:
    if not steps:
        return found
    (chosen, name), *rest = steps
    if chosen:
        return _follow(_chosen(found, chosen), rest)
    if name == "*":
        return {language: _follow(found[language], rest) for language in LANGUAGES}
    return _follow(found[name], rest)


def _chosen(items: list[dict[str, Any]], by: str) -> dict[str, Any]:
    named = [one for one in items if by in (one.get("id"), one.get("code"), one.get("name"))]
    told = [one for one in items if by in one.get("texts", {}).get("en", "")]
    [found] = _once(named or told, by)
    return found


def _once(found: list[dict[str, Any]], by: str) -> list[dict[str, Any]]:
    if len(found) != 1:
        raise LookupError(f"{len(found)} have {by}")
    return found
