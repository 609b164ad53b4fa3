"""What every kept thing has in common, and what its fields say about themselves.

Entities are frozen values; a change is a new value with the same `id`, put under the
`version` that was read. Tables, the export of a patient, her erasure and the API follow from
the fields; which kinds there are stands in `levator.records.kinds`.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from string import ascii_letters, digits
from typing import (
    Annotated,
    Any,
    Literal,
    TypeAlias,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

#: What an entity's field may hold; lists are tuples of text.
Plain: TypeAlias = str | int | float | bool | tuple[str, ...] | None
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Refers:
    """Marks a field that holds the id of an entity of another kind."""

    name: str


#: Personal data: exported with the patient, erased with her.
Personal = Annotated[T, "personal"]
#: Looked for.
Indexed = Annotated[T, "indexed"]
#: Looked for, and no two of the whole installation have the same.
Unique = Annotated[T, "unique"]
#: Looked for, and no two of one clinic have the same; another clinic's is not known of.
UniqueHere = Annotated[T, "unique_here"]
#: Never leaves: not in an export, not on a page, not in the API.
Secret = Annotated[T, "secret"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One kept thing.

    id : unique for ever within its clinic (a UUID in hexadecimal), made by whoever makes the
        entity, so that the same write may come twice. tenant_id : the clinic that it belongs
        to; another may have something else under the same id. version : 0 for one that is not
        kept yet, then 1, 2, ... with every change.
    """

    id: str
    tenant_id: str
    version: int = 0


@dataclass(frozen=True, slots=True)
class EntityField:
    """What is known of one field: its plain type, whether it may be None, its marks.

    choices : the texts of which it is one; empty where it is any.
    """

    name: str
    kind: type
    is_optional: bool
    marks: frozenset[str]
    refers: str | None
    choices: frozenset[str]


def is_id(text: str) -> bool:
    """Return whether a text has the form of an id: 32 hexadecimal digits, small letters."""
    return len(text) == 32 and set(text) <= set("0123456789abcdef")


_ID_SIGNS = frozenset(f"{ascii_letters}{digits}-_")
_LONGEST_ID = 64


def is_plain_id(text: object) -> bool:
    """Return whether something may be an id at all: a short name without any other sign."""
    return isinstance(text, str) and 0 < len(text) <= _LONGEST_ID and set(text) <= _ID_SIGNS


def fields_of(kind: Any) -> tuple[EntityField, ...]:
    """Return the fields of a kind, `id`, `tenant_id` and `version` first."""
    return _fields_of(kind)


@lru_cache
def _fields_of(kind: Any) -> tuple[EntityField, ...]:
    hints = get_type_hints(kind, include_extras=True)
    return tuple(_field(one.name, hints[one.name]) for one in fields(kind))


def _field(name: str, hint: Any) -> EntityField:
    notes = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    kind, is_optional = _plain_type(hint)
    refers = next((note.name for note in notes if isinstance(note, Refers)), None)
    marks = frozenset(n for n in notes if isinstance(n, str))
    return EntityField(name, kind, is_optional, marks, refers, frozenset(_choices(hint)))


def _choices(hint: Any) -> Iterator[str]:
    """Yield the texts of a Literal, wherever in the hint it stands."""
    if get_origin(hint) is Literal:
        yield from get_args(hint)
    elif get_origin(hint) is Annotated:
        yield from _choices(get_args(hint)[0])
    elif get_origin(hint) in (Union, types.UnionType):
        for one in get_args(hint):
            yield from _choices(one)


def _plain_type(hint: Any) -> tuple[type, bool]:
    """Return a type that a table can hold; Literals are text. Raises TypeError for another."""
    origin = get_origin(hint)
    if origin is Annotated:
        return _plain_type(get_args(hint)[0])
    if origin in (Union, types.UnionType):
        [inner] = [_plain_type(one)[0] for one in get_args(hint) if one is not type(None)]
        return inner, True
    if origin is Literal:
        return str, False
    kind = origin or hint
    if kind not in (str, int, float, bool, tuple):
        raise TypeError(f"{hint} cannot be kept")
    return kind, False


def changes(one: Entity, other: Entity) -> Mapping[str, tuple[Plain, Plain]]:
    """Return field -> (of one, of the other) for what differs, the version left out."""
    pairs = {
        field.name: (getattr(one, field.name), getattr(other, field.name))
        for field in fields_of(type(one))
        if field.name != "version"
    }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def references(kind: type[Entity]) -> Iterator[tuple[str, str]]:
    """Yield (field, name of the kind) for every field that holds the id of another entity."""
    for field in fields_of(kind):
        if field.refers is not None:
            yield field.name, field.refers
