"""Dataclasses to plain JSON values and back, exactly.

Floats keep their bits (JSON writes the shortest text that reads back the same); nan never
leaves, unknown is None. Used for contexts, inputs and events wherever they are stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from math import isfinite
from types import UnionType
from typing import (
    Any,
    Literal,
    TypeAlias,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from levator.errors import CallerError, RecordingError

Plain: TypeAlias = "None | bool | int | float | str | list[Plain] | dict[str, Plain]"
T = TypeVar("T")
#: No number of a session is larger, so what reads it may add, square and turn it into an index.
_LARGEST, _MOST = 1e100, 2**53


def to_plain(value: object) -> Plain:
    """Return dataclasses as dicts, tuples as lists, numbers as they are."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, float):
        return value if isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [to_plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no plain form")


def event_to_plain(event: object) -> dict[str, Plain]:
    """Return an event or input with its class name as `type`, first."""
    plain = to_plain(event)
    if not isinstance(plain, dict):
        raise TypeError(f"{type(event).__name__} is not an event")
    return {"type": type(event).__name__, **plain}


def from_plain(kind: type[T], plain: Plain) -> T:
    """Return the dataclass that `to_plain` was given; RecordingError where it does not fit."""
    try:
        return cast(T, _value(kind, plain))
    except (TypeError, ValueError, KeyError, CallerError) as wrong:
        raise RecordingError(
            "A stored %(kind)s does not fit this version of levator; read it with the version "
            "that made it.",
            kind=kind.__name__,
        ) from wrong


def _value(kind: Any, plain: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _one_of(get_args(kind), plain)
    if origin is tuple:
        return _tuple(get_args(kind), plain)
    if origin is Literal:
        if plain not in get_args(kind):
            raise ValueError(f"{plain!r} is not one of {get_args(kind)}")
        return plain
    if is_dataclass(kind):
        return _dataclass(kind, plain)
    largest = _LARGEST if isinstance(plain, float) or kind is float else _MOST
    if isinstance(plain, int | float) and not -largest <= plain <= largest:
        raise ValueError("this number was never written")
    if kind is float and isinstance(plain, int) and not isinstance(plain, bool):
        return float(plain)
    if kind is type(None) and plain is None:
        return None
    if not isinstance(plain, kind) or (isinstance(plain, bool) and kind is not bool):
        raise TypeError(f"{plain!r} is not {kind.__name__}")
    return plain


def _dataclass(kind: Any, plain: Any) -> Any:
    hints = get_type_hints(kind)
    known = {f.name: hints[f.name] for f in fields(kind)}
    extra = set(plain) - set(known) - {"type"}
    if extra:
        raise ValueError(f"unknown field {sorted(extra)[0]!r}")
    return kind(**{name: _value(known[name], plain[name]) for name in known if name in plain})


def _tuple(kinds: tuple[Any, ...], plain: Any) -> tuple[Any, ...]:
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_value(kinds[0], item) for item in plain)
    return tuple(_value(kind, item) for kind, item in zip(kinds, plain, strict=True))


def _one_of(kinds: tuple[Any, ...], plain: Any) -> Any:
    for kind in kinds:
        try:
            return _value(kind, plain)
        except (TypeError, ValueError, KeyError):
            continue
    raise ValueError(f"{plain!r} fits none of {kinds}")
