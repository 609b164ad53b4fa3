"""Bring the catalogues up to date with the texts in the code.

`python -m levator.texts.update` reads every Python file, template and script, adds what is
new, drops what nobody says any more, and lists what still needs a translation.
"""

from __future__ import annotations

import ast
import io
import json
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, TypeAlias

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from levator import errors
from levator.texts.catalogue import LANGUAGES, ORIGINAL, catalogue, compiled_path_of, path_of

SOURCE = Path(__file__).parents[1]
#: Errors are raised with their English sentence, and `library` has one of its own.
ERRORS = (*(name for name in vars(errors) if name.endswith("Error")), "EntryError")
KEYWORDS: dict[str, Any] = {
    "say": None,
    "mark": None,
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "say_count": (1, 2),
    "sayCount": (1, 2),
    "pgettext": ((1, "c"), 2),
    "hint": None,
    "Phrase": None,
    **dict.fromkeys(ERRORS),
}
#: Lines of a .po header that change with the day and the machine.
_UNSTEADY = re.compile(
    r'^"(?:POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By'
    r'|Report-Msgid-Bugs-To).*\n|^#(?: .*)?\n(?=(?:#.*\n)*msgid ""\n)',
    re.MULTILINE,
)
_TEXT = r'"(?:[^"\\\n]|\\.)*"'
#: A script's own `say("...")` and `sayCount("...", "...", n)`; not a method of that name.
_IN_SCRIPT = re.compile(
    rf"(?<![\w.])(?:(?P<one>say)\(\s*(?P<text>{_TEXT})"
    rf"|(?P<more>sayCount)\(\s*(?P<singular>{_TEXT})\s*,\s*(?P<plural>{_TEXT}))"
)
FoundArguments: TypeAlias = tuple[int, str, tuple[str | None, ...], list[str]]
Found: TypeAlias = tuple[int, str, str | tuple[str, str], list[str]]


def texts_in_script(file: IO[bytes], *_: object, **__: object) -> Iterator[Found]:
    """Yield (line, function, text or its two forms, comments), as Babel's extractors do."""
    for match in _IN_SCRIPT.finditer(file.read().decode("utf-8")):
        if match["one"]:
            yield 0, "say", json.loads(match["text"]), []
        else:
            forms = (json.loads(match["singular"]), json.loads(match["plural"]))
            yield 0, "sayCount", forms, []


def texts_in_python(file: IO[bytes], *_: object, **__: object) -> Iterator[FoundArguments]:
    """Yield (line, function, its first arguments, comments) for every call of a keyword.

    Read from the syntax tree: Babel's own reader sees inside f-strings on newer Pythons only.
    """
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in KEYWORDS:
                yield node.lineno, name, tuple(map(_literal, node.args[:3])), []


def _literal(argument: ast.expr) -> str | None:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    return None


METHODS = [
    ("**/*.py", "levator.texts.update:texts_in_python"),
    ("**/templates/**", "jinja2"),
    ("**/static/**.js", "levator.texts.update:texts_in_script"),
]


def messages_in_code(folder: Path = SOURCE) -> Catalog:
    """Return every text that is said in the code, with the files that say it."""
    found = Catalog(domain="levator")
    for name, _, message, comments, context in extract_from_dir(
        folder, METHODS, keywords=KEYWORDS, strip_comment_tags=True
    ):
        found.add(message, None, [(name, 0)], auto_comments=comments, context=context)
    return found


def updated(language: str, said: Catalog) -> Catalog:
    """Return a language's catalogue with exactly the messages that are said."""
    old = catalogue(language) if path_of(language).exists() else Catalog(locale=language)
    new = Catalog(locale=language, domain="levator", fuzzy=False)
    for message in said:
        if message.id:
            known = old.get(message.id, message.context)
            text = known.string if known is not None and not known.fuzzy else None
            if language == ORIGINAL:
                text = message.id  # the text in the code is the English text
            new.add(message.id, text, message.locations, context=message.context)
    return new


def text_of(new: Catalog) -> str:
    """Return a catalogue as the text of a .po file, sorted, without dates."""
    file = io.BytesIO()
    write_po(file, new, width=96, sort_output=True, include_lineno=False)
    return _UNSTEADY.sub("", file.getvalue().decode())


def compiled(new: Catalog) -> bytes:
    """Return a catalogue as the bytes of a .mo file: sorted, the same on every machine."""
    header = f"Content-Type: text/plain; charset=UTF-8\nPlural-Forms: {new.plural_forms};\n"
    pairs = sorted({"": header, **dict(map(_pair, filter(_is_said, new)))}.items())
    keys, texts = ([one.encode() for one in column] for column in zip(*pairs, strict=True))
    # Seven numbers, two tables of (length, place), then all bytes, each with a zero behind.
    begin = 28 + 16 * len(keys)
    table: list[int] = []
    for one in [*keys, *texts]:
        table += [len(one), begin]
        begin += len(one) + 1
    head = (0x950412DE, 0, len(keys), 28, 28 + 8 * len(keys), 0, 28 + 16 * len(keys))
    numbers = struct.pack(f"<{7 + len(table)}I", *head, *table)
    return numbers + b"".join(one + b"\0" for one in [*keys, *texts])


def _is_said(message: Message) -> bool:
    return bool(message.id) and all(_forms(message.string))


def _pair(message: Message) -> tuple[str, str]:
    """Return a message and its translation as gettext joins context and plural forms."""
    key = "\0".join(_forms(message.id))
    context = f"{message.context}\4" if message.context else ""
    return context + key, "\0".join(_forms(message.string))


def untranslated(new: Catalog) -> list[Message]:
    """Return the messages without a text, or with a form of it missing."""
    return [one for one in new if one.id and not all(_forms(one.string))]


def _forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, (tuple, list)) else (text or "",)


def main() -> int:
    """Write the catalogues; the exit code is 1 while a translation is missing."""
    said, missing = messages_in_code(), 0
    for language in LANGUAGES:
        new = updated(language, said)
        path_of(language).parent.mkdir(parents=True, exist_ok=True)
        path_of(language).write_text(text_of(new), encoding="utf-8")
        if language != ORIGINAL:
            compiled_path_of(language).write_bytes(compiled(new))
        for message in untranslated(new):
            missing += 1
            sys.stdout.write(f"{language}: no translation of {message.id!r}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
