"""The translations: `.po` is what people edit, `.mo` beside it is what a program reads.

English needs no `.mo`: the texts in the code are the English ones. Every command speaks, so
this module and the speaker import little: dates, JSON and Babel come in where they are used.
"""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING

from levator.errors import CallerError

if TYPE_CHECKING:
    from gettext import NullTranslations
    from pathlib import Path

    from babel.messages import Catalog

#: The first is what speaks where nobody chose.
LANGUAGES = ("nl", "en", "fr", "de")
#: The language of the texts in the code.
ORIGINAL = "en"
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "catalogues")


def path_of(language: str) -> Path:
    """Return where a language's translations are edited."""
    from pathlib import Path

    return Path(FOLDER, language, "LC_MESSAGES", "levator.po")


def compiled_path_of(language: str) -> Path:
    """Return where they are as gettext reads them; `levator.texts.update` writes it."""
    return path_of(language).with_suffix(".mo")


def language_for(wanted: str) -> str:
    """Return the language that serves a tag such as ``nl-BE``; CallerError names what is there."""
    language = wanted.strip().replace("_", "-").partition("-")[0].lower()
    if language not in LANGUAGES:
        raise CallerError(
            "There are no texts in %(wanted)r; there are %(languages)s.",
            wanted=wanted,
            languages=LANGUAGES,
        )
    return language


@functools.cache
def catalogue(language: str) -> Catalog:
    """Return the catalogue of one of LANGUAGES, with the files that say each text."""
    from babel.messages.pofile import read_po

    with path_of(language).open("rb") as file:
        return read_po(file, locale=language, domain="levator")


@functools.cache
def translations(language: str) -> NullTranslations:
    """Return a language's translations, with nothing but Python's own gettext."""
    from gettext import NullTranslations, translation

    if language == ORIGINAL:
        return NullTranslations()
    return translation("levator", FOLDER, [language])
