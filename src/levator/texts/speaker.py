"""One voice in one language: sentences, plurals, numbers, dates.

Placeholders are ``%(name)s`` everywhere (Python, templates, scripts), so a literal percent
sign in a text is written ``%%``.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from sys import float_info
from typing import TYPE_CHECKING, TypeAlias

from levator.errors import Exact, LevatorError, Phrase, filled, joined
from levator.errors import Value as ErrorValue
from levator.errors import mark as mark
from levator.quantities import shown_unit
from levator.texts.catalogue import catalogue, language_for, translations

if TYPE_CHECKING:
    from datetime import date, datetime, timedelta

Value: TypeAlias = str | int | float
#: From here on a number is written by its power of ten: nobody counts the digits.
_TOO_LONG = 1e15
#: Where one and a half is said in the singular (Unicode CLDR, plural rules).
_COUNT_BY_WHOLE_PART = frozenset({"fr"})


class Speaker:
    """Says things in one language. `gettext` and `ngettext` fit Jinja's i18n extension."""

    __slots__ = ("language",)

    def __init__(self, language: str) -> None:
        """language : one of LANGUAGES."""
        self.language = language

    def say(self, message: str, /, **values: Value) -> str:
        """Return the message in this language, its numbers as they are written there."""
        return self.gettext(message) % {name: self.value(one) for name, one in values.items()}

    def say_count(self, singular: str, plural: str, count: float, /, **values: Value) -> str:
        """Return the form that fits `count`, which the message holds as ``%(count)s``."""
        message = self.ngettext(singular, plural, self._counted(count))
        numbers = {name: self.value(one) for name, one in values.items()}
        return message % (numbers | {"count": self.value(count)})

    def _counted(self, count: float) -> int:
        """Return a whole number that takes the form of `count`; in French 1.5 goes with 1."""
        counted = count // 1 if self.language in _COUNT_BY_WHOLE_PART else count
        return int(counted) if float(counted).is_integer() else 2

    def error(self, error: LevatorError | Phrase) -> str:
        """Return an error, or a part of one, in this language."""
        return filled(self.gettext(error.sentence), error.values, self._in_error)

    def _in_error(self, value: ErrorValue) -> str:
        if isinstance(value, (LevatorError, Phrase)):
            return self.error(value)
        if isinstance(value, (str, int)):
            return shown_unit(str(value))
        if isinstance(value, Exact):
            return self.number(value.number, decimals=17)
        if isinstance(value, float):
            return self.number(float(f"{value:g}"), decimals=6)
        return joined(value, self._in_error)

    def gettext(self, message: str) -> str:
        """Return the translated message, placeholders untouched."""
        return translations(self.language).gettext(message) if message else ""

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return the translated form for `n`, placeholders untouched."""
        return translations(self.language).ngettext(singular, plural, n)

    def pgettext(self, context: str, message: str) -> str:
        """Return the message translated for one context, placeholders untouched."""
        return translations(self.language).pgettext(context, message)

    def npgettext(self, context: str, singular: str, plural: str, n: int) -> str:
        """Return the form for `n` in one context, placeholders untouched."""
        return translations(self.language).npgettext(context, singular, plural, n)

    def value(self, value: Value) -> str:
        """Return text as it is, a number with at most one decimal."""
        return value if isinstance(value, str) else self.number(value)

    @property
    def colon(self) -> str:
        """What stands between a name and what is said of it; French sets a space before it."""
        return "\u00a0: " if self.language == "fr" else ": "

    def within(self, words: str) -> str:
        """Return words as they stand within a line; in German a first word keeps its capital."""
        return words if self.language == "de" else words[:1].lower() + words[1:]

    def number(self, value: float, decimals: int = 1) -> str:
        """Return a number with at most `decimals` decimals, as this language writes it."""
        return self._written(value, decimals, "#")

    def fixed(self, value: float, decimals: int = 2) -> str:
        """Return a number with exactly `decimals` decimals, for columns."""
        return self._written(value, decimals, "0")

    def _written(self, value: float, decimals: int, digit: str) -> str:
        from babel.numbers import format_decimal

        if not -_TOO_LONG < value < _TOO_LONG:
            return _in_short(value)
        pattern = "0." + digit * decimals if decimals else "0"
        rounded = round(value, decimals) + 0.0  # no minus before a zero
        return format_decimal(rounded, format=pattern, locale=self.language)

    @property
    def _region(self) -> str:
        """Days are written as in Britain where the language is English."""
        return "en_GB" if self.language == "en" else self.language

    def date(self, day: date) -> str:
        """Return a day in words: ``23 november 2026``."""
        from babel.dates import format_date

        return format_date(day, format="long", locale=self._region)

    def moment(self, moment: datetime) -> str:
        """Return a day and its time, in the time zone that the moment carries."""
        from babel.dates import format_datetime

        return format_datetime(moment, format="medium", tzinfo=moment.tzinfo, locale=self._region)

    def time(self, moment: datetime) -> str:
        """Return the time of a day, in the time zone that the moment carries: ``10:02``."""
        from babel.dates import format_time

        # A datetime is brought to the zone that is asked, so it gets its own.
        zone, language = moment.tzinfo, self.language
        return format_time(moment, format="short", tzinfo=zone, locale=language)

    def ago(self, lasting: timedelta) -> str:
        """Return how long ago something was: ``3 hours ago``."""
        from babel.dates import format_timedelta

        return format_timedelta(-lasting, add_direction=True, locale=self.language)

    def listing(self, parts: Sequence[str]) -> str:
        """Return parts as one enumeration: ``a, b en c``."""
        from babel.lists import format_list

        return format_list(parts, locale=self.language)


def _in_short(value: float) -> str:
    """Return a number that is too long for its digits, or that is none."""
    if value != value:
        return "\N{EN DASH}"
    sign = "-" if value < 0 else ""
    size = abs(value)
    if size > float_info.max:
        return f"{sign}\N{INFINITY}"
    digits, _, power = f"{size:.0e}".partition("e+")
    return f"{sign}{digits} \N{MULTIPLICATION SIGN} 10^{power}"


def speaker(language: str) -> Speaker:
    """Return the voice for a language tag; CallerError where there are no texts for it."""
    return _one_of(language_for(language))


@functools.cache
def _one_of(language: str) -> Speaker:
    return Speaker(language)


def for_script(language: str, messages: Iterable[str] | None = None) -> str:
    """Return messages as JSON for a page's script: text -> translation, or its two forms.

    Without `messages`: all that the scripts of `levator.web` use. ``%%`` is one percent
    sign there already; ``%(name)s`` is left to the script. Safe inside a script element.
    """
    import json

    voice = speaker(language)
    chosen = _script_messages(voice.language) if messages is None else messages
    spoken = {one: voice.gettext(one).replace("%%", "%") for one in chosen}
    return json.dumps(spoken | _script_plurals(voice), ensure_ascii=False).replace("<", "\\u003c")


def _script_messages(language: str) -> list[str]:
    found = _of_scripts(language)
    return [one for one in found if isinstance(one, str)]


def _script_plurals(voice: Speaker) -> dict[str, list[str]]:
    pairs = [one for one in _of_scripts(voice.language) if not isinstance(one, str)]
    forms = {one[0]: [voice.ngettext(one[0], one[1], n) for n in (1, 2)] for one in pairs}
    return {name: [form.replace("%%", "%") for form in both] for name, both in forms.items()}


def _of_scripts(language: str) -> list[str | Sequence[str]]:
    return [
        message.id
        for message in catalogue(language)
        if message.id and any(name.endswith(".js") for name, _ in message.locations)
    ]
