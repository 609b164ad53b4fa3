"""The translations, read from the `.po` files themselves: there is nothing to compile."""

from __future__ import annotations

import functools
import io
from pathlib import Path
from typing import TYPE_CHECKING

from levator.errors import CallerError

if TYPE_CHECKING:
    from gettext import NullTranslations

    from babel.messages import Catalog

#: The first is what speaks where nobody chose.
LANGUAGES = ("nl", "en")
FOLDER = Path(__file__).parent / "catalogues"


def path_of(language: str) -> Path:
    """Return where a language's translations are."""
    return FOLDER / language / "LC_MESSAGES" / "levator.po"


def language_for(wanted: str) -> str:
    """Return the language that serves a tag such as ``nl-BE``; CallerError names what is there."""
    language = wanted.strip().replace("_", "-").partition("-")[0].lower()
    if language not in LANGUAGES:
        raise CallerError(f"There are no texts in {wanted!r}; there are {', '.join(LANGUAGES)}.")
    return language


@functools.cache
def catalogue(language: str) -> Catalog:
    """Return the catalogue of one of LANGUAGES."""
    from babel.messages.pofile import read_po

    with path_of(language).open("rb") as file:
        return read_po(file, locale=language, domain="levator")


@functools.cache
def translations(language: str) -> NullTranslations:
    """Return a language's translations as Python's own gettext takes them."""
    from gettext import GNUTranslations

    from babel.messages.mofile import write_mo

    compiled = io.BytesIO()
    write_mo(compiled, catalogue(language))
    compiled.seek(0)
    return GNUTranslations(compiled)
