"""What people fill in, checked before it is kept: one plain sentence for each mistake."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from datetime import date
from typing import TypeVar

from levator.errors import CallerError, Phrase, mark
from levator.library import load_checklist

C = TypeVar("C", bound=str)
#: The longest that is kept of a name or address, and of what somebody writes about her.
LONGEST_LINE = 200
LONGEST_TEXT = 10_000
#: An id is a UUID in hexadecimal, made by whoever makes the entity.
ID_LENGTH = 32
#: These join letters in some scripts; every other sign that cannot be seen is left out.
JOINERS = "\u200c\u200d"
#: Nobody who is treated was born before the first, and nothing lasts beyond the last.
EARLIEST, LATEST = "1900-01-01", "2199-12-31"
#: What the fields are called, on the pages and in sentences about them.
LABELS: Mapping[str, str] = {
    "given_name": mark("Given name"),
    "family_name": mark("Family name"),
    "born_on": mark("Date of birth"),
    "number": mark("Patient number"),
    "email": mark("E-mail"),
    "telephone": mark("Telephone"),
    "language": mark("Language"),
    "because": mark("Reason"),
    "ended_on": mark("Last day of the course"),
    "ended_ground": mark("Why it ends"),
    "ended_because": mark("In your own words"),
    "how_many": mark("How many"),
    "expected_on": mark("Due date"),
    "birth_on": mark("Day of the birth"),
    "mode": mark("How she gave birth"),
    "tear": mark("Tear"),
    "complications": mark("Complications"),
    "child_grams": mark("Weight of the child"),
    "signed_by": mark("Signed by"),
    "profession": mark("Profession"),
    "what": mark("Agrees to"),
    "from_on": mark("From"),
    "until_on": mark("Until"),
    "flag": mark("Red flag"),
    "on_day": mark("Day"),
    "remark": mark("Remark"),
    "pain": mark("Pain"),
    "moment": mark("When"),
    "symptom": mark("Symptom"),
    "score": mark("Number"),
    "unit": mark("Unit"),
    "note": mark("Note"),
    "test": mark("Test"),
    "answers": mark("Answers"),
    "phone": mark("Phone"),
    "exercise": mark("Exercise"),
    "habit": mark("What you do"),
}


def checked_id(text: str) -> str:
    """Return an id that is one; raises CallerError."""
    if len(text) != ID_LENGTH or not set(text) <= set("0123456789abcdef"):
        raise CallerError("An id is 32 signs from 0 to 9 and a to f; make a new one.")
    return text


def line(label: str, text: str, *, is_needed: bool = False) -> str:
    """Return one line as it is kept: in one Unicode form, without signs that nobody sees.

    label : one of LABELS. Raises CallerError.
    """
    bare = unicodedata.normalize("NFC", text)
    spaced = "".join(" " if sign.isspace() else sign for sign in bare)
    seen = "".join(sign for sign in spaced if sign.isprintable() or sign in JOINERS)
    return _fitting(label, " ".join(seen.split()), LONGEST_LINE, is_needed=is_needed)


def longer(label: str, text: str, *, is_needed: bool = False) -> str:
    """Return what somebody wrote in several lines; raises CallerError."""
    bare = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    kept = f"\n\t{JOINERS}"
    seen = "".join(sign for sign in bare if sign.isprintable() or sign in kept)
    return _fitting(label, seen.strip(), LONGEST_TEXT, is_needed=is_needed)


def _fitting(label: str, text: str, longest: int, *, is_needed: bool) -> str:
    if is_needed and not text:
        raise CallerError(
            "The field “%(field)s” is empty; fill it in.", field=Phrase(LABELS[label])
        )
    if len(text) > longest:
        raise CallerError(
            "The field “%(field)s” is too long; write at most %(longest)s signs.",
            field=Phrase(LABELS[label]),
            longest=longest,
        )
    return text


def day(label: str, text: str) -> str:
    """Return a day of the calendar, ISO 8601; raises CallerError for the 31st of February, and
    for a day on which nobody lived who is treated, or will."""
    found = _begun(label, text)
    if found > LATEST:
        raise CallerError(
            "“%(field)s” lies too far ahead to be right; correct it.", field=Phrase(LABELS[label])
        )
    return found


def _begun(label: str, text: str) -> str:
    try:
        found = date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise CallerError(
            "“%(text)s” is no day of the calendar in “%(field)s”; write year, month, day: "
            "2026-11-29.",
            text=text[:LONGEST_LINE],
            field=Phrase(LABELS[label]),
        ) from None
    if found < EARLIEST:
        raise CallerError(
            "“%(field)s” lies too long ago to be right; correct it.", field=Phrase(LABELS[label])
        )
    return found


def past_day(label: str, text: str, today: str) -> str:
    """Return a day that is not after today; raises CallerError."""
    found = _begun(label, text)
    if found > today:
        raise CallerError("“%(field)s” lies after today; correct it.", field=Phrase(LABELS[label]))
    return found


def birthday(label: str, text: str | None, today: str) -> str | None:
    """Return the day on which a patient was born, None where it is not known."""
    return past_day(label, text, today) if text else None


def one_of(label: str, text: str, known: Collection[C]) -> C:
    """Return a code that is known; raises CallerError."""
    found = next((one for one in known if one == text), None)
    if found is None:
        raise CallerError("Choose “%(field)s” from the list.", field=Phrase(LABELS[label]))
    return found


def listed(label: str, code: str, checklist: str) -> str:
    """Return a code that stands on a checklist of the library; raises CallerError."""
    return one_of(label, code, {item.code for item in load_checklist(checklist).items})


def score(label: str, value: int, lowest: int, highest: int) -> int:
    """Return a whole number in its range; raises CallerError."""
    if not lowest <= value <= highest:
        raise CallerError(
            "“%(field)s” goes from %(lowest)s to %(highest)s; correct it.",
            field=Phrase(LABELS[label]),
            lowest=lowest,
            highest=highest,
        )
    return value
