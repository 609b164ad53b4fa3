"""Forms of the record: one way to show, check and send them all. They work without a script.

A form knows its fields, and an act that takes what was typed; what the act refuses stands on
the page again, with everything that was typed. The id of what is made goes along in the form,
so that pressing twice makes one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Literal

from levator.clinic.checking import LABELS, LONGEST_LINE, LONGEST_TEXT
from levator.texts import Speaker
from levator.web.forms import Typed

FieldKind = Literal["line", "day", "number", "long", "select", "choice", "ticks", "scale", "tick"]
TICKED = "yes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question. options : (code, words) of what can be chosen. known : what is
    offered while it is typed. has_focus : whether one types here first."""

    name: str
    label: str
    kind: FieldKind = "line"
    hint: str = ""
    options: Sequence[tuple[str, str]] = ()
    is_needed: bool = False
    longest: int = LONGEST_LINE
    autocomplete: str = "off"
    known: Sequence[str] = ()
    has_focus: bool = False


@dataclass(slots=True, kw_only=True)
class Form:
    """A form as it is shown. values : what stands in its fields; hidden goes along unseen.
    about : whom it is about, by name and date of birth. is_over : it was done before, so that
    nothing is asked. today : what stands in the way today, and what to heed.
    links : (address, words) of what else there is to do for her. back : where its *Back* leads,
    where that is not her file. caution : what else comes of it, before it is filled in.
    kept_as : what a difference names that no field does, as the record calls it."""

    heading: str
    lead: str = ""
    fields: Sequence[Field]
    button: str
    values: Mapping[str, str] = field(default_factory=dict)
    hidden: Mapping[str, str] = field(default_factory=dict)
    is_grave: bool = False
    is_over: bool = False
    about: str = ""
    today: Mapping[str, Any] | None = None
    links: Sequence[tuple[str, str]] = ()
    back: str = ""
    caution: str = ""
    kept_as: Sequence[Field] = ()


def labelled(voice: Speaker, name: str, **more: Any) -> Field:
    """Return a field that is called as the clinic's checks call it."""
    return Field(name=name, label=voice.say(LABELS[name]), **more)


def text_field(voice: Speaker, name: str, **more: Any) -> Field:
    """Return a field for several lines."""
    return labelled(voice, name, kind="long", longest=LONGEST_TEXT, **more)


def ticked(typed: Typed, name: str) -> tuple[str, ...]:
    """Return the codes that were ticked in a field of `ticks`."""
    begin = f"{name}."
    return tuple(
        key.removeprefix(begin)
        for key, value in typed.fields.items()
        if key.startswith(begin) and value == TICKED
    )


def whole(text: str) -> int | None:
    """Return a whole number; None where nothing of the kind was typed."""
    bare = text.strip()
    is_number = bare.isascii() and bare.removeprefix("-").isdigit() and len(bare) < 12
    return int(bare) if is_number else None


def number(text: str) -> float | None:
    """Return a number as people write it here, None where nothing of the kind was typed."""
    try:
        found = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return found if isfinite(found) else None
