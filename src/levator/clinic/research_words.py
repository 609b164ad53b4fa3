"""The words that an export for research may hold: of the engine, and of the library that comes
with levator. Whatever else is a text, somebody may have typed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Literal, get_args, get_origin

from levator.clinic.clinic import POSTURES
from levator.devices.device import known_devices
from levator.library import checklist_ids, load_checklist, load_protocol, protocol_ids
from levator.live.asking import BROKEN_OFF, CUSHIONS
from levator.quantities import WORD_OF_UNIT
from levator.records import model, people, treatment
from levator.signals import reference, samples
from levator.training import context, dose, events, inputs, limits, states
from levator.training.verdict import INTERRUPTED

_MODULES = (
    model,
    people,
    treatment,
    reference,
    samples,
    context,
    dose,
    events,
    inputs,
    limits,
    states,
)
#: What of a contraction is told as not known, besides its reasons.
_POLARITY = "polarity"
#: How a room ends a recording, besides the words of the engine.
_ENDED = ("calibrated", "fault", "handed_over", "not_allowed", "presence", "measuring_unclear")


@cache
def known_words() -> frozenset[str]:
    """Return every word that may go out."""
    kinds = (*get_args(events.Event), inputs.Command, inputs.Tick)
    return frozenset(
        {
            *(word for module in _MODULES for word in _literals(module)),
            *(kind.__name__ for kind in kinds),
            *(ended for _, ended in BROKEN_OFF.values()),
            *_ENDED,
            INTERRUPTED,
            _POLARITY,
            *WORD_OF_UNIT,
            *CUSHIONS,
            *POSTURES,
            *(scheme for scheme, _, _ in known_devices()),
            *_of_library(),
        }
    )


def _literals(module: ModuleType) -> Iterator[str]:
    for value in vars(module).values():
        if get_origin(value) is Literal:
            yield from get_args(value)


def _of_library() -> Iterator[str]:
    for protocol in protocol_ids():
        yield protocol
        yield from (stage.id for stage in load_protocol(protocol).stages)
    for checklist in checklist_ids():
        yield from (item.code for item in load_checklist(checklist).items)
