"""Stored events beside those of a replay: identical, or what differs, field by field."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from levator.records.model import PlainDict

#: Differences beyond this many are counted, not listed.
LISTED = 200
#: In place of a value where one side does not have the event or the field.
ABSENT = "–"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one event; `field` is empty where only one side has the event."""

    event: str
    at_s: float | None
    field: str
    stored: str
    now: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Outcome. `not_stored`: events at the end of the replay that a broken recording lost."""

    n_stored: int
    differences: tuple[Difference, ...]
    n_differences: int
    not_stored: int = 0

    @property
    def is_identical(self) -> bool:
        """Whether every stored event came out again, and no other."""
        return self.n_differences == 0


def compare(stored: Sequence[PlainDict], now: Sequence[PlainDict], *, is_whole: bool) -> Comparison:
    """Compare events in their order.

    is_whole : false for a recording that was broken off or still runs: events that only the
        replay has at the very end are then told apart, they were never stored.
    """
    not_stored = 0
    if not is_whole and len(now) > len(stored) and list(now[: len(stored)]) == list(stored):
        not_stored = len(now) - len(stored)
    found = [] if not_stored else list(_differences(stored, now))
    return Comparison(len(stored), tuple(found[:LISTED]), len(found), not_stored)


def _differences(stored: Sequence[PlainDict], now: Sequence[PlainDict]) -> Iterator[Difference]:
    if list(stored) == list(now):
        return
    matcher = SequenceMatcher(None, _texts(stored), _texts(now), autojunk=False)
    for kind, from_a, to_a, from_b, to_b in matcher.get_opcodes():
        if kind != "equal":
            yield from _of_stretch(stored[from_a:to_a], now[from_b:to_b])


def _texts(events: Sequence[PlainDict]) -> list[str]:
    return [json.dumps(event, sort_keys=True) for event in events]


def _of_stretch(stored: Sequence[PlainDict], now: Sequence[PlainDict]) -> Iterator[Difference]:
    """Pair the events of one kind in their order, then go field by field."""
    kinds = dict.fromkeys(str(event.get("type")) for event in (*stored, *now))
    for kind in kinds:
        ours = [event for event in stored if str(event.get("type")) == kind]
        theirs = [event for event in now if str(event.get("type")) == kind]
        for one, other in zip_longest(ours, theirs):
            yield from _of_pair(kind, one, other)


def _of_pair(kind: str, stored: PlainDict | None, now: PlainDict | None) -> Iterator[Difference]:
    if stored is None or now is None:
        event = stored or now or {}
        text = _text(event)
        here, there = (text, ABSENT) if now is None else (ABSENT, text)
        yield Difference(kind, event.get("at_s"), "", here, there)
        return
    for name in dict.fromkeys((*stored, *now)):
        if name not in stored or name not in now or stored[name] != now[name]:
            here = _text(stored[name]) if name in stored else ABSENT
            there = _text(now[name]) if name in now else ABSENT
            yield Difference(kind, stored.get("at_s"), name, here, there)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
