"""The error tree. The class says who is at fault, the sentence says what to do.

LevatorError
|- CallerError            what was asked cannot be done as asked
|  |- UnitError           a number without its unit, or in another one
|  `- LimitError          a dose over a limit
|- ContentError           a library file or a recording is not as it should be
|  |- LibraryError        file, line and reason
|  `- RecordingError      a foreign, truncated or contradicting recording
|- DeviceError            the sensor
|  |- DeviceNotFoundError nothing answers at that address
|  `- DeviceLostError     it was there and is gone
`- StorageError           the database

Anything else that is raised is a bug in levator. Every message is one plain sentence for
the person who can mend it, with the remedy; it never holds a patient's data.

The sentence is English and is the key of its translations, so it is written where it is
raised, with ``%(name)s`` (``%(name)r`` in quotes) where a value goes and ``%%`` for a percent
sign: ``raise CallerError("There is no stage %(stage)r.", stage=name)``. `str` is the English;
`levator.texts.Speaker.error` says it in another language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

Value: TypeAlias = "str | int | float | Exact | Phrase | LevatorError | Sequence[Value]"


class Phrase:
    """A part of a sentence that needs translating itself: English words and their values."""

    def __init__(self, sentence: str, /, **values: Value) -> None:
        """Keep the words and what goes into them."""
        self.sentence = sentence
        self.values: Mapping[str, Value] = values

    def __str__(self) -> str:
        """Return the English words."""
        return filled(self.sentence, self.values, in_english)


class Exact:
    """A number of which every digit counts: six could say of a breach what the limit says."""

    def __init__(self, number: float) -> None:
        """Keep the number."""
        self.number = number


class LevatorError(Exception):
    """Base of all errors that a person can mend."""

    def __init__(self, sentence: str, /, **values: Value) -> None:
        """Keep the English sentence and what goes into it."""
        super().__init__(sentence)
        self.sentence = sentence
        self.values: Mapping[str, Value] = values

    def __str__(self) -> str:
        """Return the English sentence."""
        return filled(self.sentence, self.values, in_english)


def mark(message: str) -> str:
    """Mark a text in a table for translation; it is said later."""
    return message


def filled(sentence: str, values: Mapping[str, Value], say: Callable[[Value], str]) -> str:
    """Return a sentence with its values said.

    A driver of somebody else may write its sentence as plain text, with a percent sign that
    is only that; it is returned as it is.
    """
    try:
        return sentence % {name: say(value) for name, value in values.items()}
    except (KeyError, TypeError, ValueError):
        return sentence


def in_english(value: Value) -> str:
    """Return a value as text, a number with up to six digits."""
    if isinstance(value, (str, int, Phrase, LevatorError)):
        return str(value)
    if isinstance(value, Exact):
        return repr(value.number).removesuffix(".0")
    return f"{value:g}" if isinstance(value, float) else joined(value, in_english)


def joined(values: Sequence[Value], say: Callable[[Value], str]) -> str:
    """Return words with commas between, whole phrases one below the other."""
    is_text = any(isinstance(value, (Phrase, LevatorError)) for value in values)
    return ("\n" if is_text else ", ").join(map(say, values))


def system_reason(error: OSError) -> Phrase:
    """Return in a few words what the operating system has against a file or folder."""
    return next((Phrase(words) for kind, words in _OF_SYSTEM if isinstance(error, kind)), _OTHER)


class CallerError(LevatorError):
    """What was asked cannot be done as asked."""


class UnitError(CallerError):
    """A number without its unit, or in another unit than needed."""


class LimitError(CallerError):
    """A dose over a limit."""


class ContentError(LevatorError):
    """A library file or a recording is not as it should be."""


class LibraryError(ContentError):
    """A library file is wrong; the message names file, place and reason."""


class RecordingError(ContentError):
    """A recording is foreign, truncated or contradicts itself."""


class DeviceError(LevatorError):
    """The sensor does not do its part."""


class DeviceNotFoundError(DeviceError):
    """Nothing answers at that address."""


class DeviceLostError(DeviceError):
    """The sensor was there and is gone."""


class StorageError(LevatorError):
    """The database does not do its part."""


_OF_SYSTEM: tuple[tuple[type[OSError], str], ...] = (
    (PermissionError, mark("you have no right to it")),
    (FileNotFoundError, mark("it is not there")),
    (IsADirectoryError, mark("it is a folder")),
    (NotADirectoryError, mark("a part of its path is no folder")),
    (FileExistsError, mark("there is a file of that name")),
)
_OTHER = Phrase("the computer refuses it")
