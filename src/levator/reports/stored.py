"""Stored plain data as values of the engine; what does not fit this version stays plain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import get_args

from levator.errors import RecordingError
from levator.library import with_numbers_of_then
from levator.records.model import PlainDict
from levator.signals.samples import Samples
from levator.training.context import SessionContext
from levator.training.events import Event
from levator.training.inputs import Command, Input, Tick
from levator.training.plain import from_plain

_EVENTS = {kind.__name__: kind for kind in get_args(Event)}
_INPUTS = {"Command": Command, "Tick": Tick}


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One event of the record: as it is stored, and as a value where this version knows it."""

    data: PlainDict
    value: Event | None

    @property
    def kind(self) -> str:
        """The stored `type`."""
        return str(self.data.get("type", ""))


def stored_event(data: PlainDict) -> StoredEvent:
    """Return a stored event with its value; None for one that this version does not know."""
    kind = _EVENTS.get(str(data.get("type")))
    if kind is None:
        return StoredEvent(data, None)
    try:
        return StoredEvent(data, from_plain(kind, data))
    except RecordingError:
        return StoredEvent(data, None)


def context_in(data: PlainDict) -> SessionContext:
    """Return the stored context; RecordingError where this version cannot read it.

    Thresholds that joined later get the value that means what the engine did without them.
    """
    try:
        return from_plain(SessionContext, with_numbers_of_then(data))
    except AttributeError as wrong:
        raise RecordingError(
            "A stored context is damaged; restore the database from a backup."
        ) from wrong


def inputs_in(given: Iterable[Samples | PlainDict]) -> Iterator[Input]:
    """Yield blocks as they are, commands and ticks as values."""
    for one in given:
        if isinstance(one, Samples):
            yield one
            continue
        kind = _INPUTS.get(str(one.get("type")))
        if kind is None:
            raise RecordingError(
                "The recording holds an input of kind %(kind)r that this version of levator "
                "does not know; read it with the version that made it.",
                kind=str(one.get("type")),
            )
        yield from_plain(kind, one)
